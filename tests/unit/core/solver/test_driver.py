"""What a problem's parts mean, seen from outside: problem in, answer out."""

import subprocess
import sys
from typing import Any

import pytest

from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import SolveTimeoutError, UnsatisfiableError
from conda_clone.core.solver.problem import Origin, Problem
from conda_clone.models.channel import Channel
from tests.support.records import CHANNEL, CONFIG, FakeIndex, installed, record
from tests.support.solver_cases import (
    answer,
    crowded,
    problem,
    requirements,
    solution,
    texts,
    universe,
)

OTHER = Channel.from_text("https://channels.test/other", CONFIG)
BOTH = (str(CHANNEL.base_url), str(OTHER.base_url))


def test_nothing_asked_is_nothing_installed() -> None:
    assert answer({"a-1-0": []}) == []


def test_the_newest_is_taken_with_all_that_it_needs_dependencies_first() -> None:
    packages = {"app-1-0": ["lib"], "app-2-0": ["lib >=2"], "lib-1-0": [], "lib-2-0": ["base"]}

    assert answer({**packages, "base-1-0": [], "junk-1-0": []}, "app") == [
        "base-1-0",
        "lib-2-0",
        "app-2-0",
    ]


def test_only_names_that_are_reached_are_looked_up() -> None:
    index = FakeIndex([record("a", depends=["b"]), record("b", constrains=("c >=2",)), record("c")])
    solve(problem("a"), index)

    assert index.asked == ["a", "b"]


def test_an_older_one_is_taken_when_the_newest_cannot_be_had() -> None:
    packages = {"app-2-0": ["lib >=3"], "app-1-0": ["lib"], "lib-1-0": [], "lib-2-0": []}

    assert answer(packages, "app") == ["lib-2-0", "app-1-0"]


def test_requested_packages_are_newest_in_the_order_of_the_request() -> None:
    packages = {
        "a-1-0": [],
        "a-2-0": ["base 1"],
        "b-1-0": [],
        "b-2-0": ["base 2"],
        "base-1-0": [],
        "base-2-0": [],
    }

    assert "a-2-0" in answer(packages, "a", "b")
    assert "b-2-0" in answer(packages, "b", "a")


def test_what_most_packages_need_is_newest_before_the_rest() -> None:
    packages = {
        "app-1-0": ["numbers", "tables", "python"],
        "numbers-2-0": ["python 3.11"],
        "numbers-1-0": ["python"],
        "tables-1-0": ["python"],
        "python-3.11-0": [],
        "python-3.12-0": [],
    }

    assert answer(packages, "app") == ["python-3.12-0", "numbers-1-0", "tables-1-0", "app-1-0"]


def test_versions_of_dependencies_come_before_their_build_numbers() -> None:
    packages = {
        "app-1-0": ["lib", "tool"],
        "lib-1-h_1": ["tool 1"],
        "lib-1-h_0": [],
        "tool-1-0": [],
        "tool-2-0": [],
    }

    assert answer(packages, "app") == ["lib-1-h_0", "tool-2-0", "app-1-0"]


def test_builds_for_different_pythons_follow_the_newest_python() -> None:
    packages = [
        record("ext", "1", "py311_0", ["python 3.11"], timestamp=2),
        record("ext", "1", "py312_0", ["python 3.12"], timestamp=1),
        record("python", "3.11"),
        record("python", "3.12"),
    ]

    assert answer(packages, "ext") == ["python-3.12-0", "ext-1-py312_0"]


def test_of_equal_builds_the_one_that_needs_fewer_packages_is_taken() -> None:
    packages = [
        record("app", "1", "a", ["one"]),
        record("app", "1", "b", ["two"]),
        record("one", "1"),
        record("one", "2", depends=["deep"]),
        record("two", "9"),
        record("deep", "1"),
    ]

    assert answer(packages, "app") == ["two-9-0", "app-1-b"]


