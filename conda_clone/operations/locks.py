"""How commands take turns: how long they wait, and who may have the package caches when.

Who uses a package cache shares its lock; who cleans it up has it alone. The lock of an environment
is taken before those of caches, and these before those of single packages.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from conda_clone.gateways.disk.write import make_directories
from conda_clone.models.events import Notice
from conda_clone.operations.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.core.packages.package_cache_data import PackageCacheData

__all__ = ["alone_with_caches", "keep_caches", "lock_timeout"]


def lock_timeout(session: Session) -> float:
    """Return for how many seconds others are waited for; 0 means not at all."""
    return float(session.configuration.value("lock_timeout"))


def keep_caches(session: Session) -> None:
    """Let nobody clean the caches until the command ends.

    What somebody who was killed has left in the cache that new packages go to is removed first, if
    nobody else is at work there.

    Raises:
        LockError: Somebody is cleaning for longer than `lock_timeout`.
    """
    from conda_clone.core.packages.errors import NoWritablePkgsDirError  # loaded by the caches

    caches = session.caches
    with suppress(NoWritablePkgsDirError):
        caches.first_writable().sweep()
    for cache in sorted(caches.caches, key=lambda cache: cache.pkgs_dir):
        _take(session, cache, session.held, alone=False)
    with suppress(NoWritablePkgsDirError):
        # Who waited for one that removes whole caches finds none.
        make_directories(caches.first_writable().pkgs_dir)


@contextmanager
def alone_with_caches(session: Session) -> Iterator[None]:
    """Have the caches that can be written to ourselves for as long as the block lasts.

    Raises:
        LockError: Somebody uses them for longer than `lock_timeout`.
    """
    with ExitStack() as stack:
        # Always in the same order, so that two never wait for each other.
        for cache in sorted(session.caches.caches, key=lambda cache: cache.pkgs_dir):
            if os.path.isdir(cache.pkgs_dir) and os.access(cache.pkgs_dir, os.W_OK):
                _take(session, cache, stack, alone=True)
        yield


def _take(session: Session, cache: "PackageCacheData", until: ExitStack, *, alone: bool) -> None:
    doing = "uses" if alone else "cleans"

    def tell(holder: str) -> None:
        text = f"Waiting for {holder}, which {doing} `{cache.pkgs_dir}` ..."
        session.console.report(Notice(text))

    lock = cache.use_lock(alone=alone)
    lock.acquire(timeout=lock_timeout(session), on_wait=tell)
    until.callback(lock.release)
