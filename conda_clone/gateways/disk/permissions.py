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

__all__ = ["can_append", "is_writable_directory", "make_executable"]

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
