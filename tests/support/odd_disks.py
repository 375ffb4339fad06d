"""File systems that refuse some renames, as far as renames go through `gateways.disk.mutations`.

- The layers of a container's image (overlayfs): a folder of a lower layer cannot be renamed
  (EXDEV), while files can.
- File systems on which two names cannot change places in one step (NFS).
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conda_clone.gateways.disk import mutations

__all__ = ["layered", "without_exchange"]


@contextmanager
def layered(prefix: Path) -> Iterator[None]:
    """Let an environment, and all folders in it that are not new, lie in a lower layer."""
    original = mutations.rename
    lower = {parent for parent, _, _ in os.walk(prefix)}

    def rename(source: str, target: str) -> None:
        if source in lower and os.path.isdir(source) and not os.path.islink(source):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), source, None, target)
        original(source, target)

    setattr(mutations, "rename", rename)  # noqa: B010 - fewer parameters than the original
    try:
        yield
    finally:
        mutations.rename = original


@contextmanager
def without_exchange() -> Iterator[None]:
    """Let no two names change places in one step."""
    original = mutations.exchange

    def exchange(left: str, right: str) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), left, None, right)

    mutations.exchange = exchange
    try:
        yield
    finally:
        mutations.exchange = original
