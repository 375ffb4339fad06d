"""What limits the candidates of one name regardless of all other names.

Each rule looks at one row and states facts; together they leave `Row.start`. What was removed stays
explainable, because every fact is a `Reason`.
"""

from conda_clone.core.solver.matching import matching_mask, name_fits
from conda_clone.core.solver.pool import Pool, Row
from conda_clone.core.solver.problem import Requirement
from conda_clone.core.solver.reasons import Reason, ReasonKind

__all__ = ["Limits"]


class Limits:
    """The unconditional facts of a problem, by the name that they bind."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        problem = pool.problem
        self._roots = _by_name(problem.roots, pattern_as_name=True)
        self._constraints = _by_name(problem.constraints)
        self._forbidden = _by_name(problem.forbidden)

    def apply(self, number: int) -> None:
        """State all facts about one new row."""
        row = self._pool.rows[number]
        if self._pool.is_virtual(row.name):
            if row.records:
                row.limit(Reason(ReasonKind.VIRTUAL, number, row.candidates))
            return
        self._lock(number, row)
        self._forbid(number, row)
        self._rank(number, row)
        for requirement in self._constraints.get(row.name, ()) + self._constraints.get("*", ()):
            if name_fits(row, requirement.spec):
                allowed = matching_mask(row, requirement.spec) | row.absent
                self._state(number, row, ReasonKind.CONSTRAINT, allowed, requirement)
        for requirement in self._roots.get(row.name, ()):
            allowed = matching_mask(row, requirement.spec)
            self._state(number, row, ReasonKind.ROOT, allowed, requirement)

    def _state(
        self, number: int, row: Row, kind: ReasonKind, allowed: int, requirement: Requirement
    ) -> None:
        text = str(requirement.spec)
        row.limit(Reason(kind, number, allowed, text=text, origin=requirement.origin))

    def _lock(self, number: int, row: Row) -> None:
        record = self._pool.problem.locked.get(row.name)
        if record is not None:
            allowed = row.mask_of(record) | row.absent
            row.limit(Reason(ReasonKind.LOCKED, number, allowed, text=record.dist_name))

    def _forbid(self, number: int, row: Row) -> None:
        for requirement in self._forbidden.get(row.name, ()) + self._forbidden.get("*", ()):
            mask = matching_mask(row, requirement.spec)
            if mask:
                self._state(number, row, ReasonKind.FORBIDDEN, row.every & ~mask, requirement)

    def _rank(self, number: int, row: Row) -> None:
        """Apply strict channel priority: only the first channel that has the name counts.

        A root that names a channel chooses among channels before priority does. What is installed
        stays a candidate wherever it came from.
        """
        problem = self._pool.problem
        if problem.channel_priority != "strict" or not row.records:
            return
        eligible = row.candidates
        for requirement in self._roots.get(row.name, ()):
            if requirement.spec.channel is not None:
                eligible &= matching_mask(row, requirement.spec)
        ranks = row.ranks
        listed = [rank for bit, rank in enumerate(ranks) if eligible >> bit & 1]
        best = min(listed, default=min(ranks))
        allowed = row.absent
        for bit, rank in enumerate(ranks):
            if rank == best:
                allowed |= 1 << bit
        for held in (problem.locked.get(row.name), problem.favoured.get(row.name)):
            if held is not None:
                allowed |= row.mask_of(held)
        if allowed != row.every:
            row.limit(Reason(ReasonKind.PRIORITY, number, allowed))


def _by_name(
    requirements: tuple[Requirement, ...], *, pattern_as_name: bool = False
) -> dict[str, tuple[Requirement, ...]]:
    """Group requirements by the name they bind; those of a pattern are under `*`."""
    grouped: dict[str, tuple[Requirement, ...]] = {}
    for requirement in requirements:
        spec = requirement.spec
        name = spec.name if spec.name_is_exact or pattern_as_name else "*"
        grouped[name] = (*grouped.get(name, ()), requirement)
    return grouped
