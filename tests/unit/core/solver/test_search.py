"""Hard problems: those that propagation alone does not see through, by search and by engine."""

from random import Random

import pytest

from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.pool import Pool
from conda_clone.core.solver.problem import Problem
from conda_clone.core.solver.search import Search
from conda_clone.models.records import PackageRecord
from tests.support.records import FakeIndex, record
from tests.support.solution_checker import faults
from tests.support.solver_cases import problem, texts, universe

BY_SEARCH = 10**6
BY_ENGINE = 0


def different(names: list[str], values: int, *, start: int = 1) -> list[PackageRecord]:
    """Return packages of which no two may have the same version."""
    return [
        record(
            name,
            str(value),
            constrains=tuple(f"{other} !={value}" for other in names if other != name),
        )
        for name in names
        for value in range(start, start + values)
    ]


@pytest.mark.parametrize("patience", [BY_SEARCH, BY_ENGINE, 1, 3])
def test_more_names_than_values_have_no_solution(patience: int) -> None:
    names = ["p", "q", "r", "s", "t"]
    with pytest.raises(UnsatisfiableError) as caught:
        solve(problem(*names), FakeIndex(different(names, 4)), patience=patience)

    assert caught.value.conflict.minimal
    assert {need.spec for need in caught.value.conflict.needs if not need.source} == set(names)


@pytest.mark.parametrize("patience", [BY_SEARCH, BY_ENGINE, 1, 3])
def test_a_version_that_needs_the_impossible_deep_down_is_given_up(patience: int) -> None:
    names = ["p", "q", "r"]
    packages = [
        record("app", "2", depends=["hub"]),
        record("app", "1"),
        record("hub", depends=names),
        *different(names, 2),
    ]
    result = solve(problem("app"), FakeIndex(packages), patience=patience)

    assert texts(result) == ["app-1-0"]


@pytest.mark.parametrize("patience", [BY_SEARCH, BY_ENGINE, 1, 3])
def test_as_many_names_as_values_are_all_told_apart_first_come_first_served(patience: int) -> None:
    names = ["p", "q", "r", "s"]
    result = solve(problem(*names), FakeIndex(different(names, 4)), patience=patience)

    assert {each.name: each.version for each in result.records} == {
        "p": "4",
        "q": "3",
        "r": "2",
        "s": "1",
    }


def tangle(seed: int) -> list[PackageRecord]:
    """Return packages that need each other in random ranges."""
    random = Random(seed)
    records = []
    for name in range(14):
        for version in range(1, 6):
            targets = random.sample([each for each in range(14) if each != name], 3)
            depends = [
                f"p{each} {random.choice(['>=', '<=', '!='])}{random.randint(1, 5)}"
                for each in targets
            ]
            constrains = [f"p{random.randrange(14)} !={random.randint(1, 5)}"]
            records.append(record(f"p{name}", str(version), depends=depends, constrains=constrains))
    return records


@pytest.mark.parametrize("seed", range(12))
def test_tangles_have_the_same_answer_by_search_and_by_engine(seed: int) -> None:
    packages = tangle(seed)
    question = problem("p0", "p1 <4", "p2", "p3 >1")
    answers: list[list[str] | None] = []
    for patience in (BY_SEARCH, BY_ENGINE, 2):
        try:
            result = solve(question, FakeIndex(packages), patience=patience)
        except UnsatisfiableError:
            answers.append(None)
        else:
            assert faults(question, result.records) == []
            answers.append(texts(result))

    assert answers[0] == answers[1] == answers[2]


def test_learning_from_no_dead_end_is_a_mistake() -> None:
    search = Search(Pool(Problem(), FakeIndex([])))

    assert search.propagate()
    with pytest.raises(AssertionError):
        search.resolve()


def test_jumping_to_where_one_is_changes_nothing() -> None:
    search = Search(Pool(Problem(), FakeIndex(universe({"a-1-0": [], "a-2-0": []}))))
    name = search.reach("a")
    search.decide(name, 0b01)
    search.jump_back(1)

    assert search.domains == [0b01]
    search.jump_back(0)
    assert search.domains == [0b111]