def test_dead_ends_are_left_by_learning() -> None:
    packages = {
        "app-1-0": ["x", "y", "z"],
        **{f"x-{n}-0": [f"shared {n}"] for n in range(1, 6)},
        **{f"y-{n}-0": [f"shared <={n}", "other"] for n in range(1, 4)},
        "z-1-0": ["other", "shared !=3"],
        "other-2-0": ["shared <3"],
        "other-1-0": ["shared <2"],
        **{f"shared-{n}-0": [] for n in range(1, 6)},
    }

    assert answer(packages, "app") == [
        "shared-2-0",
        "other-2-0",
        "x-2-0",
        "y-3-0",
        "z-1-0",
        "app-1-0",
    ]


def test_packages_may_need_each_other_and_themselves() -> None:
    packages = {"pip-1-0": ["python"], "python-3-0": ["pip"], "me-1-0": ["me", "me <2"]}

    assert sorted(answer(packages, "python", "me")) == ["me-1-0", "pip-1-0", "python-3-0"]


def test_a_package_that_forbids_itself_is_never_taken() -> None:
    packages = {"me-2-0": ["me <2"], "me-1-0": []}

    assert answer(packages, "me") == ["me-1-0"]


def test_broken_dependencies_are_never_satisfied_and_broken_constraints_ignored() -> None:
    packages = [
        record("app", "4", depends=["lib [broken"]),
        record("app", "3", depends=["a/b [broken"]),
        record("app", "2", depends=["lib ==1,,"]),
        record("app", "1", depends=["lib"], constrains=("lib ==1,,", "a/b [broken")),
        record("lib"),
    ]

    assert answer(packages, "app") == ["lib-1.0-0", "app-1-0"]


def test_a_broken_dependency_deep_in_the_walk_is_met_again_after_jumping_back() -> None:
    packages = [
        record("app", depends=["x", "y"]),
        record("x", "2", depends=["y <2"]),
        record("x", "1"),
        record("y", "2", depends=["a/b [broken"]),
        record("y", "1", depends=["z"]),
        record("z", "2", depends=["x <2"]),
        record("z", "1", depends=["x <2"]),
    ]

    assert answer(packages, "app") == ["x-1-0", "z-2-0", "y-1-0", "app-1.0-0"]


def test_constrains_bind_only_what_is_there() -> None:
    packages = [
        record("app", constrains=("lib <2", "absent <2")),
        record("tool", depends=["lib"]),
        record("lib", "1"),
        record("lib", "2"),
    ]

    assert answer(packages, "app") == ["app-1.0-0"]
    assert answer(packages, "app", "tool") == ["app-1.0-0", "lib-1-0", "tool-1.0-0"]
    assert answer(packages, "tool", "app") == ["app-1.0-0", "lib-1-0", "tool-1.0-0"]


# -- virtual packages ------------------------------------------------------------------------------

GLIBC = record("__glibc", "2.17")


@pytest.mark.parametrize(
    ("depends", "is_possible"),
    [(["__glibc"], True), (["__glibc >=2.17,<3"], True), (["__glibc >=2.28"], False)],
)
def test_facts_about_the_machine_satisfy_and_never_are_in_the_answer(
    depends: list[str], is_possible: bool
) -> None:
    packages = [record("app", "2", depends=depends), record("app", "1")]
    expected = ["app-2-0"] if is_possible else ["app-1-0"]

    assert answer(packages, "app", virtual_packages=(GLIBC,)) == expected


def test_an_unknown_virtual_package_is_never_there_whatever_the_channels_have() -> None:
    packages = [record("app", depends=["__cuda"]), record("__cuda", "12")]

    with pytest.raises(UnsatisfiableError, match="which this machine does not have"):
        answer(packages, "app", virtual_packages=(GLIBC,))


def test_a_package_may_exclude_a_kind_of_machine() -> None:
    packages = [record("app", "2", constrains=("__glibc >=3",)), record("app", "1")]

    assert answer(packages, "app", virtual_packages=(GLIBC,)) == ["app-1-0"]
    assert answer(packages, "app") == ["app-2-0"]


def test_the_user_may_require_a_virtual_package() -> None:
    assert answer([record("app")], "__glibc", "app", virtual_packages=(GLIBC,)) == ["app-1.0-0"]


# -- channels --------------------------------------------------------------------------------------

