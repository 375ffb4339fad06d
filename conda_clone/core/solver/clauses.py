"""`ClauseStore`: names and facts as clauses for the SAT engine, each group tagged by its fact.

Every candidate that a name can still take has a variable, and so has its absence; exactly one of
them is true. A fact becomes *user -> helper* for each user and *helper -> one of the allowed*, so
that its size is the sum, not the product, of the two sets.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from conda_clone.core.solver.cardinality import at_most, at_most_one
from conda_clone.core.solver.reasons import UNCONDITIONAL, Reason

__all__ = ["ClauseStore"]

Clause = list[int]


class ClauseStore:
    """Clauses over the candidates of some names.

    Attributes:
        base: Clauses that say that each name takes exactly one of its candidates or is absent.
        groups: The clauses of each fact.
    """

    def __init__(self, domains: Mapping[int, int]) -> None:
        """Give variables to what can become of each name: a mask per name."""
        self.base: list[Clause] = []
        self.groups: dict[Reason, list[Clause]] = {}
        self._domains = domains
        self._count = 0
        self._variables: dict[int, dict[int, int]] = {}
        self._meaning: dict[int, tuple[int, int]] = {}
        for name, domain in domains.items():
            variables = self._variables[name] = {}
            for bit in _bits(domain):
                variables[bit] = variable = self._new_variable()
                self._meaning[variable] = (name, bit)
            self.base.append(list(variables.values()))
            self.base.extend(at_most_one(list(variables.values()), self._new_variable))

    def add(self, reason: Reason) -> None:
        """Add the clauses of a fact about names of this store."""
        target = self._variables[reason.target]
        allowed = [variable for bit, variable in target.items() if bit & reason.allowed]
        if reason.source == UNCONDITIONAL:
            self.groups[reason] = [allowed]
            return
        source = self._variables[reason.source]
        users = [variable for bit, variable in source.items() if bit & reason.users]
        if len(users) == 1:
            self.groups[reason] = [[-users[0], *allowed]]
        elif users:
            helper = self._new_variable()
            self.groups[reason] = [[-user, helper] for user in users]
            self.groups[reason].append([-helper, *allowed])

    def clauses(self, reasons: Iterable[Reason]) -> list[Clause]:
        """Return the base and the clauses of some facts."""
        chosen = self.base.copy()
        for reason in reasons:
            chosen.extend(self.groups.get(reason, ()))
        return chosen

    def require(self, name: int, mask: int) -> Clause:
        """Return the clause by which a name takes one of a mask."""
        return [variable for bit, variable in self._variables[name].items() if bit & mask]

    def __contains__(self, name: int) -> bool:
        return name in self._variables

    def at_most_present(self, absences: Sequence[tuple[int, int]], bound: int) -> list[Clause]:
        """Return clauses by which at most `bound` of some names are there.

        Args:
            absences: Names of this store, each with the bit of its absence.
            bound: How many of them may be there.
        """
        literals: list[int] = []
        for name, absent in absences:
            variable = self._variables[name].get(absent)
            if variable is None:
                bound -= 1
            else:
                literals.append(-variable)
        return list(at_most(literals, bound, self._new_variable)) if bound >= 0 else [[]]

    def meaning(self, model: Iterable[int]) -> dict[int, int]:
        """Return what a model chooses: the bit of each name, absence included."""
        return dict(self._meaning[literal] for literal in model if literal in self._meaning)

    def _new_variable(self) -> int:
        self._count += 1
        return self._count


def _bits(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        mask ^= bit
        yield bit
