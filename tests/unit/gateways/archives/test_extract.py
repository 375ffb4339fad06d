"""Extraction as a whole: what comes out, and what is refused (A-numbers: spec/reliability.md)."""

import errno
import os
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from conda_clone.errors import NoSpaceLeftError, NotWritableError
from conda_clone.gateways.archives.errors import InvalidArchiveError
from conda_clone.gateways.archives.extract import extract_archive
from conda_clone.gateways.archives.limits import Limits
from conda_clone.gateways.disk import mutations
from tests.support.file_writers import WRITERS, write_files_by
from tests.support.tar_bytes import (
    INDEX,
    conda,
    file,
    folder,
    hard_link,
    header,
    long_name,
    pax,
    symlink,
    tar_bz2,
)

Pack = Callable[..., str]


@pytest.fixture(params=[tar_bz2, conda], ids=["tar.bz2", "conda"])
def pack(request: pytest.FixtureRequest) -> Pack:
    packer: Pack = request.param
    return packer


def tree(root: Path) -> dict[str, str]:
    """Return path to content of files, "-> target" of links."""
    found = {}
    for parent, folders, names in os.walk(root):
        for name in [*names, *folders]:
            path = Path(parent, name)
            key = str(path.relative_to(root))
            if path.is_symlink():
                found[key] = f"-> {os.readlink(path)}"
            elif path.is_file():
                found[key] = path.read_text()
    return found


def refusal(archive: str, tmp_path: Path, *, limits: Limits | None = None) -> str:
    """Return why an archive is refused; make sure that nothing outside the folder changed."""
    (tmp_path / "canary").write_text("alive")
    before = {name for name in os.listdir(tmp_path) if name != "out"}
    with pytest.raises(InvalidArchiveError) as caught:
        extract_archive(archive, str(tmp_path / "out"), limits=limits or Limits())
    assert caught.value.path == archive
    assert {name for name in os.listdir(tmp_path) if name != "out"} == before
    assert (tmp_path / "canary").read_text() == "alive"
    return caught.value.reason


def test_both_formats_give_files_links_and_folders(pack: Pack, tmp_path: Path) -> None:
    archive = pack(
        tmp_path,
        folder(b"empty/"),
        file(b"./bin/tool", b"#!/bin/sh\n", mode=0o775),
        symlink(b"bin/alias", b"tool"),
        hard_link(b"bin/same", b"bin/tool"),
        file(b"a//b/./c", b"text"),
    )
    out = tmp_path / "out"
    extracted = extract_archive(archive, str(out))
    assert (extracted.files, extracted.size) == (4, len(INDEX) + 10 + 4)
    assert extracted.case_collisions == ()
    assert extracted.links == {"bin/alias": "tool"}
    digests = {path: digest for path, (digest, _) in extracted.written.items()}
    assert digests["bin/same"] == digests["bin/tool"] == sha256(b"#!/bin/sh\n").digest()
    assert tree(out) == {
        "info/index.json": INDEX.decode(),
        "bin/tool": "#!/bin/sh\n",
        "bin/same": "#!/bin/sh\n",
        "bin/alias": "-> tool",
        "a/b/c": "text",
    }
    assert (out / "empty").is_dir()
    assert (out / "bin/same").samefile(out / "bin/tool")


