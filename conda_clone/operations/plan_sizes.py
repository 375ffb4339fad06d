"""How much a prepared change downloads and takes on disk, as far as it is known beforehand.

Indexes state the sizes of archives only. What a package takes on disk is known of those that lie
extracted in a cache, and of installed ones; nothing is guessed of the others.
"""

from types import MappingProxyType

from conda_clone.gateways.disk.errors import free_bytes
from conda_clone.models.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from conda_clone.operations.prepared_change import PreparedChange
    from conda_clone.operations.session import Session

__all__ = ["PlanSizes", "plan_sizes"]


@value(kw_only=True)
class PlanSizes:
    """Sizes in bytes, each with the number of packages that it stands for.

    Attributes:
        download: The archives to be fetched.
        downloads: How many.
        unstated: How many more, whose size no index states.
        free: What is free where they go; None when nobody knows.
        installed: The files of packages to be linked that lie extracted in a cache.
        known: How many.
        unknown: How many more, of which the size is known when they are extracted.
        freed: The files of each package that goes, by its name.
    """

    download: int = 0
    downloads: int = 0
    unstated: int = 0
    free: int | None = None
    installed: int = 0
    known: int = 0
    unknown: int = 0
    freed: "Mapping[str, int]" = MappingProxyType({})


def plan_sizes(session: "Session", prepared: "PreparedChange") -> PlanSizes:
    """Return the sizes of a prepared change; looks at caches and at the environment."""
    from conda_clone.core.packages.unpacked_size import unpacked_size  # only where shown
    from conda_clone.operations.list_packages import sizes_on_disk

    change = prepared.change
    stated = [record.size for record in prepared.to_fetch if record.size is not None]
    wanted = frozenset(prepared.to_fetch)
    cached = [
        found
        for record in change.link
        if record not in wanted and (found := session.caches.find(record)) is not None
    ]
    return PlanSizes(
        download=sum(stated),
        downloads=len(stated),
        unstated=len(prepared.to_fetch) - len(stated),
        free=free_bytes(session.caches.first_writable().pkgs_dir) if wanted else None,
        installed=sum(unpacked_size(each.extracted_package_dir) for each in cached),
        known=len(cached),
        unknown=len(change.link) - len(cached),
        freed={
            record.name: size
            for record, size in zip(
                change.unlink, sizes_on_disk(change.prefix, change.unlink), strict=True
            )
        },
    )