FAR_NEW = record("lib", "2", channel=OTHER)
NEAR_OLD = record("lib", "1")


@pytest.mark.parametrize(
    ("priority", "expected"),
    [("strict", "lib-1-0"), ("flexible", "lib-1-0"), ("disabled", "lib-2-0")],
)
def test_priority_decides_between_channels(priority: str, expected: str) -> None:
    fields: dict[str, Any] = {"channel_order": BOTH, "channel_priority": priority}

    assert answer([FAR_NEW, NEAR_OLD], "lib", **fields) == [expected]


def test_flexible_priority_falls_back_to_lower_channels_and_strict_does_not() -> None:
    fields: dict[str, Any] = {"channel_order": BOTH}
    packages = [FAR_NEW, NEAR_OLD, record("app", depends=["lib >=2"])]

    assert answer(packages, "app", channel_priority="flexible", **fields) == [
        "lib-2-0",
        "app-1.0-0",
    ]
    with pytest.raises(UnsatisfiableError, match="only taken from the first channel"):
        answer(packages, "app", channel_priority="strict", **fields)


def test_a_root_with_a_channel_is_taken_from_there_even_under_strict_priority() -> None:
    fields: dict[str, Any] = {"channel_order": BOTH, "channel_priority": "strict"}
    found = solution(
        [FAR_NEW, NEAR_OLD], problem("https://channels.test/other::lib", **fields)
    ).records

    assert found == (FAR_NEW,)


def test_a_channel_that_is_not_listed_ranks_last() -> None:
    assert answer([FAR_NEW, NEAR_OLD], "lib", channel_priority="flexible") == ["lib-1-0"]


# -- what is installed -----------------------------------------------------------------------------

PACKAGES = {
    "app-1-0": ["lib"],
    "app-2-0": ["lib >=2"],
    "lib-1-0": [],
    "lib-2-0": [],
    "lib-3-0": [],
}


def test_what_is_requested_is_newest_before_anything_else_is_kept() -> None:
    kept = {"lib": installed("lib", "1")}

    assert answer(PACKAGES, "app", favoured=kept) == ["lib-3-0", "app-2-0"]


def test_a_favoured_record_is_kept_before_anything_else_is_newest() -> None:
    kept = {"lib": installed("lib", "1")}

    assert answer(PACKAGES, "app=1", favoured=kept) == ["lib-1-0", "app-1-0"]


def test_a_requested_package_that_is_favoured_is_kept() -> None:
    kept = {"app": installed("app", "1", depends=["lib"])}

    assert answer(PACKAGES, "app", favoured=kept) == ["lib-3-0", "app-1-0"]


def test_a_favoured_record_gives_way_to_roots() -> None:
    kept = {"lib": installed("lib", "1")}

    assert answer(PACKAGES, "app=2", favoured=kept) == ["lib-3-0", "app-2-0"]


def test_what_is_to_be_updated_is_not_kept() -> None:
    kept = {"lib": installed("lib", "1"), "app": installed("app", "1", depends=["lib"])}
    fields: dict[str, Any] = {"favoured": kept, "update_roots": frozenset({"lib"})}

    assert answer(PACKAGES, "lib", "app", **fields) == ["lib-3-0", "app-1-0"]


def test_roots_are_kept_before_other_favoured_records() -> None:
    packages = {"a-1-0": [], "b-1-0": ["a"], "b-2-0": ["a"]}
    kept = {
        "a": installed("a", "1", constrains=("b >=2",)),
        "b": installed("b", "1", depends=["a"]),
    }
    records = [*universe(packages)[1:], record("a", "1", constrains=("b >=2",)), record("a", "0")]

    assert answer(records, "b", favoured=kept) == ["a-0-0", "b-1-0"]


def test_a_favoured_record_that_nobody_needs_is_not_in_the_answer() -> None:
    assert answer(PACKAGES, "lib", favoured={"app": installed("app", "1")}) == ["lib-3-0"]


