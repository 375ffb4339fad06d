"""From a conflict to one among as few wishes as possible.

The facts of a conflict are minimal among themselves, but others may contradict fewer wishes: those
facts did not have to be known for the first proof. So each wish is left out once; when the others
still have no solution, their conflict takes the place of the first. What remains needs all of its
wishes. This has a time limit, because the first conflict is a correct, if longer, explanation.
"""

from dataclasses import replace

from conda_clone.core.solver.conflict import Conflict, Need
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import SolveTimeoutError, UnsatisfiableError
from conda_clone.core.solver.problem import CandidateSource, Origin, Problem, Requirement
from conda_clone.core.solver.reasons import ReasonKind
from conda_clone.core.solver.time_limit import TimeLimit

__all__ = ["with_fewest_wishes"]

_TIME = 2.0  # seconds for all trials together
_WISHES = {ReasonKind.ROOT, ReasonKind.CONSTRAINT}

Wish = tuple[ReasonKind, str, Origin | None]


def with_fewest_wishes(
    conflict: Conflict, problem: Problem, source: CandidateSource, *, seconds: float = _TIME
) -> Conflict:
    """Return a conflict of a problem of which no wish (root, pin) can be left out.

    Args:
        conflict: Why the problem has no solution.
        problem: The problem.
        source: Where its candidates come from.
        seconds: The time limit; a conflict that may be too long says so.
    """
    limit = TimeLimit(seconds)
    tried: set[Wish] = set()
    while left := [wish for wish in _wishes(conflict) if wish not in tried]:
        tried.add(left[0])
        smaller = _only(problem, set(_wishes(conflict)) - {left[0]})
        if not smaller.roots:
            continue
        if limit.is_late():
            return replace(conflict, minimal=False)
        try:
            solve(replace(smaller, deadline=limit.left()), source)
        except UnsatisfiableError as error:
            conflict = error.conflict
        except SolveTimeoutError:
            return replace(conflict, minimal=False)
    return conflict


def _wishes(conflict: Conflict) -> list[Wish]:
    """Return the wishes of a conflict, the last of the request first."""
    return [_wish(need) for need in reversed(conflict.needs) if need.kind in _WISHES]


def _wish(need: Need) -> Wish:
    return need.kind, need.spec, need.origin


def _only(problem: Problem, wishes: set[Wish]) -> Problem:
    """Return a problem with no roots and pins but some."""

    def remaining(requirements: tuple[Requirement, ...], kind: ReasonKind) -> list[Requirement]:
        return [each for each in requirements if (kind, str(each.spec), each.origin) in wishes]

    return replace(
        problem,
        roots=tuple(remaining(problem.roots, ReasonKind.ROOT)),
        constraints=tuple(remaining(problem.constraints, ReasonKind.CONSTRAINT)),
    )
