"""Of the wishes of a conflict, only those remain that it needs."""

import pytest

from conda_clone.core.solver.conflict import Conflict
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.fewest_wishes import with_fewest_wishes
from conda_clone.core.solver.problem import Origin, Problem
from conda_clone.models.records import PackageRecord
from tests.support.records import FakeIndex, record
from tests.support.solver_cases import crowded, problem, requirements

# `app` alone is impossible, but that takes a look at `deep`; with `lib 1` the first look is enough.
PACKAGES = [
    record("app", depends=["lib 2", "far"]),
    record("lib", "1"),
    record("lib", "2"),
    record("far", depends=["deep"]),
    record("deep", depends=["nothing"]),
]


def conflict_of(question: Problem, packages: list[PackageRecord]) -> Conflict:
    with pytest.raises(UnsatisfiableError) as raised:
        solve(question, FakeIndex(packages))
    return raised.value.conflict


def specs(conflict: Conflict) -> list[str]:
    return [need.spec for need in conflict.needs if not need.source]


def test_a_wish_that_the_first_proof_used_but_the_problem_does_not_need_is_left_out() -> None:
    question = problem("lib=1", "app")
    conflict = conflict_of(question, PACKAGES)
    shorter = with_fewest_wishes(conflict, question, FakeIndex(PACKAGES))

    assert specs(conflict) == ["lib=1", "app"]
    assert specs(shorter) == ["app"]
    assert shorter.minimal


def test_wishes_that_need_each_other_for_a_conflict_stay() -> None:
    packages = [record("a", depends=["c 1"]), record("b", depends=["c 2"]), record("c", "1")]
    packages.append(record("c", "2"))
    question = problem("a", "b")
    conflict = conflict_of(question, packages)

    assert with_fewest_wishes(conflict, question, FakeIndex(packages)) == conflict


def test_a_pin_is_a_wish_as_well() -> None:
    pins = requirements("lib 1", origin=Origin.PIN)
    question = problem("app", constraints=pins)
    conflict = conflict_of(question, PACKAGES)
    shorter = with_fewest_wishes(conflict, question, FakeIndex(PACKAGES))

    assert specs(conflict) == ["app", "lib==1"]
    assert specs(shorter) == ["app"]


def test_without_time_the_conflict_stays_as_it_is_and_says_so() -> None:
    question = problem("lib=1", "app")
    conflict = conflict_of(question, PACKAGES)
    same = with_fewest_wishes(conflict, question, FakeIndex(PACKAGES), seconds=0)

    assert specs(same) == ["lib=1", "app"]
    assert not same.minimal


def test_what_takes_too_long_to_find_out_is_taken_for_needed() -> None:
    """Whether `all` can be had is more than anybody knows within a tenth of a second."""
    packages = [*crowded(10), record("tool", constrains=("all <1",))]
    question = problem("all", "tool")
    conflict = conflict_of(question, packages)
    same = with_fewest_wishes(conflict, question, FakeIndex(packages), seconds=0.1)

    assert specs(same) == ["all", "tool"]
    assert not same.minimal
