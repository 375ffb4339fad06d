"""What a forced removal took from packages that stay, put back by the next removal.

No channel is read and nothing is chosen: what comes back is what the history says was there, if a
package cache still holds it.
"""

from collections.abc import Iterable, Mapping, Sequence

from conda_clone.core.packages.cache_dirs import CacheDirs
from conda_clone.core.prefix.history import History, dist_name_of
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageCacheRecord, PackageRecord

__all__ = ["lost_packages"]


def lost_packages(
    prefix: str, staying: Sequence[PackageRecord], caches: CacheDirs
) -> tuple[PackageCacheRecord, ...]:
    """Return what the packages that stay lack, with all that it needs in turn.

    Where something of it cannot be put back, nothing is: `conda doctor --fix` installs it.
    """
    found: dict[str, PackageCacheRecord] = {}
    while lacking := _lacking([*staying, *found.values()]):
        for name, specs in lacking.items():
            record = _as_it_was(prefix, name, caches)
            if record is None or not all(spec.match(record) for spec in specs):
                return ()
            found[name] = record
    return tuple(found.values())


def _lacking(records: Iterable[PackageRecord]) -> Mapping[str, list[MatchSpec]]:
    """Return what these packages ask for under names that none of them has."""
    listed = list(records)
    present = {record.name for record in listed}
    lacking: dict[str, list[MatchSpec]] = {}
    for record in listed:
        for spec in map(MatchSpec.parse, record.depends):
            if spec.name not in present and not spec.name.startswith("__"):
                lacking.setdefault(spec.name, []).append(spec)
    return lacking


def _as_it_was(prefix: str, name: str, caches: CacheDirs) -> PackageCacheRecord | None:
    """Return the package of that name that was taken away last, if a cache holds it."""
    for revision in reversed(History(prefix).revisions()):
        for dist in revision.removed:
            if dist_name_of(dist)[0] == name:
                _, version, build = dist_name_of(dist)
                return next(iter(caches.query(MatchSpec(f"{name}=={version}={build}"))), None)
    return None
