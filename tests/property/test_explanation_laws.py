"""Laws of explanations: whatever is said of a conflict, or of a solution, is true."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from conda_clone.core.solver.conflict import Conflict, Remedy, RemedyKind
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.explain import chains, explanation
from conda_clone.core.solver.held_back import HeldBack, HoldKind, held_back
from conda_clone.core.solver.problem import Origin, Problem, Requirement
from conda_clone.core.solver.remedies import with_remedies
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.version import VersionOrder
from tests.support.random_universes import random_case
from tests.support.records import FakeIndex

SEEDS = range(1500)


def _without(requirements: tuple[Requirement, ...], text: str) -> tuple[Requirement, ...]:
    return tuple([each for each in requirements if str(each.spec) != text])


def _applied(problem: Problem, remedy: Remedy) -> Problem:
    """Return the problem as somebody would ask it who follows a remedy."""
    match remedy.kind:
        case RemedyKind.LOOSEN:
            instead = Requirement(MatchSpec(f"{remedy.name}=={remedy.nearest}"), remedy.origin)  # type: ignore[arg-type]  # a wish has one
            first, *_ = (each for each in problem.roots if str(each.spec) == remedy.spec)
            roots = tuple([each for each in problem.roots if each.spec != first.spec])
            return replace(problem, roots=(instead, *roots))
        case RemedyKind.LEAVE_OUT:
            return replace(problem, roots=_without(problem.roots, remedy.spec))
        case RemedyKind.ALLOW:
            return replace(problem, forbidden=_without(problem.forbidden, remedy.spec))
        case RemedyKind.APART:
            asked = tuple(each for each in problem.roots if each.origin is Origin.REQUESTED)
            return replace(problem, roots=asked, locked={}, favoured={}, update_roots=frozenset())
        case RemedyKind.UNPIN:
            return replace(problem, constraints=_without(problem.constraints, remedy.spec))
    return replace(problem, channel_priority="flexible")


def _conflict(problem: Problem, index: FakeIndex) -> Conflict | None:
    try:
        solve(problem, index)
    except UnsatisfiableError as error:
        return with_remedies(error.conflict, problem, index)
    return None


def test_every_remedy_works() -> None:
    kinds = set()
    for seed in SEEDS:
        problem, records = random_case(seed)
        index = FakeIndex(records)
        conflict = _conflict(problem, index)
        if conflict is None:
            continue
        for remedy in conflict.remedies or ():
            kinds.add(remedy.kind)
            solve(_applied(problem, remedy), index)  # raises where there is no solution
        assert explanation(conflict)
        assert all(chains(conflict))

    assert kinds >= set(RemedyKind) - {RemedyKind.FLEXIBLE_PRIORITY}  # there is one channel


def test_a_conflict_without_remedies_needs_more_than_one_change() -> None:
    for seed in SEEDS:
        problem, records = random_case(seed)
        index = FakeIndex(records)
        conflict = _conflict(problem, index)
        if conflict is None or conflict.remedies or not conflict.exhausted:
            continue
        for root in problem.roots:
            others = _without(problem.roots, str(root.spec))
            if others:
                with pytest.raises(UnsatisfiableError):
                    solve(replace(problem, roots=others), index)


def test_what_holds_a_package_back_is_there() -> None:
    kinds = set()
    for seed in SEEDS:
        problem, records = random_case(seed)
        index = FakeIndex(records)
        try:
            chosen = solve(problem, index).records
        except UnsatisfiableError:
            continue
        for held in held_back(problem, index, chosen):
            _check(held, problem, index, chosen)
            kinds |= {hold.kind for hold in held.holds}

    assert kinds >= {HoldKind.WISH, HoldKind.NEEDED_BY, HoldKind.NEEDS, HoldKind.MACHINE}


def _check(
    held: HeldBack, problem: Problem, index: FakeIndex, chosen: Sequence[PackageRecord]
) -> None:
    versions = {each.name: each.version for each in chosen}
    newer = [VersionOrder(each.version) for each in index.records(held.record.name)]
    assert max(newer) == VersionOrder(held.newest)
    assert VersionOrder(held.record.version) < VersionOrder(held.newest)
    assert held.holds
    for hold in held.holds:
        if hold.kind in {HoldKind.NEEDED_BY, HoldKind.NEEDS, HoldKind.OLDER}:
            assert versions[hold.by] == hold.version
        if hold.kind is HoldKind.IMPOSSIBLE:
            wish = Requirement(MatchSpec(f"{held.record.name}=={held.newest}"))
            with pytest.raises(UnsatisfiableError):
                solve(replace(problem, roots=(*problem.roots, wish)), index)
