"""The walk when time runs out on the way."""

from itertools import count

import pytest

from conda_clone.core.solver.optimise import Walk
from conda_clone.core.solver.pool import Pool
from conda_clone.core.solver.sat import OutOfTimeError, PycosatEngine
from conda_clone.core.solver.search import Search
from conda_clone.core.solver.time_limit import TimeLimit
from tests.support.records import FakeIndex
from tests.support.solution_checker import faults
from tests.support.solver_cases import problem, universe

PACKAGES = {
    "app-1-0": ["left", "right"],
    **{f"left-{n}-0": [f"core {n}"] for n in range(1, 9)},
    **{f"right-{n}-0": [f"core {n}"] for n in range(1, 9)},
    **{f"core-{n}-0": [] for n in range(1, 8)},
}


@pytest.mark.parametrize("patience", [0, 200])
@pytest.mark.parametrize("checks", range(0, 30, 3))
def test_what_was_found_by_then_is_taken(checks: int, patience: int) -> None:
    question = problem("app")
    checked = count()
    limit = TimeLimit(checks, grace=1000, clock=lambda: next(checked), work_clock=lambda: 0)
    walk = Walk(
        Search(Pool(question, FakeIndex(universe(PACKAGES)))),
        PycosatEngine(),
        patience=patience,
        limit=limit,
    )

    assert walk.run() is None
    records = walk.chosen()
    assert sorted(each.name for each in records) == ["app", "core", "left", "right"]
    assert [each for each in faults(question, records) if "comes before" not in each] == []


def walk_without_grace(checks: int, patience: int) -> Walk:
    checked = count()
    return Walk(
        Search(Pool(problem("app"), FakeIndex(universe(PACKAGES)))),
        PycosatEngine(),
        patience=patience,
        limit=TimeLimit(checks, grace=0, clock=lambda: next(checked), work_clock=lambda: 0),
    )


@pytest.mark.parametrize("patience", [0, 200])
@pytest.mark.parametrize("checks", range(0, 6, 3))
def test_without_a_solution_by_the_end_of_the_grace_period_there_is_none(
    checks: int, patience: int
) -> None:
    with pytest.raises(OutOfTimeError):
        walk_without_grace(checks, patience).run()


@pytest.mark.parametrize("checks", range(14, 17))
def test_what_the_engine_has_found_by_then_is_taken(checks: int) -> None:
    walk = walk_without_grace(checks, 0)

    assert walk.run() is None
    assert sorted(each.name for each in walk.chosen()) == ["app", "core", "left", "right"]
    assert not walk.is_optimal
