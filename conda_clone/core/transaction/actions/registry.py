"""Make the folder of an environment, and list it among the user's environments."""

import os

from conda_clone.core.prefix.registry import Registry
from conda_clone.core.transaction.actions.action import Action, Workplace
from conda_clone.gateways.disk.delete import remove_empty_parents, remove_tree
from conda_clone.gateways.disk.write import make_directories

__all__ = ["MakePrefixAction", "RegisterEnvironmentAction"]


class MakePrefixAction(Action):
    """Performs `MakePrefix`; a prefix that was not there is removed with all its content."""

    def __init__(self, workplace: Workplace) -> None:
        self._work = workplace
        self._meta = workplace.path("conda-meta")
        self._missing: str | None = None
        self._made_prefix = False

    def execute(self) -> None:
        """Make the folders."""
        self._made_prefix = not os.path.lexists(self._work.prefix)
        missing = self._work.prefix if self._made_prefix else self._meta
        if not os.path.isdir(missing):
            while not os.path.isdir(parent := os.path.dirname(missing)):
                missing = parent
            self._missing = missing
        make_directories(self._meta)

    def reverse(self) -> None:
        """Remove what was made; everything else has been undone already."""
        if self._made_prefix:
            remove_tree(self._work.prefix)
            self._work.problems.clear()
        elif not self._work.problems:
            self._work.discard_aside()
        if self._missing is not None:
            remove_empty_parents(os.path.join(self._meta, "-"), os.path.dirname(self._missing))

    def cleanup(self) -> None:
        """Delete what the transaction took out."""
        self._work.discard_aside()


class RegisterEnvironmentAction(Action):
    """Performs `RegisterEnvironment`; an unwritable list is no error."""

    def __init__(self, workplace: Workplace, registry: Registry) -> None:
        self._prefix = workplace.prefix
        self._registry = registry
        self._registered = False

    def execute(self) -> None:
        """Add the prefix to the list."""
        self._registered = True
        self._registry.register(self._prefix)

    def reverse(self) -> None:
        """Take it out again."""
        if self._registered:
            self._registry.unregister(self._prefix)
