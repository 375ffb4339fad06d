"""`Oracle`: asks the SAT engine whether a step of the walk is possible at all.

The walk consults it when its own search has met too many dead ends, or when time is over and any
solution will do. The formula holds only names and facts that the search has reached; candidates
whose facts are not known yet are taken for harmless. When the engine chooses such a candidate, its
facts are brought in and the question is open again; so the formula grows only where it must.
"""

from collections.abc import Sequence
from enum import Enum

from conda_clone.core.solver.clauses import ClauseStore
from conda_clone.core.solver.matching import target_name
from conda_clone.core.solver.reasons import Reason, ReasonKind
from conda_clone.core.solver.sat import SatEngine
from conda_clone.core.solver.search import Search

__all__ = ["Answer", "Oracle"]


class Answer(Enum):
    """What the oracle says."""

    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    OPEN = "more facts are known now; propagate them and ask again"


class Oracle:
    """The engine's view of a search.

    Attributes:
        witness: Per name the bit that the last solution found chooses, or None.
    """

    def __init__(self, search: Search, engine: SatEngine) -> None:
        self._search = search
        self._engine = engine
        self.witness: dict[int, int] | None = None

    def ask(self, name: int, mask: int) -> Answer:
        """Tell whether a name can take one of a mask under the decisions in force."""
        if self.witness is not None and self.witness.get(name, 0) & mask and self._is_current():
            return Answer.POSSIBLE
        return self._conclude(self._solve(name, mask))

    def _conclude(self, choice: dict[int, int] | None) -> Answer:
        if choice is None:
            return Answer.IMPOSSIBLE
        grown = False
        for chosen, bit in choice.items():
            grown |= self._search.expand(chosen, bit)
        if grown:
            return Answer.OPEN
        self.witness = choice
        return Answer.POSSIBLE

    def ask_with_few(self, name: int, mask: int, names: Sequence[int], bound: int) -> Answer:
        """Tell the same about solutions that hold at most `bound` of some names."""
        return self._conclude(self._solve(name, mask, names, bound))

    def chosen(self, roots: list[int]) -> list[int]:
        """Return the names of the witness that the roots need."""
        witness = self.witness or {}
        pool = self._search.pool
        needed = dict.fromkeys(roots)
        waiting = list(needed)
        while waiting:
            row = pool.rows[name := waiting.pop()]
            for text in row.depends[witness[name].bit_length() - 1]:
                target = pool.index[target_name(text) or row.name]
                if target not in needed:
                    needed[target] = None
                    waiting.append(target)
        return list(needed)

    def _is_current(self) -> bool:
        """Tell whether the witness agrees with all domains."""
        witness = self.witness or {}
        return all(
            domain & witness.get(name, self._search.pool.rows[name].absent)
            for name, domain in enumerate(self._search.domains)
        )

    def _solve(
        self, name: int, mask: int, few: Sequence[int] = (), bound: int = 0
    ) -> dict[int, int] | None:
        rows, domains = self._search.pool.rows, self._search.domains
        facts = self._relevant_facts(name)
        relevant = sorted(
            {name, *facts, *(fact.target for each in facts.values() for fact in each)}
        )
        store = ClauseStore({number: domains[number] for number in relevant})
        users: dict[int, list[int]] = {}
        for fact in (fact for number in relevant for fact in facts.get(number, ())):
            store.add(fact)
            if fact.kind is ReasonKind.DEPENDS:
                bits = store.require(fact.source, fact.users)
                users.setdefault(fact.target, []).extend(bits)
        clauses = store.clauses(store.groups)
        clauses.append(store.require(name, mask))
        for number in relevant:
            # What nobody needs is absent; otherwise the engine would pull in whole channels.
            if number != name and domains[number] & rows[number].absent:
                absent = store.require(number, rows[number].absent)
                clauses.append([*absent, *users.get(number, ())])
        known = [number for number in few if number in store]
        clauses.extend(store.at_most_present([(n, rows[n].absent) for n in known], bound))
        model = self._engine.solve(clauses)
        return None if model is None else store.meaning(model)

    def _relevant_facts(self, asked: int) -> dict[int, list[Reason]]:
        """Return the facts of every name that could be needed, by name."""
        rows, domains = self._search.pool.rows, self._search.domains
        found: dict[int, list[Reason]] = {}
        waiting = [name for name, row in enumerate(rows) if not domains[name] & row.absent]
        waiting.append(asked)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found[name] = []
            for fact in self._search.facts_of(name):
                if fact.users & domains[name]:
                    if fact.kind is ReasonKind.DEPENDS:
                        found[name].append(fact)
                        waiting.append(fact.target)
                    elif domains[fact.target] & ~fact.allowed:
                        found[name].append(fact)
        return found
