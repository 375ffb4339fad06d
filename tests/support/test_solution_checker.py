"""The checker must see every way in which an answer can be wrong."""

import pytest

from conda_clone.core.solver.problem import Problem, Requirement
from conda_clone.models.match_spec.spec import MatchSpec
from tests.support.records import record
from tests.support.solution_checker import faults

LIB = record("lib", "1.0")
OLD_LIB = record("lib", "0.9")
APP = record("app", "1.0", depends=["lib >=1", "__unix"])
UNIX = record("__unix", "0")


def requirement(text: str) -> Requirement:
    return Requirement(MatchSpec(text))


def test_a_right_answer_has_no_faults() -> None:
    problem = Problem(roots=(requirement("app"),), virtual_packages=(UNIX,))

    assert faults(problem, [LIB, APP]) == []


@pytest.mark.parametrize(
    ("problem", "records", "expected"),
    [
        (Problem(), [LIB, OLD_LIB], "lib is there twice"),
        (Problem(), [UNIX], "__unix is a virtual package"),
        (Problem(roots=(requirement("lib>=2"),)), [LIB], "lib[version='>=2'] is not satisfied"),
        (Problem(virtual_packages=(UNIX,)), [OLD_LIB, APP], "app-1.0-0 needs lib >=1"),
        (Problem(), [LIB, APP], "app-1.0-0 needs __unix"),
        (
            Problem(),
            [LIB, record("strict", constrains=("lib <1",))],
            "strict-1.0-0 forbids lib-1.0-0 by lib <1",
        ),
        (Problem(constraints=(requirement("lib<1"),)), [LIB], "lib-1.0-0 breaks lib[version='<1']"),
        (Problem(locked={"lib": OLD_LIB}), [LIB], "lib-1.0-0 is not the locked one"),
        (Problem(forbidden=(requirement("lib"),)), [LIB], "lib-1.0-0 is forbidden"),
        (Problem(virtual_packages=(UNIX,)), [APP, LIB], "app comes before lib, which it needs"),
    ],
)
def test_each_fault_is_named(problem: Problem, records: list[object], expected: str) -> None:
    assert faults(problem, records) == [expected]  # type: ignore[arg-type] # parametrised


def test_packages_that_need_each_other_have_no_order() -> None:
    one, two = record("one", depends=["two"]), record("two", depends=["one"])

    assert faults(Problem(), [one, two]) == faults(Problem(), [two, one]) == []
