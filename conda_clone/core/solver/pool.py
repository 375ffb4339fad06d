"""`Pool`: names and their candidates as dense integers, filled only for names that are reached.

A name's `Row` holds its candidates best first; candidate `i` is bit `i` of a mask, and one more bit
above them stands for "not installed". Exactly one bit of every row is true in a solution. What
limits a row regardless of the rest (roots, pins, channel priority ...) is applied when the row is
made, and remembered as reasons.
"""

from collections.abc import Iterable, Sequence

from conda_clone.core.solver.alternatives import alternatives, is_alternative
from conda_clone.core.solver.preferences import Ordering, order_candidates
from conda_clone.core.solver.problem import CandidateSource, Origin, Problem, Requirement
from conda_clone.core.solver.reasons import Reason
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
        records: The candidates, best first.
        candidates: The mask of all of them.
        absent: The bit that stands for "not installed".
        every: Both together: everything that can become of the name.
        versions: Distinct versions with the mask of the candidates that have them.
        version_class, build_class: Per candidate, the mask of those that are as good
            (see `preferences`).
        start: What is left of `every` by the facts in `limits`.
        limits: Facts about this name alone.
        masks: Spec text to the candidates it matches, None when it is not a spec.
    """

    __slots__ = (
        "_users",
        "absent",
        "build_class",
        "candidates",
        "every",
        "limits",
        "masks",
        "name",
        "records",
        "start",
        "version_class",
        "versions",
    )

    def __init__(self, name: str, ordering: Ordering) -> None:
        self.name = name
        self.records = ordering.records
        self.absent = 1 << len(ordering.records)
        self.candidates = self.absent - 1
        self.every = self.absent | self.candidates
        self.versions = tuple(
            [(VersionOrder.parse(text), mask) for text, mask in ordering.versions]
        )
        self.version_class = ordering.version_class
        self.build_class = ordering.build_class
        self.start = self.every
        self.limits: list[Reason] = []
        self.masks: dict[str, int | None] = {}
        self._users: tuple[dict[str, int], dict[str, int]] | None = None

    def limit(self, reason: Reason) -> None:
        """Apply a fact about this name alone."""
        self.limits.append(reason)
        self.start &= reason.allowed

    def names_of(self, mask: int) -> tuple[str, ...]:
        """Return the dist names of some candidates, best first."""
        return tuple(
            [record.dist_name for bit, record in enumerate(self.records) if mask >> bit & 1]
        )

    def depends_users(self) -> dict[str, int]:
        """Return each dependency text with the candidates that have it."""
        return self._all_users()[0]

    def constrains_users(self) -> dict[str, int]:
        """Return each text of `constrains` with the candidates that have it."""
        return self._all_users()[1]

    def _all_users(self) -> tuple[dict[str, int], dict[str, int]]:
        if self._users is None:
            self._users = (
                _users(record.depends for record in self.records),
                _users(record.constrains for record in self.records),
            )
        return self._users


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

    def add(self, name: str) -> int:
        """Make the row of a name that has not been reached before; return its number."""
        ordering = order_candidates(
            self._records(name),
            self.rank,
            version_before_channel=self.problem.channel_priority == "disabled",
            oldest_first=self._wants_oldest(name),
            wanted_features=self._features,
        )
        number = len(self.rows)
        self.rows.append(Row(name, ordering))
        self.index[name] = number
        return number

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

    def mask_of(self, row: Row, record: PackageRecord) -> int:
        """Return the bit of a record in its row, 0 when it is not among the candidates."""
        for bit, candidate in enumerate(row.records):
            if candidate == record:
                return 1 << bit
        return 0

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


def _users(texts_of_candidates: Iterable[tuple[str, ...]]) -> dict[str, int]:
    users: dict[str, int] = {}
    for bit, texts in enumerate(texts_of_candidates):
        for text in texts:
            users[text] = users.get(text, 0) | 1 << bit
    return users
