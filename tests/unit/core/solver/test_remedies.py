"""Remedies: whatever is told has a solution; nothing that helps alone is missed."""

from typing import Any

import pytest

from conda_clone.core.solver.conflict import Conflict, Remedy, RemedyKind
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import Origin, Problem, Requirement
from conda_clone.core.solver.remedies import with_remedies
from conda_clone.models.channel import Channel
from conda_clone.models.match_spec.spec import MatchSpec
from tests.support.records import CONFIG, FakeIndex, record
from tests.support.solver_cases import problem, requirements, universe

PYTHONS: dict[str, list[str]] = {f"python-3.{minor}-0": [] for minor in range(8, 14)}


def explained(packages: Any, question: Problem, **fields: Any) -> Conflict:
    index = FakeIndex(packages if isinstance(packages, list) else universe(packages))
    with pytest.raises(UnsatisfiableError) as caught:
        solve(question, index)
    return with_remedies(caught.value.conflict, question, index, **fields)


def remedies(packages: Any, question: Problem) -> list[tuple[Any, ...]]:
    """Return kind, spec, nearest and newest version of each remedy."""
    conflict = explained(packages, question)
    assert conflict.remedies is not None
    return [(each.kind, each.spec, each.nearest, each.newest) for each in conflict.remedies]


def test_a_version_gives_way_to_the_nearest_below() -> None:
    packages = {**PYTHONS, "tool-1-0": ["python <3.11"], "other-1-0": []}

    assert remedies(packages, problem("other", "python=3.12", "tool")) == [
        (RemedyKind.LOOSEN, "python=3.12", "3.10", "3.10"),
        (RemedyKind.LEAVE_OUT, "tool", "", ""),
    ]


def test_a_version_gives_way_to_the_nearest_above() -> None:
    packages = {**PYTHONS, "tool-1-0": ["python >=3.10"]}

    assert remedies(packages, problem("python=3.8", "tool"))[0] == (
        RemedyKind.LOOSEN,
        "python=3.8",
        "3.10",
        "3.13",
    )


def test_the_next_version_above_needs_no_search() -> None:
    packages = {"lib-1-0": [], "lib-2-0": [], "tool-1-0": ["lib 2"]}

    assert remedies(packages, problem("lib=1", "tool"))[0] == (
        RemedyKind.LOOSEN,
        "lib=1",
        "2",
        "2",
    )


@pytest.mark.parametrize(
    ("spec", "nearest"), [("lib <3", "3"), ("lib ==4.5", "5"), ("lib >=8", "5"), ("lib=4", "5")]
)
def test_what_does_not_exist_has_a_nearest_version(spec: str, nearest: str) -> None:
    packages: dict[str, list[str]] = {"lib-3-0": [], "lib-5-0": []}

    found = remedies(packages, problem(spec))

    assert [(kind, each) for kind, _, each, _ in found] == [(RemedyKind.LOOSEN, nearest)]


def test_a_build_gives_way_too() -> None:
    packages = {"lib-1-a_0": [], "tool-1-0": ["lib=1=a_0"], "lib-1-b_1": []}

    assert remedies(packages, problem("lib=1=b_1", "tool"))[0] == (
        RemedyKind.LOOSEN,
        "lib==1=b_1",
        "1",
        "1",
    )


def test_what_cannot_be_had_at_all_is_left_out() -> None:
    packages = {"app-1-0": ["gone"], "lib-1-0": []}

    assert remedies(packages, problem("lib", "app")) == [(RemedyKind.LEAVE_OUT, "app", "", "")]
    assert remedies(packages, problem("app")) == []


def test_a_channel_stays_when_a_version_gives_way() -> None:
    here, there = (Channel.from_text(f"https://channels.test/{name}", CONFIG) for name in "ab")
    packages = [record("lib", "1", channel=there), record("lib", "2", channel=here)]
    order = tuple(str(channel.base_url) for channel in (here, there))
    question = problem("https://channels.test/b::lib=2", channel_order=order)

    assert [nearest for _, _, nearest, _ in remedies(packages, question)] == ["1"]
    only = problem("https://channels.test/c::lib", channel_order=order)
    assert remedies(packages, only) == []


def test_a_pin_gives_way() -> None:
    packages: dict[str, list[str]] = {"lib-1-0": [], "lib-2-0": []}
    pins = requirements("lib <2", origin=Origin.PIN)

    assert remedies(packages, problem("lib >=2", constraints=pins)) == [
        (RemedyKind.LOOSEN, "lib[version='>=2']", "1", "1"),
        (RemedyKind.UNPIN, "lib[version='<2']", "", "2"),
    ]


