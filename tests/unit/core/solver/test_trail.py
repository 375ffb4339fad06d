"""The trail tells what holds, since when, and why; and takes back what it was told."""

import pytest

from conda_clone.core.solver.learning import facts_behind, learn
from conda_clone.core.solver.reasons import Reason, ReasonKind
from conda_clone.core.solver.trail import AT_START, Learnt, Trail

FIRST = Reason(ReasonKind.DEPENDS, 1, 0b0011, source=0, users=0b0001, text="first")
SECOND = Reason(ReasonKind.DEPENDS, 2, 0b0001, source=1, users=0b0011, text="second")


@pytest.fixture
def trail() -> Trail:
    """Three names; the first is decided, which forces the others in turn."""
    made = Trail()
    for _ in range(3):
        made.add(0b1111, 0b0111)
    made.open_level()
    made.narrow(0, 0b0001, (), ())
    made.narrow(1, 0b0011, ((0, 0b0001),), (FIRST,))
    made.narrow(2, 0b0001, ((1, 0b0011),), (SECOND,))
    return made


def test_domains_are_narrowed_and_restored(trail: Trail) -> None:
    assert trail.domains == [0b0001, 0b0011, 0b0001]
    trail.jump_back(0)

    assert (trail.domains, trail.length, trail.level) == ([0b0111] * 3, 0, 0)


def test_a_term_holds_since_its_entry(trail: Trail) -> None:
    assert trail.position((0, 0b0111)) == AT_START
    assert [trail.position((1, 0b0011)), trail.position((2, 0b0101))] == [1, 2]
    assert [trail.level_of(AT_START), trail.level_of(2)] == [0, 1]
    assert trail.decisions() == [(0, 0b0001)]


def test_a_term_that_does_not_hold_has_no_position(trail: Trail) -> None:
    with pytest.raises(AssertionError):
        trail.position((1, 0b0001))


def test_unfolding_gives_what_forced_a_term(trail: Trail) -> None:
    assert trail.unfold((1, 0b1011), 1) == ((0, 0b0001),)
    # The term leaves out what the entry allowed, so a weaker term of the same name is needed too.
    assert trail.unfold((1, 0b0001), 1) == ((0, 0b0001), (1, 0b1101))


def test_terms_of_one_name_are_merged(trail: Trail) -> None:
    assert trail.merge([(0, 0b0111), (1, 0b0001), (0, 0b0011)]) == {0: 0b0011, 1: 0b0001}


def test_a_dead_end_teaches_what_the_decision_may_not_be(trail: Trail) -> None:
    dead = Reason(ReasonKind.CONSTRAINS, 2, 0b1110, source=1, users=0b0011)
    lesson = learn(trail, ((1, 0b0011), (2, 0b0001)), (dead,))

    assert lesson.assertion == (1, 0b0011)
    assert lesson.level == 0
    assert lesson.learnt.terms == ((1, 0b0011),)
    assert set(lesson.learnt.causes) == {dead, SECOND}


def test_a_dead_end_without_decisions_is_a_proof() -> None:
    made = Trail()
    for _ in range(2):
        made.add(0b11, 0b01)
    made.narrow(0, 0b01, (), ())
    lesson = learn(made, ((0, 0b01), (1, 0b01)), (FIRST,))

    assert (lesson.assertion, lesson.learnt.terms) == (None, ())
    assert facts_behind(made, lesson.learnt) == ([FIRST], [1, 0])


def test_a_proof_goes_through_what_was_learnt_and_what_holds_without_decisions() -> None:
    made = Trail()
    for _ in range(3):
        made.add(0b1111, 0b0111)
    made.narrow(1, 0b0011, ((0, 0b0111),), (FIRST,))
    made.narrow(2, 0b0001, ((1, 0b0011),), (SECOND,))
    inner = Learnt((), ((2, 0b0001), (2, 0b0001)), (SECOND,))
    proof = Learnt((), ((1, 0b0011),), (inner, inner))
    facts, limited = facts_behind(made, proof)

    assert (set(facts), limited) == ({FIRST, SECOND}, [0])
