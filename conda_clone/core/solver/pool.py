"""`Pool`: names and their candidates as dense integers, filled only for names that are reached.

A name's `Row` holds its candidates best first; candidate `i` is bit `i` of a mask, and one more bit
above them stands for "not installed". Exactly one bit of every row is true in a solution. What
limits a row regardless of the rest (roots, pins, channel priority ...) is applied when the row is
made, and remembered as reasons.
"""

from collections.abc import Sequence

from conda_clone.core.solver.alternatives import alternatives, is_alternative
from conda_clone.core.solver.preferences import Ordering, order_candidates
from conda_clone.core.solver.problem import CandidateSource, Origin, Problem, Requirement
from conda_clone.core.solver.reasons import Reason
from conda_clone.core.solver.recall import (
    Place,
    RecalledRecords,
    RememberingSource,
    columns_of,
    ordering_from,
)
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.version import VersionOrder

__all__ = ["Pool", "Row", "is_feature_wish"]


def is_feature_wish(root: Requirement) -> bool:
    """Tell whether a root like `*[track_features=mkl]` states a preference, not a package."""
    return root.spec.name == "*" and root.spec.get("track_features") is not None


class Row:
    """The candidates of one name.

    Attributes:
        name: The package name.
        ordering: Its candidates in order; the following are parts of it.
        records: The candidates, best first.
        candidates: The mask of all of them.
        absent: The bit that stands for "not installed".
        every: Both together: everything that can become of the name.
        builds, depends, constrains, ranks: Per candidate, these fields of it.
        version_class, build_class: Per candidate, the mask of those that are as good
            (see `preferences`).
        depends_users, constrains_users: Each text with the candidates that have it.
        start: What is left of `every` by the facts in `limits`.
        limits: Facts about this name alone.
        masks: Spec text to the candidates it matches, None when it is not a spec.
    """

    __slots__ = (
        "_versions",
        "absent",
        "build_class",
        "builds",
        "candidates",
        "constrains",
        "constrains_users",
        "depends",
        "depends_users",
        "every",
        "limits",
        "masks",
        "name",
        "ordering",
        "ranks",
        "records",
        "start",
        "version_class",
    )

    def __init__(self, name: str, ordering: Ordering) -> None:
        self.name = name
        self.records = ordering.records
        self.builds = ordering.builds
        self.depends = ordering.depends
        self.constrains = ordering.constrains
        self.ranks = ordering.ranks
        self.absent = 1 << len(ordering.records)
        self.candidates = self.absent - 1
        self.every = self.absent | self.candidates
        self.ordering = ordering
        self._versions: Sequence[tuple[VersionOrder, int]] | None = None
        self.version_class = ordering.version_class
        self.build_class = ordering.build_class
        self.start = self.every
        self.limits: list[Reason] = []
        self.masks: dict[str, int | None] = {}
        self.depends_users = ordering.depends_users
        self.constrains_users = ordering.constrains_users

    @property
    def versions(self) -> Sequence[tuple[VersionOrder, int]]:
        """Distinct versions with the mask of the candidates that have them."""
        if self._versions is None:
            parse = VersionOrder.parse
            self._versions = [(parse(text), mask) for text, mask in self.ordering.versions]
        return self._versions

    def limit(self, reason: Reason) -> None:
        """Apply a fact about this name alone."""
        self.limits.append(reason)
        self.start &= reason.allowed

    def names_of(self, mask: int) -> tuple[str, ...]:
        """Return the dist names of some candidates, best first."""
        return tuple(
            [record.dist_name for bit, record in enumerate(self.records) if mask >> bit & 1]
        )

    def mask_of(self, record: PackageRecord) -> int:
        """Return the bit of a record, 0 when it is not among the candidates."""
        left = dict(self.ordering.versions).get(record.version, 0)
        while left:
            bit = left & -left
            left ^= bit
            place = bit.bit_length() - 1
            if self.builds[place] == record.build and self.records[place] == record:
                return bit
        return 0