def test_a_wish_of_the_past_gives_way() -> None:
    packages = {"app-2-0": ["lib 2"], "lib-1-0": [], "lib-2-0": []}
    past = Requirement(MatchSpec("lib=1"), Origin.HISTORY)
    question = problem("app")
    question = Problem(roots=(*question.roots, past), channel_order=question.channel_order)

    conflict = explained(packages, question)

    assert conflict.remedies == (
        Remedy(
            kind=RemedyKind.LOOSEN,
            spec="lib=1",
            name="lib",
            origin=Origin.HISTORY,
            nearest="2",
            newest="2",
        ),
        # Leaving out `app`, the only thing that was asked for, would be no help.
        Remedy(kind=RemedyKind.APART, spec="app", origin=Origin.REQUESTED),
    )


def test_one_of_several_wishes_may_be_left_out_beside_an_environment_of_their_own() -> None:
    packages = {"app-2-0": ["lib 2"], "lib-1-0": [], "lib-2-0": [], "other-1-0": []}
    past = Requirement(MatchSpec("lib=1"), Origin.HISTORY)
    question = problem("app", "other")
    question = Problem(roots=(*question.roots, past), channel_order=question.channel_order)

    assert remedies(packages, question) == [
        (RemedyKind.LEAVE_OUT, "app", "", ""),
        (RemedyKind.LOOSEN, "lib=1", "2", "2"),
        (RemedyKind.APART, "app other", "", ""),
    ]


def test_what_nobody_can_have_is_no_environment_of_its_own_either() -> None:
    packages = {"app-2-0": ["lib 2"], "lib-1-0": []}
    past = Requirement(MatchSpec("lib=1"), Origin.HISTORY)
    question = Problem(roots=(*problem("app").roots, past))

    assert RemedyKind.APART not in [kind for kind, *_ in remedies(packages, question)]


def test_a_forbidden_package_is_allowed() -> None:
    packages = {"app-1-0": ["lib"], "lib-1-0": []}
    forbidden = requirements("lib", origin=Origin.CONFIGURATION)

    assert (RemedyKind.ALLOW, "lib", "", "1") in remedies(
        packages, problem("app", forbidden=forbidden)
    )


def test_strict_priority_becomes_flexible() -> None:
    here, there = (Channel.from_text(f"https://channels.test/{name}", CONFIG) for name in "ab")
    packages = [
        record("app", depends=["lib >=2"], channel=here),
        record("lib", "1", channel=here),
        record("lib", "2", channel=there),
    ]
    order = tuple(str(channel.base_url) for channel in (here, there))

    assert remedies(packages, problem("app", channel_order=order, channel_priority="strict")) == [
        (RemedyKind.FLEXIBLE_PRIORITY, "", "", "")
    ]
    gone = [*packages[:2], record("lib", "1", channel=there)]
    assert remedies(gone, problem("app", channel_order=order, channel_priority="strict")) == []


def test_a_second_conflict_leaves_no_single_remedy() -> None:
    packages = {"a-1-0": ["x 1"], "b-1-0": ["x 2"], "c-1-0": ["gone"], "x-1-0": [], "x-2-0": []}

    conflict = explained(packages, problem("a", "b", "c"))

    assert conflict.remedies == ()
    assert conflict.exhausted


def test_without_time_nothing_is_claimed() -> None:
    times = iter([0.0, 100.0, 100.0])
    conflict = explained(
        {**PYTHONS, "tool-1-0": ["python 3.8"]},
        problem("python=3.9", "tool"),
        clock=lambda: next(times, 100.0),
    )

    assert conflict.remedies == ()
    assert not conflict.exhausted


def test_what_is_locked_may_be_all_that_is_in_the_way() -> None:
    locked = {"lib": record("lib", "1")}

    conflict = explained(
        {"lib-1-0": [], "lib-2-0": [], "app-1-0": ["lib 2"]}, problem("app", locked=locked)
    )

    assert conflict.remedies == (
        Remedy(kind=RemedyKind.APART, spec="app", origin=Origin.REQUESTED),
    )
    assert not conflict.exhausted


def test_a_wish_that_is_made_twice_gives_way_as_one() -> None:
    packages = {**PYTHONS, "tool-1-0": ["python <3.11"]}

    assert remedies(packages, problem("python=3.12", "python=3.12", "tool"))[0] == (
        RemedyKind.LOOSEN,
        "python=3.12",
        "3.10",
        "3.10",
    )


def test_the_newest_is_told_whatever_the_strategy() -> None:
    packages = {**PYTHONS, "tool-1-0": ["python >=3.10"]}

    assert remedies(packages, problem("python=3.8", "tool", strategy="lowest"))[0][2:] == (
        "3.10",
        "3.13",
    )
