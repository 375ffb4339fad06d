"""Every system call by which this program changes a file system, under one name each.

Callers write `mutations.rename(...)` and never import a name out of here, so that whoever replaces
an attribute of this module (tests that crash the program before its n-th change) is asked for all
of them. The names are the functions of `os` themselves: the indirection costs one attribute.

`tests/architecture` keeps the rest of the package from calling `os.rename` and its kind directly.
"""

import os

from conda_clone.gateways.disk import native

__all__ = [
    "append",
    "change_descriptor_mode",
    "change_mode",
    "change_times",
    "close",
    "copy_range",
    "create",
    "exchange",
    "link",
    "make_directory",
    "remove_directory",
    "rename",
    "share_blocks",
    "symlink",
    "sync",
    "sync_file_system",
    "truncate",
    "unlink",
    "write",
]

# Without O_BINARY, Windows would change line ends. Nothing is ever created through a link.
_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | _FLAGS
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _FLAGS


def create(path: str, mode: int = 0o666, *, dir_fd: int | None = None) -> int:
    """Make a file that is not there, and return a descriptor to write to."""
    return os.open(path, _CREATE, mode, dir_fd=dir_fd)


def append(path: str, mode: int = 0o666) -> int:
    """Open a file to add to its end, making it when needed; return the descriptor."""
    return os.open(path, _APPEND, mode)


write = os.write
truncate = os.ftruncate
# What was written may be refused as late as here (quotas, network file systems).
close = os.close
change_mode = os.chmod
change_times = os.utime
rename = os.replace
link = os.link
symlink = os.symlink
make_directory = os.mkdir
remove_directory = os.rmdir
unlink = os.unlink
sync = native.sync
sync_file_system = native.sync_file_system
exchange = native.exchange
copy_range = native.copy_range
share_blocks = native.share_blocks
change_descriptor_mode = native.change_descriptor_mode
