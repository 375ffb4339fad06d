"""The SAT engine behind one protocol; the only importer of pycosat."""

from collections.abc import Sequence
from typing import Protocol

__all__ = ["PycosatEngine", "SatEngine"]


class SatEngine(Protocol):
    """Decides whether clauses can hold together."""

    def solve(self, clauses: Sequence[Sequence[int]]) -> list[int] | None:
        """Return a model (each variable, negative where false), or None when there is none."""


class PycosatEngine:
    """PicoSAT.

    Attributes:
        calls: How often it was asked.
    """

    def __init__(self) -> None:
        self.calls = 0

    def solve(self, clauses: Sequence[Sequence[int]]) -> list[int] | None:
        """Return a model, or None when there is none."""
        from pycosat import solve  # 1 ms and a shared library, not needed by most problems

        self.calls += 1
        if not all(clauses):
            return None
        model = solve(clauses)
        return None if isinstance(model, str) else list(model)
