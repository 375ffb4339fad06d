"""Where a transaction builds, and how what is built becomes the environment.

- `NewSite`: an environment that is not there yet is built beside its place and gets its name by
  one rename. A program that is killed before leaves a hidden folder, which the next one removes.
- `OldSite`: an environment that is there is changed by a journal (see `area` and `performer`).

Both go through `decide`, `apply` and `commit`; until `commit` has returned, `undo` leads back.
"""

import errno
import os
from abc import ABC, abstractmethod

from conda_clone.core.prefix.builds import FORMER, build_path
from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.area import Area
from conda_clone.core.transaction.errors import EnvironmentExistsError, EnvironmentFixedError
from conda_clone.core.transaction.journal import Journal
from conda_clone.core.transaction.performer import Performer
from conda_clone.core.transaction.reconcile import reconcile
from conda_clone.core.transaction.recovery import (
    build_lock,
    discard,
    finish,
    go_back,
    prefix_lock,
    sweep_builds,
)
from conda_clone.errors import NotWritableError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.barrier import sync_names, sync_trees
from conda_clone.gateways.disk.delete import remove_empty_parents, remove_tree
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.write import make_directories, rename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.gateways.disk.lock import FileLock

__all__ = ["NewSite", "OldSite", "Site", "topmost_missing"]


class Site(ABC):
    """The place of one transaction.

    Attributes:
        prefix: Absolute path of the environment.
        durability: The setting.
        stage_root: The folder that new files are laid into.
        kept: Where things are that somebody else has put in the way meanwhile.
        saved: Pairs of a relative path and the name beside that the user's thing gets.
    """

    stage_root: str

    def __init__(self, prefix: str, durability: str) -> None:
        self.prefix = prefix
        self.durability = durability
        self.kept: list[str] = []
        self.saved: list[tuple[str, str]] = []

    @property
    @abstractmethod
    def work_prefix(self) -> str:
        """The folder that is most like the environment while it is being staged."""

    @abstractmethod
    def open(self) -> None:
        """Make the stage."""

    @abstractmethod
    def decide(self, work: Workplace, *, has_scripts: bool) -> None:
        """See to it that the change can be finished, or undone, whatever happens.

        Raises:
            CondaError: It cannot; nothing has changed.
        """

    @abstractmethod
    def apply(self) -> None:
        """Make the change."""

    @abstractmethod
    def commit(self) -> None:
        """Make the change last."""

    @abstractmethod
    def undo(self) -> None:
        """Take the change back, and all traces of it."""

    @abstractmethod
    def tidy(self) -> None:
        """Remove what only going back needed."""


