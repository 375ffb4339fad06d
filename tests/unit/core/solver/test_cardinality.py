"""At most so many of several literals: all assignments, with few and with many literals."""

from itertools import count, product

import pytest

from conda_clone.core.solver.cardinality import at_most, at_most_one
from conda_clone.core.solver.sat import PycosatEngine


@pytest.mark.parametrize("size", [1, 2, 6, 7, 9])
def test_exactly_the_assignments_with_at_most_one_true_are_possible(size: int) -> None:
    literals = list(range(1, size + 1))
    numbers = count(size + 1)
    clauses = list(at_most_one(literals, lambda: next(numbers)))

    for signs in product([1, -1], repeat=size):
        chosen = [[sign * literal] for sign, literal in zip(signs, literals, strict=True)]
        is_possible = PycosatEngine().solve(clauses + chosen) is not None
        assert is_possible == (signs.count(1) <= 1)


@pytest.mark.parametrize("bound", [0, 1, 2, 4, 5])
@pytest.mark.parametrize("size", [0, 1, 3, 5])
def test_exactly_the_assignments_within_a_bound_are_possible(size: int, bound: int) -> None:
    literals = list(range(1, size + 1))
    numbers = count(size + 1)
    clauses = list(at_most(literals, bound, lambda: next(numbers)))

    for signs in product([1, -1], repeat=size):
        chosen = [[sign * literal] for sign, literal in zip(signs, literals, strict=True)]
        is_possible = PycosatEngine().solve(clauses + chosen) is not None
        assert is_possible == (signs.count(1) <= bound)


def test_many_literals_take_a_number_of_clauses_that_grows_with_them_only() -> None:
    numbers = count(1001)

    assert len(list(at_most_one(range(1, 1001), lambda: next(numbers)))) == 2996
