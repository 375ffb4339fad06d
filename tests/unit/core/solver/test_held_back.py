"""What keeps packages from their newest: one scenario for each kind of hold."""

from typing import Any

import pytest

from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.held_back import HeldBack, Hold, HoldKind, held_back
from conda_clone.core.solver.problem import Origin, Problem, Requirement
from conda_clone.models.channel import Channel
from conda_clone.models.match_spec.spec import MatchSpec
from tests.support.records import CONFIG, FakeIndex, installed, record
from tests.support.solver_cases import problem, requirements, universe

LIBS: dict[str, list[str]] = {"lib-1-0": [], "lib-2-0": [], "lib-3-0": []}
HERE, THERE = (Channel.from_text(f"https://channels.test/{name}", CONFIG) for name in "ab")
ORDER = tuple(str(channel.base_url) for channel in (HERE, THERE))


def explained(packages: Any, question: Problem, **fields: Any) -> tuple[HeldBack, ...]:
    index = FakeIndex(packages if isinstance(packages, list) else universe(packages))
    return held_back(question, index, solve(question, index).records, **fields)


def holds(packages: Any, question: Problem, name: str = "lib") -> tuple[Hold, ...]:
    found = {each.record.name: each for each in explained(packages, question)}
    return found[name].holds


def test_what_is_at_its_newest_is_not_talked_about() -> None:
    assert explained({**LIBS, "app-1-0": ["lib"]}, problem("app", "lib")) == ()


def test_a_request_holds() -> None:
    [found] = explained(LIBS, problem("lib <3"))

    assert (found.record.version, found.newest) == ("2", "3")
    assert found.holds == (
        Hold(kind=HoldKind.WISH, spec="lib[version='<3']", origin=Origin.REQUESTED),
    )


def test_a_pin_holds() -> None:
    pins = requirements("lib <2", origin=Origin.PIN)

    assert holds(LIBS, problem("lib", constraints=pins)) == (
        Hold(kind=HoldKind.PIN, spec="lib[version='<2']", origin=Origin.PIN),
    )


def test_a_limit_that_is_no_pin_is_a_wish() -> None:
    kept = requirements("lib 1.*", origin=Origin.INSTALLED)

    assert [each.kind for each in holds(LIBS, problem("lib", constraints=kept))] == [HoldKind.WISH]


def test_what_is_forbidden_holds() -> None:
    forbidden = requirements("lib 3", origin=Origin.CONFIGURATION)

    assert holds(LIBS, problem("lib", forbidden=forbidden)) == (
        Hold(kind=HoldKind.FORBIDDEN, spec="lib==3", origin=Origin.CONFIGURATION),
    )


@pytest.mark.parametrize("how", ["locked", "favoured"])
def test_what_is_installed_holds(how: str) -> None:
    kept = {"lib": installed("lib", "2")}

    assert holds(LIBS, problem("lib", **{how: kept})) == (Hold(kind=HoldKind.INSTALLED),)


def test_a_channel_that_comes_first_holds() -> None:
    packages = [record("lib", "1", channel=HERE), record("lib", "2", channel=THERE)]

    assert holds(packages, problem("lib", channel_order=ORDER)) == (
        Hold(kind=HoldKind.PRIORITY, by=THERE.canonical_name),
    )


@pytest.mark.parametrize("strategy", ["lowest", "lowest-direct"])
def test_the_strategy_holds(strategy: str) -> None:
    assert holds(LIBS, problem("lib", strategy=strategy)) == (
        Hold(kind=HoldKind.STRATEGY, spec=strategy),
    )


def test_features_hold() -> None:
    packages = [record("lib", "1"), record("lib", "2", track_features=("debug",))]

    assert holds(packages, problem("lib")) == (Hold(kind=HoldKind.FEATURES, spec="debug"),)


def test_a_package_of_the_solution_holds() -> None:
    packages = {**LIBS, "app-1-0": ["lib <2"]}

    assert holds(packages, problem("app")) == (
        Hold(kind=HoldKind.NEEDED_BY, spec="lib <2", by="app", version="1"),
    )


def test_a_constraint_of_a_package_holds() -> None:
    packages = [record("app", constrains=("lib <2",)), record("lib", "1"), record("lib", "2")]

    assert [each.kind for each in holds(packages, problem("app", "lib"))] == [HoldKind.NEEDED_BY]


def test_the_requirement_behind_a_package_that_holds_is_named() -> None:
    packages = {**LIBS, "app-1-0": ["lib <2"], "app-2-0": ["lib 3"]}

    assert holds(packages, problem("app=1")) == (
        Hold(kind=HoldKind.NEEDED_BY, spec="lib <2", by="app", version="1", because="app=1"),
    )


def test_a_need_of_the_newer_version_holds() -> None:
    packages = {**LIBS, "app-1-0": ["lib"], "app-2-0": ["lib 3"]}

    assert holds(packages, problem("lib=2", "app"), "app") == (
        Hold(kind=HoldKind.NEEDS, spec="lib 3", by="lib", version="2", because="lib=2"),
    )


