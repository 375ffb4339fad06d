"""Archives that were made to break package managers: each is refused, or comes out harmlessly.

The table says what extraction makes of every one; what their metadata is worth is decided later,
when they are linked.
"""

import bz2
import os
import shutil
from pathlib import Path

import pytest

from conda_clone.gateways.archives.errors import InvalidArchiveError
from conda_clone.gateways.archives.extract import extract_archive

pytestmark = pytest.mark.shared

REFUSED = {
    "absolute1.tar": "its member `/tmp/moo` has an absolute path",
    "absolute2.tar": "its member `//tmp/moo` has an absolute path",
    "another_bad_package.conda": "it is not a ZIP file",
    "bad_package.tar.bz2": "its bzip2 data is damaged",
    "dirsymlink.tar": "it holds `tmp` as a folder and as a file",
    "dirsymlink2a.tar": "it holds `par` as a folder and as a file",
    "dirsymlink2b.tar": "it holds `cur` as a folder and as a file",
    "relative0.tar": "its member `../moo` leads out of the package",
    "relative2.tar": "its member `tmp/../../moo` leads out of the package",
    "symlink.tar": "it holds `moo` twice",
    "test_-file.tar.bz2": "its bzip2 data is damaged",
    "testfile-0.0.1-py36_0.tar.bz2": "it holds `info/files` twice",
    "testfile-0.0.38-py36_0.tar.bz2": "it is truncated",
}
"""Name to the reason; an absolute or leading-out name, a link to write through, damage."""

EXTRACTED: dict[str, tuple[int, list[str]]] = {
    "distribute-0.0.1-py27_0.tar.bz2": (
        6,
        ["bin/MyPyPa-0.1.0-py2.5.egg", "bin/testfile", "lib/site-packages/python2.7/setuptools"],
    ),
    "python-0.0.1-py27_0.tar.bz2": (4, []),
    "python-0.0.1-py36_0.tar.bz2": (5, ["bin/testfile"]),
    "testfile-0.0.10-py36_0.tar.bz2": (3, []),
    "testfile-0.0.11-py36_0.tar.bz2": (
        7,
        ["bin/testfile.bat", "bin/testfile.exe", "lib/testfile-script.py"],
    ),
    "testfile-0.0.12-py36_0.tar.bz2": (4, []),
    "testfile-0.0.13-py36_0.tar.bz2": (5, ["bin/testfile"]),
    "testfile-0.0.14-py36_0.tar.bz2": (5, ["bin/testfile"]),
    "testfile-0.0.15-py36_0.tar.bz2": (5, ["bin/testfile"]),
    "testfile-0.0.16-py36_0.tar.bz2": (5, ["bin/testfile"]),
    "testfile-0.0.17-py36_0.tar.bz2": (5, ["bin/test-pre-unlink.bat"]),
    "testfile-0.0.18-py36_0.tar.bz2": (6, ["bin/easy_install", "bin/easy_install.pth"]),
    "testfile-0.0.19-py36_0.tar.bz2": (5, ["bin/test.egg"]),
    "testfile-0.0.2-py36_0.tar.bz2": (3, []),
    "testfile-0.0.20-py36_0.tar.bz2": (5, ["bin/test-script.py"]),
    "testfile-0.0.21-py36_0.tar.bz2": (5, ["bin/test-nspkg.pth"]),
    "testfile-0.0.22-py36_0.tar.bz2": (5, ["bin/test.pyo"]),
    "testfile-0.0.23-py36_0.tar.bz2": (7, ["bin/test.pyc", "bin/test.pyo", "bin/test.so"]),
    "testfile-0.0.24-py36_0.tar.bz2": (6, ["bin/testfile", "lib/lib2to3/test.pickle"]),
    "testfile-0.0.25-py27_0.tar.bz2": (6, ["bin/testfile", "lib/site-packages/python2.7/test.py"]),
    "testfile-0.0.25-py36_0.tar.bz2": (6, ["bin/testfile", "lib/site-packages/python3.6/test.py"]),
    "testfile-0.0.26-py27_0.tar.bz2": (5, ["bin/testfile"]),
    "testfile-0.0.27-py27_0.tar.bz2": (5, ["bin/testfile.dll"]),
    "testfile-0.0.28-py27_0.tar.bz2": (6, ["bin/testfile", "lib/site-packages/numpy/numpy"]),
    "testfile-0.0.29-py27_0.tar.bz2": (
        6,
        ["bin/testfile", "lib/site-packages/setuptools/setuptools"],
    ),
    "testfile-0.0.3-py36_0.tar.bz2": (3, []),
    "testfile-0.0.30-py27_0.tar.bz2": (
        6,
        ["bin/testfile", "lib/site-packages/python2.7/setuptools"],
    ),
    "testfile-0.0.31-py27_0.tar.bz2": (5, ["bin/easy-install.pth"]),
    "testfile-0.0.32-py27_0.tar.bz2": (
        7,
        ["bin/MyPyPa-0.1.0-py2.5.egg", "bin/testfile", "lib/site-packages/python2.7/setuptools"],
    ),
    "testfile-0.0.33-py27_0.tar.bz2": (4, []),
    "testfile-0.0.34-py27_0.tar.bz2": (5, ["lib/testfile.pyd"]),
    "testfile-0.0.35-py27_0.tar.bz2": (5, ["lib/testfile-script.py"]),
    "testfile-0.0.36-noarch.tar.bz2": (4, []),
    "testfile-0.0.37-py36_0.tar.bz2": (4, []),
    "testfile-0.0.39-py36_0.tar.bz2": (4, []),
    "testfile-0.0.4-py36_0.tar.bz2": (3, []),
    "testfile-0.0.40-py36_0.tar.bz2": (3, []),
    "testfile-0.0.41-py36_0.tar.bz2": (3, []),
    "testfile-0.0.42-py36_0.tar.bz2": (3, []),
    "testfile-0.0.43-py36_0.tar.bz2": (5, ["lib/python3.6/site-packages/test/__main__.py"]),
    "testfile-0.0.44-py36_0.tar.bz2": (5, ["lib/python3.6/site-packages/test/__main__.py"]),
    "testfile-0.0.45-py36_0.tar.bz2": (
        8,
        [
            "Menu/testfile-1.json",
            "Menu/testfile.json",
            "bin/testfile",
            "lib/site-packages/python2.7/setuptools",
        ],
    ),
    "testfile-0.0.46-py36_0.tar.bz2": (
        7,
        ["Menu/wrongname.json", "bin/testfile", "lib/site-packages/python2.7/setuptools"],
    ),
    "testfile-0.0.47-py27_0.tar.bz2": (
        6,
        ["bin/testfile", "lib/site-packages/python2.7/setuptools"],
    ),
    "testfile-0.0.48-py27_0.tar.bz2": (
        6,
        ["bin/testfile", "lib/site-packages/python2.7/setuptools"],
    ),
    "testfile-0.0.49-py27_0.tar.bz2": (
        6,
        ["bin/testfile", "lib/site-packages/python2.7/setuptools"],
    ),
    "testfile-0.0.5-py36_0.tar.bz2": (4, ["lib/testfile.txt"]),
    "testfile-0.0.50-py36_0.tar.bz2": (3, []),
    "testfile-0.0.51-py36_0.tar.bz2": (3, []),
    "testfile-0.0.52-py36_0.tar.bz2": (3, []),
    "testfile-0.0.53-py36_0.tar.bz2": (3, []),
    "testfile-0.0.54-py36_0.tar.bz2": (3, []),
    "testfile-0.0.55-py36_0.tar.bz2": (3, []),
    "testfile-0.0.56-py36_0.tar.bz2": (3, []),
    "testfile-0.0.57-0.tar.bz2": (5, ["bin/testfile.dll"]),
    "testfile-0.0.6-py36_0.tar.bz2": (3, []),
    "testfile-0.0.7-py36_0.tar.bz2": (4, []),
    "testfile-0.0.8-py36_0.tar.bz2": (4, []),
    "testfile-0.0.9-py36_0.tar.bz2": (3, []),
}
"""Name to what comes out beside `info/`, and how many files there are in all."""