def test_an_installed_record_is_a_candidate_though_gone_from_the_index() -> None:
    gone = installed("lib", "1.5", depends=["base"])
    fields: dict[str, Any] = {"favoured": {"lib": gone}, "channel_priority": "strict"}

    assert answer({**PACKAGES, "base-1-0": []}, "lib", **fields) == ["base-1-0", "lib-1.5-0"]
    assert answer(PACKAGES, "lib=3", **fields) == ["lib-3-0"]


def test_an_installed_record_of_a_lower_channel_stays_under_strict_priority() -> None:
    fields: dict[str, Any] = {
        "channel_order": BOTH,
        "channel_priority": "strict",
        "favoured": {"lib": installed("lib", "2", channel=OTHER)},
    }

    assert answer([FAR_NEW, NEAR_OLD], "lib", **fields) == ["lib-2-0"]


def test_a_locked_name_takes_its_record_or_none() -> None:
    locked = {"lib": installed("lib", "2"), "app": installed("app", "1", depends=["lib"])}

    assert answer(PACKAGES, "lib", locked=locked) == ["lib-2-0"]
    assert answer(PACKAGES, "app", locked=locked) == ["lib-2-0", "app-1-0"]
    with pytest.raises(UnsatisfiableError, match="`app-1-0` is installed and is to stay"):
        answer(PACKAGES, "app=2", locked=locked)


def test_an_installed_record_without_a_valid_version_cannot_be_kept() -> None:
    broken = {"lib": installed("lib", "1..2")}

    assert answer(PACKAGES, "lib", favoured=broken) == ["lib-3-0"]


# -- constraints and bans --------------------------------------------------------------------------


def test_a_pin_binds_only_when_its_name_is_there() -> None:
    pins = requirements("lib <3", "elsewhere <3", origin=Origin.PIN)

    assert answer(PACKAGES, "app", constraints=pins) == ["lib-2-0", "app-2-0"]


def test_a_pin_of_a_pattern_binds_all_names_that_fit() -> None:
    pins = requirements("l*[version='<3']", "x*", origin=Origin.PIN)

    assert answer(PACKAGES, "app", constraints=pins) == ["lib-2-0", "app-2-0"]


def test_a_pattern_that_leaves_no_candidate_keeps_the_name_out() -> None:
    pins = requirements("l*[version='>9']", origin=Origin.PIN)

    with pytest.raises(UnsatisfiableError):
        answer(PACKAGES, "app", constraints=pins)


def test_forbidden_packages_never_enter() -> None:
    banned = requirements("lib 3", "*[license=closed]", "unheard-of")
    packages = [
        *universe(PACKAGES),
        record("lib", "2.5", license="closed"),
    ]

    assert answer(packages, "app", forbidden=banned) == ["lib-2-0", "app-2-0"]
    with pytest.raises(UnsatisfiableError, match="is not allowed here"):
        answer(packages, "lib", forbidden=requirements("lib"))


def test_a_wish_for_a_feature_is_a_preference() -> None:
    packages = [record("lib", "2"), record("lib", "1", features=("fast",))]

    assert answer(packages, "lib", "*[track_features=fast]") == ["lib-1-0"]
    assert answer(packages, "lib>1", "*[track_features=fast]") == ["lib-2-0"]


def test_a_pattern_cannot_be_asked_for() -> None:
    with pytest.raises(UnsatisfiableError, match="no such package"):
        answer(PACKAGES, "li*")


# -- the answer itself -----------------------------------------------------------------------------


def test_objectives_and_counters_are_told() -> None:
    kept = {"lib": installed("lib", "1")}
    result = solution(PACKAGES, problem("app=2", favoured=kept))

    assert dict(result.objective_values) == {
        "requested versions": 0,
        "kept": 1,
        "requested builds": 0,
        "dependencies": 0,
        "packages": 2,
        "ties": 0,
    }
    assert (result.statistics["names"], result.statistics["candidates"]) == (2, 5)
    assert result.optimal


