"""`FileLock`: one process at a time, by a byte of a file that nobody ever needs to delete.

The kernel drops such a lock when its holder ends, however it ends: there are no stale locks and no
process ids to look after. What the file says is for messages only.

- One byte is locked: 21, the one that conda and mamba use for theirs. Several locks can share a
  file by using different bytes.
- Waiting is trying again and again, never a call that cannot be interrupted: file servers can keep
  one for minutes. One that keeps us for ten seconds counts as one without locks. After five seconds
  the user hears who is waited for.
- A thread may acquire a lock that it holds; other threads wait like other processes.
- A program that inherits the open file (`held_descriptors`) keeps it locked if we are killed, and
  not if we release it.
- A lock can be shared: many have it, but nobody has it alone meanwhile.
- Where a file system knows no such locks (`ENOLCK` and its kind), a file that exists for as long as
  the lock does takes their place (`held_file`).
"""

import errno
import os
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.errors import LockError, disk_errors
from conda_clone.gateways.disk.held_file import HeldFile
from conda_clone.gateways.disk.write import make_directories

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

__all__ = ["LOCKED_BYTE", "TIMEOUT", "FileLock", "held_descriptors", "supports_locks"]

LOCKED_BYTE = 21
TIMEOUT = 300.0
"""Seconds that a lock is waited for when nothing else is said."""

_TOLD_AFTER = 5.0
_PATIENCE = 10.0
_LONGEST_NAP = 0.25
_BUSY = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})
_UNSUPPORTED = frozenset(
    {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.EIO}
)
# What makes files fail to open that is no matter of permission.
_BROKEN = frozenset({errno.EMFILE, errno.ENFILE, errno.EINTR})
_LONGEST_NOTE = 400
_ATTEMPTS = 5
_TRIED_BYTE = 1 << 19

# Process, path and byte -> the thread that holds the lock, and the open file.
_holders: dict[tuple[int, str, int], tuple[int, int | None]] = {}
_guard = threading.Lock()
# Numbers of the file systems that have answered a request for a lock.
_answering: set[int] = set()


class FileLock:
    """The lock of one byte of one file.

    Args:
        path: The file; it and its folder are made when needed.
        byte: Which byte.
        enabled: False makes acquiring always succeed (the setting `no_lock`).
        shared: Others who share the lock may have it at the same time. Where a platform or file
            system has no such locks, or the file can be neither read nor made, sharing always
            succeeds: it protects others from us, never us.
        signed: Whether the file tells who holds it. Those of other programs are not written to.
    """

    MAKES_FOLDER = True
    """Whether a folder that is not there is made for the file; without, acquiring raises
    `FileNotFoundError`."""

    __slots__ = (
        "_byte",
        "_descriptor",
        "_enabled",
        "_held_file",
        "_key",
        "_path",
        "_shared",
        "_signed",
    )

    def __init__(
        self,
        path: str,
        *,
        byte: int = LOCKED_BYTE,
        enabled: bool = True,
        shared: bool = False,
        signed: bool = True,
    ) -> None:
        self._path = path
        self._byte = byte
        self._enabled = enabled
        self._shared = shared
        self._signed = signed and byte == LOCKED_BYTE
        self._descriptor: int | None = None
        self._held_file: HeldFile | None = None
        self._key: tuple[int, str, int] | None = None

    def __enter__(self) -> "Self":
        self.acquire()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def acquire(
        self,
        *,
        timeout: float = TIMEOUT,
        on_wait: Callable[[str], None] | None = None,
        checkpoint: Callable[[], None] | None = None,
    ) -> None:
        """Wait until the lock is ours.

        Args:
            timeout: Seconds to wait at most; 0 tries once.
            on_wait: Is told, once, in whose favour we wait.
            checkpoint: Is called before each attempt, and gives up by raising.

        Raises:
            LockError: Somebody else holds it for longer than that.
            NotWritableError: The file cannot be written.
        """
        start = time.monotonic()
        told = on_wait is None
        nap = 0.005
        while True:
            if checkpoint is not None:
                checkpoint()
            if self.try_acquire():
                return
            waited = time.monotonic() - start
            if waited >= timeout:
                raise LockError(self._path, timeout, self._holder())
            if not told and waited >= _TOLD_AFTER and on_wait is not None:
                on_wait(self._holder())
                told = True
            import random  # 1 ms, and who does not wait goes without

            # Jitter, so that those who wait do not try in step.
            time.sleep(min(nap * (0.5 + random.random()), max(0.0, timeout - waited)))  # noqa: S311
            nap = min(nap * 1.5, _LONGEST_NAP)

    def try_acquire(self) -> bool:
        """Take the lock if nobody else has it; return whether it is ours now.

        Raises:
            NotWritableError: The file cannot be written.
        """
        if not self._enabled:
            return True
        if self._shared:
            return self._try_to_share()
        key = (os.getpid(), os.path.realpath(self._path), self._byte)
        with _guard:
            holder = _holders.get(key)
            if holder is not None:
                return holder[0] == threading.get_ident()
            if not self._try_file():
                return False
            _holders[key] = threading.get_ident(), self._descriptor
            self._key = key
            return True

    def release(self) -> None:
        """Give the lock up, if this object brought it."""
        with _guard:
            if self._key is not None:
                _holders.pop(self._key, None)
                if self._key[0] == os.getpid() and self._descriptor is not None:
                    _unlock(self._descriptor, self._byte)
                self._key = None
            if self._held_file is not None:
                self._held_file.release()
                self._held_file = None
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _try_to_share(self) -> bool:
        if self._descriptor is not None:
            return True
        descriptor = self._open_to_share()
        if descriptor is None:
            return True
        try:
            ours = _try_in_time(descriptor, self._byte, shared=True)
        except OSError as error:
            os.close(descriptor)
            if error.errno not in _UNSUPPORTED:
                raise
            return True
        if not ours or not _is_same(descriptor, self._path):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def _open_to_share(self) -> int | None:
        """Open the file, for reading if it cannot be written; None if neither can be done."""
        if sys.platform == "win32":
            return None
        flags = os.O_CLOEXEC | os.O_NOFOLLOW
        for more in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
            try:
                return os.open(self._path, flags | more, 0o666)
            except OSError as error:
                if error.errno in _BROKEN:
                    raise
        return None

    def _try_file(self) -> bool:
        descriptor = self._open()
        try:
            ours = _try_in_time(descriptor, self._byte)
        except OSError as error:
            os.close(descriptor)
            if error.errno not in _UNSUPPORTED:
                raise
            held_file = HeldFile(f"{self._path}-{self._byte}")
            if not held_file.try_acquire():
                return False
            self._held_file = held_file
            return True
        # Whoever removed what was never an environment has removed the file as well.
        if not ours or not _is_same(descriptor, self._path):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        if self._signed:
            self._sign(descriptor)
        return True

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
        with disk_errors(self._path):
            for _ in range(_ATTEMPTS):
                try:
                    return os.open(self._path, flags, 0o666)
                except FileNotFoundError:
                    if not self.MAKES_FOLDER:
                        raise
                    # Somebody who tidies up may take it for a forsaken one at once.
                    make_directories(os.path.dirname(self._path))
            return os.open(self._path, flags, 0o666)

    def _sign(self, descriptor: int) -> None:
        """Write down who we are, for those who wait; a full disk does not matter here."""
        name = os.path.basename(sys.argv[0] if sys.argv else "")
        text = f"process {os.getpid()} on {_host()} ({name})\n".encode()
        try:
            mutations.truncate(descriptor, 0)
            mutations.write(descriptor, text)
        except OSError:
            return

    def _holder(self) -> str:
        try:
            with open(self._path, encoding="utf-8", errors="replace") as stream:
                return stream.read(_LONGEST_NOTE).strip() or "another process"
        except OSError:
            return "another process"


