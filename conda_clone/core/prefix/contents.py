"""The files of an environment: which of them no package owns, and what they take on disk.

Links are files, wherever they lead. Other environments and package caches that lie inside, as they
do in the base environment, are no part of an environment.
"""

import os

from conda_clone.core.prefix.locate import is_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["environment_size", "size_of_files", "untracked_files"]

# What belongs to one environment only: its records, settings made for its place, compiled modules.
_OF_THIS_PLACE = ("conda-meta", ".condarc", "__pycache__")
_MARK_OF_PACKAGE_CACHES = "urls.txt"


def untracked_files(prefix: str, owned: "Collection[str]") -> tuple[str, ...]:
    """Return the files that are not among `owned`, relative to the prefix with slashes, sorted."""
    found = (path for path in _files(prefix, leave_out=_OF_THIS_PLACE) if path not in owned)
    return tuple(sorted(found))


def environment_size(prefix: str) -> int:
    """Return the bytes of all files of an environment, shared with a package cache or not."""
    return size_of_files(prefix, _files(prefix))


def size_of_files(prefix: str, files: "Iterable[str]") -> int:
    """Return the bytes of files of an environment; those that are gone count nothing."""
    total = 0
    for path in files:
        try:
            total += os.lstat(os.path.join(prefix, path)).st_size
        except OSError:
            continue
    return total


def _files(prefix: str, *, leave_out: "Collection[str]" = ()) -> "Iterator[str]":
    for folder, folders, files in os.walk(prefix):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        folders[:] = [
            name
            for name in folders
            if name not in leave_out and not _is_other_place(os.path.join(folder, name))
        ]
        start = os.path.relpath(folder, prefix).replace(os.sep, "/")
        for name in (*files, *links):
            if name not in leave_out:
                yield name if start == os.curdir else f"{start}/{name}"


def _is_other_place(folder: str) -> bool:
    is_cache = os.path.isfile(os.path.join(folder, _MARK_OF_PACKAGE_CACHES))
    return is_cache or is_environment(folder)
