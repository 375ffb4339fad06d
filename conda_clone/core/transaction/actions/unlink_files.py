"""Take the files of a package out of the prefix: put them aside first, delete them at the end."""

import os
import stat

from conda_clone.core.transaction.actions.action import Action, Moves, Workplace
from conda_clone.core.transaction.actions.placement import Folders
from conda_clone.core.transaction.errors import CondaVerificationError
from conda_clone.core.transaction.steps import UnlinkFiles
from conda_clone.gateways.disk.delete import remove_empty_parents
from conda_clone.gateways.disk.read import list_directory
from conda_clone.gateways.disk.write import make_directories
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
        self._removed_folders: list[str] = []

    def execute(self) -> None:
        """Put the files aside and remove the folders that are empty then."""
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
        caches = [self._remove_compiled(folder, names) for folder, names in modules.items()]
        for folder in (*filter(None, caches), *map(self._work.path, self._step.directories)):
            self._remove_folder(folder)

    def reverse(self) -> None:
        """Put everything back."""
        while self._removed_folders:
            make_directories(self._removed_folders[-1])
            self._removed_folders.pop()
        self._moves.undo()

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

    def _remove_compiled(self, folder: str, names: set[str]) -> str | None:
        """Put aside what Python made of removed modules; return where that was.

        Left behind, `__pycache__` folders keep removed packages importable as empty ones.
        """
        cache = os.path.join(folder, "__pycache__")
        if os.path.islink(cache) or not os.path.isdir(cache):
            return None
        for name in list_directory(cache):
            if name.endswith(".pyc") and name.partition(".")[0] in names:
                self._moves.move(os.path.join(cache, name), self._work.place_aside())
        return cache

    def _remove_folder(self, folder: str) -> None:
        if os.path.islink(folder) or not os.path.isdir(folder) or os.listdir(folder):
            return
        self._removed_folders.append(folder)
        remove_empty_parents(os.path.join(folder, "-"), os.path.dirname(folder))