def test_objective_values_count_what_would_be_better() -> None:
    packages = [
        record("lib", "2", "h_1", build_number=1),
        record("lib", "2", "a_0", timestamp=2),
        record("lib", "2", "b_0", timestamp=1),
        record("lib", "3"),
    ]
    packages += [record("app", depends=["lib 2 b_0"])]

    def costs(*roots: str) -> list[int]:
        return list(solution(packages, problem(*roots)).objective_values.values())

    assert costs("lib=2=b_0") == [0, 0, 0, 0, 1, 0]
    assert costs("lib", "app") == [1, 0, 1, 2, 2, 1]
    assert costs("app", "lib=2") == [0, 0, 1, 1, 2, 1]


@pytest.mark.parametrize("patience", [0, 200])
def test_when_time_is_over_what_is_hard_is_given_up_and_the_answer_says_so(patience: int) -> None:
    """That `app 2` is impossible takes minutes to prove; `lib` is newest all the same."""
    packages = [
        *crowded(9),
        record("app", "2", depends=["all"]),
        record("app", "1", depends=["lib"]),
        record("lib", "1"),
        record("lib", "2"),
    ]
    index = FakeIndex(packages)
    result = solve(problem("app", deadline=0.1), index, patience=patience)

    assert texts(result) == ["lib-2-0", "app-1-0"]
    assert not result.optimal


def test_what_is_found_soon_after_the_time_is_over_is_the_best() -> None:
    result = solution(PACKAGES, problem("app", deadline=0))

    assert texts(result) == answer(PACKAGES, "app")
    assert result.optimal


def test_time_does_not_matter_to_who_asks_for_nothing() -> None:
    assert solution({}, problem(deadline=0)).optimal


def test_a_contradiction_is_found_even_when_time_is_over() -> None:
    with pytest.raises(UnsatisfiableError):
        answer({"a-1-0": ["b >1"], "b-1-0": []}, "a", "b", deadline=0)


@pytest.mark.parametrize("patience", [0, 200, 10**9])
def test_without_an_answer_in_time_what_is_known_is_told(patience: int) -> None:
    """Neither the engine nor the search knows within seconds that ten packages need ten places."""
    packages = [
        *crowded(10),
        record("tool", "2", depends=["nothing"]),
        record("tool", "1", depends=["all"]),
    ]

    question = problem("tool", "*[track_features=fast]", deadline=0.1)
    with pytest.raises(SolveTimeoutError, match="`tool` can be 1 at most") as raised:
        solve(question, FakeIndex(packages), patience=patience)

    assert raised.value.newest == {"tool": "1"}
    assert raised.value.to_dict()["newest_possible"] == {"tool": "1"}
    assert "dead ends among" in raised.value.message


def test_enough_time_does_not_change_the_answer() -> None:
    assert solution(PACKAGES, problem("app", deadline=1000)).optimal


def test_the_engine_alone_finds_the_same_answer() -> None:
    index = FakeIndex(universe(PACKAGES))
    result = solve(problem("app", "lib"), index, patience=0)

    assert texts(result) == answer(PACKAGES, "app", "lib")
    assert result.statistics["engine_calls"] > 0


def test_a_record_that_comes_twice_is_one_candidate() -> None:
    result = solution([record("a"), record("a")], problem("a"))

    assert (texts(result), result.statistics["candidates"]) == (["a-1.0-0"], 1)


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_the_hash_seed_does_not_matter(seed: str, request: pytest.FixtureRequest) -> None:
    program = (
        "from tests.support.solver_cases import answer\n"
        "packages = {f'p{n}-{v}-0': [f'p{(n * 7 + k) % 12} <={v + k}' for k in (1, 2, 5)]"
        " for n in range(12) for v in (1, 2, 3)}\n"
        "print(answer(packages, 'p3', 'p0', 'p7'))\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", program],
        cwd=request.config.rootpath,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(request.config.rootpath)},
        capture_output=True,
        text=True,
        check=True,
    )

    packages = {
        f"p{n}-{v}-0": [f"p{(n * 7 + k) % 12} <={v + k}" for k in (1, 2, 5)]
        for n in range(12)
        for v in (1, 2, 3)
    }
    assert outcome.stdout.strip() == str(answer(packages, "p3", "p0", "p7"))


def test_a_problem_is_a_value() -> None:
    assert problem("a") == Problem(roots=requirements("a"), channel_order=(str(CHANNEL.base_url),))
