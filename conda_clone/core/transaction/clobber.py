"""Who owns which path, and where packages get into each other's way; pure.

Findings are errors that nobody has raised: whether they stop the transaction is the setting
`path_conflict`. What can never work, a file where another package needs a folder, is told apart.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from conda_clone.core.transaction.errors import (
    ClobberError,
    KnownPackageClobberError,
    SharedLinkPathClobberError,
)
from conda_clone.models.values import field, value

__all__ = ["Ownership", "Targets", "parent_folders"]


@value(kw_only=True)
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


@value(frozen=False)
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
        files = targets.files
        keys = [path.lower() for path in files] if self.ignore_case else files
        linked = self._linked
        taken = {*linked.keys() & keys, *self._installed.keys() & keys}
        occupied = []
        if taken:
            for path, key in zip(files, keys, strict=True):
                if key in taken:
                    occupied.append(path)
                    self._note_conflict(path, key, targets.package)
        folders = parent_folders(keys)
        self._check_nesting(targets, keys, folders)
        linked.update(dict.fromkeys(keys, targets.package))
        self._packages.add(targets.package)
        for path in targets.links:
            self._links.add(path.lower() if self.ignore_case else path)
        folders |= parent_folders(f"{folder}/" for folder in targets.folders)
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

    def _check_nesting(
        self, targets: Targets, keys: Sequence[str], folders: AbstractSet[str]
    ) -> None:
        """Find files where others need folders, and folders where others have files."""
        known = self._folders
        if not known.keys().isdisjoint(keys):
            for path, key in zip(targets.files, keys, strict=True):
                if key in known:
                    self.impossible.append(self._nested(path, targets.package, known[key]))
        for folder in folders:
            # A symbolic link may lead to a folder; where to is checked when the disk is looked at.
            if folder in self._links:
                continue
            found = self._owner(folder)
            if found is not None:
                self.impossible.append(self._nested(folder, targets.package, found))

    def _nested(self, path: str, package: str, owner: str) -> ClobberError:
        if owner in self._packages:
            return SharedLinkPathClobberError(path, (owner, package))
        return KnownPackageClobberError(path, package, owner)


def parent_folders(paths: Iterable[str]) -> set[str]:
    """Return all folders above the paths, the prefix itself left out.

    >>> sorted(parent_folders(["a/b/c", "a/d"]))
    ['a', 'a/b']
    """
    found = {path.rpartition("/")[0] for path in paths}
    for folder in list(found):
        above = folder.rpartition("/")[0]
        while above not in found:
            found.add(above)
            above = above.rpartition("/")[0]
    found.discard("")
    return found
