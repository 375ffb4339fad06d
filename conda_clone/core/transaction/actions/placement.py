"""Make room in the prefix for files that are about to be written, in a way that can be undone.

Nothing is ever written through a symbolic link that leads out of the prefix, and nothing that a
user put into the prefix is lost: it gets another name, which is reported.
"""

import os
import stat

from conda_clone.core.transaction.actions.action import Moves, Workplace
from conda_clone.errors import CondaVerificationError
from conda_clone.gateways.disk.delete import remove_empty_parents, remove_file
from conda_clone.gateways.disk.read import file_digest
from conda_clone.gateways.disk.write import make_directories

__all__ = ["Folders", "Placement"]

_SAVED = ".conda-saved"


class Folders:
    """Which folders of a prefix exist and really lie in it.

    Args:
        prefix: Absolute path of the environment.
    """

    __slots__ = ("_inside", "_prefix", "_real_prefix")

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._real_prefix = os.path.realpath(prefix)
        # Absolute folder to whether it exists; folders that lead out are never in here.
        self._inside: dict[str, bool] = {prefix: True}

    def exists(self, folder: str) -> bool:
        """Return whether an absolute path below the prefix is a folder.

        Raises:
            CondaVerificationError: It, or a folder above it, leads out of the prefix.
        """
        known = self._inside.get(folder)
        if known is not None:
            return known
        found = self.exists(os.path.dirname(folder)) and self._look_at(folder)
        self._inside[folder] = found
        return found

    def note_created(self, folder: str) -> None:
        """Take note that a folder has just been made."""
        self._inside[folder] = True

    def _look_at(self, folder: str) -> bool:
        try:
            mode = os.lstat(folder).st_mode
        except OSError:
            return False
        if stat.S_ISDIR(mode):
            return True
        if not stat.S_ISLNK(mode) or not os.path.isdir(folder):
            return False
        real = os.path.realpath(folder)
        if real == self._real_prefix or real.startswith(os.path.join(self._real_prefix, "")):
            return True
        raise CondaVerificationError(
            f"`{folder}` is a symbolic link that leads out of the environment, to `{real}`.",
            hint="Replace the link by a folder.",
            path=folder,
        )


class Placement:
    """Makes room for the files of one step.

    Args:
        workplace: Where the transaction works.
        package: Whose files they are, for messages.
        owned: Targets, relative to the prefix, that packages own and that may be replaced.
    """

    __slots__ = ("_created", "_folders", "_made", "_moves", "_owned", "_package", "_ready", "_work")

    def __init__(self, workplace: Workplace, package: str, owned: frozenset[str]) -> None:
        self._work = workplace
        self._package = package
        self._owned = owned
        self._folders = Folders(workplace.prefix)
        self._made: list[str] = []
        # Relative folder to whether something may be in it that this step did not put there.
        self._ready: dict[str, bool] = {}
        self._created: list[str] = []
        self._moves = Moves()

    def folder(self, folder: str) -> bool:
        """Make an absolute path below the prefix a folder; return whether it was one before."""
        if self._folders.exists(folder):
            return True
        if os.path.dirname(folder) not in self._made:
            self.folder(os.path.dirname(folder))
        if os.path.lexists(folder):
            self._put_aside(folder, mine=folder in self._work.created)
        self._made.append(folder)
        make_directories(folder)
        self._folders.note_created(folder)
        return False

    def room_for(self, target: str, *, size: int | None = None, sha256: str | None = None) -> str:
        """Return the absolute path of `target`, where now nothing is.

        What lies there is put aside: for good when a user put it there and it differs from what
        will be written (`size` and `sha256`), until the end of the transaction otherwise.
        """
        path = self._work.path(target)
        folder = target.rpartition("/")[0]
        occupied = self._ready.get(folder)
        if occupied is None:
            occupied = self._ready[folder] = self.folder(os.path.dirname(path))
        created = self._work.created
        if (occupied or path in created) and os.path.lexists(path):
            mine = (
                target in self._owned
                or path in created
                or target.endswith(".pyc")  # Python made it of what was here before
                or _is_nothing_new(path, size, sha256)
            )
            self._put_aside(path, mine=mine)
        self._created.append(path)
        created.add(path)
        return path

    def drop_empty_folders(self) -> None:
        """Remove the folders that were made and remained empty."""
        for folder in self._made:
            remove_empty_parents(os.path.join(folder, "-"), os.path.dirname(folder))

    def undo(self) -> None:
        """Remove what was created and put back what was moved."""
        while self._created:
            path = self._created[-1]
            remove_file(path)
            self._work.created.discard(path)
            self._created.pop()
        while self._made:
            remove_empty_parents(os.path.join(self._made[-1], "-"), os.path.dirname(self._made[-1]))
            self._made.pop()
        self._moves.undo()

    def _put_aside(self, path: str, *, mine: bool) -> None:
        if mine:
            self._moves.move(path, self._work.place_aside())
            return
        saved = _saved_name(path)
        self._work.saved.append((self._package, saved))
        self._moves.move(path, saved)


def _links(parent: str, names: list[str]) -> list[str]:
    return [name for name in names if os.path.islink(os.path.join(parent, name))]


def _saved_name(path: str) -> str:
    """Return an unused name beside `path` that tells where the file comes from."""
    number = 0
    saved = path + _SAVED
    while os.path.lexists(saved):
        number += 1
        saved = f"{path}{_SAVED}-{number}"
    return saved


def _is_nothing_new(path: str, size: int | None, sha256: str | None) -> bool:
    """Tell whether a file holds what will be written anyway, or a folder holds no files."""
    status = os.lstat(path)
    if stat.S_ISDIR(status.st_mode):
        return not any(names or _links(parent, folders) for parent, folders, names in os.walk(path))
    if sha256 is None or not stat.S_ISREG(status.st_mode) or status.st_size != size:
        return False
    return file_digest(path, "sha256") == sha256
