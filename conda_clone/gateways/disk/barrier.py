"""Barriers: what was written before one survives a power failure if anything after it does.

How much is waited for is the setting `durability`:

- `safe`: one call per barrier that writes the whole file system, and one for the few names that
  decide. It costs milliseconds (spec/reliability.md, section 0).
- `none`: nothing. A killed program is still recovered from, a power failure may not be.
- `paranoid`: every file and every folder, one by one.

An error here is never passed over: the system reports what it lost exactly once.
"""

import os
import threading
from collections.abc import Callable, Iterable

from conda_clone.errors import CondaError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.errors import disk_errors

__all__ = ["NONE", "PARANOID", "SAFE", "SharedBarrier", "sync_names", "sync_trees", "write_durably"]

SAFE = "safe"
NONE = "none"
PARANOID = "paranoid"
_CAN_OPEN_FOLDERS = os.name != "nt"


def sync_trees(folders: Iterable[str], *, durability: str) -> None:
    """Wait until all that is below some folders, of one file system, has reached the disk.

    Raises:
        NotWritableError: It did not (EIO).
        NoSpaceLeftError: It had no room after all, on file systems that look late.
    """
    if durability == NONE or not _CAN_OPEN_FOLDERS:
        return
    for folder in folders:
        with disk_errors(folder):
            if durability == PARANOID:
                _sync_each(folder)
            else:
                _call(mutations.sync_file_system, folder)
                return


class SharedBarrier:
    """A barrier for several threads: those who come while one is at work share the next.

    Writing a file system takes the same time for one package as for ten.

    Args:
        durability: The setting.
    """

    def __init__(self, durability: str) -> None:
        self._durability = durability
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._asked = 0
        self._answered = 0
        self._failures: list[tuple[int, int, CondaError]] = []

    @property
    def waiting(self) -> int:
        """How many threads have no answer yet."""
        return self._asked - self._answered

    def sync(self, folder: str) -> None:
        """Wait until all that is below a folder has reached the disk.

        Raises:
            NotWritableError: It did not, or something else that was written together with it.
            NoSpaceLeftError: Likewise.
        """
        if self._durability == PARANOID:  # file by file, so that nothing can be shared
            sync_trees([folder], durability=self._durability)
            return
        with self._guard:
            self._asked += 1
            ticket = self._asked
        with self._turn:
            if ticket > self._answered:
                self._sync_for_all(folder)
        # The system reports a failure once, to whoever asks first: it concerns all who asked.
        for first, last, error in self._failures:
            if first < ticket <= last:
                raise error

    def _sync_for_all(self, folder: str) -> None:
        with self._guard:
            asked = self._asked
        try:
            sync_trees([folder], durability=self._durability)
        except CondaError as error:
            self._failures.append((self._answered, asked, error))
        self._answered = asked


def sync_names(folder: str, *, durability: str) -> None:
    """Wait until the names in one folder have reached the disk."""
    if durability != NONE and _CAN_OPEN_FOLDERS:
        with disk_errors(folder):
            _call(mutations.sync, folder)


def write_durably(temporary: str, data: bytes, path: str, *, durability: str) -> None:
    """Write a file that is whole or absent under its name, and be sure of it on return."""
    with disk_errors(path):
        descriptor = mutations.create(temporary)
        try:
            view = memoryview(data)
            while view:
                view = view[mutations.write(descriptor, view) :]
            if durability != NONE:
                mutations.sync(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        mutations.close(descriptor)
        mutations.rename(temporary, path)
    sync_names(os.path.dirname(path), durability=durability)


def _sync_each(folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _sync_each(entry.path)
            elif entry.is_file(follow_symlinks=False):
                _call(mutations.sync, entry.path)
    _call(mutations.sync, folder)


def _call(sync: Callable[[int], None], path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)
