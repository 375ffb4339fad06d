"""The 64 hostile or odd archives of spec/reliability.md, section 3e, by their numbers.

Each is written byte by byte, in a `.tar.bz2` and in both parts of a `.conda`. *Refused* means: the
whole package, with one line of reason, and nothing outside the folder has changed. The others come
out in the one harmless way that is stated.
"""

import os
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conda_clone.gateways.archives.arriving_file import ArrivingFile
from conda_clone.gateways.archives.errors import InvalidArchiveError
from conda_clone.gateways.archives.extract import extract_archive
from conda_clone.gateways.archives.limits import Limits
from tests.support.file_writers import WRITERS, write_files_by
from tests.support.tar_bytes import (
    END,
    INDEX,
    file,
    folder,
    hard_link,
    header,
    long_name,
    padded,
    pax,
    stored_zip,
    symlink,
    tar_bz2,
    zstd_frame,
)

SMALL = Limits(members=50, depth=32, file=1 << 30, ratio=100, ratio_after=1 << 20)
NAME = {"path": "x"}
INFO = file(b"info/index.json", INDEX)
NFC, NFD = (unicodedata.normalize(form, "é").encode() for form in ("NFC", "NFD"))


@dataclass(frozen=True)
class Case:
    """One archive.

    Attributes:
        number: Of the case: A1 is 1.
        members: What it holds, beside an index.
        refused: A part of the reason; empty for what comes out harmlessly.
        tree: What comes out: content of files, "-> target" of links; None where it is left open.
        end: What follows the last member.
    """

    number: int
    members: tuple[bytes, ...]
    refused: str = ""
    tree: Mapping[str, str] | None = field(default=None, hash=False)
    end: bytes = END


def refused(number: int, reason: str, *members: bytes, end: bytes = END) -> Case:
    return Case(number, members, refused=reason, end=end)


def harmless(number: int, tree: Mapping[str, str], *members: bytes, end: bytes = END) -> Case:
    return Case(number, members, tree=tree, end=end)


def nested(links: int) -> list[bytes]:
    """Return long folders and short links to them, one in another: PATH_MAX overflows."""
    members = []
    path = b""
    for number in range(links):
        long, short = b"d" * 200, b"%d" % number
        members += [symlink(path + short, long)]
        path += short + b"/"
    return [*members, symlink(path + b"l", b"../" * links)]


