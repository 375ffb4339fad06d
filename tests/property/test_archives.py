"""Laws of extraction, with the tar writer of the standard library as the other side."""

import bz2
import contextlib
import io
import os
import tarfile
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from conda_clone.gateways.archives.errors import InvalidArchiveError
from conda_clone.gateways.archives.extract import extract_archive

NAMES = st.text("abcdefghijäö \\'\"\u20ac", min_size=1, max_size=40).filter(
    lambda name: name.strip() and not name.startswith("\\\\")
)
PATHS = st.lists(NAMES, min_size=1, max_size=8).map("/".join)
FORMATS = st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
TREES = st.dictionaries(PATHS, st.binary(max_size=3000), max_size=12)


def without_files_as_folders(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {
        path: content
        for path, content in tree.items()
        if not any(other.startswith(f"{path}/") for other in tree)
    }


@settings(max_examples=60, deadline=None)
@given(
    TREES.map(without_files_as_folders), st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
)
def test_what_was_packed_comes_out(tree: dict[str, bytes], tar_format: int) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tar_format) as archive:
        for path, content in tree.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "x.tar.bz2").write_bytes(bz2.compress(stream.getvalue(), 1))
        extract_archive(str(folder / "x.tar.bz2"), str(folder / "out"))
        found = {
            os.path.relpath(os.path.join(parent, file), folder / "out"): Path(parent, file)
            for parent, _, files in os.walk(folder / "out")
            for file in files
        }
        assert {path: file.read_bytes() for path, file in found.items()} == tree


KINDS = [tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE]
EVIL_PARTS = st.sampled_from(["a", "b", "c", "..", ".", "", "info"])
EVIL_PATHS = st.lists(EVIL_PARTS, min_size=1, max_size=5).map("/".join)
EVIL_MEMBERS = st.tuples(st.sampled_from(KINDS), EVIL_PATHS, EVIL_PATHS)


@settings(max_examples=200, deadline=None)
@given(st.lists(EVIL_MEMBERS, max_size=8))
def test_nothing_is_ever_written_outside(members: list[tuple[bytes, str, str]]) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for kind, path, target in members:
            info = tarfile.TarInfo(path)
            info.type, info.linkname = kind, target
            info.size = 4 if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(b"evil"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "canary").write_text("alive")
        (folder / "x.tar.bz2").write_bytes(bz2.compress(stream.getvalue(), 1))
        out = folder / "deep" / "out"
        out.parent.mkdir()
        with contextlib.suppress(InvalidArchiveError):
            extract_archive(str(folder / "x.tar.bz2"), str(out))
        assert sorted(os.listdir(folder)) == ["canary", "deep", "x.tar.bz2"]
        assert os.listdir(folder / "deep") == ["out"]
        assert (folder / "canary").read_text() == "alive"
        assert (folder / "canary").stat().st_nlink == 1
