"""`Fewest`: the proof that no solution that is as good so far has fewer packages.

The walk leaves out what it can, name by name; mostly all of it can be left out together, and then
nothing is to be proven. Otherwise leaving out one name has brought in others, and fewer of these
may do: the SAT engine says how few. From then on a name is left out only where that few suffice.
So the count decides, and among equal counts the names: those of early rings are left out first.
"""

from collections.abc import Sequence

from conda_clone.core.solver.oracle import Answer, Oracle
from conda_clone.core.solver.search import Search

__all__ = ["Fewest"]


class Fewest:
    """What is known about the count of packages, given the decisions before it mattered."""

    def __init__(self, search: Search, oracle: Oracle) -> None:
        self._search = search
        self._oracle = oracle
        self._level: int | None = None
        self._open: tuple[int, ...] = ()
        # Open names that are in the best solution known, and whether none has fewer.
        self._count = 0
        self._is_least = False

    def begin(self, needed: Sequence[int]) -> None:
        """Take note of the names that may still be left out, unless that has been done."""
        if self._level is None:
            pool, domains = self._search.pool, self._search.domains
            self._level = self._search.trail.level
            self._open = tuple(
                [
                    name
                    for name in needed
                    if pool.is_package(pool.rows[name].name)
                    and domains[name] & (absent := pool.rows[name].absent)
                    and domains[name] != absent
                ]
            )
            self._count = len(self._open)

    def forget_above(self, level: int) -> None:
        """Forget what was found out under decisions that are no longer in force."""
        if self._level is not None and level < self._level:
            self._level = None
            self._is_least = False

    def may_be_absent(self, name: int) -> Answer:
        """Tell whether the fewest packages can do without a name."""
        if not self._is_least:
            return Answer.POSSIBLE
        absent = self._search.pool.rows[name].absent
        return self._oracle.ask_with_few(name, absent, self._open, self._count)

    def is_proven(self) -> bool:
        """Tell whether the names that are there now are known to be the fewest."""
        return self._is_least or not self._present()

    def prove(self) -> None:
        """Jump back to where the count started to matter, and find out how few suffice.

        When more facts had to be brought in for that, there is more to prove.
        """
        rows = self._search.pool.rows
        self._count = self._present()
        self._search.jump_back(self._level or 0)
        first = self._open[0]
        while True:
            answer = self._oracle.ask_with_few(
                first, rows[first].every, self._open, self._count - 1
            )
            if answer is Answer.POSSIBLE:
                witness = self._oracle.witness or {}
                self._count = sum(
                    bool(witness.get(name, 0) & rows[name].candidates) for name in self._open
                )
                continue
            self._is_least = answer is Answer.IMPOSSIBLE
            return

    def _present(self) -> int:
        rows, domains = self._search.pool.rows, self._search.domains
        return sum(not domains[name] & rows[name].absent for name in self._open)
