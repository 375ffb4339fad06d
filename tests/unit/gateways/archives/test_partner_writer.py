"""Files that a second process writes, and what becomes of errors on either side.

The processes are made by programs of their own: the suite has threads.
"""

import os
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from conda_clone.gateways.archives.errors import PartnerLostError
from conda_clone.gateways.archives.extract import extract_archive
from conda_clone.gateways.archives.output_folder import OutputFolder
from conda_clone.gateways.archives.partner_writer import SLOT, SLOTS, PartnerWriter
from conda_clone.gateways.disk import mutations
from tests.support.file_writers import write_files_by
from tests.support.python_programs import output_of
from tests.support.tar_bytes import conda, file, folder, hard_link, symlink, tar_bz2

PROGRAM = """
import errno, os, signal, sys
from conda_clone.errors import CondaError
from conda_clone.gateways.archives import extract
from conda_clone.gateways.archives.partner_writer import PartnerWriter
from conda_clone.gateways.disk import mutations
archive, folder, before = sys.argv[1:]
extract.cores = lambda: 2
extract._WORTH_A_PARTNER = 0
me, choose = os.getpid(), extract._file_writer
def noted(*arguments):
    writer = choose(*arguments)
    print(type(writer).__name__)
    return writer
extract._file_writer = noted
exec(before)
try:
    print(len(extract.extract_archive(archive, folder).written))
except CondaError as error:
    print(type(error).__name__, error.message)
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("alone")
"""
needs_fork = pytest.mark.skipif(sys.platform != "linux", reason="copies of processes")


def outcome(archive: str, to: Path, before: str = "") -> list[str]:
    return output_of(PROGRAM, archive, to, before, status=None)


