"""From a proof that there is no solution to a minimal set of facts that has none.

Deletion: each fact is left out once; when the rest still has no solution, it stays out. The
minimisation has a time limit, because the proof alone is a correct, if longer, explanation.
"""

from collections.abc import Callable, Sequence

from conda_clone.core.solver.clauses import ClauseStore
from conda_clone.core.solver.pool import Pool
from conda_clone.core.solver.reasons import UNCONDITIONAL, Reason, ReasonKind
from conda_clone.core.solver.sat import OutOfTimeError, SatEngine

__all__ = ["minimal_core"]

# Which facts are tried first: the more of the user's own wishes fall away, the better.
_FIRST = (ReasonKind.ROOT, ReasonKind.CONSTRAINT, ReasonKind.LOCKED, ReasonKind.PRIORITY)


def minimal_core(
    pool: Pool, reasons: Sequence[Reason], engine: SatEngine, is_late: Callable[[], bool]
) -> tuple[list[Reason], bool]:
    """Return facts that cannot hold together, and whether none of them can be left out.

    Args:
        pool: The names that the facts are about.
        reasons: Facts that cannot hold together.
        engine: Decides about subsets.
        is_late: Tells when to be content with what is left.
    """
    core = list(dict.fromkeys(reasons))
    store = ClauseStore(_representatives(pool, core))
    for reason in core:
        store.add(reason)
    for reason in sorted(core, key=_order):
        if is_late():
            return core, False
        rest = [other for other in core if other is not reason]
        try:
            is_enough = engine.solve(store.clauses(rest)) is None
        except OutOfTimeError:
            return core, False
        if is_enough:
            core = rest
    return core, True


def _representatives(pool: Pool, reasons: Sequence[Reason]) -> dict[int, int]:
    """Return, per name, one candidate of each set that no fact tells apart.

    Names with hundreds of candidates shrink to a handful, without changing what is possible.
    """
    blocks: dict[int, list[int]] = {}
    for reason in reasons:
        sides = [(reason.target, reason.allowed)]
        if reason.source != UNCONDITIONAL:
            sides.append((reason.source, reason.users))
        for name, mask in sides:
            parts = blocks.get(name, [pool.rows[name].every])
            blocks[name] = [
                part for block in parts for part in (block & mask, block & ~mask) if part
            ]
    return {name: sum(block & -block for block in blocks[name]) for name in sorted(blocks)}


def _order(reason: Reason) -> int:
    return _FIRST.index(reason.kind) if reason.kind in _FIRST else len(_FIRST)
