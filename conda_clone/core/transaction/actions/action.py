"""`Action`, the performer of one step, and `Workplace`, what all actions of a transaction share.

The contract of an action:

- `execute` notes down what it is about to change before it changes it, so that an interruption at
  any instant leaves enough to go back.
- `reverse` undoes whatever was done, may be called after any part of `execute`, and may be called
  again after it was interrupted itself.
- `cleanup` removes what only `reverse` needed; it is called once everything has succeeded.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from conda_clone.gateways.disk.delete import remove_empty_parents, remove_tree
from conda_clone.gateways.disk.write import (
    make_directories,
    make_temporary_directory,
    rename,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.models.events import Reporter

__all__ = ["Action", "Findings", "Moves", "Workplace"]


class Action(ABC):
    """Performs one step; see the module's description for the contract."""

    @abstractmethod
    def execute(self) -> None:
        """Do the step."""

    @abstractmethod
    def reverse(self) -> None:
        """Undo what `execute` did."""

    def cleanup(self) -> None:  # noqa: B027 - most actions leave nothing behind
        """Remove what only `reverse` needed."""


@dataclass(slots=True)
class Findings:
    """What linking one package found out, for its record.

    Attributes:
        digests: Target to the sha256 of what was written there, where that differs from the
            package.
        sizes: Path of a generated file to its size in bytes.
        compiled: Compiled modules that really came into being.
    """

    digests: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    compiled: list[str] = field(default_factory=list)


class Workplace:
    """The prefix, and the place beside its files where a transaction puts things aside.

    Attributes:
        prefix: Absolute path of the environment.
        root_prefix: Absolute path of the base environment; scripts are told.
        environ: Environment variables that programs inherit.
        reporter: Who is told about messages of scripts and files of users.
        created: Absolute paths that this transaction has made.
        saved: Package, and where something of a user is now that was in its way.
        problems: Errors met while going back; what was put aside is kept then.
    """

    def __init__(
        self,
        prefix: str,
        *,
        root_prefix: str,
        environ: Mapping[str, str],
        reporter: "Reporter",
    ) -> None:
        self.prefix = prefix
        self.root_prefix = root_prefix
        self.environ = environ
        self.reporter = reporter
        self.created: set[str] = set()
        self.saved: list[tuple[str, str]] = []
        self.problems: list[Exception] = []
        self._findings: dict[str, Findings] = {}
        self._folder = os.path.join(prefix, "conda-meta", ".txn")
        self._aside: str | None = None
        self._count = 0

    def path(self, relative: str) -> str:
        """Return the absolute path of something in the prefix."""
        return f"{self.prefix}/{relative}"

    def findings(self, dist: str) -> Findings:
        """Return what is known about linking a package."""
        return self._findings.setdefault(dist, Findings())

    @property
    def aside(self) -> str | None:
        """The folder that holds what was put aside, if there is one."""
        return self._aside

    def place_aside(self) -> str:
        """Return an unused path on the prefix' file system, to rename something to."""
        if self._aside is None:
            make_directories(self._folder)
            self._aside = make_temporary_directory(os.path.join(self._folder, "aside"))
        self._count += 1
        return f"{self._aside}/{self._count}"

    def discard_aside(self) -> None:
        """Remove all that was put aside."""
        if self._aside is not None:
            remove_tree(self._aside)
            self._aside = None
        remove_empty_parents(os.path.join(self._folder, "-"), os.path.dirname(self._folder))


@dataclass(slots=True)
class Moves:
    """Renames that can be undone, in order; each is noted down before it is done."""

    pairs: list[tuple[str, str]] = field(default_factory=list)

    def move(self, source: str, target: str) -> None:
        """Rename `source` to the unused path `target`."""
        self.pairs.append((source, target))
        rename(source, target)

    def undo(self) -> None:
        """Put everything back, the last first; folders that are gone are made again."""
        while self.pairs:
            source, target = self.pairs[-1]
            if os.path.lexists(target):
                if not os.path.isdir(folder := os.path.dirname(source)):
                    make_directories(folder)
                rename(target, source)
            self.pairs.pop()
