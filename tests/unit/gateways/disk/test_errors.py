import errno
import os

import pytest

from conda_clone.errors import NoSpaceLeftError, NotWritableError
from conda_clone.gateways.disk.errors import disk_errors


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_or_quota_is_no_space_left(code: int) -> None:
    with pytest.raises(NoSpaceLeftError) as caught, disk_errors("/a/file"):
        raise OSError(code, os.strerror(code))
    assert caught.value.details == {"path": "/a/file", "free": caught.value.free}
    assert caught.value.free is not None
    assert f"({caught.value.free:,} bytes are free)" in str(caught.value)
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENAMETOOLONG, errno.EIO])
def test_a_refusal_names_path_and_reason(code: int) -> None:
    with pytest.raises(NotWritableError) as caught, disk_errors("/a/file"):
        raise OSError(code, os.strerror(code))
    assert str(caught.value) == f"Cannot write to `/a/file`: {os.strerror(code)}."


def test_an_error_without_text_still_has_a_reason() -> None:
    with pytest.raises(NotWritableError, match="refused"), disk_errors("/a/file"):
        raise OSError(errno.EACCES, None)


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "no"), ValueError("other")])
def test_other_errors_pass(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, disk_errors("/a/file"):
        raise error
    assert caught.value is error


def test_nothing_happens_without_an_error() -> None:
    with disk_errors("/a/file"):
        pass
