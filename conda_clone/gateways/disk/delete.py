"""Remove files and trees; what is absent already counts as removed.

Nothing here follows a symbolic link: the link is removed, never what it leads to.
"""

import errno
import os
import stat
from contextlib import suppress

from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.write import unused_name_beside

__all__ = ["move_aside", "remove_empty_parents", "remove_file", "remove_tree"]

_ATTEMPTS = 5
# Where folders can be opened, their content is removed relative to them: nobody can put a link in
# the place of a folder while we look.
_OPEN_FOLDER = (
    os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    if mutations.unlink in os.supports_dir_fd and os.scandir in os.supports_fd
    else None
)


def remove_file(path: str) -> bool:
    """Remove a file or link; return whether there was one.

    On Windows a file in use cannot be removed but can be renamed: it is moved aside under a name
    that `conda clean --tempfiles` removes later.

    Raises:
        NotWritableError: It may not be removed, or is a folder.
    """
    with disk_errors(path):
        try:
            mutations.unlink(path)
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
        for attempt in range(_ATTEMPTS):
            try:
                _remove_folder(path, path, None)
                break
            except OSError as error:
                # Somebody who wants to tidy up as well has put a lock into it.
                if error.errno != errno.ENOTEMPTY or attempt == _ATTEMPTS - 1:
                    raise
    return True


def remove_empty_parents(path: str, stop_at: str) -> None:
    """Remove the folders above `path` that hold nothing, up to but not including `stop_at`.

    `path` must lie below `stop_at`; otherwise nothing is removed.
    """
    boundary = os.path.join(stop_at, "")
    folder = os.path.dirname(path)
    while folder.startswith(boundary) and folder != stop_at:
        try:
            mutations.remove_directory(folder)
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
            mutations.rename(path, aside)
        except FileNotFoundError:
            return None
    return aside


def _remove_in_use(path: str) -> None:
    """Remove a file that Windows protects, or rename it when a process uses it."""
    mutations.change_mode(path, stat.S_IWRITE | stat.S_IREAD)
    try:
        mutations.unlink(path)
    except PermissionError:
        mutations.rename(path, unused_name_beside(path))


def _remove_folder(path: str, name: str, parent: int | None) -> None:
    """Remove the folder `name` of the open folder `parent`; `path` is how to call it otherwise.

    One that does not let its content go is made writable, once.
    """
    try:
        _empty(path, name, parent)
    except PermissionError:
        mode = stat.S_IMODE(os.lstat(path).st_mode)
        if mode & stat.S_IRWXU == stat.S_IRWXU:
            raise
        mutations.change_mode(path, mode | stat.S_IRWXU)
        _empty(path, name, parent)
    if _OPEN_FOLDER is None:
        mutations.remove_directory(path)
        return
    with suppress(FileNotFoundError):
        mutations.remove_directory(name, dir_fd=parent)


def _empty(path: str, name: str, parent: int | None) -> None:
    """Remove what is in a folder."""
    if _OPEN_FOLDER is None:
        for entry_path, is_folder in _entries(path):
            if is_folder:
                _remove_folder(entry_path, entry_path, None)
            else:
                remove_file(entry_path)
        return
    try:
        descriptor = os.open(name, _OPEN_FOLDER, dir_fd=parent)
    except FileNotFoundError:
        return
    try:
        folders, unlink = [], mutations.unlink
        for entry, is_folder in _entries(descriptor):
            if is_folder:
                folders.append(entry)
                continue
            try:
                unlink(entry, dir_fd=descriptor)
            except FileNotFoundError:
                continue
        for folder in folders:
            _remove_folder(f"{path}/{folder}", folder, descriptor)
    finally:
        os.close(descriptor)


def _entries(folder: str | int) -> list[tuple[str, bool]]:
    """Return names (of an open folder) or paths, and which of them are folders."""
    with os.scandir(folder) as entries:
        return [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries]
