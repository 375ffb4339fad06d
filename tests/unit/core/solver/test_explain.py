"""Explanations: complete texts of small conflicts, and their chains."""

from typing import Any

import pytest

from conda_clone.core.solver.conflict import Conflict, Need
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.explain import chains, explanation
from conda_clone.core.solver.problem import Origin, Problem
from conda_clone.core.solver.reasons import ReasonKind
from tests.support.records import installed, record
from tests.support.solver_cases import problem, requirements, solution


def failure(packages: Any, question: Problem) -> UnsatisfiableError:
    with pytest.raises(UnsatisfiableError) as caught:
        solution(packages, question)
    return caught.value


def test_two_requests_that_need_different_things() -> None:
    packages = {
        "app-2-0": ["lib >=2"],
        "app-1-0": ["lib >=2"],
        "tool-1-0": ["lib <2"],
        "lib-1-0": [],
        "lib-2-0": [],
        "harmless-1-0": [],
    }
    error = failure(packages, problem("harmless", "app", "tool"))

    assert error.message.splitlines() == [
        "The requirements cannot be met together:",
        "  - `app` is requested",
        "    - app 2 and 1 need `lib >=2`",
        "  - `tool` is requested",
        "    - tool 1 needs `lib <2`",
        "No `lib` suits them all: app takes 2, tool takes 1.",
    ]
    assert error.chains == [["app", "lib[version='>=2']"], ["tool", "lib[version='<2']"]]
    assert error.to_dict()["unsatisfiable"] == error.chains
    assert error.to_dict()["exception_name"] == "UnsatisfiableError"
    assert error.conflict.minimal


def test_a_missing_package_is_named() -> None:
    error = failure({"app-1-0": ["lib", "gone >=1"], "lib-1-0": []}, problem("app"))

    assert error.message.splitlines()[1:] == [
        "  - `app` is requested",
        "    - app 1 needs `gone >=1`, but there is no such package in the channels",
    ]
    assert error.chains == [["app", "gone[version='>=1']"]]


def test_a_version_that_does_not_exist_is_shown_with_those_that_do() -> None:
    packages: dict[str, list[str]] = {f"app-{version}-0": [] for version in range(1, 7)}
    error = failure(packages, problem("app >=9"))

    assert error.message.splitlines()[1:] == [
        "  - `app[version='>=9']` is requested, but the channels only have 6, 5, 4 and 3 more",
    ]
    assert error.chains == [["app[version='>=9']"]]


def test_an_unknown_name_is_said_to_be_unknown() -> None:
    error = failure({}, problem("nothing"))

    assert "`nothing` is requested, but there is no such package in the channels" in error.message


def test_many_ranges_are_cut_short() -> None:
    packages = {f"ext-{version}-0": [f"python 3.{version}"] for version in range(6)}
    error = failure({**packages, "python-3.9-0": []}, problem("ext", "python"))

    assert error.message.splitlines()[1:] == [
        "  - `ext` is requested",
        (
            "    - ext 5, 4, 3 and 3 more need `python 3.5` or `python 3.4` or `python 3.3`"
            " or 3 other ranges, but the channels only have 3.9"
        ),
    ]


def test_many_versions_are_told_as_a_span() -> None:
    packages = {f"ext-{version}-0": [f"python 3.{version}"] for version in range(4)}
    pythons: dict[str, list[str]] = {f"python-3.{version}-0": [] for version in range(6)}
    error = failure({**packages, **pythons}, problem("python >=3.4", "ext"))

    assert error.message.splitlines()[1:] == [
        "  - `python[version='>=3.4']` is requested",
        "  - `ext` is requested",
        (
            "    - ext 3, 2, 1 and 1 more need `python` 3.0 to 3.3"
            " (`python 3.3` or `python 3.2` or `python 3.1` or 1 other range)"
        ),
        (
            "No `python` suits them all: `python[version='>=3.4']` takes 3.5 and 3.4,"
            " ext takes 3.0 to 3.3."
        ),
    ]


def test_versions_with_gaps_are_listed() -> None:
    packages = {f"ext-{version}-0": [f"python 3.{version}"] for version in (0, 2, 3, 5)}
    pythons: dict[str, list[str]] = {f"python-3.{version}-0": [] for version in range(7)}
    error = failure({**packages, **pythons}, problem("python 3.6", "ext"))

    assert "ext takes 3.5, 3.3, 3.2 and 1 more" in error.message


def test_requests_come_in_their_order_with_who_asked() -> None:
    packages: dict[str, list[str]] = {"lib-1-0": [], "lib-2-0": []}
    pins = requirements("lib <2", origin=Origin.PIN)
    error = failure(packages, problem("lib >=2", constraints=pins))

    assert error.message.splitlines()[1:] == [
        "  - `lib[version='>=2']` is requested",
        "  - `lib[version='<2']` is pinned",
        "No `lib` suits them all: `lib[version='>=2']` takes 2, `lib[version='<2']` takes 1.",
    ]


