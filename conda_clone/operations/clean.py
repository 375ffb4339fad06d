"""Find and delete what can be had again: archives, unused packages, indexes, leftovers.

Each `find_*` function looks and each `delete` acts, so that a caller can show and ask in between.
What was found may be in use when it is to be deleted: `still_there` looks again, while the caller
has the caches alone (`locks.alone_with_caches`).
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from conda_clone.core.transaction.area import Area
from conda_clone.core.transaction.paths import COMPILED
from conda_clone.errors import CondaError
from conda_clone.gateways.disk.delete import remove_tree
from conda_clone.gateways.disk.link import LinkKind
from conda_clone.gateways.disk.read import read_json, tree_size
from conda_clone.gateways.disk.write import is_temporary

__all__ = [
    "Leftovers",
    "delete",
    "find_archives",
    "find_index_caches",
    "find_logfiles",
    "find_package_caches",
    "find_spare_compiled",
    "find_tempfiles",
    "find_unused_packages",
    "still_there",
]

_ARCHIVES = (".conda", ".tar.bz2", ".conda.partial", ".tar.bz2.partial")
_LEFTOVERS = (".c~", ".trash")
_IN_USE = 2
_YOUNG = 3600.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """Things in package caches that nothing needs.

    Attributes:
        sizes: Package cache -> name in it -> bytes; caches without any are left out.
        warnings: What could not be looked at.
    """

    sizes: dict[str, dict[str, int]]
    warnings: tuple[str, ...] = ()

    @property
    def total_size(self) -> int:
        """Bytes of all of them."""
        return sum(sum(names.values()) for names in self.sizes.values())

    @property
    def paths(self) -> list[str]:
        """Absolute paths of all of them."""
        return [os.path.join(cache, name) for cache, names in self.sizes.items() for name in names]


def find_archives(pkgs_dirs: Sequence[str]) -> Leftovers:
    """Find package archives, and what is left of interrupted downloads, in the order of the disk.

    An archive with several hard links is in use by another cache.
    """
    return _find(pkgs_dirs, _archives_in)


def find_unused_packages(pkgs_dirs: Sequence[str], prefixes: Sequence[str] = ()) -> Leftovers:
    """Find extracted packages none of whose files is linked into an environment.

    Hard links tell by their number, whoever made them; soft links by the records of `prefixes`.
    """
    return _find(pkgs_dirs, partial(_unused_in, prefixes=prefixes))


def find_index_caches(pkgs_dirs: Sequence[str]) -> list[str]:
    """Return the folders with cached indexes."""
    folders = (os.path.join(cache, "cache") for cache in pkgs_dirs)
    return [folder for folder in folders if os.path.isdir(folder)]


def find_logfiles(pkgs_dirs: Sequence[str]) -> list[str]:
    """Return the log files that package caches hold."""
    return [
        os.path.join(folder, name)
        for folder in (os.path.join(cache, ".logs") for cache in pkgs_dirs)
        for name in _names(folder)
        if os.path.isfile(os.path.join(folder, name))
    ]


def find_package_caches(pkgs_dirs: Sequence[str]) -> list[str]:
    """Return the package caches that exist."""
    return [cache for cache in pkgs_dirs if os.path.isdir(cache)]


def find_spare_compiled(pkgs_dirs: Sequence[str]) -> list[str]:
    """Return the folders of compiled modules whose packages are not in the caches any more."""
    return [
        os.path.join(cache, COMPILED, name)
        for cache in pkgs_dirs
        for name in _names(os.path.join(cache, COMPILED))
        if not os.path.isdir(os.path.join(cache, name.rpartition("-")[0]))
    ]


def find_tempfiles(roots: Iterable[str]) -> list[str]:
    """Return what interrupted or locked deletions have left below `roots`.

    Temporary names of our own are left for an hour, in case somebody is at work with them.
    """
    found: list[str] = []
    for root in roots:
        for folder, folders, files in os.walk(root):
            trash = [name for name in folders if name.endswith(_LEFTOVERS)]
            folders[:] = sorted(name for name in folders if not name.endswith(_LEFTOVERS))
            leftovers = sorted([*trash, *(name for name in files if name.endswith(_LEFTOVERS))])
            paths = (os.path.join(folder, name) for name in leftovers)
            found += (path for path in paths if not _may_be_in_use(path))
    return found


def _may_be_in_use(path: str) -> bool:
    if not is_temporary(os.path.basename(path)):
        return False
    try:
        # A clock that was set meanwhile makes the difference large, and a leftover stay or go:
        # nothing depends on either.
        return abs(time.time() - os.lstat(path).st_mtime) < _YOUNG
    except OSError:
        return True


def still_there(shown: Iterable[str], found: Iterable[str]) -> list[str]:
    """Return of what a person has agreed to what is still to be deleted, in that order."""
    remaining = set(found)
    return [path for path in shown if path in remaining]


def delete(paths: Iterable[str]) -> list[str]:
    """Delete files and folders; return a warning for each that could not be."""
    warnings = []
    for path in paths:
        try:
            remove_tree(path)
        except (CondaError, OSError) as error:
            warnings.append(f"cannot remove `{path}`: {error}")
    return warnings


def _find(pkgs_dirs: Sequence[str], look: Callable[[str], Iterator[tuple[str, int]]]) -> Leftovers:
    sizes: dict[str, dict[str, int]] = {}
    warnings: list[str] = []
    for cache in pkgs_dirs:
        if not os.path.isdir(cache):
            continue
        try:
            found = dict(look(cache))
        except OSError as error:
            warnings.append(f"cannot read `{cache}`: {error.strerror}")
            continue
        if found:
            sizes[cache] = found
    return Leftovers(sizes=sizes, warnings=tuple(warnings))


def _archives_in(cache: str) -> Iterator[tuple[str, int]]:
    for name in os.listdir(cache):
        if not name.endswith(_ARCHIVES):
            continue
        try:
            status = os.lstat(os.path.join(cache, name))
        except FileNotFoundError:  # somebody else cleans, too
            continue
        if status.st_nlink < _IN_USE:
            yield name, status.st_size


def _unused_in(cache: str, prefixes: Sequence[str]) -> Iterator[tuple[str, int]]:
    for name in os.listdir(cache):
        package = os.path.join(cache, name)
        if not os.path.isfile(os.path.join(package, "info", "index.json")):
            continue
        try:
            is_used = _has_linked_file(package)
        except FileNotFoundError:  # as above
            continue
        if not is_used and not any(_has_soft_links(prefix, package) for prefix in prefixes):
            yield name, tree_size(package)


def _has_soft_links(prefix: str, package: str) -> bool:
    """Tell whether an environment consists of soft links to a package, or may.

    Which packages one needs that is half-way, and that somebody else has to recover, is not known.
    """
    area = Area(prefix)
    if os.path.lexists(area.journal) or os.path.lexists(area.undo):
        return True
    record = os.path.join(prefix, "conda-meta", f"{os.path.basename(package)}.json")
    if not os.path.lexists(record):
        return False
    try:
        value = read_json(record)
    except (CondaError, OSError):
        return True
    link = value.get("link") if isinstance(value, dict) else None
    return isinstance(link, dict) and link.get("type") == LinkKind.SOFT


def _has_linked_file(package: str) -> bool:
    """Tell whether a file has another hard link; links among a package's own files count too."""
    pending = [package]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                elif entry.stat(follow_symlinks=False).st_nlink >= _IN_USE:
                    return True
    return False


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
