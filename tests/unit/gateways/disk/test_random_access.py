import os
from pathlib import Path

import pytest

from conda_clone.gateways.disk.random_access import RandomAccessFile


def test_pieces_are_read_by_position(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"0123456789")
    file = RandomAccessFile(str(path))
    assert (file.read(7, 2), file.read(0, 3), file.read(8, 9)) == (b"78", b"012", b"89")
    assert (file.size, file.mtime_ns) == (10, path.stat().st_mtime_ns)
    file.close()


def test_a_file_stays_what_it_was_when_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    file = RandomAccessFile(str(path))
    (tmp_path / "new").write_bytes(b"new")
    os.replace(tmp_path / "new", path)
    assert file.read(0, 3) == b"old"


def test_an_absent_file_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        RandomAccessFile(str(tmp_path / "none"))


def test_the_descriptor_is_given_back_once(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    file = RandomAccessFile(str(tmp_path / "f"))
    file.close()
    file.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        file.read(0, 1)
