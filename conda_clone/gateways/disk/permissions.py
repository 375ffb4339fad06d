"""Whether paths can be written, and the permission bits of files.

Writability is tried, not deduced: access lists, read-only mounts, root and network shares make
permission bits say the wrong thing.
"""

import errno
import os
import stat
import sys

from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.write import unused_name_beside

__all__ = [
    "can_append",
    "hide_like",
    "is_administrator",
    "is_writable_directory",
    "make_executable",
    "private_mode",
]

# What file systems and kernels answer that cannot make such files.
_NO_UNNAMED_FILES = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOSYS})


def is_administrator() -> bool:
    """Return whether the user may do everything on this machine."""
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.shell32.IsUserAnAdmin())
    return os.geteuid() == 0


def is_writable_directory(path: str) -> bool:
    """Return whether a file can be made in the folder; one that does not exist is not writable."""
    try:
        os.close(_unnamed_file(path))
    except OSError:
        return False
    return True


def can_append(path: str) -> bool:
    """Return whether text can be added to the file, which is created when its folder exists."""
    try:
        os.close(mutations.append(path))
    except OSError:
        return False
    return True


def make_executable(path: str) -> None:
    """Let everybody who may read a file execute it too."""
    with disk_errors(path):
        mode = stat.S_IMODE(os.stat(path).st_mode)
        mutations.change_mode(path, mode | (mode & 0o444) >> 2)


def private_mode(folder: str) -> int:
    """Return the permission bits of a file in the folder that is not for everybody.

    They leave it to its owner, and to the group of a folder that was set up to be shared (setgid).
    """
    try:
        is_shared = os.stat(folder).st_mode & stat.S_ISGID
    except OSError:
        is_shared = 0
    return 0o660 if is_shared else 0o600


def hide_like(folder: str, file: str) -> None:
    """Take the folder from those who may not read the file, which its content comes from."""
    with disk_errors(folder):
        before = stat.S_IMODE(os.stat(folder).st_mode)
        readers = stat.S_IMODE(os.stat(file).st_mode) & 0o444
        mode = before & (0o700 | readers | readers >> 1 | readers >> 2)
        if mode != before:
            mutations.change_mode(folder, mode)


def _unnamed_file(folder: str) -> int:
    """Make a file without a name, which leaves no trace whatever happens; return its descriptor."""
    flag = getattr(os, "O_TMPFILE", 0)
    if flag:
        try:
            return os.open(folder, flag | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if error.errno not in _NO_UNNAMED_FILES:
                raise
    probe = unused_name_beside(os.path.join(folder, "probe"))
    descriptor = mutations.create(probe, 0o600)
    mutations.unlink(probe)
    return descriptor