@pytest.fixture
def invalid(shared: Path) -> Path:
    return shared / "data" / "invalid"


def as_package(source: Path, folder: Path) -> Path:
    """Return the archive under a name that packages have: the bare tars get compressed."""
    if source.suffix != ".tar":
        return Path(shutil.copy(source, folder))
    target = folder / f"{source.name}.bz2"
    target.write_bytes(bz2.compress(source.read_bytes()))
    return target


def test_the_table_is_complete(invalid: Path) -> None:
    assert {path.name for path in invalid.iterdir()} == REFUSED.keys() | EXTRACTED.keys()


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_it_is_refused(invalid: Path, tmp_path: Path, name: str, reason: str) -> None:
    archive = as_package(invalid / name, tmp_path)
    moo_before = os.path.lexists("/tmp/moo")
    with pytest.raises(InvalidArchiveError) as caught:
        extract_archive(str(archive), str(tmp_path / "deep" / "out"))
    assert caught.value.reason == reason
    assert os.listdir(tmp_path / "deep") == ["out"]
    assert {path.name for path in tmp_path.iterdir()} == {"deep", archive.name}
    assert os.path.lexists("/tmp/moo") == moo_before


@pytest.mark.parametrize(("name", "expected"), EXTRACTED.items())
def test_it_comes_out_harmlessly(
    invalid: Path, tmp_path: Path, name: str, expected: tuple[int, list[str]]
) -> None:
    archive = as_package(invalid / name, tmp_path)
    out = tmp_path / "deep" / "out"
    files = extract_archive(str(archive), str(out)).files
    found = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    beside = [path for path in found if not path.startswith("info/")]
    assert (files, beside) == expected
    assert len(found) == files
    assert os.listdir(tmp_path / "deep") == ["out"]
    assert {path.name for path in tmp_path.iterdir()} == {"deep", archive.name}