def test_a_constraint_of_the_newer_version_holds() -> None:
    packages = [
        record("app", "1"),
        record("app", "2", constrains=("lib <2", "unknown <2", "==")),
        record("lib", "2"),
    ]

    assert holds(packages, problem("lib", "app"), "app") == (
        Hold(kind=HoldKind.NEEDS, spec="lib <2", by="lib", version="2"),
    )


def test_the_machine_holds() -> None:
    glibc = record("__glibc", "2.17")
    packages = {"app-1-0": [], "app-2-0": ["__glibc >=2.28", "__cuda"]}

    assert holds(packages, problem("app", virtual_packages=(glibc,)), "app") == (
        Hold(kind=HoldKind.MACHINE, spec="__glibc >=2.28", by="__glibc", version="2.17"),
        Hold(kind=HoldKind.MACHINE, spec="__cuda", by="__cuda"),
    )


def test_a_dependency_that_nobody_has_holds() -> None:
    packages = {"app-1-0": [], "app-2-0": ["gone >=1"]}

    assert holds(packages, problem("app"), "app") == (
        Hold(kind=HoldKind.MISSING, spec="gone >=1", by="gone"),
    )


def test_of_several_builds_the_one_with_least_in_its_way_tells() -> None:
    packages = {
        "python-3.12-0": [],
        "python-3.13-0": [],
        "ext-1-py312_0": ["python 3.12"],
        "ext-2-py313_0": ["python 3.13", "lib 3"],
        "ext-2-py312_0": ["python 3.12", "lib 3"],
        **LIBS,
    }

    assert holds(packages, problem("python=3.12", "lib=1", "ext"), "ext") == (
        Hold(kind=HoldKind.NEEDS, spec="lib 3", by="lib", version="1", because="lib=1"),
    )


def test_a_package_with_another_build_does_not_hold_by_itself() -> None:
    packages = {
        "python-3.12-0": [],
        "python-3.13-0": [],
        "ext-1-py312_0": ["python 3.12"],
        "ext-1-py313_0": ["python 3.13"],
        "old-1-0": ["python 3.12"],
    }

    found = holds(packages, problem("ext", "old"), "python")

    assert [each.by for each in found] == ["old"]


def test_what_would_become_older_holds() -> None:
    packages = {
        "app-2-0": ["lib 1"],
        "app-1-0": ["lib 1"],
        "lib-1-0": [],
        "tool-2-0": ["shared 1"],
        "tool-1-0": ["shared 2"],
        "shared-1-0": [],
        "shared-2-0": [],
    }

    assert holds(packages, problem("tool", "shared"), "shared") == (
        Hold(kind=HoldKind.NEEDED_BY, spec="shared 1", by="tool", version="2"),
    )


def test_a_trade_that_only_another_solve_shows() -> None:
    packages = {
        "app-2-0": ["deep"],
        "app-1-0": [],
        "deep-1-0": ["base 1"],
        "lib-1-0": [],
        "lib-2-0": ["other"],
        "other-1-0": ["base 2"],
        "base-1-0": [],
        "base-2-0": [],
    }
    question = problem("app", "lib")

    assert holds(packages, question) == (
        Hold(kind=HoldKind.OLDER, by="app", version="2", instead="1"),
    )
    older = explained(packages, question, clock=iter([0.0, 100.0, 100.0]).__next__)
    assert [each.holds for each in older if each.record.name == "lib"] == [
        (Hold(kind=HoldKind.OTHER),)
    ]


def test_what_is_impossible_together_names_the_wish() -> None:
    packages = {
        "app-1-0": ["deep"],
        "deep-1-0": ["base 1"],
        "lib-1-0": [],
        "lib-2-0": ["other"],
        "other-1-0": ["base 2"],
        "base-1-0": [],
        "base-2-0": [],
    }

    assert holds(packages, problem("app", "lib")) == (
        Hold(kind=HoldKind.IMPOSSIBLE, spec="app", origin=Origin.REQUESTED),
    )


def test_what_is_impossible_by_itself_names_nobody() -> None:
    packages = {"lib-1-0": [], "lib-2-0": ["x"], "x-1-0": ["y"], "y-1-0": ["gone"]}

    assert holds(packages, problem("lib")) == (Hold(kind=HoldKind.IMPOSSIBLE),)


def test_a_version_that_is_none_is_left_out() -> None:
    packages = [record("lib", "1"), record("lib", "not a version")]

    assert explained(packages, problem("lib")) == ()


def test_a_wish_of_the_past_is_told_with_its_origin() -> None:
    past = Requirement(MatchSpec("lib=1"), Origin.HISTORY)
    question = problem("app")
    question = Problem(roots=(*question.roots, past), channel_order=question.channel_order)

    assert holds({**LIBS, "app-1-0": ["lib"]}, question) == (
        Hold(kind=HoldKind.WISH, spec="lib=1", origin=Origin.HISTORY),
    )
