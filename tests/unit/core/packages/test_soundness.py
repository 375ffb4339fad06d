"""Whether an extracted package is still what was extracted."""

from pathlib import Path

import pytest

from conda_clone.core.packages.soundness import is_sound
from tests.support.transactions import Workshop


@pytest.fixture
def package(tmp_path: Path) -> Path:
    files = {"share/a": "a", "share/b": "b"}
    record = Workshop(tmp_path).package(
        name="p", files=files, links={"share/l": "a"}, directories=["var/empty"]
    )
    return Path(record.extracted_package_dir)


def test_what_was_extracted_is_sound(package: Path) -> None:
    assert is_sound(str(package))


@pytest.mark.parametrize("path", ["share/a", "share/l", "var/empty", "info/index.json"])
def test_what_lacks_something_is_not(package: Path, path: str) -> None:
    file = package / path
    file.rmdir() if file.is_dir() else file.unlink()
    assert not is_sound(str(package))


def test_what_was_edited_is_not(package: Path) -> None:
    (package / "share/a").write_text("b")
    assert not is_sound(str(package))


def test_what_does_not_say_what_it_is_cannot_be_told_to_be(package: Path) -> None:
    (package / "info/paths.json").unlink()
    (package / "info/files").write_text("share/a\nshare/b\n")
    assert not is_sound(str(package))