def test_dangerous_bits_are_dropped_and_times_are_kept(pack: Pack, tmp_path: Path) -> None:
    archive = pack(
        tmp_path,
        file(b"setuid", mode=0o6755),
        file(b"open", mode=0o666),
        file(b"locked", mode=0o000),
        file(b"readonly", mode=0o444),
        folder(b"shut", mode=0),
        file(b"shut/inside"),
    )
    old = os.umask(0o022)
    try:
        extract_archive(archive, str(tmp_path / "out"))
    finally:
        os.umask(old)
    modes = {
        name: (tmp_path / "out" / name).stat().st_mode & 0o7777
        for name in os.listdir(tmp_path / "out")
    }
    del modes["info"]
    assert modes == {
        "setuid": 0o755,
        "open": 0o644,
        "locked": 0o400,
        "readonly": 0o444,
        "shut": 0o755,
    }
    assert (tmp_path / "out" / "open").stat().st_mtime == 0o14000000000


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([file(b"../x")], "leads out of the package"),  # A1
        ([file(b"a/../../x")], "leads out of the package"),  # A2
        ([file(b"/tmp/x")], "absolute path"),  # A3
        ([file(b"//x")], "absolute path"),  # A4
        ([file(b"/./x")], "absolute path"),
        ([file(b".")], "has no name"),  # A6
        ([file(b"a" * 90 + b"/" + b"..")], "leads out of the package"),
        ([pax({"path": "a\0b"}), file(b"x")], "NUL"),  # A7
        ([long_name(b"a\0b"), file(b"x")], "NUL"),
        ([long_name(b"a" * 256), file(b"x")], "too long a name"),  # A8
        ([long_name(b"a/" * 100 + b"b" * 200 + b"/c" * 2000), file(b"x")], "too long a name"),
        ([symlink(b"out", b"/"), file(b"out/x")], "twice|as a folder and as a file"),  # A9
        ([symlink(b"d", b".."), folder(b"d"), file(b"d/x")], "as a folder and as a file"),  # A10
        ([file(b"d/x"), symlink(b"d", b"..")], "as a folder and as a file"),
        ([symlink(b"x", b"../canary"), file(b"x", b"dead")], "twice"),  # A15
        ([file(b"x"), symlink(b"x", b"../canary")], "twice"),
        ([hard_link(b"x", b"../canary")], "leads out of the package"),  # A16
        ([hard_link(b"x", b"/etc/passwd")], "absolute path"),  # A17
        ([hard_link(b"x", b"../canary"), file(b"x", b"dead")], "leads out of the package"),  # A18
        ([hard_link(b"x", b"later"), file(b"later")], "no file before it"),  # A19
        ([symlink(b"s", b"../canary"), hard_link(b"x", b"s")], "no file before it"),  # A20
        ([hard_link(b"x", b"x")], "no file before it"),  # A21
        ([folder(b"d"), hard_link(b"x", b"d")], "no file before it"),
        ([file(b"d"), folder(b"d")], "as a folder and as a file"),  # A24
        ([file(b"d"), file(b"d/x")], "as a folder and as a file"),
        ([folder(b"d"), file(b"d")], "as a folder and as a file"),
        ([file(b"x", b"1"), file(b"./x", b"1")], "twice"),  # A25
        ([header(b"x", kind=b"6")], "a FIFO"),  # A29
        ([header(b"x", kind=b"3")], "a character device"),  # A30
        ([header(b"x", kind=b"4")], "a block device"),
        ([header(b"x", kind=b"7")], "unknown kind"),  # A31, A38
        ([header(b"x", kind=b"V")], "unknown kind"),
        ([file(b"conda-meta/x-1-0.json", b"{}")], "own records"),  # A39
        ([file(b"Conda-Meta/History")], "own records"),
        ([symlink(b"conda-meta", b"/etc")], "own records"),
        ([folder(b"info/repodata_record.json")], "as a folder and as a file"),
        ([file(b"info/repodata_record.json/x")], "as a folder and as a file"),
        ([symlink(b"info", b"/etc")], "as a folder and as a file|leads to"),
        ([symlink(b"info/paths.json", b"../../canary")], "leads to"),
        ([symlink(b"info/about.json", b"..")], "leads to"),
        ([symlink(b"x", b"")], "leads nowhere"),
        ([long_name("ä".encode() * 2048, kind=b"K"), symlink(b"x", b"")], "too long a path"),
        ([file(b"d/" * 40 + b"x")], "too deep"),  # A43
        ([header(b"x", 8**11 - 1)], "too large"),  # A44
        ([header(b"x", b"\x80" + b"\0" * 3 + b"\x7f" + b"\xff" * 7)], "absurd number"),
        ([header(b"x", b"-0000000777\0")], "none in a header"),
        ([header(b"x", b"-0000001000\0")], "none in a header"),
        ([header(b"x", b"+0000000000\0")], "none in a header"),
        ([header(b"x", b"0o000000000\0")], "none in a header"),
        ([header(b"x", b"0_000000000\0")], "none in a header"),
        ([header(b"x", b"00000000008\0")], "none in a header"),
    ],
)
def test_what_could_do_harm_is_refused(
    pack: Pack, tmp_path: Path, members: list[bytes], reason: str
) -> None:
    limits = Limits(depth=32, file=1 << 30)
    found = refusal(pack(tmp_path, *members), tmp_path, limits=limits)
    assert any(part in found for part in reason.split("|")), found


