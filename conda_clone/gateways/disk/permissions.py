"""Whether paths can be written, and the permission bits of files.

Writability is tried, not deduced: access lists, read-only mounts, root and network shares make
permission bits say the wrong thing.
"""

import os
import stat

from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.write import unused_name_beside

__all__ = ["can_append", "is_writable_directory", "make_executable"]


def is_writable_directory(path: str) -> bool:
    """Return whether a file can be made in the folder; one that does not exist is not writable."""
    probe = unused_name_beside(os.path.join(path, "probe"))
    try:
        os.close(mutations.create(probe, 0o600))
        mutations.unlink(probe)
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
