"""Find and delete what can be had again: archives, unused packages, indexes, leftovers.

Each `find_*` function looks and each `delete` acts, so that a caller can show and ask in between.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from conda_clone.errors import CondaError
from conda_clone.gateways.disk.delete import remove_tree
from conda_clone.gateways.disk.read import tree_size

__all__ = [
    "Leftovers",
    "delete",
    "find_archives",
    "find_index_caches",
    "find_logfiles",
    "find_package_caches",
    "find_tempfiles",
    "find_unused_packages",
]

_ARCHIVES = (".conda", ".tar.bz2", ".conda.partial", ".tar.bz2.partial")
_LEFTOVERS = (".c~", ".trash")
_IN_USE = 2


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
    """Find package archives, and what is left of interrupted downloads.

    An archive with several hard links is in use by another cache.
    """
    return _find(pkgs_dirs, _archives_in)


def find_unused_packages(pkgs_dirs: Sequence[str]) -> Leftovers:
    """Find extracted packages none of whose files is hard-linked into an environment."""
    return _find(pkgs_dirs, _unused_in)


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


def find_tempfiles(roots: Iterable[str]) -> list[str]:
    """Return what interrupted or locked deletions have left below `roots`."""
    found = []
    for root in roots:
        for folder, folders, files in os.walk(root):
            trash = [name for name in folders if name.endswith(_LEFTOVERS)]
            folders[:] = sorted(name for name in folders if not name.endswith(_LEFTOVERS))
            found += [
                os.path.join(folder, name)
                for name in sorted([*trash, *(f for f in files if f.endswith(_LEFTOVERS))])
            ]
    return found


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
    for name in sorted(os.listdir(cache)):
        if name.endswith(_ARCHIVES):
            status = os.lstat(os.path.join(cache, name))
            if status.st_nlink < _IN_USE:
                yield name, status.st_size


def _unused_in(cache: str) -> Iterator[tuple[str, int]]:
    for name in sorted(os.listdir(cache)):
        package = os.path.join(cache, name)
        is_package = os.path.isfile(os.path.join(package, "info", "index.json"))
        if is_package and not _has_linked_file(package):
            yield name, tree_size(package)


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