CASES = [
    refused(1, "leads out of the package", file(b"../x")),
    refused(2, "leads out of the package", file(b"a/../../x")),
    refused(3, "absolute path", file(b"/x")),
    refused(4, "absolute path", file(b"//x")),
    refused(4, "absolute path", file(b"/./x")),
    refused(5, "absolute path", file(b"C:\\x")),
    refused(5, "absolute path", file(b"\\\\srv\\x")),
    refused(5, "leads out of the package", file(b"a\\..\\..\\x")),
    refused(6, "has no name", file(b"")),
    refused(6, "has no name", file(b".")),
    refused(6, "leads out of the package", file(b"..")),
    harmless(6, {"a/b": "1", "a/c": "2"}, file(b"a//b", b"1"), file(b"a/./c", b"2")),
    refused(7, "NUL", pax({"path": "a\0b"}), file(b"x")),
    refused(7, "NUL", long_name(b"a\0b"), file(b"x")),
    refused(8, "too long a name", long_name(b"a" * 256), file(b"x")),
    refused(8, "too long a name", long_name(b"a/" * 2048 + b"b"), file(b"x")),
    refused(9, "as a folder and as a file", symlink(b"out", b"../canary"), file(b"out/x")),
    refused(10, "as a folder", symlink(b"d", b"../canary"), folder(b"d"), file(b"d/x")),
    refused(11, "as a folder and as a file", *nested(20)),
    harmless(12, {"l": "-> /etc/passwd"}, symlink(b"l", b"/etc/passwd")),
    harmless(13, {"s/l": "-> ../../../x"}, symlink(b"s/l", b"../../../x")),
    harmless(14, {"a": "-> b", "b": "-> a"}, symlink(b"a", b"b"), symlink(b"b", b"a")),
    refused(15, "twice", symlink(b"x", b"../canary/file"), file(b"x", b"dead")),
    refused(16, "leads out of the package", hard_link(b"x", b"../canary/file")),
    refused(17, "absolute path", hard_link(b"x", b"/etc/passwd")),
    refused(18, "leads out", hard_link(b"x", b"../canary/file"), file(b"x", b"dead")),
    refused(19, "no file before it", hard_link(b"x", b"later"), file(b"later")),
    refused(19, "no file before it", hard_link(b"x", b"missing")),
    refused(20, "no file before it", symlink(b"s", b"../canary/file"), hard_link(b"x", b"s")),
    refused(21, "no file before it", hard_link(b"x", b"x")),
    harmless(23, {"d/x": "1"}, folder(b"d", mode=0), file(b"d/x", b"1")),
    refused(24, "as a folder and as a file", file(b"d"), folder(b"d")),
    refused(24, "as a folder and as a file", file(b"d"), file(b"d/x")),
    refused(25, "twice", file(b"x", b"1"), file(b"x", b"2")),
    harmless(26, {"t/E": "1", "t/e": "2"}, file(b"t/E", b"1"), file(b"t/e", b"2")),
    harmless(27, {NFC.decode(): "1", NFD.decode(): "2"}, file(NFC, b"1"), file(NFD, b"2")),
    harmless(28, {"a.": "1", "nul": "2", "a:b": "3"},
             file(b"a.", b"1"), file(b"nul", b"2"), file(b"a:b", b"3")),
    refused(29, "a FIFO", header(b"x", kind=b"6")),
    refused(30, "a character device", header(b"x", kind=b"3")),
    refused(30, "a block device", header(b"x", kind=b"4")),
    refused(31, "unknown kind", header(b"x", kind=b"s")),
    refused(31, "unknown kind", header(b"x", kind=b"\xff")),
    harmless(32, {"x": "1"}, file(b"x", b"1", mode=0o7755)),
    harmless(33, {"x": "1", "y": "2"}, file(b"x", b"1", mode=0o777), file(b"y", b"2", mode=0o666)),
    harmless(34, {"x": "1"}, pax({"uid": "0", "gid": "99999999999"}), file(b"x", b"1")),
    harmless(35, {"x": "1"}, pax({"SCHILY.xattr.security.capability": "\1\2", "SCHILY.acl.access":
             "user::rwx", "RHT.security.selinux": "evil"}), file(b"x", b"1")),
    *(harmless(36, {"x": "1"}, pax({"mtime": time}), file(b"x", b"1"))
      for time in ("-1", str(2**63), "nan", "1e99", "9" * 5000)),
    refused(37, "beyond its end", pax({"GNU.sparse.size": "10", "GNU.sparse.numblocks": "1",
            "GNU.sparse.map": "8,4", "GNU.sparse.name": "s"}), file(b"g/s", b"tail")),
    refused(37, "sparse file", pax({"GNU.sparse.major": "1", "GNU.sparse.minor": "0",
            "GNU.sparse.realsize": "4"}), file(b"s", padded(b"1\n9\n4\n") + b"tail")),
    *(refused(38, "unknown kind", header(b"x", kind=kind)) for kind in (b"7", b"M", b"V", b"D")),
    *(refused(39, "own records", file(name)) for name in (
        b"conda-meta/x-1-0.json", b"conda-meta/history", b"conda-meta/.lock",
        b"conda-meta/.txn/journal", b"Conda-Meta/.txn/done")),
    harmless(39, {}, file(b"info/repodata_record.json", b"{}")),
    harmless(40, {"terminfo/E/x": "1", "terminfo/e/x": "2"},
             file(b"terminfo/E/x", b"1"), file(b"terminfo/e/x", b"2")),
    refused(41, "far more than a package", file(b"zeros", bytes(4 << 20))),
    refused(42, "more than 50 members", *(file(b"%d" % number) for number in range(51))),
    refused(43, "too deep", long_name(b"d/" * 100 + b"x"), file(b"x")),
    refused(44, "absurd number", header(b"x", b"\x80" + b"\0" * 3 + b"\x7f" + b"\xff" * 7)),
    refused(44, "too large", header(b"x", 8**11 - 1)),
    refused(45, "far more than a package", *(file(b"%d" % n, bytes(1 << 20)) for n in range(9))),
    refused(47, "too large", header(b"x", 1 << 30, kind=b"x")),
    refused(47, "too large", pax("".join(f"9 k{n % 10}=v\n" for n in range(150_000)).encode())),
    refused(48, "too large", header(b"././@LongLink", 1 << 30, kind=b"L")),
    harmless(49, {"x": "1"}, file(b"x", b"1"), end=bytes(512 * 1500)),
    refused(51, "two sizes", pax({"size": "512"}) + file(b"x", b"123")),
    refused(51, "two sizes", pax({"size": "1024"}), header(b"x"), file(b"y"), file(b"z")),
    refused(52, "malformed PAX", pax(b"garbage") + file(b"x")),
    refused(53, "two PAX records", pax(b"10 path=a\n10 path=b\n"), file(b"x")),
    refused(54, "wrong checksum", file(b"a"), file(b"b").replace(b"b", b"c", 1), file(b"d")),
    refused(55, "follows after its end", file(b"a"), end=END + file(b"b") + END),
    refused(56, "truncated", file(b"a", b"1" * 600)[:700], end=b""),
]  # fmt: skip