def test_constraints_of_packages_are_told() -> None:
    packages = [
        record("app", constrains=("lib <2",)),
        record("app", "2", constrains=("lib <2",)),
        record("lib", "2"),
        record("lib", "1", depends=["gone"]),
    ]

    assert failure(packages, problem("app", "lib")).message.splitlines()[1:] == [
        "  - `app` is requested",
        "    - app 2 and 1.0 only go with `lib <2`",
        "      - lib 1 needs `gone`, but there is no such package in the channels",
        "  - `lib` is requested",
    ]


def test_what_the_machine_has_is_told() -> None:
    glibc = record("__glibc", "2.17")
    packages = [
        record("lib", "2", depends=["__glibc >=2", "deep"]),
        record("deep", depends=["__glibc >=3"]),
    ]
    error = failure(packages, problem("lib", virtual_packages=(glibc,)))
    assert error.message.splitlines()[1:] == [
        "  - `lib` is requested",
        "    - lib 2 needs `deep`",
        "      - deep 1.0 needs `__glibc >=3`, but this machine has 2.17",
    ]


def test_a_package_for_other_machines() -> None:
    glibc = record("__glibc", "2.17")
    packages = [record("app", constrains=("__glibc <2",))]
    error = failure(packages, problem("app", virtual_packages=(glibc,)))

    assert error.message.splitlines()[1:] == [
        "  - `app` is requested",
        "    - app 1.0 only goes with `__glibc <2`, but this machine has 2.17",
    ]


def test_a_cycle_is_shown_once() -> None:
    packages = {"one-1-0": ["two"], "two-1-0": ["one", "gone"], "gone-2-0": ["never"]}
    error = failure(packages, problem("two", "one"))

    assert error.message.count("needs `never`") == 1


@pytest.mark.parametrize(
    ("need", "sentence"),
    [
        (Need(kind=ReasonKind.LOCKED, target="a", spec="a-1-0"), "is installed and is to stay"),
        (Need(kind=ReasonKind.FORBIDDEN, target="a", spec="a"), "`a` is not allowed here"),
        (
            Need(kind=ReasonKind.PRIORITY, target="a"),
            "`a` is only taken from the first channel that has it",
        ),
        (
            Need(
                kind=ReasonKind.ROOT,
                target="a",
                spec="a",
                origin=Origin.HISTORY,
                allowed=("a-1-0",),
                available=("1",),
            ),
            "`a` was requested earlier",
        ),
    ],
)
def test_each_kind_of_fact_has_a_sentence(need: Need, sentence: str) -> None:
    assert sentence in explanation(Conflict(needs=(need,)))


def test_an_explanation_that_was_not_reduced_says_so() -> None:
    loose = Need(
        kind=ReasonKind.DEPENDS, target="b", spec="b", source="a", users=("a-1-0",), allowed=("b",)
    )
    text = explanation(Conflict(needs=(loose,), minimal=False))

    assert text.splitlines()[1:] == [
        "  - a 1 needs `b`",
        "Not all of this need be part of the conflict: time ran out while reducing it.",
    ]


def test_chains_go_through_each_name_once() -> None:
    def need(source: str, target: str) -> Need:
        return Need(kind=ReasonKind.DEPENDS, target=target, spec=target, source=source)

    root = Need(kind=ReasonKind.ROOT, target="a", spec="a")
    bare = Need(kind=ReasonKind.PRIORITY, target="a")
    conflict = Conflict(needs=(root, bare, need("a", "b"), need("b", "a"), need("b", "c")))

    assert chains(conflict) == [["a", "b", "a"], ["a", "b", "c"]]


def test_packages_that_all_need_each_other_have_no_end_of_chains() -> None:
    names = [f"p{number}" for number in range(30)]
    root = Need(kind=ReasonKind.ROOT, target="p0", spec="p0")
    needs = [
        Need(kind=ReasonKind.CONSTRAINS, target=target, spec=target, source=source)
        for source in names
        for target in names
        if source != target
    ]
    found = chains(Conflict(needs=(root, *needs)))

    assert len(found) == 100
    assert found[0][:3] == ["p0", "p1", "p0"]
    assert len(explanation(Conflict(needs=(root, *needs))).splitlines()) < 2_000


def test_a_locked_package_takes_part() -> None:
    locked = {"lib": installed("lib", "1")}
    error = failure({"lib-2-0": []}, problem("lib >=2", locked=locked))

    assert error.message.splitlines()[1:] == [
        "  - `lib[version='>=2']` is requested",
        "  - `lib-1-0` is installed and is to stay",
        "No `lib` suits them all: `lib[version='>=2']` takes 2, `lib-1-0` takes 1.",
    ]