def held_descriptors(path: str) -> tuple[int, ...]:
    """Return the open files by which this process has locks on a file, whatever it is called now.

    Where locks are bound to the open file, who inherits one has the lock as well, as long as it is
    not released.
    """
    with _guard:
        held = [each for (pid, _, _), (_, each) in _holders.items() if pid == os.getpid()]
    return tuple(each for each in held if each is not None and _is_same(each, path))


def supports_locks(path: str) -> bool | None:
    """Tell whether a file that is there can be locked; None if it may not be written.

    What is tried is a byte that nobody else uses, so that nobody is kept waiting.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return None
    try:
        _try_in_time(descriptor, _TRIED_BYTE)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        return False
    finally:
        os.close(descriptor)
    return True


def _host() -> str:
    return os.uname().nodename if hasattr(os, "uname") else "this machine"


def _try_in_time(descriptor: int, byte: int, *, shared: bool = False) -> bool:
    """Try to lock; the first time on a file system, for so long as its server may take.

    Raises:
        OSError: The file system has no locks, or a server that does not answer.
    """
    device = os.fstat(descriptor).st_dev
    if device in _answering:
        return _try_lock(descriptor, byte, shared=shared)
    outcome: list[bool | OSError] = []

    def attempt() -> None:
        try:
            outcome.append(_try_lock(descriptor, byte, shared=shared))
        except OSError as error:
            outcome.append(error)

    thread = threading.Thread(target=attempt, name="lock", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the user may start no more of them: ask without being watched
        return _try_lock(descriptor, byte, shared=shared)
    # Who is left waiting in the kernel may get the lock in the end: it goes when the caller has
    # closed the file.
    thread.join(_PATIENCE)
    if not outcome:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
    _answering.add(device)
    if isinstance(outcome[0], OSError):
        raise outcome[0]
    return outcome[0]


def _is_same(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except OSError:
        return False


def _try_lock(descriptor: int, byte: int, *, shared: bool = False) -> bool:
    """Lock one byte of an open file if nobody else has; return whether that worked.

    Windows has no locks that can be shared.

    Raises:
        OSError: The file system has no locks.
    """
    try:
        if sys.platform == "win32":
            import msvcrt  # Windows only

            os.lseek(descriptor, byte, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # not on Windows

            if hasattr(fcntl, "F_OFD_SETLK"):
                # Unlike the classic ones, such locks survive when another descriptor of the file
                # is closed, and keep other descriptors of the same process out.
                kind = fcntl.F_RDLCK if shared else fcntl.F_WRLCK
                lock = struct.pack("hhqqi", kind, os.SEEK_SET, byte, 1, 0)
                fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, lock)
            else:
                kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
                fcntl.lockf(descriptor, kind | fcntl.LOCK_NB, 1, byte)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        raise
    return True


def _unlock(descriptor: int, byte: int) -> None:
    """Unlock one byte of an open file, for those who have inherited it, too."""
    if sys.platform == "win32":
        return
    import fcntl  # not on Windows

    if hasattr(fcntl, "F_OFD_SETLK"):
        lock = struct.pack("hhqqi", fcntl.F_UNLCK, os.SEEK_SET, byte, 1, 0)
        with suppress(OSError):  # closing the file does it as well
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, lock)
