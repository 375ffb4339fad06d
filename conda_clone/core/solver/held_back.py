"""Why packages of a solution are not at their newest; asked for after a solve, and only then.

For each package, the newest version that the channels have is looked at. What stands in its way is
mostly plain to see: a requirement of the user, a pin, another package of the solution, a need of
its own that the solution does not meet. Where nothing is, or only packages that have another build
for it, the problem is solved once more with that version asked for: either it is impossible, or
something else would have to be older.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from time import monotonic

from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.matching import target_name
from conda_clone.core.solver.problem import (
    CandidateSource,
    Origin,
    Problem,
    Requirement,
)
from conda_clone.models.errors import InvalidMatchSpec, InvalidVersionSpec
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.version import VersionOrder

__all__ = ["HeldBack", "Hold", "HoldKind", "held_back"]

_MOST_SOLVES = 8
_TIME = 5.0  # seconds for all of these together


class HoldKind(StrEnum):
    """What keeps a newer version out."""

    WISH = "requirement"
    PIN = "pin"
    INSTALLED = "installed"
    FORBIDDEN = "forbidden"
    PRIORITY = "channel priority"
    STRATEGY = "strategy"
    FEATURES = "features"
    NEEDED_BY = "needed by"
    NEEDS = "needs"
    MACHINE = "virtual package"
    MISSING = "missing"
    OLDER = "makes older"
    IMPOSSIBLE = "impossible"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One thing in the way of a newer version.

    Attributes:
        kind: What it is.
        spec: The spec that does not go with the newer version, as it was written.
        by: The package that brings the spec (`NEEDED_BY`), that does not meet it (`NEEDS`,
            `MACHINE`), or that would become older (`OLDER`); a channel for `PRIORITY`.
        version: The version of that package in the solution, empty where it has none.
        instead: The version that it would have (`OLDER`).
        origin: Who asked for the spec.
        because: The requirement that binds `by`, empty where there is none.
    """

    kind: HoldKind
    spec: str = ""
    by: str = ""
    version: str = ""
    instead: str = ""
    origin: Origin | None = None
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A package that is not at its newest.

    Attributes:
        record: The package of the solution.
        newest: The newest version that the channels have.
        holds: What keeps that version out; all of it would have to go.
    """

    record: PackageRecord
    newest: str
    holds: tuple[Hold, ...]


def held_back(
    problem: Problem,
    source: CandidateSource,
    records: Sequence[PackageRecord],
    *,
    clock: Callable[[], float] = monotonic,
) -> tuple[HeldBack, ...]:
    """Return what is not at its newest, and why, by name.

    Args:
        problem: The problem that was solved.
        source: Where its candidates come from.
        records: The solution.
        clock: Returns seconds that only grow.
    """
    inquiry = _Inquiry(problem, source, records, clock)
    found = (inquiry.about(record) for record in sorted(records, key=lambda each: each.name))
    return tuple([each for each in found if each is not None])


class _Inquiry:
    """Questions about one solution."""

    def __init__(
        self,
        problem: Problem,
        source: CandidateSource,
        records: Sequence[PackageRecord],
        clock: Callable[[], float],
    ) -> None:
        self._problem = problem
        self._source = source
        self._chosen = {record.name: record for record in records}
        self._virtual = {record.name: record for record in problem.virtual_packages}
        self._ranks = {url: rank for rank, url in enumerate(problem.channel_order)}
        self._clock = clock
        self._end = clock() + _TIME
        self._solves_left = _MOST_SOLVES
        self._users: dict[str, list[tuple[PackageRecord, str]]] = {}
        for record in records:
            for text in (*record.depends, *record.constrains):
                self._users.setdefault(target_name(text) or "", []).append((record, text))

    def about(self, record: PackageRecord) -> HeldBack | None:
        """Return why a package is not at its newest; None where it is."""
        newest, candidates = self._newest(record)
        if not candidates:
            return None
        # Of several builds, the one that has least in its way tells most.
        ways = [(list(self._holds(record, each)), list(self._bound(each))) for each in candidates]
        firm, bound = min(ways, key=lambda way: (len(way[0]), len(way[1])))
        if not firm:
            deeper = self._deeper(record, newest)
            firm = bound if bound and deeper.kind is HoldKind.OTHER else [deeper]
        return HeldBack(record=record, newest=newest, holds=tuple(firm))

    def _newest(self, record: PackageRecord) -> tuple[str, list[PackageRecord]]:
        """Return the newest version above that of a record, and the packages that have it."""
        top = VersionOrder(record.version)
        found: list[PackageRecord] = []
        for each in self._source.records(record.name):
            try:
                version = VersionOrder.parse(each.version)
            except InvalidVersionSpec:
                continue
            if version > top:
                top, found = version, [each]
            elif found and version == top:
                found.append(each)
        return top.text, found

    def _holds(self, record: PackageRecord, newer: PackageRecord) -> Iterator[Hold]:
        own = [*self._wishes_against(newer), *self._policy_against(record, newer)]
        yield from own
        for hold in self._bound(newer):
            if not self._has_other_build(hold, newer):
                yield hold
        if own:  # the rest was chosen to go with the older one
            return
        for text in newer.depends:
            yield from self._need_of(text, is_dependency=True)
        for text in newer.constrains:
            yield from self._need_of(text, is_dependency=False)

    def _bound(self, newer: PackageRecord) -> Iterator[Hold]:
        """Yield the packages of the solution that do not go with a newer package."""
        for user, text in self._users.get(newer.name, ()):
            if user.name != newer.name and not _fits(text, newer):
                others = self._going_with(newer, user.name)
                yield Hold(
                    kind=HoldKind.NEEDED_BY,
                    spec=text,
                    by=user.name,
                    version=user.version,
                    because=self._binding(user.name, others),
                )

    def _going_with(self, newer: PackageRecord, name: str) -> list[PackageRecord]:
        """Return the packages of a name that go with a newer package."""
        return [
            other
            for other in self._source.records(name)
            if all(
                _fits(text, newer)
                for text in (*other.depends, *other.constrains)
                if target_name(text) == newer.name
            )
        ]

    def _has_other_build(self, hold: Hold, newer: PackageRecord) -> bool:
        """Tell whether the package that holds has a build, no older, that goes with the newer."""
        least = VersionOrder(hold.version)
        return any(
            VersionOrder(other.version) >= least and not any(self._wishes_against(other))
            for other in self._going_with(newer, hold.by)
        )

    def _wishes_against(self, newer: PackageRecord) -> Iterator[Hold]:
        """Yield the user's own requirements that do not go with a package."""
        problem = self._problem
        for requirement in problem.roots:
            if requirement.spec.name == newer.name and not requirement.spec.match(newer):
                yield _of_requirement(HoldKind.WISH, requirement)
        for requirement in problem.constraints:
            about = requirement.spec.replace(version=None, build=None, build_number=None)
            if about.match(newer) and not requirement.spec.match(newer):
                is_pin = requirement.origin is Origin.PIN
                yield _of_requirement(HoldKind.PIN if is_pin else HoldKind.WISH, requirement)
        for requirement in problem.forbidden:
            if requirement.spec.match(newer):
                yield _of_requirement(HoldKind.FORBIDDEN, requirement)

    def _policy_against(self, record: PackageRecord, newer: PackageRecord) -> Iterator[Hold]:
        """Yield what the order of preference has against a package."""
        problem = self._problem
        kept = problem.locked.get(newer.name) or problem.favoured.get(newer.name)
        if kept is not None and kept == record and newer.name not in problem.update_roots:
            yield Hold(kind=HoldKind.INSTALLED)
        if problem.channel_priority != "disabled" and self._rank(newer) > self._rank(record):
            yield Hold(kind=HoldKind.PRIORITY, by=newer.channel.canonical_name)
        if problem.strategy == "lowest" or (
            problem.strategy == "lowest-direct"
            and any(
                root.spec.name == newer.name and root.origin is Origin.REQUESTED
                for root in problem.roots
            )
        ):
            yield Hold(kind=HoldKind.STRATEGY, spec=problem.strategy)
        if newer.track_features and not record.track_features:
            yield Hold(kind=HoldKind.FEATURES, spec=" ".join(newer.track_features))

    def _need_of(self, text: str, *, is_dependency: bool) -> Iterator[Hold]:
        """Yield what a dependency or constraint of a newer package does not go with."""
        name = target_name(text)
        if name is None:
            return
        present = self._virtual.get(name) or self._chosen.get(name)
        if name.startswith("__"):
            if (present is None and is_dependency) or (present and not _fits(text, present)):
                version = present.version if present else ""
                yield Hold(kind=HoldKind.MACHINE, spec=text, by=name, version=version)
        elif present is not None:
            if not _fits(text, present):
                others = self._fitting(text, name)
                yield Hold(
                    kind=HoldKind.NEEDS,
                    spec=text,
                    by=name,
                    version=present.version,
                    because=self._binding(name, others),
                )
        elif is_dependency and not self._fitting(text, name):
            yield Hold(kind=HoldKind.MISSING, spec=text, by=name)

    def _fitting(self, text: str, name: str) -> list[PackageRecord]:
        return [each for each in self._source.records(name) if _fits(text, each)]

    def _deeper(self, record: PackageRecord, newest: str) -> Hold:
        """Return what comes of asking for the newest version as well."""
        left = self._end - self._clock()
        if self._solves_left <= 0 or left <= 0:
            return Hold(kind=HoldKind.OTHER)
        self._solves_left -= 1
        wish = Requirement(MatchSpec(f"{record.name}=={newest}"))
        roots = (*self._problem.roots, wish)
        try:
            other = solve(replace(self._problem, roots=roots, deadline=left), self._source)
        except UnsatisfiableError as error:
            return self._first_wish(error, record.name)
        for each in other.records:
            chosen = self._chosen.get(each.name)
            if chosen is not None and VersionOrder(each.version) < VersionOrder(chosen.version):
                return Hold(
                    kind=HoldKind.OLDER,
                    by=each.name,
                    version=chosen.version,
                    instead=each.version,
                )
        return Hold(kind=HoldKind.OTHER)

    def _first_wish(self, error: UnsatisfiableError, name: str) -> Hold:
        """Return the requirement that a conflict with a newer version goes back to."""
        for need in error.conflict.needs:
            if need.origin is not None and need.target != name:
                return Hold(kind=HoldKind.IMPOSSIBLE, spec=need.spec, origin=need.origin)
        return Hold(kind=HoldKind.IMPOSSIBLE)

    def _binding(self, name: str, others: Sequence[PackageRecord]) -> str:
        """Return the requirement without which a package could be one of some others."""
        for requirement in (*self._problem.roots, *self._problem.constraints):
            spec = requirement.spec
            if spec.name == name and others and not any(map(spec.match, others)):
                return str(spec)
        return ""

    def _rank(self, record: PackageRecord) -> int:
        return self._ranks.get(record.channel.base_url or "", len(self._ranks))


def _of_requirement(kind: HoldKind, requirement: Requirement) -> Hold:
    return Hold(kind=kind, spec=str(requirement.spec), origin=requirement.origin)


def _fits(text: str, record: PackageRecord) -> bool:
    try:
        return MatchSpec.parse(text).match(record)
    except InvalidMatchSpec:
        return False
