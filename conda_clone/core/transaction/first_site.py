"""`FirstSite`: an environment whose folder is there before anything in it is.

Scripts that run before linking write into the place of the environment. The folder comes there by
one rename, with a journal in it that says that it is new: whoever is killed leaves nothing, or the
complete environment, as soon as recovery has looked.
"""

import os

from conda_clone.core.prefix.builds import build_path
from conda_clone.core.transaction.area import Area
from conda_clone.core.transaction.errors import EnvironmentExistsError
from conda_clone.core.transaction.journal import Journal
from conda_clone.core.transaction.recovery import build_lock, sweep_builds
from conda_clone.core.transaction.sites import OldSite, topmost_missing
from conda_clone.gateways.disk.delete import remove_empty_parents, remove_tree
from conda_clone.gateways.disk.write import make_directories, rename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.gateways.disk.lock import FileLock

__all__ = ["FirstSite"]


class FirstSite(OldSite):
    """An environment that is changed by a journal, from nothing.

    Args:
        prefix: The place; nothing is there.
        durability: The setting.
    """

    def __init__(self, prefix: str, durability: str) -> None:
        super().__init__(prefix, durability)
        self._build = build_path(prefix, os.urandom(4).hex())
        self._missing = topmost_missing(os.path.dirname(prefix))
        self._is_in_place = False
        self._lock: FileLock | None = None

    def open(self) -> None:
        """Make the folder, and show that somebody is at work in it.

        Raises:
            EnvironmentExistsError: Somebody else was faster.
        """
        make_directories(os.path.dirname(self.prefix))
        sweep_builds(self.prefix)
        self._lock = build_lock(self._build)
        self._lock.acquire()
        area = Area(self._build)
        make_directories(area.stage)
        self.new_journal(undecided=True).write(area)
        try:
            rename(self._build, self.prefix)
        except FileExistsError as error:
            raise EnvironmentExistsError(self.prefix) from error
        self._is_in_place = True

    def new_journal(self, *, undecided: bool) -> Journal:
        """Return a journal that says that the environment is new."""
        return super().new_journal(undecided=undecided)._replace(created=True)

    def undo(self) -> None:
        """Remove the environment, and the folders that were made for it."""
        try:
            if self._is_in_place:
                rename(self.prefix, self._build)
                self._is_in_place = False
            remove_tree(self._build)
        finally:
            self._unlock()
        if self._missing is not None:
            remove_empty_parents(self.prefix, os.path.dirname(self._missing))

    def tidy(self) -> None:
        """Remove what is left of the stage."""
        try:
            super().tidy()
        finally:
            self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
