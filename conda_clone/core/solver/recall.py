"""Rows that an earlier solve has worked out from the same channels, and the way to keep them.

Sorting the candidates of a name, and finding out which of them a dependency allows, takes most of
the time of an easy solve, and comes out the same until a channel changes. A `RememberingSource`
keeps it. Of a recalled row only those records are built that somebody looks at.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol, cast, overload, runtime_checkable

from conda_clone.core.solver.preferences import Ordering
from conda_clone.core.solver.problem import CandidateSource
from conda_clone.models.records import PackageRecord

__all__ = [
    "Columns",
    "Masks",
    "Place",
    "RecalledRecords",
    "RememberingSource",
    "columns_of",
    "ordering_from",
]

# Says where a record is found again; what is in it is the source's business.
Place = tuple[int, ...] | tuple[int, str, str]
Masks = dict[str, int | None]
# The columns of an ordering, and the masks that are known, as plain values.
Columns = tuple[object, ...]

_KEPT = (
    "versions",
    "version_class",
    "build_class",
    "ranks",
    "builds",
    "depends",
    "constrains",
    "depends_users",
    "constrains_users",
)


@runtime_checkable
class RememberingSource(CandidateSource, Protocol):
    """Candidates that stay the same for a while, with a memory that lasts as long."""

    @property
    def channel_order(self) -> tuple[str, ...]:
        """Base URLs of the channels, highest priority first."""

    def recall(self, key: str) -> Columns | None:
        """Return what was kept under a key, None when there is nothing.

        A key is the name that the values are about, with more after a blank or nothing.
        """

    def keep(self, columns: Mapping[str, Columns]) -> None:
        """Keep plain values by key, beside what is kept already."""

    def places(self, name: str) -> Sequence[Place] | None:
        """Return where each of the records of a name is found; None when that cannot be said."""

    def record_at(self, place: Place) -> PackageRecord:
        """Return one record."""


class RecalledRecords(Sequence[PackageRecord]):
    """Records that are built when they are looked at.

    Attributes:
        places: Where they are found.
    """

    __slots__ = ("_built", "_source", "places")

    def __init__(self, source: RememberingSource, places: Sequence[Place]) -> None:
        self._source = source
        self.places = places
        self._built: dict[int, PackageRecord] = {}

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, item: int) -> PackageRecord: ...
    @overload
    def __getitem__(self, item: slice) -> Sequence[PackageRecord]: ...
    def __getitem__(self, item: int | slice) -> PackageRecord | Sequence[PackageRecord]:
        if isinstance(item, slice):
            return [self[number] for number in range(*item.indices(len(self)))]
        record = self._built.get(item)
        if record is None:
            record = self._built[item] = self._source.record_at(self.places[item])
        return record


def columns_of(ordering: Ordering, masks: Masks, places: Sequence[Place]) -> Columns:
    """Return an ordering as plain values.

    Args:
        ordering: The candidates.
        masks: The candidates that texts are known to allow.
        places: Where the source finds each candidate.
    """
    return (places, masks, *[getattr(ordering, column) for column in _KEPT])


def ordering_from(columns: Columns, source: RememberingSource) -> tuple[Ordering, Masks]:
    """Return the ordering and the masks that `columns_of` has taken apart."""
    places, masks, *rest = columns
    ordering = Ordering()
    ordering.records = RecalledRecords(source, cast("Sequence[Place]", places))
    for column, values in zip(_KEPT, rest, strict=True):
        setattr(ordering, column, values)
    return ordering, cast("Masks", masks)