def whole_tar(root: Path, tar: bytes) -> str:
    return tar_bz2(root, tar, end=b"")


def pkg_part(root: Path, tar: bytes) -> str:
    return conda_file(root, pkg=zstd_frame(tar), info=zstd_frame(INFO + END))


def info_part(root: Path, tar: bytes) -> str:
    return conda_file(root, pkg=zstd_frame(file(b"pkg", b"") + END), info=zstd_frame(INFO + tar))


def conda_file(root: Path, **parts: bytes) -> str:
    names = {f"{part}-x-1-0.tar.zst": content for part, content in parts.items()}
    return zip_file(root, stored_zip({"metadata.json": METADATA, **names}))


def zip_file(root: Path, content: bytes) -> str:
    path = root / "x-1-0.conda"
    path.write_bytes(content)
    return str(path)


METADATA = b'{"conda_pkg_format_version": 2}'
GOOD_PKG, GOOD_INFO = zstd_frame(file(b"x", b"1") + END), zstd_frame(INFO + END)
GOOD = {"metadata.json": METADATA, "pkg-x-1-0.tar.zst": GOOD_PKG, "info-x-1-0.tar.zst": GOOD_INFO}
SKIPPABLE = b"\x50\x2a\x4d\x18\0\0\0\0"


def lied(content: bytes, old: bytes, new: bytes) -> bytes:
    """Change the first of two places that say the same: a local header, not the directory."""
    return content.replace(old, new, 1)


WHOLE: list[tuple[int, str, Callable[[Path], str]]] = [
    (22, "no file before it", lambda root: conda_file(
        root, pkg=zstd_frame(hard_link(b"y", b"info/index.json") + END), info=GOOD_INFO)),
    (22, "no file before it", lambda root: conda_file(
        root, info=zstd_frame(INFO + hard_link(b"info/y", b"x") + END), pkg=GOOD_PKG)),
    (46, "too many compressed frames", lambda root: conda_file(
        root, pkg=SKIPPABLE * (1 << 16) + GOOD_PKG, info=GOOD_INFO)),
    (46, "zstd data is damaged", lambda root: conda_file(
        root, pkg=zstd_frame(file(b"x", b"1" * 9000) + END, window_log=28), info=GOOD_INFO)),
    (56, "truncated", lambda root: conda_file(root, pkg=GOOD_PKG[:-4], info=GOOD_INFO)),
    (57, "contradict", lambda root: zip_file(root, lied(stored_zip(GOOD), b"pkg-x-1", b"pkg-y-1"))),
    (58, "not those of one package", lambda root: zip_file(
        root, stored_zip({"pkg-x-1-0.tar.zst": GOOD_PKG}))),
    (58, "unexpected member", lambda root: zip_file(
        root, stored_zip({**GOOD, "pkg-y-1-0.tar.zst": GOOD_PKG}))),
    (58, "twice", lambda root: zip_file(
        root, stored_zip({**GOOD, "pkg-y-1-0.tar.zst": b""}).replace(b"pkg-y", b"pkg-x"))),
    (59, "damaged", lambda root: zip_file(root, b"#!" + stored_zip(GOOD))),
    (59, "cut short or added to", lambda root: zip_file(root, stored_zip(GOOD) + b"tail")),
    (59, "damaged", lambda root: zip_file(root, stored_zip(GOOD) * 2)),
    (59, "zstd data is damaged", lambda root: conda_file(
        root, pkg=stored_zip(GOOD), info=GOOD_INFO)),
    (60, "compressed", lambda root: zip_file(
        root, stored_zip(GOOD, compression=zipfile.ZIP_DEFLATED))),
]  # fmt: skip

