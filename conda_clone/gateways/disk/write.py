"""Write files so that a reader sees the old content or the new one, never a part.

All functions raise `NoSpaceLeftError` or `NotWritableError` for what a user can cause.
"""

import errno
import os
import stat

from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.errors import disk_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "append_text",
    "is_temporary",
    "make_directories",
    "make_directory",
    "make_temporary_directory",
    "rename",
    "unused_name_beside",
    "write_atomically",
    "write_new",
]

_TEMPORARY = ".c~"
_DIGITS = 16
_HEXADECIMAL = frozenset("0123456789abcdef")
_ATTEMPTS = 5
_OCCUPIED = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EISDIR})
_EXISTS = (errno.EEXIST, os.strerror(errno.EEXIST))
_NOT_A_DIRECTORY = (errno.ENOTDIR, os.strerror(errno.ENOTDIR))


def write_atomically(
    path: str, data: bytes | str, *, mode: int | None = None, sync: bool = True
) -> None:
    """Replace the content of a file in one step, making its folder when needed.

    A symbolic link stays a link: the file that it leads to is replaced (people link their
    configuration into a repository). A device or a pipe, such as `/dev/null` and `/dev/stdout`, is
    written to, and stays what it is.

    Args:
        path: The file.
        data: Its new content; text is written as UTF-8, line ends as they are.
        mode: Its permission bits; None keeps those of the old file, or lets the umask decide.
        sync: Whether the content must have reached the disk before the old one is given up.
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    with disk_errors(path):
        if _takes_what_comes(path):
            _fill(mutations.append(path), content, None, sync=False)
            return
        if os.path.islink(path):
            path = os.path.realpath(path)
        for _ in range(_ATTEMPTS):
            try:
                _replace(path, content, mode, sync=sync)
            except FileNotFoundError:
                # The folder is not there, or somebody cleans up caches while we write.
                make_directories(os.path.dirname(path))
            else:
                return
        _replace(path, content, mode, sync=sync)


def _takes_what_comes(path: str) -> bool:
    """Tell whether a path leads to a device, a pipe or a socket."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _replace(path: str, content: bytes, mode: int | None, *, sync: bool) -> None:
    temporary = unused_name_beside(path)
    descriptor = mutations.create(temporary)
    try:
        _fill(descriptor, content, _mode_for(path) if mode is None else mode, sync=sync)
        mutations.rename(temporary, path)
    except BaseException:
        from contextlib import suppress  # activation imports this module, and must stay light

        with suppress(FileNotFoundError):
            mutations.unlink(temporary)
        raise


def write_new(
    path: str, data: "bytes | bytearray | Iterable[bytes]", *, mode: int | None = None
) -> None:
    """Write a file that is not there yet; only its owner knows when it is whole.

    Args:
        path: The file.
        data: Its content, or parts of it in order.
        mode: Its permission bits; None lets the umask decide.

    Raises:
        FileExistsError: Something has the name.
    """
    with disk_errors(path):
        _fill(mutations.create(path), data, mode, sync=False)


def append_text(path: str, text: str) -> None:
    """Add text to the end of a file, which is created when absent, in one system call."""
    with disk_errors(path):
        _fill(mutations.append(path), text.encode("utf-8"), None, sync=False)


def make_directories(path: str) -> None:
    """Create a folder and those above it; one that is there already is fine."""
    with disk_errors(path):
        _make_directories(path)


def make_directory(path: str) -> None:
    """Create a folder in one that exists; one that is there already is fine."""
    with disk_errors(path):
        _make_directory(path)


def make_temporary_directory(beside: str) -> str:
    """Create an empty folder of an unused name in the folder that holds `beside`.

    Being on the same file system, its content can be renamed into place.
    """
    path = unused_name_beside(beside)
    with disk_errors(path):
        mutations.make_directory(path)
    return path


def unused_name_beside(path: str) -> str:
    """Return a path that nothing has, in the folder of `path`.

    The ending is what `conda clean --tempfiles` looks for (spec/formats.md, section 7).
    """
    name = f".{os.urandom(_DIGITS // 2).hex()}{_TEMPORARY}"
    return os.path.join(os.path.dirname(path), name)


def is_temporary(name: str) -> bool:
    """Tell whether a name is one of those that `unused_name_beside` makes up."""
    digits = name.removesuffix(_TEMPORARY)[1:]
    return (
        name == f".{digits}{_TEMPORARY}" and len(digits) == _DIGITS and set(digits) <= _HEXADECIMAL
    )


def rename(source: str, target: str) -> None:
    """Give a file or folder another name on the same file system, replacing a file by a file.

    Raises:
        FileExistsError: A folder that holds something has the name, or a file that a folder
            cannot replace.
    """
    with disk_errors(target):
        try:
            mutations.rename(source, target)
        except OSError as error:
            if (error.errno in _OCCUPIED or os.name == "nt") and os.path.lexists(target):
                raise FileExistsError(*_EXISTS, target) from error
            raise


def _make_directories(path: str) -> None:
    missing: list[str] = []
    while path and not os.path.isdir(path):  # nothing is above a relative path
        missing.append(path)
        path = os.path.dirname(path)
    for folder in reversed(missing):
        _make_directory(folder)


def _make_directory(path: str) -> None:
    try:
        mutations.make_directory(path)
    except FileExistsError as error:
        if not os.path.isdir(path):  # a file is in the way; else another process was faster
            raise NotADirectoryError(*_NOT_A_DIRECTORY, path) from error


def _mode_for(path: str) -> int | None:
    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        return None


def _fill(
    descriptor: int,
    content: "bytes | bytearray | Iterable[bytes]",
    mode: int | None,
    *,
    sync: bool,
) -> None:
    try:
        for part in (content,) if isinstance(content, bytes | bytearray) else content:
            _write_all(descriptor, part)
        if mode is not None:
            mutations.change_descriptor_mode(descriptor, mode)
        if sync:
            mutations.sync(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    mutations.close(descriptor)


def _write_all(descriptor: int, content: bytes | bytearray) -> None:
    view = memoryview(content)
    while view:
        view = view[mutations.write(descriptor, view) :]
