"""`Performer`: carry out a journal by renames and links alone, or take it back.

Both ways can be interrupted at any instant and begun again, by another process, from the start:
each change tells from the names that exist how far it has come. Neither needs room on the disk for
anything but names.

What somebody else has changed meanwhile is never lost: it is kept beside, and told.

Needs nothing but the standard library.
"""

import errno
import os
import stat
from contextlib import suppress

from conda_clone.core.transaction.journal import Change, Journal, Kind, fingerprint
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.link import NO_HARD_LINK
from conda_clone.gateways.disk.write import make_directories

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from conda_clone.core.transaction.area import Area

__all__ = ["Performer"]

# A folder that is gone already, into which somebody else has put something, or a mount point.
_STAYS = frozenset({errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EBUSY})


class Performer:
    """Performs the changes of one journal.

    Args:
        area: Where old and new files are.
        journal: What to do.
        resumed: Somebody else began with it, some time ago: what is found is compared with what
            the journal says was there. A change that has only just been decided is not.

    Attributes:
        kept: Where things are now that somebody else has changed or put in the way.
    """

    def __init__(self, area: "Area", journal: Journal, *, resumed: bool = True) -> None:
        self._area = area
        self._journal = journal
        self._resumed = resumed
        self.kept: list[str] = []

    def redo(self) -> None:
        """Make the environment new.

        Raises:
            OSError: A rename was refused; the environment is between old and new.
        """
        performers: dict[str, Callable[[Change], None]] = {
            Kind.PUT: self._put,
            Kind.REPLACE: self._replace,
            Kind.TAKE: self._take,
            Kind.MOVE: self._move,
            Kind.DROP: self._drop,
        }
        for change in self._journal.changes:
            performers[change.kind](change)

    def undo(self) -> None:
        """Make the environment old again.

        Raises:
            OSError: A rename was refused; the environment is between old and new.
        """
        performers: dict[str, Callable[[Change], None]] = {
            Kind.PUT: self._put_back,
            Kind.REPLACE: self._restore,
            Kind.TAKE: self._give_back,
            Kind.MOVE: self._move_back,
            Kind.DROP: self._make_again,
        }
        for change in reversed(self._journal.changes):
            performers[change.kind](change)

    def _put(self, change: Change) -> None:
        staged, path = self._area.staged(change.path), self._area.path(change.path)
        if not os.path.lexists(staged):  # put already
            return
        if os.path.lexists(path):
            self._clear(path)
        mutations.rename(staged, path)

    def _put_back(self, change: Change) -> None:
        staged, path = self._area.staged(change.path), self._area.path(change.path)
        if not os.path.lexists(staged) and _inode(path) == change.inode:
            mutations.rename(path, staged)

    def _replace(self, change: Change) -> None:
        staged, path = self._area.staged(change.path), self._area.path(change.path)
        back = self._area.backed(change.place)
        if not self._resumed:
            _link_or_move(path, back)
        elif not os.path.lexists(staged):  # replaced already
            return
        elif (now := fingerprint(path)) is not None:
            if now != change.old:
                self._keep_copy(path)
            if not os.path.lexists(back):
                _link_or_move(path, back)
        mutations.rename(staged, path)

    def _restore(self, change: Change) -> None:
        path, back = self._area.path(change.path), self._area.backed(change.place)
        if not os.path.lexists(back):
            return
        if _inode(path) not in (None, change.inode, _inode(back)):
            self._keep_copy(path)
        mutations.rename(back, path)

    def _take(self, change: Change) -> None:
        path, back = self._area.path(change.path), self._area.backed(change.place)
        if self._resumed:
            now = fingerprint(path)
            if now is None or os.path.lexists(back):  # taken already, by us or somebody else
                return
            if now != change.old:
                self._keep(path)
                return
        with suppress(FileNotFoundError):  # gone since the change was decided
            mutations.rename(path, back)

    def _give_back(self, change: Change) -> None:
        path, back = self._area.path(change.path), self._area.backed(change.place)
        if not os.path.lexists(back):
            return
        if os.path.lexists(path):
            self._keep(path)
        make_directories(os.path.dirname(path))
        mutations.rename(back, path)

    def _move(self, change: Change) -> None:
        path, beside = self._area.path(change.path), self._area.path(change.place)
        if os.path.lexists(path) and not os.path.lexists(beside):
            mutations.rename(path, beside)

    def _move_back(self, change: Change) -> None:
        path, beside = self._area.path(change.path), self._area.path(change.place)
        if os.path.lexists(beside) and not os.path.lexists(path):
            mutations.rename(beside, path)

    def _drop(self, change: Change) -> None:
        try:
            mutations.remove_directory(self._area.path(change.path))
        except OSError as error:
            if error.errno not in _STAYS:
                raise

    def _make_again(self, change: Change) -> None:
        path, mode = self._area.path(change.path), int(change.place, 8)
        if not os.path.lexists(path):
            mutations.make_directory(path)
        if stat.S_IMODE(os.lstat(path).st_mode) != mode:
            mutations.change_mode(path, mode)

    def _clear(self, path: str) -> None:
        """Take something out of the way that came after the change was decided."""
        if fingerprint(path) == (0, 0, 0):  # a folder with nothing but compiled modules in it
            mutations.rename(path, self._area.backed(f"late-{os.urandom(4).hex()}"))
        else:
            self._keep(path)

    def _keep(self, path: str) -> None:
        """Give something of somebody else another name."""
        kept = self._name_beside(path)
        mutations.rename(path, kept)
        self.kept.append(kept)

    def _keep_copy(self, path: str) -> None:
        """Give something of somebody else a second name."""
        kept = self._name_beside(path)
        _link_or_move(path, kept)
        self.kept.append(kept)

    def _name_beside(self, path: str) -> str:
        name = f"{path}.conflict-{self._journal.identity}"
        number = 0
        kept = name
        while os.path.lexists(kept):
            number += 1
            kept = f"{name}-{number}"
        return kept


def _link_or_move(path: str, other: str) -> None:
    """Give a file a second name, or only that one where a file can have no two.

    What is gone meanwhile needs no second name.
    """
    try:
        mutations.link(path, other, follow_symlinks=False)
    except FileNotFoundError:
        return
    except NotImplementedError:  # links to symbolic links, on some platforms
        mutations.rename(path, other)
    except OSError as error:
        if error.errno not in NO_HARD_LINK:
            raise
        mutations.rename(path, other)


def _inode(path: str) -> int | None:
    try:
        return os.lstat(path).st_ino
    except OSError:
        return None