ELSEWHERE = {
    50: "tests/unit/core/transaction/test_hostile_metadata.py",
    61: "tests/unit/core/transaction/test_hostile_metadata.py",
    62: "tests/unit/core/transaction/test_hostile_metadata.py",
    63: "tests/unit/core/transaction/test_hostile_metadata.py",
    64: "tests/unit/core/transaction/test_hostile_metadata.py",
}
"""What becomes of files only in a package cache or an environment."""

Pack = Callable[[Path, bytes], str]
Extract = Callable[[str, Path], None]


@pytest.fixture(params=[*WRITERS, "arriving"])
def extract(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Extract:
    """Return a way to extract: whatever the size, with each writer, and before the end has come."""
    if request.param == "arriving":
        return extract_arriving
    write_files_by(request.param, monkeypatch)
    return extract_whole


def extract_whole(archive: str, folder: Path) -> None:
    extract_archive(archive, str(folder), limits=SMALL)


def extract_arriving(archive: str, folder: Path) -> None:
    arriving = ArrivingFile(archive, os.path.getsize(archive))
    extract_archive(archive, str(folder), limits=SMALL, arriving=arriving)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """Return the folder that archives are extracted in, beside a tree that must not change."""
    (tmp_path / "canary/empty").mkdir(parents=True)
    (tmp_path / "canary/file").write_text("alive")
    return tmp_path


def snapshot(root: Path) -> dict[str, tuple[int, int, str]]:
    """Return mode, number of links and content of everything outside of `out`."""
    found = {}
    for path in [root, *root.rglob("*")]:
        if "out" in path.relative_to(root).parts[:1]:
            continue
        status = path.lstat()
        content = path.read_bytes().hex() if path.is_file() else ""
        found[str(path.relative_to(root))] = (status.st_mode, status.st_nlink, content)
    del found["."]
    return found


def tree(root: Path) -> dict[str, str]:
    found = {}
    for path in root.rglob("*"):
        key = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[key] = f"-> {os.readlink(path)}"
        elif path.is_file():
            found[key] = path.read_text()
    return found


def check_refused(extract: Extract, archive: str, root: Path, reason: str) -> None:
    before = snapshot(root)
    with pytest.raises(InvalidArchiveError) as caught:
        extract(archive, root / "out")
    assert reason in caught.value.reason
    assert "\n" not in caught.value.message
    assert snapshot(root) == before


@pytest.mark.parametrize("pack", [whole_tar, pkg_part, info_part])
@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"A{case.number}-{n}") for n, case in enumerate(CASES)]
)
def test_a_member(case: Case, pack: Pack, extract: Extract, canary: Path) -> None:
    archive = pack(canary, b"".join(case.members) + case.end)
    if case.refused:
        check_refused(extract, archive, canary, case.refused)
        return
    before = snapshot(canary)
    old = os.umask(0o022)
    try:
        extract(archive, canary / "out")
    finally:
        os.umask(old)
    assert snapshot(canary) == before
    found = tree(canary / "out")
    assert found.pop("info/index.json") == INDEX.decode()
    found.pop("pkg", None)
    assert found == case.tree
    for path in (canary / "out").rglob("*"):
        status = path.lstat()
        if not stat.S_ISLNK(status.st_mode):
            assert not status.st_mode & 0o7022, path
            assert (status.st_uid, status.st_gid) == (os.geteuid(), os.getegid())


@pytest.mark.parametrize(
    ("reason", "make"),
    [pytest.param(reason, make, id=f"A{number}-{n}") for n, (number, reason, make) in
     enumerate(WHOLE)],
)  # fmt: skip
def test_a_file(reason: str, make: Callable[[Path], str], extract: Extract, canary: Path) -> None:
    check_refused(extract, make(canary), canary, reason)


def test_every_case_is_here() -> None:
    numbers = {case.number for case in CASES} | {number for number, _, _ in WHOLE} | set(ELSEWHERE)
    assert numbers == set(range(1, 65))
    repository = Path(__file__).parents[4]
    assert all((repository / path).is_file() for path in ELSEWHERE.values())