SPARSE = [
    pax(
        {
            "GNU.sparse.size": "100000",
            "GNU.sparse.numblocks": "2",
            "GNU.sparse.map": "10,4,50000,4",
            "GNU.sparse.name": "lib/s",
        }
    ),
    file(b"GNUSparseFile.0/s", b"headtail"),
]


def test_a_name_does_nothing_to_the_terminal_that_it_is_shown_on(
    pack: Pack, tmp_path: Path
) -> None:
    found = refusal(pack(tmp_path, file(b"../\x1b[2J\nhint: run\xc2\x9b\xff")), tmp_path)
    assert found == r"its member `../\x1b[2J\nhint: run\x9b\udcff` leads out of the package"


def test_where_the_system_has_no_room_for_threads_there_are_none(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    write_files_by("threads", monkeypatch)
    monkeypatch.setattr(threading.Thread, "start", start)
    content = b"large" * 100_000
    extracted = extract_archive(pack(tmp_path, file(b"x", content)), str(tmp_path / "out"))
    assert extracted.written["x"] == (sha256(content).digest(), len(content))
    assert (tmp_path / "out/x").read_bytes() == content


@pytest.mark.parametrize("writer", WRITERS)
def test_sparse_files_get_their_holes(
    pack: Pack, tmp_path: Path, writer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files_by(writer, monkeypatch)
    archive = pack(tmp_path, *SPARSE, hard_link(b"same", b"lib/s"))
    extracted = extract_archive(archive, str(tmp_path / "out"))
    assert extracted.size == len(INDEX) + 100_000
    assert extracted.sparse == {"lib/s", "same"}
    content = (tmp_path / "out/lib/s").read_bytes()
    assert content == bytes(10) + b"head" + bytes(49_986) + b"tail" + bytes(49_996)
    assert (tmp_path / "out/same").samefile(tmp_path / "out/lib/s")


def test_a_sparse_file_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "out/lib").mkdir(parents=True)
    (tmp_path / "out/lib/s").touch()
    assert "is taken" in refusal(tar_bz2(tmp_path, *SPARSE), tmp_path)


def test_links_out_of_the_package_are_kept_but_lead_nobody(pack: Pack, tmp_path: Path) -> None:
    targets = {"abs": "/usr/lib/libcuda.so", "up": "../../up", "loop": "loop", "dangling": "none"}
    members = [symlink(f"lib/{name}".encode(), to.encode()) for name, to in targets.items()]
    extract_archive(pack(tmp_path, *members), str(tmp_path / "out"))
    expected = {f"lib/{name}": f"-> {to}" for name, to in targets.items()}
    assert tree(tmp_path / "out") == {**expected, "info/index.json": INDEX.decode()}


def test_links_beside_each_other_in_info_are_fine(tmp_path: Path) -> None:
    archive = tar_bz2(tmp_path, symlink(b"info/alias.json", b"index.json"))
    extract_archive(archive, str(tmp_path / "out"))
    assert (tmp_path / "out/info/alias.json").read_bytes() == INDEX


def test_a_stale_record_of_another_tool_is_left_out(pack: Pack, tmp_path: Path) -> None:
    archive = pack(tmp_path, symlink(b"info/repodata_record.json", b"/etc/passwd"))
    extract_archive(archive, str(tmp_path / "out"))
    assert tree(tmp_path / "out") == {"info/index.json": INDEX.decode()}


def test_names_that_differ_only_in_case_are_two_files_and_noted(tmp_path: Path) -> None:
    archive = tar_bz2(tmp_path, file(b"t/E", b"1"), file(b"t/e", b"2"))
    extracted = extract_archive(archive, str(tmp_path / "out"))
    assert extracted.case_collisions == (("t/E", "t/e"),)
    assert (tmp_path / "out/t/E").read_text() + (tmp_path / "out/t/e").read_text() == "12"


@pytest.mark.parametrize(
    "member", [file(b"x"), hard_link(b"x", b"info/index.json"), symlink(b"x", b"y"), file(b"x/y")]
)
def test_nothing_that_is_there_is_replaced(tmp_path: Path, member: bytes) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").write_text("kept")
    archive = tar_bz2(tmp_path, member)
    assert "is taken" in refusal(archive, tmp_path)
    assert (tmp_path / "out" / "x").read_text() == "kept"


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    archive = tar_bz2(tmp_path, *(file(b"%d" % number) for number in range(5)))
    assert "more than 4 members" in refusal(archive, tmp_path, limits=Limits(members=4))


def test_a_bomb_is_stopped(pack: Pack, tmp_path: Path) -> None:  # A41, A45
    archive = pack(tmp_path, file(b"zeros", bytes(4 << 20)))
    limits = Limits(ratio=100, ratio_after=1 << 20)
    assert "far more than a package holds" in refusal(archive, tmp_path, limits=limits)


@pytest.mark.parametrize("keep", [0, 10, 60, -1])
def test_a_cut_archive_is_refused(pack: Pack, tmp_path: Path, keep: int) -> None:  # A56
    archive = pack(tmp_path, file(b"x", os.urandom(5000)))
    content = Path(archive).read_bytes()
    Path(archive).write_bytes(content[:keep])
    refusal(archive, tmp_path)


def test_any_flipped_byte_is_refused_or_harmless(pack: Pack, tmp_path: Path) -> None:
    archive = pack(tmp_path, file(b"x", b"content" * 20))
    content = Path(archive).read_bytes()
    (tmp_path / "canary").write_text("alive")
    for position in range(0, len(content), 3):
        changed = bytearray(content)
        changed[position] ^= 0x41
        Path(archive).write_bytes(changed)
        out = tmp_path / f"out{position}"
        try:
            extract_archive(archive, str(out))
        except InvalidArchiveError:
            continue
        assert set(tree(out)) == {"x", "info/index.json"}
    assert (tmp_path / "canary").read_text() == "alive"


def test_hard_links_are_copied_where_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "not here")

    archive = tar_bz2(tmp_path, hard_link(b"x", b"info/index.json"))
    monkeypatch.setattr(mutations, "link", refuse)
    extract_archive(archive, str(tmp_path / "out"))
    assert (tmp_path / "out/x").read_bytes() == INDEX


