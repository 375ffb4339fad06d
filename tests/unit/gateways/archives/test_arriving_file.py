"""Files that are read while they are still being written."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from conda_clone.gateways.archives.arriving_file import ArrivingFile
from conda_clone.gateways.archives.errors import MalformedError
from tests.support.python_programs import output_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"0123")
    return path


def later(path: Path, *pieces: bytes) -> threading.Thread:
    """Write pieces behind what is there, with pauses."""

    def write() -> None:
        for piece in pieces:
            time.sleep(0.01)
            with path.open("ab", buffering=0) as stream:
                stream.write(piece)

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def test_what_has_come_is_read_at_once(path: Path) -> None:
    with ArrivingFile(str(path), 10) as file:
        assert file.size == 10
        assert file.read(3) == b"012"
        assert file.seek(1) == 1
        assert file.read(1) == b"1"


def test_what_is_to_come_is_waited_for(path: Path) -> None:
    writer = later(path, b"45", b"67", b"89")
    with ArrivingFile(str(path), 10) as file:
        assert file.read(9) == b"012345678"
        assert file.read(9) == b"9"
        assert file.read(9) == b""
    writer.join()


@pytest.mark.parametrize("size", [-1, None])
def test_the_whole_is_waited_for(path: Path, size: int | None) -> None:
    writer = later(path, b"456", b"789")
    with ArrivingFile(str(path), 10) as file:
        assert file.read(size) == b"0123456789"
    writer.join()


def test_the_end_is_known_when_it_has_come(path: Path) -> None:
    writer = later(path, b"456", b"789")
    with ArrivingFile(str(path), 10) as file:
        assert file.seek(-2, os.SEEK_END) == 8
        assert file.read(2) == b"89"
    writer.join()


def test_another_name_does_not_matter(path: Path) -> None:
    with ArrivingFile(str(path), 10) as file:
        path.write_bytes(b"0123456789")
        path.rename(path.with_name("whole"))
        assert file.read(10) == b"0123456789"


def test_what_was_thrown_away_does_not_come(path: Path) -> None:
    with ArrivingFile(str(path), 10) as file:
        path.unlink()
        assert file.read(4) == b"0123"
        with pytest.raises(MalformedError):
            file.read(1)


ORPHAN = """
import os, signal, sys
from conda_clone.gateways.archives.arriving_file import ArrivingFile
from conda_clone.gateways.archives.errors import MalformedError
from tests.support.python_programs import output_of
from conda_clone.gateways.forked_process import ForkedProcess, read_exactly
def read(jobs, _):
    read_exactly(jobs, 1)  # until the original is gone
    try:
        ArrivingFile(sys.argv[1], 10).read(10)
    except MalformedError as error:
        os.write(1, str(error).encode())
ForkedProcess.start(read)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="copies of processes are made on Linux")
def test_nothing_comes_from_a_process_that_is_gone(path: Path) -> None:
    """It was killed before its copy began to read."""
    found = output_of(ORPHAN, path, status=-signal.SIGKILL)
    assert found == ["the rest of it does not come"]
