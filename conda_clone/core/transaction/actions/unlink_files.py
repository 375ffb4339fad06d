"""Take the files of a package out of the prefix: put them aside first, delete them at the end.

Folders are removed at the end too, so that going back needs nothing but renames: it works on a full
disk.
"""

import os
import stat

from conda_clone.core.transaction.actions.action import Action, Moves, Workplace
from conda_clone.core.transaction.actions.placement import Folders
from conda_clone.core.transaction.steps import UnlinkFiles
from conda_clone.errors import CondaVerificationError
from conda_clone.gateways.disk.delete import remove_empty_parents
from conda_clone.gateways.disk.read import list_directory
from conda_clone.models.events import Caution

__all__ = ["UnlinkFilesAction"]


class UnlinkFilesAction(Action):
    """Performs `UnlinkFiles`.

    What is gone already, and what is a folder now, is none of the package's. A file below a
    symbolic link that leads out of the prefix is not ours either, and is left alone.
    """

    def __init__(self, step: UnlinkFiles, workplace: Workplace) -> None:
        self._step = step
        self._work = workplace
        self._moves = Moves()
        self._caches: list[str] = []

    def execute(self) -> None:
        """Put the files aside."""
        folders = Folders(self._work.prefix)
        modules: dict[str, set[str]] = {}
        for relative in self._step.paths:
            path = self._work.path(relative)
            if not self._is_file_of_prefix(path, folders):
                continue
            self._moves.move(path, self._work.place_aside())
            if path.endswith(".py"):
                folder, name = os.path.split(path)
                modules.setdefault(folder, set()).add(name[:-3])
        for folder, names in modules.items():
            self._remove_compiled(os.path.join(folder, "__pycache__"), names)

    def reverse(self) -> None:
        """Put everything back."""
        self._moves.undo()

    def cleanup(self) -> None:
        """Remove the folders in which nothing is left."""
        for folder in (*self._caches, *map(self._work.path, self._step.directories)):
            if os.path.isdir(folder) and not os.path.islink(folder) and not os.listdir(folder):
                remove_empty_parents(os.path.join(folder, "-"), os.path.dirname(folder))

    def _is_file_of_prefix(self, path: str, folders: Folders) -> bool:
        try:
            if not folders.exists(os.path.dirname(path)):
                return False
        except CondaVerificationError as error:
            self._work.reporter.report(Caution(f"`{path}` is left alone. {error.message}"))
            return False
        try:
            return not stat.S_ISDIR(os.lstat(path).st_mode)
        except OSError:  # gone
            return False

    def _remove_compiled(self, cache: str, names: set[str]) -> None:
        """Put aside what Python made of removed modules.

        Left behind, `__pycache__` folders keep removed packages importable as empty ones.
        """
        if os.path.islink(cache) or not os.path.isdir(cache):
            return
        for name in list_directory(cache):
            if name.endswith(".pyc") and name.partition(".")[0] in names:
                self._moves.move(os.path.join(cache, name), self._work.place_aside())
        self._caches.append(cache)
