"""The question that the solver answers, and the form of its answer.

`Problem` is the solver's only input beside a `CandidateSource`; policy (history, pins, update
modifiers) has already been turned into requirements by `core.planning`.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.values import field, value

__all__ = ["CandidateSource", "Origin", "Problem", "Requirement", "Solution"]


class Origin(StrEnum):
    """Who made a requirement; the explanation of a conflict names it."""

    REQUESTED = "requested"
    HISTORY = "history"
    PIN = "pin"
    INSTALLED = "installed"
    CONFIGURATION = "configuration"


@value()
class Requirement:
    """A spec together with who asked for it."""

    spec: MatchSpec
    origin: Origin = Origin.REQUESTED


class CandidateSource(Protocol):
    """Where candidates come from; asked once per reachable name."""

    def records(self, name: str) -> Sequence[PackageRecord]:
        """Return all records of that package name, in any order; empty when unknown."""


@value(kw_only=True)
class Problem:
    """One question to the solver.

    Attributes:
        roots: Specs that must be satisfied by a package of the solution; in request order.
        constraints: Specs that bind a name only if the solution holds it (pins).
        locked: Name to the only record that the solution may hold for that name.
        favoured: Name to the record to keep unless a root or a dependency forbids it.
        forbidden: Candidates that match one of these never enter (disallowed packages).
        virtual_packages: Facts about the machine as records; always present, never in the answer.
        channel_order: Base URLs of channels, highest priority first.
        channel_priority: "strict", "flexible" or "disabled".
        strategy: "highest", "lowest" (the oldest versions that fit) or "lowest-direct" (the oldest
            of what is requested, the newest of the rest).
        update_roots: Names among the roots whose newest version is wanted even if an installed
            record is favoured.
        deadline: Seconds after which the best answer so far is taken, or None.
    """

    roots: tuple[Requirement, ...] = ()
    constraints: tuple[Requirement, ...] = ()
    locked: Mapping[str, PackageRecord] = field(default_factory=dict)
    favoured: Mapping[str, PackageRecord] = field(default_factory=dict)
    forbidden: tuple[Requirement, ...] = ()
    virtual_packages: tuple[PackageRecord, ...] = ()
    channel_order: tuple[str, ...] = ()
    channel_priority: str = "flexible"
    strategy: str = "highest"
    update_roots: frozenset[str] = frozenset()
    deadline: float | None = None


@value(kw_only=True)
class Solution:
    """The best answer found.

    Attributes:
        records: The packages, dependencies before dependents, virtual packages left out.
        objective_values: Name of each objective to its value, in order of precedence.
        statistics: Counters of the run (names, candidates, clauses, calls), for benchmarks.
        optimal: False when the deadline ended the search for something better.
    """

    records: tuple[PackageRecord, ...]
    objective_values: Mapping[str, int] = field(default_factory=dict)
    statistics: Mapping[str, int] = field(default_factory=dict)
    optimal: bool = True
