"""Chains of specs from wishes to the package where they meet."""

from collections.abc import Sequence
from typing import Any

import pytest

from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import Problem
from conda_clone.errors import CondaError
from conda_clone.models.records import PackageRecord
from tests.support.records import FakeIndex
from tests.support.solver_cases import problem, solution, universe

PACKAGES = {
    "app-1-0": ["lib >=1,<2"],
    "app-2-0": ["lib >=2"],
    "plugin-1-0": ["lib <2"],
    "plugin-2-0": ["lib <2", "app"],
    "lib-1-0": ["libz"],
    "lib-2-0": ["libz"],
    "libz-1-0": [],
}


def chains(packages: dict[str, list[str]], question: Problem) -> list[list[str]]:
    with pytest.raises(UnsatisfiableError) as caught:
        solution(packages, question)
    found: Any = caught.value.details["unsatisfiable"]
    return [list(chain) for chain in found]


def test_wishes_meet_at_what_they_all_lead_to_in_the_end() -> None:
    assert chains(PACKAGES, problem("app=2", "plugin=1")) == [
        ["app=2", "lib[version='>=2']", "libz"],
        ["plugin=1", "lib[version='<2']", "libz"],
    ]


def test_wishes_meet_at_a_wish_where_one_leads_to_it() -> None:
    assert chains(PACKAGES, problem("plugin=1", "lib=2")) == [
        ["plugin=1", "lib[version='<2']"],
        ["lib=2"],
    ]


def test_every_way_is_a_chain_with_what_any_of_the_packages_on_it_asks_for() -> None:
    assert chains(PACKAGES, problem("plugin=2", "lib=2")) == [
        ["plugin=2", "lib[version='<2']"],
        ["lib=2"],
        ["plugin=2", "app", "lib[version='>=1,<2|>=2']"],
    ]


def test_a_step_that_some_take_without_a_version_has_none() -> None:
    packages = {**PACKAGES, "app-3-0": ["lib", "lib <1"]}
    assert chains(packages, problem("plugin=2", "lib=2"))[-1] == ["plugin=2", "app", "lib"]


def test_wishes_that_never_meet_end_where_they_fail() -> None:
    packages = {"a-1-0": ["__cuda"], "b-1-0": [], "c-1-0": ["gone"]}
    assert chains(packages, problem("a", "b", "c")) in ([["a", "__cuda"]], [["c", "gone"]])


def test_what_is_no_spec_leads_nowhere() -> None:
    packages = {"a-1-0": ["x [broken", "x <2"], "b-1-0": ["x >=2"], "x-1-0": [], "x-2-0": []}
    assert chains(packages, problem("a", "b"))[0][0] == "a"


def test_names_far_away_and_the_rest_of_too_many_are_left_out() -> None:
    far = {"a-1-0": ["b"], "b-1-0": ["c"], "c-1-0": ["x <2"], "x-1-0": [], "x-2-0": []}
    assert chains(far, problem("a", "x=2")) == [["a", "b", "c", "x[version='<2']"], ["x=2"]]
    many = {f"n{number}-1-0": ["y"] for number in range(60)}
    crowd = {"a-1-0": sorted(each[:-4] for each in many), "y-1-0": ["x <2"]}
    packages = {**many, **crowd, "x-1-0": [], "x-2-0": []}
    assert chains(packages, problem("a", "x=2"))[-1] == ["x=2"]


class Withholding(FakeIndex):
    """An index that cannot be asked for some names."""

    def records(self, name: str) -> Sequence[PackageRecord]:
        if name == "libz":
            raise CondaError("The server is gone.")
        return super().records(name)


def test_a_package_that_cannot_be_asked_for_leads_nowhere() -> None:
    with pytest.raises(UnsatisfiableError) as caught:
        solve(problem("app=2", "plugin=1"), Withholding(universe(PACKAGES)))
    assert caught.value.chains == [
        ["app=2", "lib[version='>=2']"],
        ["plugin=1", "lib[version='<2']"],
    ]
