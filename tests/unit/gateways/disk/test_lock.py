import errno
import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conda_clone.errors import NotWritableError
from conda_clone.gateways.disk import held_file, lock, mutations
from conda_clone.gateways.disk.errors import LockError
from conda_clone.gateways.disk.held_file import HeldFile
from conda_clone.gateways.disk.lock import FileLock, held_descriptors, supports_locks


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
        def refuse(*_: object, **__: object) -> bool:
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

        monkeypatch.setattr(lock, "_try_lock", refuse)

    def test_a_file_takes_the_place_of_the_lock(self, path: str) -> None:
        with FileLock(path):
            assert not can_lock(path)
            assert len(os.listdir(os.path.dirname(path))) == 2
        assert os.listdir(os.path.dirname(path)) == [".lock"]
        assert can_lock(path)

    def test_what_nobody_renews_is_taken_over(
        self, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        os.makedirs(os.path.dirname(path))
        forsaken = f"{path}-21"
        Path(forsaken).write_text("somebody else")
        ours = FileLock(path)
        assert not ours.try_acquire()
        monkeypatch.setattr(held_file, "_STALE_AFTER", 0.0)
        os.utime(forsaken)  # whoever holds it lives
        assert not ours.try_acquire()
        assert ours.try_acquire()
        ours.release()

    @pytest.mark.parametrize("moment", [0, 2_000_000_000, 4_000_000_000])
    def test_the_clock_takes_nothing_away_from_its_holder(self, path: str, moment: int) -> None:
        with FileLock(path):
            os.utime(f"{path}-21", (moment, moment))
            assert not can_lock(path)
            assert in_child(lambda: not any(FileLock(path).try_acquire() for _ in range(3)))

    def test_the_holder_renews_the_file(self, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(held_file, "_RENEWED_EVERY", 0.01)
        with FileLock(path):
            os.utime(f"{path}-21", (0, 0))
            while not os.stat(f"{path}-21").st_mtime:
                time.sleep(0.01)

    def test_renewing_goes_on_when_it_fails_once(
        self, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        renewed: list[str] = []
        ready = threading.Event()

        def change_times(path: str) -> None:
            renewed.append(path)
            if len(renewed) == 1:
                raise FileNotFoundError(path)
            ready.set()

        monkeypatch.setattr(held_file, "_RENEWED_EVERY", 0.01)
        monkeypatch.setattr(mutations, "change_times", change_times)
        with FileLock(path):
            assert ready.wait(60)

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


def test_a_server_that_does_not_answer_has_no_locks(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = threading.Event()

    def blocking(*_: object, **__: object) -> bool:
        return answer.wait(10)

    monkeypatch.setattr(lock, "_try_lock", blocking)
    monkeypatch.setattr(lock, "_answering", set())
    monkeypatch.setattr(lock, "_PATIENCE", 0.02)
    with FileLock(path):
        assert sorted(os.listdir(os.path.dirname(path))) == [".lock", ".lock-21"]
        assert FileLock(path, byte=22, shared=True).try_acquire()
    answer.set()


def test_many_share_what_nobody_has_alone(path: str) -> None:
    def share() -> bool:
        return FileLock(path, shared=True).try_acquire()

    os.makedirs(os.path.dirname(path))
    with FileLock(path, shared=True) as lock_of_ours:
        assert lock_of_ours.try_acquire()
        assert in_child(share)
        assert not can_lock(path)
    with FileLock(path):
        assert not in_child(share)
    assert can_lock(path)


def test_what_cannot_be_opened_is_shared_with_everybody(tmp_path: Path) -> None:
    with FileLock(str(tmp_path / "absent/.lock"), shared=True):
        assert not (tmp_path / "absent").exists()


def test_a_file_system_is_asked_whether_it_has_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    assert supports_locks(str(file)) is None
    file.touch()
    assert supports_locks(str(file)) is True

    def refuse(*_: object, **__: object) -> bool:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(lock, "_try_lock", refuse)
    number = errno.ENOLCK
    assert supports_locks(str(file)) is False
    with FileLock(str(file), shared=True) as shared:
        assert shared.try_acquire()
    number = errno.EBADF
    with pytest.raises(OSError, match="Bad file"):
        supports_locks(str(file))
    with pytest.raises(OSError, match="Bad file"):
        FileLock(str(file), shared=True).try_acquire()


def test_other_errors_of_locking_are_errors(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    monkeypatch.setattr(lock, "_try_lock", refuse)
    with pytest.raises(OSError, match="Bad file"):
        FileLock(path).try_acquire()


def sleeper(path: str) -> int:
    """Start a program that inherits the locks of a file, and does nothing; return its process."""
    return subprocess.Popen(["sleep", "60"], pass_fds=held_descriptors(path)).pid


def end(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def test_who_inherits_a_lock_has_it_when_its_holder_dies(path: str) -> None:
    told, tell = os.pipe()
    process = os.fork()
    if process == 0:
        FileLock(path).acquire()
        os.write(tell, str(sleeper(path)).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(process, 0)
    heir = int(os.read(told, 20))
    assert not can_lock(path)
    end(heir)
    while not can_lock(path):
        time.sleep(0.01)


def test_a_lock_that_is_released_is_not_inherited_any_more(path: str) -> None:
    with FileLock(path):
        process = subprocess.Popen(["sleep", "60"], pass_fds=held_descriptors(path))
    assert can_lock(path)
    process.kill()
    process.wait()


def test_the_locks_of_a_file_are_found_whatever_it_is_called(path: str) -> None:
    with FileLock(path), FileLock(path, byte=7), FileLock(f"{path}-other"):
        renamed = f"{os.path.dirname(path)}-renamed"
        os.rename(os.path.dirname(path), renamed)
        assert len(held_descriptors(f"{renamed}/.lock")) == 2
        assert held_descriptors(path) == ()
        os.rename(renamed, os.path.dirname(path))
    assert held_descriptors(path) == ()


def test_a_forked_process_gives_nothing_up_that_is_its_parents(path: str) -> None:
    held = FileLock(path)
    held.acquire()

    def give_up() -> bool:
        held.release()
        return True

    assert in_child(give_up)
    assert not can_lock(path)
    held.release()
    assert can_lock(path)


@pytest.mark.skipif(not hasattr(fcntl, "F_OFD_SETLK"), reason="classic locks are tested anyway")
def test_classic_locks_do_where_there_are_no_others(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(fcntl, "F_OFD_SETLK")
    with FileLock(path):
        assert not can_lock(path)
    with FileLock(path, shared=True):
        assert in_child(lambda: FileLock(path, shared=True).try_acquire())
        assert not can_lock(path)
    assert can_lock(path)


@pytest.mark.parametrize("shared", [True, False])
def test_a_file_that_is_replaced_while_it_is_locked_is_tried_again(
    path: str, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    original = lock._try_lock
    replaced: list[str] = []

    def replacing(descriptor: int, byte: int, *, shared: bool = False) -> bool:
        if not replaced:
            replaced.append(path)
            os.unlink(path)
        return original(descriptor, byte, shared=shared)

    os.makedirs(os.path.dirname(path))
    monkeypatch.setattr(lock, "_try_lock", replacing)
    held = FileLock(path, shared=shared)
    assert not held.try_acquire()
    assert held.try_acquire()
    held.release()


def test_a_full_disk_does_not_keep_anybody_from_locking(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(mutations, "truncate", full)
    with FileLock(path):
        assert not can_lock(path)


def test_a_holder_of_whom_nothing_is_known_is_another_process(path: str) -> None:
    found: list[str] = []

    def wait() -> None:
        with pytest.raises(LockError, match="by another process for") as caught:
            FileLock(path).acquire(timeout=0)
        found.append(str(caught.value))

    with FileLock(path):
        os.unlink(path)
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    assert found


def test_too_many_open_files_are_an_error_for_who_shares_too(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OSError, match="Too many open files"):
        FileLock(path, shared=True).try_acquire()


def test_a_folder_that_somebody_keeps_sweeping_up_is_an_error_in_the_end(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "make_directories", lambda _: None)
    with pytest.raises(FileNotFoundError):
        FileLock(path).try_acquire()


def test_who_may_start_no_thread_gets_locks_all_the_same(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        message = "can't start new thread"
        raise RuntimeError(message)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr(lock, "_answering", set())
    with FileLock(path):
        assert not can_lock(path)
