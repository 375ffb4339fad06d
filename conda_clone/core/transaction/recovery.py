"""Bring an environment out of an interrupted change: exactly as it was before, or as it was to be.

Every command that reads or changes an environment calls `recover` first; when all is well, that
costs one `lstat`. Which files of the `Area` are there says how far the change had come, and with it
what is done (docs/explanation/transaction.md has all cases).

Recovery may be interrupted itself, any number of times. It needs neither the network nor package
caches, no room on the disk but for names, and nothing but the standard library
(`python -m conda_clone.recover PREFIX`).
"""

import os
from contextlib import suppress

from conda_clone.core.prefix.builds import FORMER, build_path, is_build
from conda_clone.core.transaction.area import Area
from conda_clone.core.transaction.deletion import finish_deletion
from conda_clone.core.transaction.environment_lock import LOCK_FILES, EnvironmentLock
from conda_clone.core.transaction.journal import Journal, read_journal
from conda_clone.core.transaction.performer import Performer
from conda_clone.errors import CondaError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.barrier import sync_names, sync_trees
from conda_clone.gateways.disk.delete import remove_file, remove_tree
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.lock import TIMEOUT, FileLock
from conda_clone.gateways.disk.read import list_directory
from conda_clone.gateways.disk.write import rename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "build_lock",
    "discard",
    "finish",
    "go_back",
    "prefix_lock",
    "recover",
    "sweep_builds",
]


def prefix_lock(prefix: str) -> EnvironmentLock:
    """Return the lock that everybody takes who changes an environment."""
    return EnvironmentLock(prefix)


def build_lock(folder: str) -> FileLock:
    """Return the lock of who builds an environment in a folder beside its place."""
    return FileLock(os.path.join(folder, "conda-meta", ".lock"))


def recover(prefix: str, *, wait: bool = False) -> list[str]:
    """Bring an environment out of an interrupted change; return what to tell the user.

    Args:
        prefix: The environment; need not exist.
        wait: Whether to wait for somebody who is at work on it. Without, their work is not an
            interrupted one, and is let be.

    Raises:
        CondaError: The environment cannot be written.
    """
    area = Area(prefix)
    if not area.exists():
        return [] if os.path.lexists(prefix) else list(_bring_back(prefix))
    lock = prefix_lock(prefix)
    try:
        if wait:
            lock.acquire(timeout=TIMEOUT)
        elif not lock.try_acquire():
            return []
    except FileNotFoundError:  # the environment has been deleted meanwhile
        return []
    try:
        return list(_recover(area))
    finally:
        lock.release()


def sweep_builds(prefix: str) -> None:
    """Remove what was left of creating the environment at `prefix` by programs that are gone.

    What cannot be removed, because files of somebody else are in it, is in nobody's way.
    """
    folder, start = os.path.split(build_path(prefix, ""))
    for entry in os.listdir(folder):
        if entry.startswith(start) and is_build(entry):
            with suppress(OSError, CondaError):
                _sweep(os.path.join(folder, entry), prefix)


def _sweep(build: str, prefix: str) -> None:
    if not os.path.isdir(build):  # from trying how to link
        remove_file(build)
        return
    if build.endswith(FORMER) and not os.path.lexists(prefix):
        return
    lock = build_lock(build)
    if lock.try_acquire():
        try:
            remove_tree(build)
        finally:
            lock.release()


def finish(area: Area, durability: str) -> None:
    """Say, for good, that the change is made."""
    rename(area.journal, area.done)
    sync_names(area.folder, durability=durability)


def go_back(area: Area, journal: Journal, performer: Performer) -> None:
    """Undo a change; may be repeated after an interruption or error.

    Raises:
        CondaError: It could not be undone completely; the next recovery will try again.
    """
    for name in (area.journal, area.done):
        if os.path.lexists(name):
            # A name needs no room, as a file of its own would.
            rename(name, area.undo)
            sync_names(area.folder, durability=journal.durability)
    if os.path.lexists(area.undo):
        with disk_errors(area.prefix):
            performer.undo()
            sync_trees([area.prefix], durability=journal.durability)
            remove_tree(area.back)
            mutations.unlink(area.undo)
        sync_names(area.folder, durability=journal.durability)


def discard(area: Area) -> None:
    """Remove the area with all that is in it, and what it made of a folder that was none.

    The old files go first: without a journal, they would look like those of a damaged one.
    """
    area.thaw()
    remove_tree(area.back)
    remove_tree(area.stage)
    remove_tree(area.folder)
    metadata = os.path.dirname(area.folder)
    with suppress(OSError, CondaError):
        if LOCK_FILES.issuperset(os.listdir(metadata)):
            # Who waits for the lock looks whether the file is still the one with that name.
            remove_tree(metadata)


def _recover(area: Area) -> "Iterator[str]":
    if os.path.lexists(area.done):
        discard(area)
        return
    is_undone = os.path.lexists(area.undo)
    journal = read_journal(area.undo if is_undone else area.journal)
    if journal is None:
        yield from _recover_undecided(area)
        return
    if journal.created and (journal.undecided or is_undone):
        yield f"The creation of `{area.prefix}` had been interrupted; it has been removed."
        _remove_created(area, journal)
        return
    if journal.deleted:
        finish_deletion(area)
        yield f"The deletion of `{area.prefix}` had been interrupted; it has been finished."
        return
    performer = Performer(area, journal)
    if journal.undecided or is_undone:
        go_back(area, journal, performer)
        yield f"A change of `{area.prefix}` had been interrupted; it has been undone."
    else:
        yield _redo(area, journal, performer)
    for path in performer.kept:
        yield f"Something else had changed a file meanwhile; it is kept as `{path}`."
    discard(area)


def _recover_undecided(area: Area) -> "Iterator[str]":
    """Tidy up after a change that was never decided; keep what a damaged journal leaves behind."""
    if not list_directory(area.back):
        discard(area)
        return
    area.thaw()
    kept = f"{area.folder}-damaged-{os.urandom(4).hex()}"
    rename(area.folder, kept)
    yield (
        f"A change of `{area.prefix}` had been interrupted, and the record of it is damaged (a "
        f"power failure with the setting `durability: none` does that). What had been taken out "
        f"is in `{kept}`."
    )


def _redo(area: Area, journal: Journal, performer: Performer) -> str:
    try:
        performer.redo()
        sync_trees([area.prefix], durability=journal.durability)
    except (OSError, CondaError):
        go_back(area, journal, performer)
        return f"A change of `{area.prefix}` had been interrupted; it has been undone."
    finish(area, journal.durability)
    return f"A change of `{area.prefix}` had been interrupted; it has been finished."


def _remove_created(area: Area, journal: Journal) -> None:
    """Remove an environment whose creation did not end, and bring back what was there before."""
    build = build_path(area.prefix, journal.identity)
    if os.path.lexists(build):  # the environment that it was to replace
        with disk_errors(area.prefix):
            mutations.exchange(build, area.prefix)
    else:
        rename(area.prefix, build)
        list(_bring_back(area.prefix))
    remove_tree(build)


def _bring_back(prefix: str) -> "Iterator[str]":
    """Give an environment its name back that lost it to one that then did not come."""
    folder, start = os.path.split(build_path(prefix, ""))
    for entry in list_directory(folder):
        former = os.path.join(folder, entry)
        if entry.startswith(start) and entry.endswith(FORMER) and not os.path.lexists(prefix):
            lock = build_lock(former)
            if lock.try_acquire():  # else somebody is about to put the new one in its place
                try:
                    rename(former, prefix)
                finally:
                    lock.release()
                yield f"The replacement of `{prefix}` had been interrupted; it has been undone."
