"""Compare a filled stage with the environment: which renames turn the old one into the new one.

The environment is looked at, and not changed. The order of the renames keeps it usable:

1. What is in the way goes first: things of the user to names beside, and what must give way
   because a file becomes a folder or the other way round.
2. New files come, each in the place of the old one by a single rename.
3. Old files go; a folder in which nothing would be left goes as one.
4. Records go and come, and the history is last.
"""

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.journal import Change, Kind, fingerprint
from conda_clone.errors import NotWritableError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.read import file_digest

__all__ = ["Reconciliation", "reconcile"]

_SAVED = ".conda-saved"
_METADATA = "conda-meta"
_HISTORY = "conda-meta/history"
_FIXED = frozenset({errno.EXDEV, errno.EBUSY})


class Reconciliation:
    """What there is to do.

    Attributes:
        changes: The renames, in order.
        saved: Pairs of a path and the name that what the user had there gets.
    """

    def __init__(self) -> None:
        self.saved: list[tuple[str, str]] = []
        self._clearing: list[Change] = []
        self._coming: list[Change] = []
        self._going: list[Change] = []
        self._records: list[Change] = []
        self._history: list[Change] = []

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return all changes in order."""
        return (
            *self._clearing,
            *self._coming,
            *self._going,
            *self._records,
            *self._history,
        )

    def clear(self, change: Change) -> None:
        """Add a change that others wait for."""
        self._clearing.append(change)

    def come(self, change: Change) -> None:
        """Add a change that brings something."""
        if change.path == _HISTORY:
            self._history.append(change)
        elif change.path.startswith(f"{_METADATA}/"):
            self._records.append(change)
        else:
            self._coming.append(change)

    def go(self, change: Change) -> None:
        """Add a change that takes something away."""
        if change.path.startswith(f"{_METADATA}/"):
            self._records.insert(0, change)
        else:
            self._going.append(change)


def reconcile(work: Workplace) -> Reconciliation:
    """Return what turns the environment into what it shall be."""
    return _Reconciler(work).run()


class _Reconciler:
    """The state of one comparison."""

    def __init__(self, work: Workplace) -> None:
        self._work = work
        self._result = Reconciliation()
        # What goes and has not been dealt with yet.
        self._left = set(work.freed)
        self._number = 0

    def run(self) -> Reconciliation:
        self._merge("")
        fixed: list[str] = []
        for folder in self._emptied():
            if self._can_be_renamed(folder):
                self._take_folder(folder)
            else:
                fixed.append(folder)
        for path in sorted(self._left, reverse=True):
            self._take_file(path)
        for folder in fixed:
            for change in self._drops(folder):
                self._result.go(change)
        return self._result

    def _merge(self, folder: str) -> None:
        """Find out how the content of a staged folder comes into the environment's."""
        with os.scandir(f"{self._work.stage.root}/{folder}") as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
        for entry in ordered:
            path = f"{folder}/{entry.name}" if folder else entry.name
            self._merge_entry(path, entry)

    def _merge_entry(self, path: str, entry: "os.DirEntry[str]") -> None:
        old_path = self._work.path(path)
        try:
            status = os.lstat(old_path)
        except OSError:
            self._result.come(Change(Kind.PUT, path, inode=entry.inode()))
            return
        mode = status.st_mode
        is_folder = entry.is_dir(follow_symlinks=False)
        if is_folder and stat.S_ISDIR(mode):
            self._merge(path)
            return
        if not is_folder and not stat.S_ISDIR(mode) and self._may_replace(path, entry.path):
            self._left.discard(path)
            old = fingerprint(old_path, status)
            number = self._next_number()
            self._result.come(Change(Kind.REPLACE, path, number, old, entry.inode()))
            return
        self._make_way(path, is_folder=stat.S_ISDIR(mode))
        self._result.come(Change(Kind.PUT, path, inode=entry.inode()))

    def _may_replace(self, path: str, staged: str) -> bool:
        """Tell whether the old file is nobody's own: a package's, Python's, or nothing else."""
        return (
            path in self._work.freed
            or path in self._work.owned
            or path.startswith(f"{_METADATA}/")
            or path.endswith(".pyc")  # Python made it of what was here before
            or _same_content(self._work.path(path), staged)
        )

    def _make_way(self, path: str, *, is_folder: bool) -> None:
        """Let what lies at a path go: with the package that goes, or beside, for the user."""
        inside = sorted(self._freed_below(path), reverse=True) if is_folder else []
        goes = is_folder and not self._has_own_files(path)
        if goes and self._can_be_renamed(path):
            self._left.difference_update(inside)
            self._result.clear(self._take(path))
            return
        for freed in inside:
            self._left.discard(freed)
            if os.path.lexists(self._work.path(freed)):
                self._result.clear(self._take(freed))
        if goes:
            for change in self._drops(path):
                self._result.clear(change)
            return
        if path in self._left or path in self._work.owned:
            self._left.discard(path)
            self._result.clear(self._take(path))
            return
        if is_folder and not self._can_be_renamed(path):
            reason = "a folder of yours is in the way, and cannot be renamed"
            raise NotWritableError(self._work.path(path), reason)
        saved = self._saved_name(path)
        self._result.saved.append((path, saved))
        old = fingerprint(self._work.path(path))
        self._result.clear(Change(Kind.MOVE, path, saved, old))

    def _can_be_renamed(self, folder: str) -> bool:
        """Tell whether a folder can be renamed.

        In the layers of a container's image (overlayfs), those of a lower layer cannot, nor can
        mount points anywhere. What tells is a rename that fails either way: nothing takes the place
        of a folder that holds something, as `conda-meta` does.
        """
        if sys.platform != "linux":
            return True
        try:
            mutations.rename(self._work.path(folder), self._work.path(_METADATA))
        except OSError as error:
            return error.errno not in _FIXED
        return True

    def _drops(self, folder: str) -> Iterator[Change]:
        """Yield what removes a folder in which only folders are left by then."""
        parents = [parent for parent, _, _ in os.walk(self._work.path(folder))]
        for parent in sorted(parents, reverse=True):
            mode = stat.S_IMODE(os.lstat(parent).st_mode)
            relative = os.path.relpath(parent, self._work.prefix).replace(os.sep, "/")
            yield Change(Kind.DROP, relative, f"{mode:o}")

    def _freed_below(self, folder: str) -> Iterator[str]:
        start = f"{folder}/"
        return (path for path in self._left if path.startswith(start))

    def _has_own_files(self, folder: str) -> bool:
        """Tell whether files are in a folder that do not go with a package."""
        pending = [folder]
        while pending:
            here = pending.pop()
            with os.scandir(self._work.path(here)) as entries:
                for entry in entries:
                    path = f"{here}/{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(path)
                    elif path not in self._left:
                        return True
        return False

    def _emptied(self) -> list[str]:
        """Return the topmost folders in which nothing would be left."""
        empty: dict[str, bool] = {}

        def becomes_empty(folder: str) -> bool:
            if folder not in self._work.vacated:
                return False
            known = empty.get(folder)
            if known is None:
                known = empty[folder] = self._becomes_empty(folder, becomes_empty)
            return known

        found = [folder for folder in sorted(self._work.vacated) if becomes_empty(folder)]
        return [folder for folder in found if not empty.get(folder.rpartition("/")[0])]

    def _becomes_empty(self, folder: str, becomes_empty: Callable[[str], bool]) -> bool:
        if os.path.lexists(f"{self._work.stage.root}/{folder}"):
            return False
        try:
            with os.scandir(self._work.path(folder)) as entries:
                return all(
                    becomes_empty(f"{folder}/{entry.name}")
                    if entry.is_dir(follow_symlinks=False)
                    else f"{folder}/{entry.name}" in self._left
                    for entry in entries
                )
        except OSError:  # gone, or none that we may look into
            return False

    def _take_folder(self, folder: str) -> None:
        self._left.difference_update(list(self._freed_below(folder)))
        self._result.go(self._take(folder))

    def _take_file(self, path: str) -> None:
        """Take what a package had; what is gone, and what is a folder now, is not the package's."""
        try:
            status = os.lstat(self._work.path(path))
        except OSError:
            return
        if not stat.S_ISDIR(status.st_mode):
            self._result.go(self._take(path, status))

    def _take(self, path: str, status: os.stat_result | None = None) -> Change:
        old = fingerprint(self._work.path(path), status)
        return Change(Kind.TAKE, path, self._next_number(), old)

    def _next_number(self) -> str:
        self._number += 1
        return str(self._number)

    def _saved_name(self, path: str) -> str:
        """Return an unused name beside a path that tells where the file comes from."""
        number = 0
        saved = path + _SAVED
        while os.path.lexists(self._work.path(saved)):
            number += 1
            saved = f"{path}{_SAVED}-{number}"
        return saved


def _same_content(left: str, right: str) -> bool:
    first, second = os.lstat(left), os.lstat(right)
    if not stat.S_ISREG(first.st_mode) or not stat.S_ISREG(second.st_mode):
        return False
    if first.st_size != second.st_size:
        return False
    return file_digest(left, "sha256") == file_digest(right, "sha256")
