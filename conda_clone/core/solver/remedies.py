"""What would help: changes of a request without solution, each tried by solving it.

Only what takes part in the conflict can help, because everything else leaves the conflict as it is.
Each wish of the user is loosened to its name, or left out where it is a name already; pins,
forbidden packages and strict channel priority give way one at a time. What contradicts only the
environment that is there is tried without it. Whatever is told has a solution. The number of trials
is limited, and so is their time.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic

from conda_clone.core.solver.conflict import Conflict, Need, Remedy, RemedyKind
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import SolveTimeoutError, UnsatisfiableError
from conda_clone.core.solver.problem import (
    CandidateSource,
    Origin,
    Problem,
    Requirement,
    Solution,
)
from conda_clone.core.solver.reasons import ReasonKind
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.version import VersionOrder

__all__ = ["with_remedies"]

_MOST_TRIALS = 6
_TIME = 3.0  # seconds for all trials together

# Versions that a constraint names, without operators and a final `.*`.
_VERSION = re.compile(r"[0-9]+(?:[._][0-9a-z]+)*")

_LEFT_OUT = RemedyKind.LEAVE_OUT
_TRIED = {
    ReasonKind.ROOT,
    ReasonKind.CONSTRAINT,
    ReasonKind.FORBIDDEN,
    ReasonKind.PRIORITY,
}


def with_remedies(
    conflict: Conflict,
    problem: Problem,
    source: CandidateSource,
    *,
    clock: Callable[[], float] = monotonic,
) -> Conflict:
    """Return a conflict of a problem together with what would help.

    Args:
        conflict: Why the problem has no solution.
        problem: The problem.
        source: Where its candidates come from.
        clock: Returns seconds that only grow.
    """
    trials = _Trials(problem, source, clock)
    needs = [need for need in conflict.needs if need.kind in _TRIED and not need.source]
    apart = trials.apart() if any(map(_is_of_environment, conflict.needs)) else None
    found = [remedy for need in needs if (remedy := trials.remedy(need)) is not None]
    if apart is not None:
        # Nothing of what was asked for would be left.
        found = [each for each in found if (each.kind, each.spec) != (_LEFT_OUT, apart.spec)]
        found.append(apart)
    # What is locked could give way too, but not by anything that is asked for.
    is_locked = any(need.kind is ReasonKind.LOCKED for need in conflict.needs)
    exhausted = trials.were_enough and not is_locked
    return replace(conflict, remedies=tuple(found), exhausted=exhausted)


def _is_of_environment(need: Need) -> bool:
    """Tell whether a fact is one only in the environment that is to be changed."""
    return need.kind is ReasonKind.LOCKED or need.origin in (Origin.HISTORY, Origin.INSTALLED)


class _Trials:
    """Solves changed problems, as long as there is time.

    Attributes:
        were_enough: Whether no trial had to be left out.
    """

    def __init__(
        self, problem: Problem, source: CandidateSource, clock: Callable[[], float]
    ) -> None:
        self.were_enough = True
        self._problem = problem
        self._source = source
        self._clock = clock
        self._end = clock() + _TIME
        self._left = _MOST_TRIALS

    def apart(self) -> Remedy | None:
        """Return what was asked for now as an environment of its own, if it can be one."""
        asked = tuple([each for each in self._problem.roots if each.origin is Origin.REQUESTED])
        anew = replace(self._problem, roots=asked, locked={}, favoured={}, update_roots=frozenset())
        if not asked or self._solve(anew) is None:
            return None
        specs = " ".join(str(each.spec) for each in asked)
        return Remedy(kind=RemedyKind.APART, spec=specs, origin=Origin.REQUESTED)

    def remedy(self, need: Need) -> Remedy | None:
        """Return how one fact could give way; None when that alone does not help."""
        if need.kind is ReasonKind.PRIORITY:
            relaxed = replace(self._problem, channel_priority="flexible")
            return Remedy(kind=RemedyKind.FLEXIBLE_PRIORITY) if self._solve(relaxed) else None
        if need.kind is ReasonKind.ROOT:
            return self._loosened(need) or self._left_out(need)
        if need.kind is ReasonKind.CONSTRAINT:
            kind = RemedyKind.UNPIN
            relaxed = replace(self._problem, constraints=_without(self._problem.constraints, need))
        else:
            kind = RemedyKind.ALLOW
            relaxed = replace(self._problem, forbidden=_without(self._problem.forbidden, need))
        solution = self._solve(relaxed)
        if solution is None:
            return None
        return _remedy(kind, need, newest=_version(solution, need.target))

    def _loosened(self, need: Need) -> Remedy | None:
        """Ask for any version, then for the one nearest to what was asked for."""
        wish = next((root for root in self._problem.roots if str(root.spec) == need.spec), None)
        if wish is None or wish.spec.is_name_only or not wish.spec.name_is_exact:
            return None
        free = wish.spec.replace(version=None, build=None, build_number=None)
        if free == wish.spec:
            return None
        solution = self._solve(replace(self._with_instead(wish, free), strategy="highest"))
        if solution is None:
            return None
        newest = _version(solution, need.target)
        nearest = newest
        beyond = _beyond(wish.spec, need.available, newest)
        if beyond:
            upwards = replace(wish, origin=Origin.REQUESTED)
            problem = self._with_instead(upwards, free.replace(version=beyond))
            lowest = replace(problem, strategy="lowest-direct")
            solution = self._solve(lowest)
            nearest = _version(solution, need.target) if solution else newest
        return _remedy(RemedyKind.LOOSEN, need, nearest=nearest, newest=newest)

    def _left_out(self, need: Need) -> Remedy | None:
        others = _without(self._problem.roots, need)
        if not others or self._solve(replace(self._problem, roots=others)) is None:
            return None
        return _remedy(RemedyKind.LEAVE_OUT, need)

    def _with_instead(self, wish: Requirement, spec: MatchSpec) -> Problem:
        """Return the problem with another spec for a wish, which comes first."""
        others = tuple([root for root in self._problem.roots if root.spec != wish.spec])
        return replace(self._problem, roots=(replace(wish, spec=spec), *others))

    def _solve(self, problem: Problem) -> Solution | None:
        left = self._end - self._clock()
        if self._left <= 0 or left <= 0:
            self.were_enough = False
            return None
        self._left -= 1
        try:
            return solve(replace(problem, deadline=left), self._source)
        except UnsatisfiableError:
            return None
        except SolveTimeoutError:
            self.were_enough = False
            return None


def _without(requirements: tuple[Requirement, ...], need: Need) -> tuple[Requirement, ...]:
    """Return requirements without that of a need, whoever makes it."""
    return tuple([each for each in requirements if str(each.spec) != need.spec])


def _beyond(wanted: MatchSpec, available: Sequence[str], newest: str) -> str:
    """Return the constraint for what lies above the wanted versions, up to the newest to be had.

    Empty where nothing else lies there, so that the newest is the nearest.
    """
    if wanted.version is None:
        return ""
    top = VersionOrder(newest)
    below = [each for each in map(VersionOrder, available) if each < top]
    fitting = [each for each in below if wanted.version.match(each.text)]
    if fitting:
        reach = max(fitting)
        return f">{reach.text},<={newest}" if any(reach < each for each in below) else ""
    named = map(VersionOrder, _VERSION.findall(wanted.version.text))
    start = max([each for each in named if each < top], default=top)
    return f">={start.text},<={newest}" if any(start <= each for each in below) else ""


def _version(solution: Solution, name: str) -> str:
    return next((record.version for record in solution.records if record.name == name), "")


def _remedy(kind: RemedyKind, need: Need, *, nearest: str = "", newest: str = "") -> Remedy:
    return Remedy(
        kind=kind,
        spec=need.spec,
        name=need.target,
        origin=need.origin,
        nearest=nearest,
        newest=newest,
    )
