"""The engine gives a model or says that there is none, unless it has to stop before."""

import os
import signal
from threading import Timer

import pycosat
import pytest

from conda_clone.core.solver.sat import OutOfTimeError, PycosatEngine


def pigeonholes(holes: int) -> list[list[int]]:
    """Return clauses by which one pigeon more than there are holes each has a hole for itself."""
    place = [[pigeon * holes + hole + 1 for hole in range(holes)] for pigeon in range(holes + 1)]
    pairs = [(one, other) for one in range(holes + 1) for other in range(one)]
    alone = [[-place[a][hole], -place[b][hole]] for a, b in pairs for hole in range(holes)]
    return [*place, *alone]


def test_a_model_gives_every_variable_a_sign() -> None:
    engine = PycosatEngine()

    assert engine.solve([[1, 2], [-1], [2, 3], [-3]]) == [-1, 2, -3]
    assert engine.calls == 1


def test_contradictions_have_no_model() -> None:
    assert PycosatEngine().solve([[1], [-1]]) is None
    assert PycosatEngine().solve([[1], []]) is None


def test_nothing_is_asked_of_no_clauses() -> None:
    assert PycosatEngine().solve([]) == []


def test_a_hard_question_is_answered_as_well() -> None:
    clauses = pigeonholes(6)

    assert pycosat.solve(clauses, prop_limit=1000) == "UNKNOWN"
    assert PycosatEngine(quick=100).solve(clauses) is None


def test_a_hard_question_is_given_up_when_time_is_over() -> None:
    with pytest.raises(OutOfTimeError):
        PycosatEngine(lambda: True).solve(pigeonholes(10))


def test_an_easy_question_is_answered_even_then() -> None:
    assert PycosatEngine(lambda: True).solve([[1]]) == [1]


def test_the_user_can_interrupt_a_hard_question() -> None:
    """PicoSAT would take minutes, and hears no signals."""
    Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()

    with pytest.raises(KeyboardInterrupt):
        PycosatEngine().solve(pigeonholes(10))


def test_a_lack_of_memory_is_not_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(_: object, prop_limit: int) -> str:
        if prop_limit > 100_000:
            raise MemoryError
        return "UNKNOWN"

    monkeypatch.setattr(pycosat, "solve", exhausted)

    with pytest.raises(MemoryError):
        PycosatEngine().solve([[1]])
