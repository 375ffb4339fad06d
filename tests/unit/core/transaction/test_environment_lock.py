"""The lock of an environment excludes our own commands, and mamba's."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conda_clone.core.transaction.environment_lock import EnvironmentLock, lock_descriptors
from conda_clone.gateways.disk.errors import LockError
from conda_clone.gateways.disk.lock import LOCKED_BYTE, FileLock


@contextmanager
def mamba(prefix: Path) -> Iterator[bool]:
    """Let another process lock what mamba locks, by a classic lock; yield whether it could."""
    path = prefix / "conda-meta/conda-meta.lock"
    told, tell = os.pipe()
    waited, end = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(end)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, LOCKED_BYTE)
        except OSError:
            os.write(tell, b"0")
            os._exit(0)
        os.write(tell, b"1")
        os.read(waited, 1)
        path.unlink()  # as mamba does in the end
        os._exit(0)
    try:
        yield os.read(told, 1) == b"1"
    finally:
        os.close(end)
        os.waitpid(process, 0)
        for descriptor in (told, tell, waited):
            os.close(descriptor)


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    (tmp_path / "conda-meta").mkdir()
    return tmp_path


def test_mamba_cannot_change_what_we_change(prefix: Path) -> None:
    with EnvironmentLock(str(prefix)), mamba(prefix) as is_locked:
        assert not is_locked
    with mamba(prefix) as is_locked:
        assert is_locked


def test_we_wait_for_mamba(prefix: Path) -> None:
    lock = EnvironmentLock(str(prefix))
    with mamba(prefix):
        assert not lock.try_acquire()
        with pytest.raises(LockError, match=r"conda-meta\.lock"):
            lock.acquire(timeout=0.01)
    assert lock.try_acquire()
    lock.release()


def test_who_gives_up_on_mamba_keeps_nobody_else_waiting(prefix: Path) -> None:
    with mamba(prefix):
        assert not EnvironmentLock(str(prefix)).try_acquire()
    process = os.fork()
    if process == 0:
        os._exit(0 if EnvironmentLock(str(prefix)).try_acquire() else 1)
    assert os.waitpid(process, 0)[1] == 0


def test_our_files_stay_and_nothing_is_written_into_that_of_mamba(prefix: Path) -> None:
    with EnvironmentLock(str(prefix)):
        pass
    assert (prefix / "conda-meta/.lock").read_text().startswith(f"process {os.getpid()} ")
    assert (prefix / "conda-meta/conda-meta.lock").read_bytes() == b""


def test_an_environment_that_is_deleted_while_it_is_locked_is_told(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = EnvironmentLock(str(prefix))
    original = FileLock.try_acquire

    def vanishing(self: FileLock) -> bool:
        if not self._signed:  # the second of the two
            raise FileNotFoundError
        return original(self)

    with monkeypatch.context() as patch:
        patch.setattr(FileLock, "try_acquire", vanishing)
        with pytest.raises(FileNotFoundError):
            lock.try_acquire()
        with pytest.raises(FileNotFoundError):
            lock.acquire()
    with EnvironmentLock(str(prefix)):
        pass


def test_both_locks_are_inherited(prefix: Path) -> None:
    with EnvironmentLock(str(prefix)):
        assert len(lock_descriptors(str(prefix))) == 2
    assert lock_descriptors(str(prefix)) == ()
