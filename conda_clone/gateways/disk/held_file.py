"""`HeldFile`: a lock for file systems that have none: a file that exists while somebody holds it.

Nobody can tell from a file whether who made it is alive. The holder therefore renews its time
every few seconds, and one whose time has not changed while somebody waited for two minutes is taken
over, by renaming it away first: of several who see the same stale file, one succeeds. What the time
is does not matter, only that it changes: clocks of servers differ, and are set.
"""

import os
import threading
import time
from contextlib import suppress

from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.errors import disk_errors

__all__ = ["HeldFile"]

_RENEWED_EVERY = 10.0
_STALE_AFTER = 120.0

# Path -> what the file was like when this process first saw it so, and when that was.
_observed: dict[str, tuple[tuple[int, int], float]] = {}


class HeldFile:
    """A file that stands for a lock.

    Args:
        path: The file, which is made and removed.
    """

    __slots__ = ("_path", "_released", "_thread", "_token")

    def __init__(self, path: str) -> None:
        self._path = path
        self._token = os.urandom(8).hex()
        self._released = threading.Event()
        self._thread: threading.Thread | None = None

    def try_acquire(self) -> bool:
        """Make the file; return whether it was not there, or had been left behind.

        Raises:
            NotWritableError: The folder cannot be written.
        """
        mine = f"{self._path}.{self._token}"
        with disk_errors(self._path):
            descriptor = mutations.create(mine)
            try:
                mutations.write(descriptor, self._token.encode())
            finally:
                os.close(descriptor)
            try:
                self._remove_stale(f"{mine}.stale")
                # A link is made by one step on every network file system; O_EXCL is not.
                mutations.link(mine, self._path)
            except FileExistsError:
                return False
            finally:
                mutations.unlink(mine)
        self._thread = threading.Thread(target=self._renew, name="lock", daemon=True)
        self._thread.start()
        return True

    def release(self) -> None:
        """Remove the file, if it is still ours."""
        self._released.set()
        if self._thread is not None:
            self._thread.join()
        if self._is_ours():
            mutations.unlink(self._path)

    def _remove_stale(self, aside: str) -> None:
        """Take a file away that nobody has renewed for long."""
        try:
            status = os.stat(self._path)
            now, state = time.monotonic(), (status.st_ino, status.st_mtime_ns)
            known, since = _observed.get(self._path, (None, now))
            if known != state:
                _observed[self._path] = state, now
            elif now - since > _STALE_AFTER:
                mutations.rename(self._path, aside)
                mutations.unlink(aside)
        except FileNotFoundError:
            _observed.pop(self._path, None)

    def _renew(self) -> None:
        while not self._released.wait(_RENEWED_EVERY):
            # Who removes or moves what it protects does so between the two as well.
            with suppress(OSError):
                if self._is_ours():
                    mutations.change_times(self._path)

    def _is_ours(self) -> bool:
        try:
            with open(self._path, encoding="ascii", errors="replace") as stream:
                return stream.read() == self._token
        except OSError:
            return False
