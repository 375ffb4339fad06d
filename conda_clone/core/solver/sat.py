"""The SAT engine behind one protocol; the only importer of pycosat.

Invariant: a question never takes longer than its time limit, and Ctrl-C is heard while it is open.
PicoSAT looks at neither, so what it does not answer at once goes on in a thread of its own, which
the process does not wait for when it ends.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

__all__ = ["OutOfTimeError", "PycosatEngine", "SatEngine"]

Clauses = Sequence[Sequence[int]]

# Propagations before a question is handed to a thread: some 30 ms.
_QUICK = 100_000
# How much longer the engine tries each time; between two tries a thread sees that it may end.
_LONGER = 4
_TICK = 0.05  # seconds between two looks at the clock
_UNKNOWN = "UNKNOWN"


class OutOfTimeError(Exception):
    """The time limit passed while a question was open."""


class SatEngine(Protocol):
    """Decides whether clauses can hold together."""

    def solve(self, clauses: Clauses) -> list[int] | None:
        """Return a model (each variable, negative where false), or None when there is none.

        Raises:
            OutOfTimeError: The engine's time limit passed before that was known.
        """


class PycosatEngine:
    """PicoSAT.

    Attributes:
        calls: How often it was asked.
        is_late: Tells whether to give up.
    """

    def __init__(self, is_late: Callable[[], bool] = lambda: False, *, quick: int = _QUICK) -> None:
        """Prepare for questions; one that takes more than `quick` propagations gets a thread."""
        self.calls = 0
        self.is_late = is_late
        self._quick = quick

    def solve(self, clauses: Clauses) -> list[int] | None:
        """Return a model, or None when there is none.

        Raises:
            OutOfTimeError: `is_late` became true before that was known.
        """
        from pycosat import solve  # 1 ms and a shared library, not needed by most problems

        self.calls += 1
        if not all(clauses):
            return None
        model = solve(clauses, prop_limit=self._quick)
        if model == _UNKNOWN:
            model = self._solve_at_length(clauses)
        return None if isinstance(model, str) else list(model)

    def _solve_at_length(self, clauses: Clauses) -> list[int] | str:
        from threading import Thread  # only for the rare hard question

        question = _Question(clauses, self._quick * _LONGER)
        thread = Thread(target=question.work, daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(_TICK)
                if self.is_late() and thread.is_alive():
                    raise OutOfTimeError
        finally:
            question.is_open = False
        if question.answer == _UNKNOWN:
            raise MemoryError  # the only thing that keeps PicoSAT from an answer
        return question.answer


class _Question:
    """One hard question, worked on by a thread.

    Attributes:
        answer: A model, "UNSAT", or "UNKNOWN" for the time being.
        is_open: Whether anybody waits for the answer.
    """

    def __init__(self, clauses: Clauses, limit: int) -> None:
        """Ask about clauses; `limit` is how many propagations to try first."""
        self.answer: list[int] | str = _UNKNOWN
        self.is_open = True
        self._clauses = clauses
        self._limit = limit

    def work(self) -> None:
        """Try longer and longer."""
        from pycosat import solve  # as above

        try:
            while self.is_open and self.answer == _UNKNOWN:
                self.answer = solve(self._clauses, prop_limit=self._limit)
                self._limit *= _LONGER
        except MemoryError:
            return
