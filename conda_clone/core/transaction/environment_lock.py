"""`EnvironmentLock`: one program at a time changes an environment, of ours and of mamba's.

mamba locks byte 21 of `conda-meta/conda-meta.lock` while it changes an environment. We hold that
byte beside our own lock, so that either waits for the other. mamba deletes its file when it is
through; ours stay.
"""

import os
import time
from types import TracebackType

from conda_clone.gateways.disk.lock import TIMEOUT, FileLock, held_descriptors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

__all__ = ["LOCK_FILES", "EnvironmentLock", "lock_descriptors"]

LOCK_FILES = frozenset({".lock", "conda-meta.lock"})
"""Names of files in `conda-meta` that are there for their locks only."""


def lock_descriptors(prefix: str) -> tuple[int, ...]:
    """Return what a program inherits that is to be waited for if this one is killed."""
    files = (os.path.join(prefix, "conda-meta", name) for name in sorted(LOCK_FILES))
    return tuple(each for file in files for each in held_descriptors(file))


class EnvironmentLock:
    """The lock of one environment.

    Args:
        prefix: The environment. One that has been deleted while it was waited for does not come
            back as a folder with nothing but locks in it: acquiring raises `FileNotFoundError`.
    """

    __slots__ = ("_foreign", "_own")

    def __init__(self, prefix: str) -> None:
        folder = os.path.join(prefix, "conda-meta")
        self._own = _LockInside(os.path.join(folder, ".lock"))
        self._foreign = _LockInside(os.path.join(folder, "conda-meta.lock"), signed=False)

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
        self, *, timeout: float = TIMEOUT, on_wait: "Callable[[str], None] | None" = None
    ) -> None:
        """Wait until the environment is ours; as `FileLock.acquire`.

        Raises:
            FileNotFoundError: There is no environment (any more).
            LockError: Somebody else holds it for longer than `timeout` seconds.
            NotWritableError: The environment cannot be written.
        """
        start = time.monotonic()
        self._own.acquire(timeout=timeout, on_wait=on_wait)
        try:
            left = max(0.0, timeout - (time.monotonic() - start))
            self._foreign.acquire(timeout=left, on_wait=on_wait)
        except BaseException:
            self._own.release()
            raise

    def try_acquire(self) -> bool:
        """Take the lock if nobody else has it; return whether it is ours now.

        Raises:
            FileNotFoundError: There is no environment (any more).
            NotWritableError: The environment cannot be written.
        """
        if not self._own.try_acquire():
            return False
        try:
            if self._foreign.try_acquire():
                return True
        except BaseException:
            self._own.release()
            raise
        self._own.release()
        return False

    def release(self) -> None:
        """Give the lock up."""
        self._foreign.release()
        self._own.release()


class _LockInside(FileLock):
    """A lock in a folder that is made for more than it."""

    MAKES_FOLDER = False
    __slots__ = ()
