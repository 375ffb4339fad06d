"""Remove files and trees; what is absent already counts as removed.

Nothing here follows a symbolic link: the link is removed, never what it leads to.
"""

import os
import stat
import sys

from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.write import unused_name_beside

__all__ = ["move_aside", "remove_empty_parents", "remove_file", "remove_tree"]


def remove_file(path: str) -> bool:
    """Remove a file or link; return whether there was one.

    On Windows a file in use cannot be removed but can be renamed: it is moved aside under a name
    that `conda clean --tempfiles` removes later.

    Raises:
        NotWritableError: It may not be removed, or is a folder.
    """
    with disk_errors(path):
        try:
            os.unlink(path)
        except FileNotFoundError:
            return False
        except PermissionError:
            if os.name != "nt":
                raise
            _remove_in_use(path)
    return True


def remove_tree(path: str) -> bool:
    """Remove a folder with all that is in it, or a file; return whether there was one.

    Folders below `path` that forbid changes are made writable first, as packages ship such.
    """
    if not os.path.isdir(path) or os.path.islink(path):
        return remove_file(path)
    with disk_errors(path):
        _remove_folder(path, set())
    return True


def remove_empty_parents(path: str, stop_at: str) -> None:
    """Remove the folders above `path` that hold nothing, up to but not including `stop_at`.

    `path` must lie below `stop_at`; otherwise nothing is removed.
    """
    boundary = os.path.join(stop_at, "")
    folder = os.path.dirname(path)
    while folder.startswith(boundary) and folder != stop_at:
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            pass
        except OSError:  # it holds something, or is not ours to remove
            return
        folder = os.path.dirname(folder)


def move_aside(path: str) -> str | None:
    """Rename a file or folder to an unused name beside it; return that, or None without one.

    This takes a broken thing out of the way in one step, however large it is.
    """
    aside = unused_name_beside(path)
    with disk_errors(path):
        try:
            os.rename(path, aside)
        except FileNotFoundError:
            return None
    return aside


def _remove_in_use(path: str) -> None:
    """Remove a file that Windows protects, or rename it when a process uses it."""
    os.chmod(path, stat.S_IWRITE | stat.S_IREAD)
    try:
        os.unlink(path)
    except PermissionError:
        os.rename(path, unused_name_beside(path))


def _remove_folder(root: str, tried: set[str]) -> None:
    """Remove a folder; `tried` holds what was given permissions already, and did not get better."""
    import shutil  # 6 ms

    def retry(_function: object, path: str, error: BaseException) -> None:
        if isinstance(error, FileNotFoundError):
            return
        if not isinstance(error, PermissionError) or path in tried:
            raise error
        tried.add(path)
        for name in (path if path == root else os.path.dirname(path), path):
            if not os.path.islink(name):
                os.chmod(name, os.lstat(name).st_mode | stat.S_IRWXU)
        if os.path.isdir(path) and not os.path.islink(path):
            _remove_folder(path, tried)
        else:
            os.unlink(path)

    if sys.version_info >= (3, 12):
        shutil.rmtree(root, onexc=retry)
    else:
        shutil.rmtree(root, onerror=lambda function, path, info: retry(function, path, info[1]))