def large(tmp_path: Path) -> tuple[str, dict[str, bytes]]:
    """Return an archive that fills the ring several times, and what its files hold."""
    noise = os.urandom(SLOT * SLOTS + 12_345)
    contents = {f"lib/{number}": noise[:number] for number in range(0, 40_000, 401)}
    contents |= {"huge": noise, "middle": noise[: SLOT // 3], "last": b"text"}
    members = [file(name.encode(), content, mode=0o775) for name, content in contents.items()]
    more = [hard_link(b"same", b"huge"), symlink(b"alias", b"huge"), folder(b"empty/")]
    return conda(tmp_path, *members, *more), {**contents, "same": noise, "alias": noise}


def check(out: Path, contents: dict[str, bytes]) -> None:
    for name, content in contents.items():
        assert (out / name).read_bytes() == content
    found = sum(path.is_file() for path in out.rglob("*"))
    assert found == len(contents) + 1  # info/index.json
    assert (out / "empty").is_dir()
    assert (out / "last").stat().st_mtime == 0o14000000000


@needs_fork
def test_a_second_process_writes_what_this_one_reads(tmp_path: Path) -> None:
    archive, contents = large(tmp_path)
    assert outcome(archive, tmp_path / "out") == ["PartnerWriter", str(len(contents)), "alone"]
    check(tmp_path / "out", contents)


def test_digests_are_those_of_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, contents = large(tmp_path)
    write_files_by("partner", monkeypatch)
    extracted = extract_archive(archive, str(tmp_path / "out"))
    check(tmp_path / "out", contents)
    del contents["alias"]
    for name, content in contents.items():
        assert extracted.written[name] == (sha256(content).digest(), len(content))


@needs_fork
def test_what_is_there_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/x").write_text("kept")
    archive = tar_bz2(tmp_path, file(b"x", b"new"))
    _, said, left = outcome(archive, tmp_path / "out")
    assert said.startswith("InvalidArchiveError")
    assert "the name `x` is taken" in said
    assert left == "alone"
    assert (tmp_path / "out/x").read_text() == "kept"


FULL = """
def full(descriptor, data, write=os.write):
    if len(data) < 1000:
        return write(descriptor, data)
    raise OSError(errno.ENOSPC, "full")
mutations.write = full
"""


@needs_fork
def test_a_full_disk_says_so(tmp_path: Path) -> None:
    archive, _ = large(tmp_path)
    writer, said, left = outcome(archive, tmp_path / "out", FULL)
    assert (writer, said.split()[0], left) == ("PartnerWriter", "NoSpaceLeftError", "alone")


KILLED = """
def kill(*arguments):
    assert os.getpid() != me
    os.kill(os.getpid(), signal.SIGKILL)
mutations.write = kill
"""


@needs_fork
@pytest.mark.parametrize("is_large", [True, False])
def test_a_partner_that_somebody_ends_is_told(tmp_path: Path, *, is_large: bool) -> None:
    archive = large(tmp_path)[0] if is_large else tar_bz2(tmp_path)
    writer, said, left = outcome(archive, tmp_path / "out", KILLED)
    assert (writer, said.split()[0], left) == ("PartnerWriter", "PartnerLostError", "alone")


@needs_fork
def test_a_damaged_archive_leaves_no_process(tmp_path: Path) -> None:
    archive, _ = large(tmp_path)
    content = Path(archive).read_bytes()
    Path(archive).write_bytes(content.replace(content[3 << 20 : (3 << 20) + 9], b"\0" * 9))
    writer, said, left = outcome(archive, tmp_path / "out")
    assert (writer, said.split()[0], left) == ("PartnerWriter", "InvalidArchiveError", "alone")


ABANDONED = """
def leave(*arguments):
    os.kill(os.getppid(), signal.SIGKILL)
    open(os.path.join(os.path.dirname(archive), "alone"), "w").close()
    return os.write(*arguments)
mutations.write = leave
"""


@needs_fork
def test_a_partner_ends_with_the_process_that_reads(tmp_path: Path) -> None:
    archive, _ = large(tmp_path)
    # Both have the output, whose end is waited for.
    assert outcome(archive, tmp_path / "out", ABANDONED) == []
    assert (tmp_path / "alone").exists()


NO_ROOM = """
def refuse(*arguments):
    raise OSError(errno.ENOMEM, "no room")
"""


@needs_fork
@pytest.mark.parametrize("call", ["os.fork", "extract.mmap.mmap"])
def test_where_is_no_room_for_a_process_none_is_needed(tmp_path: Path, call: str) -> None:
    archive, contents = large(tmp_path)
    before = f"{NO_ROOM}\nimport mmap\nextract.mmap = mmap\n{call} = refuse"
    writer, count, left = outcome(archive, tmp_path / "out", before)
    assert (writer, count, left) == ("ThreadedFileWriter", str(len(contents)), "alone")
    check(tmp_path / "out", contents)


@needs_fork
def test_one_core_needs_no_second_process(tmp_path: Path) -> None:
    archive, contents = large(tmp_path)
    before = "extract.cores = lambda: 1"
    writer, count, left = outcome(archive, tmp_path / "out", before)
    assert (writer, count, left) == ("FileWriter", str(len(contents)), "alone")


def test_a_partner_that_ends_too_early_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files_by("partner", monkeypatch)
    monkeypatch.setattr("conda_clone.gateways.archives.partner_writer.serve", lambda *_: None)
    with pytest.raises(PartnerLostError):
        extract_archive(tar_bz2(tmp_path), str(tmp_path / "out"))


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files_by("partner", monkeypatch)
    write = os.write
    monkeypatch.setattr(mutations, "write", lambda descriptor, data: write(descriptor, data[:2]))
    extract_archive(tar_bz2(tmp_path, file(b"x", b"abcdef")), str(tmp_path / "out"))
    assert (tmp_path / "out/x").read_text() == "abcdef"


def test_a_writer_needs_a_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("mmap.mmap", refuse)
    with OutputFolder(str(tmp_path)) as opened:
        assert PartnerWriter.start(opened) is None
