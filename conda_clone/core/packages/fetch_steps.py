"""What each package still needs until it can be linked, and in which order that is done."""

import os
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from conda_clone.core.packages.package_cache_data import PackageCacheData
from conda_clone.errors import NoSpaceLeftError
from conda_clone.gateways.disk.errors import free_bytes
from conda_clone.models.records import PackageCacheRecord, PackageRecord
from conda_clone.models.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.gateways.network.stream_digests import Algorithm

__all__ = [
    "Archive",
    "FetchStep",
    "StepKey",
    "address_of",
    "check_room",
    "least_room",
    "step_key",
    "turn",
]

StepKey = tuple[str, str, str | None]


@value()
class FetchStep:
    """What one record still needs: nothing, extraction of an archive, or a download too."""

    record: PackageRecord
    cached: PackageCacheRecord | None = None
    archive: str | None = None


class Archive(NamedTuple):
    """An archive that lies here, the record that describes it, and digests that are known."""

    record: PackageRecord
    path: str
    digests: "Mapping[Algorithm, str]" = MappingProxyType({})


def turn(record: PackageRecord) -> tuple[bool, int, bool]:
    """Return what decides when a package is begun.

    The largest comes first: begun last, it would be alone in the end. Before that comes Python,
    without which nothing can be compiled, and of others those first that may have to be compiled.
    """
    return record.name != "python", -(record.size or 0), record.subdir != "noarch"


def check_room(steps: Iterable[FetchStep], cache: PackageCacheData) -> None:
    """Refuse packages that cannot fit, before anybody waits for them.

    The rest of an interrupted download is tried, whatever it takes.

    Raises:
        NoSpaceLeftError: They take more than what is free.
    """
    from conda_clone.gateways.network.download import partial_path  # 3 ms; nothing in a dry run

    needed = sum(
        least_room(step)
        for step in steps
        if not os.path.exists(partial_path(cache.archive_path(step.record)))
    )
    free = free_bytes(cache.pkgs_dir)
    if free is not None and needed > free:
        raise NoSpaceLeftError(cache.pkgs_dir, needed=needed, free=free)


def least_room(step: FetchStep) -> int:
    """Return how many bytes a package takes at least: its archive, and as many extracted."""
    size = step.record.size or 0
    return size if step.archive else 2 * size


def step_key(record: PackageRecord) -> StepKey:
    """Return what tells archives apart, so that none is brought twice at the same time."""
    return record.fn, record.url, record.sha256


def address_of(record: PackageRecord) -> str:
    """Return the record's URL with the credentials of its channel."""
    channel = record.channel
    if channel.base_url is None:
        return record.url
    folder = f"{channel.subdir_url(record.subdir)}/"
    if not record.url.startswith(folder):
        return record.url
    with_credentials = channel.subdir_url(record.subdir, with_credentials=True)
    return f"{with_credentials}/{record.url[len(folder) :]}"
