"""Who owns which path, and where packages get into each other's way; pure.

Findings are errors that nobody has raised: whether they stop the transaction is the setting
`path_conflict`. What can never work, a file where another package needs a folder, is told apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conda_clone.core.transaction.errors import (
    ClobberError,
    KnownPackageClobberError,
    SharedLinkPathClobberError,
)

__all__ = ["Ownership", "Targets", "parent_folders"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The paths that one package brings.

    Attributes:
        package: Its name as messages show it.
        files: Paths of files and links.
        folders: Paths that the package wants to be folders.
        links: Those of `files` that are symbolic links; they may stand for folders.
    """

    package: str
    files: Sequence[str]
    folders: Sequence[str] = ()
    links: frozenset[str] = frozenset()


@dataclass(slots=True)
class Ownership:
    """The owners of paths in a prefix, to which packages are added in link order.

    Attributes:
        ignore_case: Whether the file system does.
        conflicts: Paths with two owners, of whom the later wins unless that is forbidden.
        impossible: A file and a folder of one name.
    """

    ignore_case: bool = False
    conflicts: list[ClobberError] = field(default_factory=list)
    impossible: list[ClobberError] = field(default_factory=list)
    _installed: dict[str, str] = field(default_factory=dict)
    _linked: dict[str, str] = field(default_factory=dict)
    _folders: dict[str, str] = field(default_factory=dict)
    _links: set[str] = field(default_factory=set)
    _packages: set[str] = field(default_factory=set)

    def add_installed(self, package: str, paths: Iterable[str]) -> None:
        """Take note of a package that stays in the prefix."""
        owned = paths if not self.ignore_case else [path.lower() for path in paths]
        self._installed.update(dict.fromkeys(owned, package))
        self._folders.update(dict.fromkeys(parent_folders(owned), package))

    def add_linked(self, targets: Targets) -> frozenset[str]:
        """Take note of a package to be linked; return which of its paths have an owner."""
        keys = {path: path.lower() if self.ignore_case else path for path in targets.files}
        occupied = {path for path, key in keys.items() if self._owner(key) is not None}
        for path in targets.files:
            if path in occupied:
                self._note_conflict(path, keys[path], targets.package)
        self._check_nesting(targets, keys)
        self._linked.update(dict.fromkeys(keys.values(), targets.package))
        self._packages.add(targets.package)
        self._links.update(keys[path] for path in targets.links)
        folders = parent_folders([*keys.values(), *(f"{folder}/" for folder in targets.folders)])
        self._folders.update(dict.fromkeys(folders, targets.package))
        return frozenset(occupied)

    def _owner(self, key: str) -> str | None:
        return self._linked.get(key) or self._installed.get(key)

    def _note_conflict(self, path: str, key: str, package: str) -> None:
        linked = self._linked.get(key)
        if linked is None:
            self.conflicts.append(KnownPackageClobberError(path, package, self._installed[key]))
        elif linked != package:
            self.conflicts.append(SharedLinkPathClobberError(path, (linked, package)))

    def _check_nesting(self, targets: Targets, keys: Mapping[str, str]) -> None:
        """Find files where others need folders, and folders where others have files."""
        for path, key in keys.items():
            if (owner := self._folders.get(key)) is not None:
                self.impossible.append(self._nested(path, targets.package, owner))
        for folder in parent_folders(keys.values()):
            # A symbolic link may lead to a folder; where to is checked when the disk is looked at.
            if folder in self._links:
                continue
            if (owner := self._owner(folder)) is not None:
                self.impossible.append(self._nested(folder, targets.package, owner))

    def _nested(self, path: str, package: str, owner: str) -> ClobberError:
        if owner in self._packages:
            return SharedLinkPathClobberError(path, (owner, package))
        return KnownPackageClobberError(path, package, owner)


def parent_folders(paths: Iterable[str]) -> set[str]:
    """Return all folders above the paths, the prefix itself left out.

    >>> sorted(parent_folders(["a/b/c", "a/d"]))
    ['a', 'a/b']
    """
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found
