import errno
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conda_clone.errors import NotWritableError
from conda_clone.gateways.disk import held_file, lock
from conda_clone.gateways.disk.errors import LockError
from conda_clone.gateways.disk.held_file import HeldFile
from conda_clone.gateways.disk.lock import FileLock


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "folder" / ".lock")


def in_child(action: Callable[[], bool]) -> bool:
    """Return what an action says in another process."""
    process = os.fork()
    if process == 0:
        os._exit(int(action()))
    return bool(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))


def can_lock(path: str, byte: int = lock.LOCKED_BYTE) -> bool:
    return in_child(lambda: FileLock(path, byte=byte).try_acquire())


def test_others_wait_until_the_lock_is_given_up(path: str) -> None:
    with FileLock(path):
        assert not can_lock(path)
    assert can_lock(path)
    assert os.path.exists(path)


def test_bytes_are_locked_one_by_one(path: str) -> None:
    with FileLock(path, byte=7):
        assert can_lock(path, 8)
        assert not can_lock(path, 7)


def test_a_thread_may_lock_again_and_the_outer_one_counts(path: str) -> None:
    with FileLock(path):
        with FileLock(path):
            assert not can_lock(path)
        assert not can_lock(path)
    assert can_lock(path)


def test_threads_wait_for_each_other(path: str) -> None:
    found = []
    with FileLock(path):
        thread = threading.Thread(target=lambda: found.append(FileLock(path).try_acquire()))
        thread.start()
        thread.join()
    assert found == [False]


def test_a_lock_ends_with_its_holder(path: str) -> None:
    process = os.fork()
    if process == 0:
        FileLock(path).acquire()
        signal.pause()
    while can_lock(path):
        time.sleep(0.01)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    assert can_lock(path)


def test_who_waits_too_long_is_told_for_whom(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_TOLD_AFTER", 0.0)
    told: list[str] = []
    errors: list[LockError] = []

    def wait() -> None:
        try:
            FileLock(path).acquire(timeout=0.05, on_wait=told.append)
        except LockError as error:
            errors.append(error)

    with FileLock(path):
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    (holder,) = told
    assert holder.startswith(f"process {os.getpid()} on ")
    (error,) = errors
    assert holder in error.message
    assert "more than 0.05 seconds" in error.message


def test_waiting_can_be_given_up(path: str) -> None:
    def give_up() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        FileLock(path).acquire(checkpoint=give_up)


def test_locks_can_be_switched_off(path: str) -> None:
    with FileLock(path), FileLock(path, enabled=False) as other:
        assert other.try_acquire()


def test_a_lock_on_a_file_that_has_been_replaced_does_not_count(path: str) -> None:
    with FileLock(path):
        os.unlink(path)
        assert can_lock(path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotWritableError, match="file"):
        FileLock(str(tmp_path / "file" / ".lock")).acquire()


class TestWithoutKernelLocks:
    @pytest.fixture(autouse=True)
    def unsupported(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> bool:
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

        monkeypatch.setattr(lock, "_try_lock", refuse)

    def test_a_file_takes_the_place_of_the_lock(self, path: str) -> None:
        with FileLock(path):
            assert not can_lock(path)
            assert len(os.listdir(os.path.dirname(path))) == 2
        assert os.listdir(os.path.dirname(path)) == [".lock"]
        assert can_lock(path)

    def test_what_nobody_renews_is_taken_over(self, path: str) -> None:
        os.makedirs(os.path.dirname(path))
        forsaken = f"{path}-21"
        Path(forsaken).write_text("somebody else")
        assert not can_lock(path)
        os.utime(forsaken, (0, 0))
        assert can_lock(path)

    def test_the_holder_renews_the_file(self, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(held_file, "_RENEWED_EVERY", 0.01)
        with FileLock(path):
            os.utime(f"{path}-21", (0, 0))
            while not os.stat(f"{path}-21").st_mtime:
                time.sleep(0.01)

    def test_a_file_that_was_taken_over_is_left_to_its_new_holder(self, tmp_path: Path) -> None:
        path = tmp_path / "held"
        held = HeldFile(str(path))
        assert held.try_acquire()
        path.write_text("somebody else")
        held.release()
        assert path.read_text() == "somebody else"
        path.unlink()
        again = HeldFile(str(path))
        assert again.try_acquire()
        path.unlink()
        again.release()


def test_other_errors_of_locking_are_errors(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bool:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    monkeypatch.setattr(lock, "_try_lock", refuse)
    with pytest.raises(OSError, match="Bad file"):
        FileLock(path).try_acquire()
