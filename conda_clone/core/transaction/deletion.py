"""Delete an environment: it is there completely, or nobody finds it any more.

It loses its name first, by one rename to a hidden folder beside, which is then emptied; what a
killed program leaves of it the next `create` of that name removes. Where it cannot be renamed (a
mount point, a folder above that is not ours, a layer of a container's image), a journal says first
that it goes, and recovery goes on with that.

Needs nothing but the standard library.
"""

import os
from contextlib import suppress

from conda_clone.core.prefix.builds import build_path
from conda_clone.core.transaction.area import Area
from conda_clone.core.transaction.environment_lock import LOCK_FILES
from conda_clone.errors import CondaError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.barrier import sync_names
from conda_clone.gateways.disk.delete import remove_file, remove_tree
from conda_clone.gateways.disk.read import list_directory
from conda_clone.gateways.disk.write import make_directories, rename

__all__ = ["FAREWELLS", "delete_prefix", "finish_deletion"]

FAREWELLS = ("-pre-unlink.sh", "-pre-unlink.bat")
"""How the names of scripts end that run before their package goes: nothing here runs them."""


def delete_prefix(prefix: str, *, durability: str) -> None:
    """Delete an environment with everything in it; the caller holds its lock.

    Raises:
        NotWritableError: It stays as it is; or it is gone, but for what could not be removed.
    """
    former = build_path(prefix, os.urandom(4).hex())
    try:
        rename(prefix, former)
    except (OSError, CondaError):
        from conda_clone.core.transaction.journal import Journal  # where nothing else will do

        area = Area(prefix)
        make_directories(area.folder)
        Journal(os.urandom(4).hex(), durability=durability, deleted=True).write(area)
        finish_deletion(area)
    else:
        sync_names(os.path.dirname(prefix), durability=durability)
        remove_tree(former)


def finish_deletion(area: Area) -> None:
    """Remove what is left of an environment of which a journal says that it goes.

    The history, which makes it an environment, goes first, and the journal goes last.
    """
    metadata = os.path.dirname(area.folder)
    remove_file(os.path.join(metadata, "history"))
    _empty(area.prefix, keep={os.path.basename(metadata)})
    _empty(metadata, keep={os.path.basename(area.folder), *LOCK_FILES})
    remove_tree(area.folder)
    remove_tree(metadata)
    with suppress(OSError):  # a mount point stays, or a folder in one that is not ours
        mutations.remove_directory(area.prefix)


def _empty(folder: str, keep: set[str]) -> None:
    for name in list_directory(folder):
        if name not in keep:
            remove_tree(os.path.join(folder, name))
