"""The files of an environment that no package owns: those of its user, of pip, and of programs."""

import os

from conda_clone.core.prefix.locate import is_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["untracked_files"]

# What belongs to one environment only: its records, settings made for its place, compiled modules.
_OF_THIS_PLACE = ("conda-meta", ".condarc", "__pycache__")
_MARK_OF_PACKAGE_CACHES = "urls.txt"


def untracked_files(prefix: str, owned: "Collection[str]") -> tuple[str, ...]:
    """Return the files that are not among `owned`, relative to the prefix with slashes, sorted.

    Links are files, wherever they lead. Other environments and package caches that lie inside, as
    they do in the base environment, are no part of this one.
    """
    found: list[str] = []
    for folder, folders, files in os.walk(prefix):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        folders[:] = [name for name in folders if _is_part(os.path.join(folder, name), name)]
        for name in (*files, *links):
            path = os.path.relpath(os.path.join(folder, name), prefix).replace(os.sep, "/")
            if path not in owned and name not in _OF_THIS_PLACE:
                found.append(path)
    return tuple(sorted(found))


def _is_part(folder: str, name: str) -> bool:
    if name in _OF_THIS_PLACE or is_environment(folder):
        return False
    return not os.path.isfile(os.path.join(folder, _MARK_OF_PACKAGE_CACHES))
