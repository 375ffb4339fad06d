"""The order of the candidates of one name, best first, and which of them count as equally good.

A candidate is better when, in this order, its channel ranks higher (unless channel priority is
disabled), it tracks no features, its version is newer (older, where the lowest versions are
wanted), (with priority disabled: its channel ranks higher,) its build number is higher, it is built
for the platform rather than noarch, it is newer in time, its build string sorts first. The order is
total: it depends on nothing else.
"""

from collections.abc import Callable, Mapping, Sequence

from conda_clone.models.errors import InvalidVersionSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.version import VersionOrder

__all__ = ["Ordering", "order_candidates"]


class Ordering:
    """Candidates of one name, best first; candidate `i` is bit `i` of every mask.

    What is asked of all candidates lies in columns, so that the records themselves need not be
    there before one of them is taken (see `recall`).

    Attributes:
        records: The candidates.
        versions: Distinct version texts with the mask of the candidates that have them, in order.
        version_class: Per candidate, the mask of those that differ in nothing before the build.
        build_class: Per candidate, the mask of those that share the build number as well.
        ranks, builds, depends, constrains: Per candidate, the place of its channel and its fields.
        depends_users, constrains_users: Each text with the candidates that have it.
    """

    __slots__ = (
        "build_class",
        "builds",
        "constrains",
        "constrains_users",
        "depends",
        "depends_users",
        "ranks",
        "records",
        "version_class",
        "versions",
    )

    records: Sequence[PackageRecord]
    versions: Sequence[tuple[str, int]]
    version_class: Sequence[int]
    build_class: Sequence[int]
    ranks: Sequence[int]
    builds: Sequence[str]
    depends: Sequence[tuple[str, ...]]
    constrains: Sequence[tuple[str, ...]]
    depends_users: Mapping[str, int]
    constrains_users: Mapping[str, int]


def order_candidates(
    records: Sequence[PackageRecord],
    rank: Callable[[PackageRecord], int],
    *,
    version_before_channel: bool = False,
    oldest_first: bool = False,
    wanted_features: frozenset[str] = frozenset(),
) -> Ordering:
    """Sort the candidates of one name; those without a valid version are left out."""
    ages = _ages({record.version for record in records})
    keyed = []
    for record in records:
        age = ages.get(record.version)
        if age is None:
            continue
        if oldest_first:
            age = -age
        first = rank(record)
        tracked = len(set(record.track_features) - wanted_features)
        missed = 0 if wanted_features.isdisjoint(record.features) else -1
        version = (
            (missed, tracked, age, first)
            if version_before_channel
            else (first, missed, tracked, age)
        )
        keyed.append(
            (
                version,
                -record.build_number,
                record.noarch is not None,
                -record.timestamp,
                record.build,
                record.subdir,
                record.fn,
                record,
            )
        )
    keyed.sort(key=_without_record)
    ordered = tuple([key[-1] for key in keyed])
    by_version: dict[str, int] = {}
    for bit, record in enumerate(ordered):
        by_version[record.version] = by_version.get(record.version, 0) | 1 << bit
    ordering = Ordering()
    ordering.records = ordered
    ordering.versions = tuple(by_version.items())
    ordering.version_class = _classes([key[0] for key in keyed])
    ordering.build_class = _classes([key[:2] for key in keyed])
    ordering.ranks = [rank(record) for record in ordered]
    ordering.builds = [record.build for record in ordered]
    ordering.depends = [record.depends for record in ordered]
    ordering.constrains = [record.constrains for record in ordered]
    ordering.depends_users = _users(ordering.depends)
    ordering.constrains_users = _users(ordering.constrains)
    return ordering


def _without_record(key: tuple[object, ...]) -> tuple[object, ...]:
    return key[:-1]


def _ages(texts: set[str]) -> dict[str, int]:
    """Return the rank of each version, 0 for the newest; equal versions share one."""
    keys = {}
    for text in texts:
        try:
            keys[text] = VersionOrder.parse(text).key
        except InvalidVersionSpec:
            continue
    ranks = {key: age for age, key in enumerate(sorted(set(keys.values()), reverse=True))}
    return {text: ranks[key] for text, key in keys.items()}


def _users(texts_of_candidates: Sequence[tuple[str, ...]]) -> dict[str, int]:
    users: dict[str, int] = {}
    for bit, texts in enumerate(texts_of_candidates):
        for text in texts:
            users[text] = users.get(text, 0) | 1 << bit
    return users


def _classes(keys: Sequence[object]) -> list[int]:
    masks: dict[object, int] = {}
    for bit, key in enumerate(keys):
        masks[key] = masks.get(key, 0) | 1 << bit
    return [masks[key] for key in keys]
