"""`Stage`: the new files of a transaction, laid out as they will be in the environment.

Nothing in the environment changes while a stage is filled. Later files replace earlier ones of the
same place. Where a folder on the way is a link, in the environment or in the stage itself, files
are laid where the link leads to, so that no file is ever written through one.
"""

import os
from collections.abc import Callable, Container
from typing import TypeVar

from conda_clone.core.transaction.folders import Folders, leads_out
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.delete import remove_tree
from conda_clone.gateways.disk.write import make_directory

__all__ = ["Stage"]

_Result = TypeVar("_Result")
_MOST_LINKS = 40  # what the kernel follows before it says ELOOP


class Stage:
    """New files below a folder of their own.

    Args:
        root: Absolute path of the folder, which exists.
        prefix: The environment that the files are for; need not exist.
        folders: The folders that the environment has.
        freed: Real paths in the environment that the transaction takes out.

    Attributes:
        root: As given.
    """

    def __init__(
        self, root: str, *, prefix: str, folders: Folders | None = None, freed: Container[str] = ()
    ) -> None:
        self.root = root
        self._prefix = prefix
        self._folders = folders
        self._freed = freed
        self._ready: dict[str, str] = {"": root}
        # Real paths of the folders that have been made, or found to be there.
        self._made: set[str] = set()

    def path_for(self, target: str) -> str:
        """Return where the file for a relative path is to be made; its folder exists then.

        Raises:
            CondaVerificationError: A folder on the way leads out of the environment.
        """
        folder, _, name = target.rpartition("/")
        ready = self._ready.get(folder)
        if ready is None:
            ready = self.folder(folder)
        return f"{ready}/{name}"

    def folder(self, folder: str) -> str:
        """Make a folder, and return its absolute path in the stage.

        Raises:
            CondaVerificationError: It leads out of the environment.
        """
        ready = self._ready.get(folder)
        if ready is None:
            ready = self._new_folder(folder) or self._make(self._real_folder(folder))
            self._ready[folder] = ready
        return ready

    def place(self, target: str, make: Callable[[str], _Result]) -> _Result:
        """Let `make` make a file for a relative path, in the place of one that is staged already.

        Args:
            target: Relative path.
            make: Gets the absolute path; raises `FileExistsError` if something is there.
        """
        path = self.path_for(target)
        try:
            return make(path)
        except FileExistsError:
            remove_tree(path)
            return make(path)

    def _new_folder(self, folder: str) -> str | None:
        """Make a folder in one that has been made for a new environment; None where that fails.

        Most folders are so, and making one tells what looking would.
        """
        above, _, name = folder.rpartition("/")
        if self._folders is not None or name in ("", ".", ".."):
            return None
        if above and above not in self._made:
            return None
        path = f"{self.root}/{folder}"
        try:
            mutations.make_directory(path)
        except OSError:  # something has the name; or it is told where the folder is looked at
            return None
        self._made.add(folder)
        return path

    def _real_folder(self, folder: str) -> str:
        """Return the real relative path of a folder; most lie in one that is known already."""
        above, _, name = folder.rpartition("/")
        here = f"{above}/{name}" if above else name
        is_plain = (not above or above in self._made) and name not in ("", ".", "..")
        if is_plain and (here in self._made or self._link_at(here) is None):
            return here
        return self._resolve(folder.split("/"), _MOST_LINKS)

    def _resolve(self, parts: list[str], links_left: int) -> str:
        """Return the real relative path of a folder, link after link."""
        done: list[str] = []
        for position, part in enumerate(parts):
            if part in ("", "."):
                continue
            if part == "..":
                if not done:
                    raise leads_out(f"{self._prefix}/{'/'.join(parts)}", "above")
                done.pop()
                continue
            here = "/".join([*done, part])
            link = None if here in self._made else self._link_at(here)
            if link is None:
                done.append(part)
                continue
            if not links_left:
                raise leads_out(f"{self._prefix}/{here}", "itself")
            target = self._inside(here, link, done)
            return self._resolve([*target, *parts[position + 1 :]], links_left - 1)
        return "/".join(done)

    def _make(self, real: str) -> str:
        """Make a folder whose parents are no links, and return its absolute path."""
        if not real:
            return self.root
        path = f"{self.root}/{real}"
        if real not in self._made:
            self._make(real.rpartition("/")[0])
            make_directory(path)
            self._made.add(real)
        return path

    def _inside(self, here: str, link: str, done: list[str]) -> list[str]:
        """Return where a link leads, relative to the prefix; refuse one that leads out of it.

        Args:
            here: The link.
            link: What it says.
            done: The folder that it lies in.
        """
        target = [*done, *_parts(link)]
        if link.startswith("/"):
            prefix = _parts(self._prefix)
            target = _parts(link)
            if target[: len(prefix)] != prefix:
                raise leads_out(f"{self._prefix}/{here}", link)
            del target[: len(prefix)]
        depth = 0
        for part in target:
            depth += -1 if part == ".." else 1
            if depth < 0:
                raise leads_out(f"{self._prefix}/{here}", link)
        return target

    def _link_at(self, here: str) -> str | None:
        """Return what the folder `here`, whose parents are real, links to; None if it is none."""
        path = f"{self.root}/{here}"
        if os.path.islink(path):
            return os.readlink(path)
        if self._folders is None or here in self._freed or os.path.lexists(path):
            return None
        real = self._folders.real(here)
        return None if real in (None, here) else f"{self._prefix}/{real}"


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]
