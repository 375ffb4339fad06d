"""Names and facts as clauses: their models are exactly the choices that are allowed."""

from itertools import product

from conda_clone.core.solver.clauses import ClauseStore
from conda_clone.core.solver.reasons import Reason, ReasonKind
from conda_clone.core.solver.sat import PycosatEngine

# Two names of two candidates each; bit 2 is absence.
EVERY = 0b111


def possible(store: ClauseStore, reasons: list[Reason]) -> set[tuple[int, int]]:
    found = set()
    for first, second in product((1, 2, 4), repeat=2):
        clauses = [*store.clauses(reasons), store.require(0, first), store.require(1, second)]
        model = PycosatEngine().solve(clauses)
        if model is not None:
            assert store.meaning(model) == {0: first, 1: second}
            found.add((first, second))
    return found


def test_each_name_takes_exactly_one_of_what_it_can() -> None:
    store = ClauseStore({0: EVERY, 1: 0b101})

    assert possible(store, []) == {(a, b) for a in (1, 2, 4) for b in (1, 4)}


def test_a_fact_without_a_condition_binds_its_name() -> None:
    store = ClauseStore({0: EVERY, 1: 0b100})
    store.add(root := Reason(ReasonKind.ROOT, 0, 0b011))

    assert possible(store, [root]) == {(1, 4), (2, 4)}
    assert possible(store, []) == {(1, 4), (2, 4), (4, 4)}


def test_a_fact_of_one_or_several_users_binds_its_target() -> None:
    for users in (0b001, 0b011):
        store = ClauseStore({0: EVERY, 1: EVERY})
        store.add(fact := Reason(ReasonKind.DEPENDS, 1, 0b010, source=0, users=users))

        assert possible(store, [fact]) == {
            (a, b) for a in (1, 2, 4) for b in (1, 2, 4) if not a & users or b == 2
        }


def test_a_fact_whose_users_are_out_of_reach_says_nothing() -> None:
    store = ClauseStore({0: 0b100, 1: EVERY})
    store.add(fact := Reason(ReasonKind.DEPENDS, 1, 0, source=0, users=0b011))

    assert store.groups == {}
    assert possible(store, [fact]) == {(4, 1), (4, 2), (4, 4)}