@pytest.mark.parametrize("call", ["write", "link"])
def test_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    archive = tar_bz2(tmp_path, file(b"y", b"1"), hard_link(b"x", b"y"))
    monkeypatch.setattr(mutations, call, full)
    with pytest.raises(NoSpaceLeftError):
        extract_archive(archive, str(tmp_path / "out"))


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tar_bz2(tmp_path, file(b"x", b"abcdef"))
    write = os.write
    monkeypatch.setattr(mutations, "write", lambda descriptor, data: write(descriptor, data[:2]))
    extract_archive(archive, str(tmp_path / "out"))
    assert (tmp_path / "out/x").read_text() == "abcdef"


def test_a_link_in_place_of_the_destination_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to("elsewhere")
    with pytest.raises(NotWritableError):
        extract_archive(tar_bz2(tmp_path), str(tmp_path / "out"))
    assert os.listdir(tmp_path / "elsewhere") == []


def test_other_names_are_no_packages(tmp_path: Path) -> None:
    (tmp_path / "x.zip").touch()
    with pytest.raises(InvalidArchiveError, match="ends neither"):
        extract_archive(str(tmp_path / "x.zip"), str(tmp_path / "out"))


def test_an_absent_archive_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        extract_archive(str(tmp_path / "x.conda"), str(tmp_path / "out"))


def test_a_large_archive_comes_out_by_threads_as_it_would_without(tmp_path: Path) -> None:
    noise = os.urandom(5 << 20)  # more than is worth a thread, whatever compresses it
    contents = {"large": noise, "middle": noise[: 1 << 17], "small": b"text"}
    members = [file(name.encode(), content) for name, content in contents.items()]
    archive = conda(tmp_path, *members, hard_link(b"same", b"large"))
    extracted = extract_archive(archive, str(tmp_path / "out"))
    for name, content in {**contents, "same": noise}.items():
        assert (tmp_path / "out" / name).read_bytes() == content
        assert extracted.written[name] == (sha256(content).digest(), len(content))


def test_a_large_archive_that_is_cut_short_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    archive = conda(tmp_path, file(b"large", os.urandom(5 << 20)))
    content = Path(archive).read_bytes()
    Path(archive).write_bytes(content.replace(content[3 << 20 : (3 << 20) + 9], b"\0" * 9))
    refusal(archive, tmp_path)
    assert set(threading.enumerate()) <= before