class Pool:
    """Names that have been reached, numbered in the order in which they were.

    Attributes:
        rows: The rows by number.
        index: Package name to number.
    """

    def __init__(self, problem: Problem, source: CandidateSource) -> None:
        self.problem = problem
        self.rows: list[Row] = []
        self.index: dict[str, int] = {}
        self._source = source
        self._ranks = {url: rank for rank, url in enumerate(problem.channel_order)}
        self._virtual: dict[str, list[PackageRecord]] = {}
        for record in problem.virtual_packages:
            self._virtual.setdefault(record.name, []).append(record)
        self._requested = frozenset(
            [root.spec.name for root in problem.roots if root.origin is Origin.REQUESTED]
        )
        self._features = frozenset(
            word
            for root in problem.roots
            if is_feature_wish(root)
            for word in (root.spec.get("track_features") or "").replace(",", " ").split()
        )
        self._memory = self._memory_of(source)
        # Per recalled row, how many masks were known.
        self._recalled: dict[str, int] = {}

    def add(self, name: str) -> int:
        """Make the row of a name that has not been reached before; return its number."""
        row = self._recall(name) or Row(name, self._order(name))
        number = len(self.rows)
        self.rows.append(row)
        self.index[name] = number
        return number

    def _order(self, name: str) -> Ordering:
        return order_candidates(
            self._records(name),
            self.rank,
            version_before_channel=self.problem.channel_priority == "disabled",
            oldest_first=self._wants_oldest(name),
            wanted_features=self._features,
        )

    def remember(self) -> None:
        """Let the source keep what has been worked out, for the next solve."""
        memory = self._memory
        if memory is None:
            return
        news = {}
        for row in self.rows:
            known = self._recalled.get(row.name, -1)
            if known == len(row.masks) or not self._is_memorable(row.name):
                continue
            places = self._places(memory, row)
            if places is not None:
                news[self._key(row.name)] = columns_of(row.ordering, row.masks, places)
        if news:
            memory.keep(news)

    def _memory_of(self, source: CandidateSource) -> RememberingSource | None:
        """Return the source if it keeps what we work out, and we ask it the usual question."""
        if (
            isinstance(source, RememberingSource)
            and source.channel_order == self.problem.channel_order
            and self.problem.strategy == "highest"
            and not self._features
        ):
            return source
        return None

    def _key(self, name: str) -> str:
        # The channel counts after the version then, so that the order is another one.
        return f"{name} *" if self.problem.channel_priority == "disabled" else name

    def _is_memorable(self, name: str) -> bool:
        problem = self.problem
        # What is installed may be a candidate that no channel has.
        is_held = name in problem.locked or name in problem.favoured
        return self.is_package(name) and not is_held

    def _recall(self, name: str) -> Row | None:
        if self._memory is None or not self._is_memorable(name):
            return None
        columns = self._memory.recall(self._key(name))
        if columns is None:
            return None
        ordering, masks = ordering_from(columns, self._memory)
        row = Row(name, ordering)
        row.masks = masks
        self._recalled[name] = len(masks)
        return row

    def _places(self, memory: RememberingSource, row: Row) -> Sequence[Place] | None:
        if isinstance(row.records, RecalledRecords):
            return row.records.places
        places = memory.places(row.name)
        if places is None:
            return None
        found: dict[PackageRecord, Place] = {}
        for record, place in zip(memory.records(row.name), places, strict=True):
            found.setdefault(record, place)
        return [found[record] for record in row.records]

    def _wants_oldest(self, name: str) -> bool:
        if self.problem.strategy == "lowest-direct":
            return name in self._requested
        return self.problem.strategy == "lowest"

    def rank(self, record: PackageRecord) -> int:
        """Return the place of a record's channel in the order of channels, 0 for the first."""
        return self._ranks.get(record.channel.base_url or "", len(self._ranks))

    def is_virtual(self, name: str) -> bool:
        """Tell whether a name is that of a virtual package."""
        return name.startswith("__")

    def is_package(self, name: str) -> bool:
        """Tell whether what is chosen for a name belongs into a solution."""
        return not self.is_virtual(name) and not is_alternative(name)

    def is_fact(self, name: str) -> bool:
        """Tell whether this machine has that virtual package."""
        return name in self._virtual

    def _matches_fact(self, spec: MatchSpec) -> bool:
        return any(map(spec.match, self._virtual.get(spec.name, ())))

    def _records(self, name: str) -> Sequence[PackageRecord]:
        if self.is_virtual(name):
            return self._virtual.get(name, [])
        if is_alternative(name):
            return alternatives(name, self._records, self._matches_fact)
        # A record that several subdirs or a second read of an index hold is one candidate.
        records = list(dict.fromkeys(self._source.records(name)))
        for held in (self.problem.locked.get(name), self.problem.favoured.get(name)):
            if held is not None and held not in records:
                records.append(held)
        return records
