"""Replace one file of an environment that no package has: settings, variables.

It is old or new, whatever is killed, and nothing else is left: the new one waits where transactions
keep theirs, so that recovery tidies up.
"""

import os
from contextlib import suppress

from conda_clone.core.transaction.area import Area
from conda_clone.core.transaction.recovery import discard, prefix_lock
from conda_clone.errors import CondaError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.write import make_directories, write_atomically

__all__ = ["replace_file"]


def replace_file(prefix: str, relative: str, content: bytes) -> None:
    """Give a file of an environment other content, or make it.

    Args:
        prefix: The environment.
        relative: The file in it, of which the folder is there.
        content: What is to be in it.

    Raises:
        FileNotFoundError: There is no environment any more.
        LockError: Somebody else changes the environment.
        NotWritableError: It is as it was.
    """
    area = Area(prefix)
    path, staged = area.path(relative), area.staged(relative)
    if os.path.islink(path):  # to where its owner keeps it; beside that is no area
        write_atomically(path, content)
        return
    with prefix_lock(prefix):
        try:
            make_directories(os.path.dirname(staged))
            write_atomically(staged, content, mode=_mode(path))
            with disk_errors(path):
                mutations.rename(staged, path)
        finally:
            with suppress(CondaError, OSError):  # else the next command does
                discard(area)


def _mode(path: str) -> int | None:
    """Return the permission bits of a file that is there."""
    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        return None