class NewSite(Site):
    """An environment that is built beside its place.

    Args:
        prefix: The place.
        durability: The setting.
        replaces: An environment is there, and goes when the new one comes.
    """

    def __init__(self, prefix: str, durability: str, *, replaces: bool = False) -> None:
        super().__init__(prefix, durability)
        self._replaces = replaces
        self._former: str | None = None
        self._former_lock = prefix_lock(prefix)
        self._identity = ""
        self.stage_root = ""
        self._missing = topmost_missing(os.path.dirname(prefix))
        self._has_journal = False
        self._is_in_place = False
        self._lock: FileLock | None = None

    @property
    def work_prefix(self) -> str:
        """The environment is not there yet."""
        return self.stage_root

    def open(self) -> None:
        """Make the folder beside, and show that somebody is at work in it."""
        if self._replaces:
            try:
                self._former_lock.acquire()
            except FileNotFoundError:  # deleted while we waited
                self._replaces = False
        make_directories(os.path.dirname(self.prefix))
        sweep_builds(self.prefix)
        while self._lock is None:
            self._identity = os.urandom(4).hex()
            self.stage_root = build_path(self.prefix, self._identity)
            lock = build_lock(self.stage_root)
            # Somebody who sweeps may have taken an empty folder for a forsaken one.
            if lock.try_acquire():
                self._lock = lock

    def decide(self, work: Workplace, *, has_scripts: bool) -> None:  # noqa: ARG002 - see Site
        """Bring the files to the disk; scripts have a journal that says the environment is new."""
        sync_trees([self.stage_root], durability=self.durability)
        if has_scripts:
            area = Area(self.stage_root)
            make_directories(area.folder)
            self._has_journal = True
            Journal(self._identity, durability=self.durability, undecided=True, created=True).write(
                area
            )

    def apply(self) -> None:
        """Give the environment its name.

        Raises:
            EnvironmentExistsError: Somebody else was faster.
        """
        if self._replaces:
            self._change_places()
        else:
            try:
                rename(self.stage_root, self.prefix)
            except FileExistsError as error:
                raise EnvironmentExistsError(self.prefix) from error
        self._is_in_place = True
        sync_names(os.path.dirname(self.prefix), durability=self.durability)

    def commit(self) -> None:
        """Say that the scripts are through."""
        if self._has_journal:
            finish(Area(self.prefix), self.durability)

    def undo(self) -> None:
        """Remove the environment, and the folders that were made for it."""
        try:
            self._take_back()
            if self.stage_root:
                remove_tree(self.stage_root)
        finally:
            self._unlock()
        if self._missing is not None:
            remove_empty_parents(self.prefix, os.path.dirname(self._missing))

    def tidy(self) -> None:
        """Remove the journal, and the environment that was there before."""
        try:
            if self._has_journal:
                discard(Area(self.prefix))
        finally:
            self._unlock()
        if self._former is not None:
            remove_tree(self._former)

    def _take_back(self) -> None:
        """Let the environments have the names again that they had before."""
        if self._is_in_place:
            if self._former == self.stage_root:
                with disk_errors(self.prefix):
                    mutations.exchange(self.stage_root, self.prefix)
            else:
                rename(self.prefix, self.stage_root)
            self._is_in_place = False
        if self._former is not None and self._former != self.stage_root:
            rename(self._former, self.prefix)
        self._former = None

    def _change_places(self) -> None:
        """Put the new environment in the place of the old one, in one step where that exists."""
        try:
            with disk_errors(self.prefix):
                mutations.exchange(self.stage_root, self.prefix)
        except OSError as error:
            if error.errno in (errno.EXDEV, errno.EBUSY):
                raise EnvironmentFixedError(self.prefix) from error
            if error.errno != errno.ENOTSUP:
                raise
            former = self.stage_root + FORMER
            rename(self.prefix, former)
            self._former = former
            rename(self.stage_root, self.prefix)
        else:
            self._former = self.stage_root

    def _unlock(self) -> None:
        self._former_lock.release()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


class OldSite(Site):
    """A folder that is there: an environment, or what becomes one."""

    def __init__(self, prefix: str, durability: str) -> None:
        super().__init__(prefix, durability)
        self._area = Area(prefix)
        self._performer: Performer | None = None
        self._journal = Journal("")
        self.stage_root = self._area.stage

    @property
    def work_prefix(self) -> str:
        """The environment, as it still is."""
        return self.prefix

    def open(self) -> None:
        """Make the stage; the caller has recovered what an earlier one left."""
        make_directories(self._area.stage)

    def decide(self, work: Workplace, *, has_scripts: bool) -> None:
        """Find out what to rename, bring the new files to the disk, write the journal."""
        found = reconcile(work)
        self.saved = found.saved
        make_directories(self._area.back)
        sync_trees([self._area.stage], durability=self.durability)
        self._journal = self.new_journal(undecided=has_scripts)._replace(changes=found.changes)
        self._performer = Performer(self._area, self._journal, resumed=False)
        self._journal.write(self._area)

    def new_journal(self, *, undecided: bool) -> Journal:
        """Return a journal without changes."""
        return Journal(os.urandom(4).hex(), durability=self.durability, undecided=undecided)

    def apply(self) -> None:
        """Rename.

        Raises:
            CondaError: A rename was refused.
        """
        if self._performer is not None:
            try:
                with disk_errors(self._area.prefix):
                    self._area.freeze()
                    self._performer.redo()
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                path = os.path.dirname(os.fspath(error.filename2 or self.prefix))
                reason = "it is on another file system than the environment"
                raise NotWritableError(path, reason) from error
            self.kept = self._performer.kept

    def commit(self) -> None:
        """Wait until the names have reached the disk, and say that the change is made."""
        sync_trees([self._area.prefix], durability=self.durability)
        finish(self._area, self.durability)

    def undo(self) -> None:
        """Rename back, and remove the stage."""
        if self._performer is not None:
            go_back(self._area, self._journal, self._performer)
            self.kept = self._performer.kept
        discard(self._area)

    def tidy(self) -> None:
        """Remove old files and what is left of the stage."""
        discard(self._area)


def topmost_missing(folder: str) -> str | None:
    """Return the highest folder that has to be made for `folder` to exist."""
    missing = None
    while not os.path.isdir(folder):
        missing = folder
        folder = os.path.dirname(folder)
    return missing
