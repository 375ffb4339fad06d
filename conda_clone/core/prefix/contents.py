"""The files of an environment: which of them no package owns, and what they take on disk.

Links are files, wherever they lead. Other environments and package caches that lie inside, as they
do in the base environment, are no part of an environment.
"""

import os
import stat

from conda_clone.core.prefix.locate import is_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

__all__ = [
    "all_untracked",
    "environment_size",
    "folders_above",
    "memory_files",
    "nested_environments",
    "size_of_files",
    "untracked_files",
    "untracked_folders",
]

_METADATA = "conda-meta"
_SETTINGS = ".condarc"
_COMPILED = "__pycache__"
# What belongs to one environment only: its records, settings made for its place, compiled modules.
_OF_THIS_PLACE = (_METADATA, _SETTINGS, _COMPILED)
# What is in `conda-meta` for a while, or only to be locked.
_PASSING = frozenset({".txn", ".lock", "conda-meta.lock"})
_MARK_OF_PACKAGE_CACHES = "urls.txt"


def untracked_files(prefix: str, owned: "Collection[str]") -> tuple[str, ...]:
    """Return the files that are not among `owned`, relative to the prefix with slashes, sorted."""
    found = (path for path in _files(prefix, leave_out=_OF_THIS_PLACE) if path not in owned)
    return tuple(sorted(found))


def all_untracked(prefix: str, owned: "Collection[str]") -> tuple[str, ...]:
    """Return the same of an environment that is about to go, in which nothing may be left out.

    `memory_files` has what belongs to the environment itself. Compiled modules come again.

    Raises:
        OSError: A folder cannot be read.
    """
    found: list[str] = []
    for start, _, files in _walk(prefix, on_error=_raise):
        is_cache = start.rpartition("/")[2] == _COMPILED
        for name in files:
            path = f"{start}/{name}" if start else name
            is_compiled = is_cache and name.endswith(".pyc")
            if not is_compiled and path not in owned and path != _SETTINGS:
                found.append(path)
    return tuple(sorted(found))


def untracked_folders(
    prefix: str, owned: "Collection[str]", *, of_files: "Collection[str] | None" = None
) -> tuple[tuple[str, int], ...]:
    """Return the folders in which no file is `owned`, and their permission bits, sorted.

    Args:
        prefix: The environment.
        owned: Relative paths of files.
        of_files: Return only folders in which one of these files is.
    """
    if of_files is None:
        found = {start for start, _, _ in _walk(prefix)}
        found -= {start for start in found if start.rpartition("/")[2] == _COMPILED}
    else:
        found = folders_above(of_files)
    return tuple(
        (folder, stat.S_IMODE(os.lstat(os.path.join(prefix, folder)).st_mode))
        for folder in sorted(found - folders_above(owned))
    )


def folders_above(paths: "Collection[str]") -> set[str]:
    """Return the folders in which any of these files is, the environment itself ("") included."""
    found = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def memory_files(prefix: str) -> tuple[str, ...]:
    """Return what an environment remembers, and its packages do not bring: records left out.

    Everything else in `conda-meta` counts, whoever has put it there.
    """
    settings = [_SETTINGS] if os.path.isfile(os.path.join(prefix, _SETTINGS)) else []
    metadata = os.path.join(prefix, _METADATA)
    found = [
        f"{_METADATA}/{start}/{name}" if start else f"{_METADATA}/{name}"
        for start, _, files in _walk(metadata, leave_out=_PASSING, on_error=_raise)
        for name in files
        if start or not (name.endswith(".json") or name in _PASSING)
    ]
    found = [path for path in found if os.path.isfile(os.path.join(prefix, path))]
    return (*settings, *sorted(found))


def nested_environments(prefix: str) -> tuple[str, ...]:
    """Return the absolute paths of environments that lie in this one, sorted."""
    inner = (os.path.join(prefix, start) for start, _, _ in _walk(prefix) if start)
    return tuple(sorted(filter(is_environment, inner)))


def _walk(
    root: str,
    *,
    leave_out: "Collection[str]" = (_METADATA,),
    on_error: "Callable[[OSError], None] | None" = None,
) -> "Iterator[tuple[str, list[str], list[str]]]":
    """Yield relative folder, names of folders, names of files and links: of all that there is.

    Args:
        root: Where to begin.
        leave_out: Names of folders in `root` itself that are not looked at.
        on_error: Told of folders that cannot be read.
    """
    for folder, folders, files in os.walk(root, onerror=on_error):
        relative = os.path.relpath(folder, root).replace(os.sep, "/")
        start = "" if relative == os.curdir else relative
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        if not start:
            folders[:] = [name for name in folders if name not in leave_out]
        yield start, folders, [*files, *links]


def _raise(error: OSError) -> None:
    raise error


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
