import os
from pathlib import Path

import pytest

from conda_clone.gateways.disk.permissions import can_append, is_writable_directory, make_executable


def test_a_folder_is_writable_when_a_file_can_be_made(tmp_path: Path) -> None:
    assert is_writable_directory(str(tmp_path))
    assert os.listdir(tmp_path) == []
    assert not is_writable_directory(str(tmp_path / "none"))
    assert not is_writable_directory("/proc")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_permissions_are_respected(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    assert not is_writable_directory(str(tmp_path))
    assert not can_append(str(tmp_path / "f"))


def test_appending_makes_the_file_but_not_its_folder(tmp_path: Path) -> None:
    assert can_append(str(tmp_path / "f"))
    assert (tmp_path / "f").read_bytes() == b""
    assert not can_append(str(tmp_path / "none" / "f"))


def test_readers_may_execute(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.touch()
    path.chmod(0o640)
    make_executable(str(path))
    assert path.stat().st_mode & 0o777 == 0o750
