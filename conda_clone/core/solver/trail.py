"""`Trail`: what can still become of each name, and every narrowing that led there.

A *term* is a pair (name, mask) and says that the name takes one of the mask. Each entry of the
trail keeps the terms that forced it (its premises) and the facts that tie them to it (its causes);
decisions have neither. Entries of level 0 are never undone.
"""

from bisect import bisect_right
from collections.abc import Iterable

from conda_clone.core.solver.reasons import Reason

__all__ = ["AT_START", "Cause", "Causes", "Learnt", "Term", "Terms", "Trail"]

Term = tuple[int, int]
Terms = tuple[Term, ...]

# The position of terms that held before the first entry.
AT_START = -1


class Learnt:
    """Terms that never hold together.

    Attributes:
        terms: At most one per name.
        facts: Terms left out because they hold at level 0.
        causes: The facts behind it, for explanations.
    """

    __slots__ = ("causes", "facts", "terms")

    def __init__(self, terms: Terms, facts: Terms, causes: "Causes") -> None:
        self.terms = terms
        self.facts = facts
        self.causes = causes


Cause = Reason | Learnt
Causes = tuple[Cause, ...]


class Trail:
    """Domains of names and the history of their narrowing.

    Attributes:
        domains: Per name, the mask of what can still become of it.
        everything: Per name, the mask of all that could.
    """

    def __init__(self) -> None:
        self.domains: list[int] = []
        self.everything: list[int] = []
        self._starts: list[int] = []
        self._entries: list[list[int]] = []
        self._level_starts: list[int] = [0]
        self._names: list[int] = []
        self._before: list[int] = []
        self._allowed: list[int] = []
        self._premises: list[Terms] = []
        self._causes: list[Causes] = []

    @property
    def level(self) -> int:
        """How many decisions are in force."""
        return len(self._level_starts) - 1

    @property
    def length(self) -> int:
        """How many entries there are."""
        return len(self._names)

    def add(self, everything: int, start: int) -> None:
        """Add the next name with what could become of it, and what can."""
        self.everything.append(everything)
        self.domains.append(start)
        self._starts.append(start)
        self._entries.append([])

    def open_level(self) -> None:
        """Let the next narrowing be a decision."""
        self._level_starts.append(len(self._names))

    def narrow(self, name: int, allowed: int, premises: Terms, causes: Causes) -> None:
        """Add an entry; something allowed must be left."""
        before = self.domains[name]
        self.domains[name] = before & allowed
        self._entries[name].append(len(self._names))
        self._names.append(name)
        self._before.append(before)
        self._allowed.append(allowed)
        self._premises.append(premises)
        self._causes.append(causes)

    def jump_back(self, level: int) -> None:
        """Undo all entries above a level."""
        start = self._level_starts[level + 1]
        del self._level_starts[level + 1 :]
        for position in range(len(self._names) - 1, start - 1, -1):
            name = self._names[position]
            self.domains[name] = self._before[position]
            self._entries[name].pop()
        for column in (self._names, self._before, self._allowed):
            del column[start:]
        del self._premises[start:]
        del self._causes[start:]

    def position(self, term: Term) -> int:
        """Return the entry that made a term hold; `AT_START` when it always did."""
        name, mask = term
        if not self._starts[name] & ~mask:
            return AT_START
        for position in self._entries[name]:
            if not self._before[position] & self._allowed[position] & ~mask:
                return position
        raise AssertionError(term)

    def level_of(self, position: int) -> int:
        """Return the level of an entry."""
        return bisect_right(self._level_starts, position, lo=1) - 1

    def level_start(self, level: int) -> int:
        """Return the position of the first entry of a level."""
        return self._level_starts[level]

    def decisions(self) -> list[Term]:
        """Return what has been decided, level by level."""
        return [(self._names[start], self._allowed[start]) for start in self._level_starts[1:]]

    def causes(self, position: int) -> Causes:
        """Return the facts behind an entry."""
        return self._causes[position]

    def unfold(self, term: Term, position: int) -> Terms:
        """Return terms that held before an entry and force, with its causes, the term to hold."""
        name, mask = term
        weaker = mask | (self.everything[name] & ~self._allowed[position])
        premises = self._premises[position]
        if weaker == self.everything[name]:
            return premises
        return (*premises, (name, weaker))

    def merge(self, terms: Iterable[Term]) -> dict[int, int]:
        """Return the terms with those of one name made one."""
        merged: dict[int, int] = {}
        for name, mask in terms:
            merged[name] = merged.get(name, mask) & mask
        return merged
