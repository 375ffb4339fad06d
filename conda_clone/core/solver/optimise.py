"""The walk that finds the best solution: each step takes the best that the steps before it allow.

A step is one grade of one name (see `objectives`). It narrows the name's domain to the part that
the grade likes best. Before it does, it brings in the facts of the candidates it would leave, so
that most candidates that cannot be had fall away without a dead end.

Why the result is optimal: whatever has been removed from a domain when a step is taken for good
follows from the problem and the steps before it. So no solution that agrees with those steps is
better in this one. Learning and jumping back do not change that, because steps are retaken in the
same order. When dead ends become many, the SAT engine is asked whether the next steps are possible
before they are taken, a few at first, then more; the steps, and so the result, stay the same.
"""

from collections.abc import Callable

from conda_clone.core.solver.matching import target_name
from conda_clone.core.solver.objectives import OBJECTIVES, Grade, Scope, preferred
from conda_clone.core.solver.oracle import Answer, Oracle
from conda_clone.core.solver.pool import is_feature_wish
from conda_clone.core.solver.problem import Origin
from conda_clone.core.solver.sat import SatEngine
from conda_clone.core.solver.search import Search
from conda_clone.core.solver.trail import Learnt
from conda_clone.models.records import PackageRecord

__all__ = ["PATIENCE", "Walk"]

# Dead ends before the SAT engine is asked; recorded problems meet 31 at most.
PATIENCE = 200


class Walk:
    """Takes the steps; the search tells what is possible.

    Attributes:
        is_optimal: False when time was over before all steps were taken.
    """

    def __init__(
        self,
        search: Search,
        engine: SatEngine,
        *,
        patience: int = PATIENCE,
        is_late: Callable[[], bool] = lambda: False,
    ) -> None:
        """Prepare a walk.

        Args:
            search: What is known so far: nothing.
            engine: Consulted when the search alone does not get on.
            patience: Dead ends, counted anew each time, before that happens.
            is_late: Tells when any solution will do.
        """
        self.is_optimal = True
        self._oracle = Oracle(search, engine)
        self._patience = patience
        # Dead ends at which the oracle is asked next, steps to ask about, and how many next time.
        self._limit = patience
        self._asks = 0
        self._next_asks = 1
        # Decisions in force, from the first, that are known to be part of a solution.
        self._verified = 0
        self._is_late = is_late
        self._search = search
        self._pool = search.pool
        self._kept: dict[int, int] = {}
        self._roots: list[int] = []
        self._needed: list[int] = []
        self._is_needed: set[int] = set()
        self._names: dict[Scope, list[int]] = {
            Scope.FAVOURED: [],
            Scope.REQUESTED: [],
            Scope.NEEDED: self._needed,
        }
        # Names whose dependencies, by that best candidate, are all needed.
        self._closed: dict[int, int] = {}
        # Per objective: how many of its names are done.
        self._places = [0] * len(OBJECTIVES)
        # Per open level: the places and the count of needed names when it was opened.
        self._marks: list[tuple[list[int], int]] = []

    def run(self) -> Learnt | None:
        """Walk to the best solution; return None, or the proof that there is none."""
        search = self._search
        self._reach_roots()
        while True:
            if not search.propagate():
                proof = search.resolve()
                if proof is not None:
                    return proof
                self._jump_back()
            elif self._roots and self._is_late():
                if self._settle():
                    return None
            elif not self._asks and search.conflicts >= self._limit:
                self._asks, self._next_asks = self._next_asks, self._next_asks * 2
                search.jump_back(self._verified)
                self._jump_back()
            elif not self._step():
                return None

    def chosen(self) -> list[PackageRecord]:
        """Return the records of the solution."""
        rows = self._pool.rows
        if self.is_optimal:
            picks = {name: self._search.domains[name] for name in self._needed}
        else:
            witness = self._oracle.witness or {}
            picks = {name: witness[name] for name in self._oracle.chosen(self._roots)}
        return [
            rows[name].records[bit.bit_length() - 1]
            for name, bit in picks.items()
            if not self._pool.is_virtual(rows[name].name)
        ]

    def _settle(self) -> bool:
        """Take any solution, when there is one already; otherwise work on finding one."""
        if self._oracle.witness is None:
            self._search.jump_back(0)
            self._jump_back()
            first = self._roots[0]
            if self._asks_for(first, self._search.domains[first]):
                return False
        self.is_optimal = False
        return True

    def _asks_for(self, name: int, part: int) -> bool:
        """Ask the oracle about a step; True when it changed what is known instead."""
        answer = self._oracle.ask(name, part)
        if answer is Answer.IMPOSSIBLE:
            self._search.refute(name, part)
        return answer is not Answer.POSSIBLE

    def _reach_roots(self) -> None:
        problem = self._pool.problem
        favoured = problem.favoured.keys() - problem.update_roots
        requested = self._names[Scope.REQUESTED]
        for root in problem.roots:
            if is_feature_wish(root):
                continue
            name = self._search.reach(root.spec.name)
            if name not in self._roots:
                self._roots.append(name)
            moves = root.origin is Origin.REQUESTED and root.spec.name not in favoured
            if moves and name not in requested:
                requested.append(name)
        self._needed.extend(self._roots)
        self._is_needed.update(self._roots)
        roots = [self._pool.rows[name].name for name in self._roots]
        order = {name: place for place, name in enumerate(roots)}
        for text in sorted(favoured, key=lambda name: (order.get(name, len(order)), name)):
            name = self._search.reach(text)
            row = self._pool.rows[name]
            self._kept[name] = self._pool.mask_of(row, problem.favoured[text])
            self._names[Scope.FAVOURED].append(name)

    def _step(self) -> bool:
        """Go to the next step and take it; False when all are done."""
        for place, objective in enumerate(OBJECTIVES):
            names = self._names[objective.scope]
            while self._places[place] < len(names):
                name = names[self._places[place]]
                if any(self._take(grade, name) for grade in objective.grades):
                    return True
                self._places[place] += 1
            if objective.scope is Scope.NEEDED and self._need_next_ring():
                return True
        return False

    def _take(self, grade: Grade, name: int) -> bool:
        """Work on one step; False when there is nothing left to do."""
        search = self._search
        domain = search.domains[name]
        row = self._pool.rows[name]
        part = preferred(grade, row, domain, self._kept.get(name, 0))
        if (part != domain or grade is not Grade.KEPT) and search.expand(name, part):
            return True
        if part == domain:
            return False
        is_asked = self._asks > 0
        if is_asked and self._asks_for(name, part):
            return True
        self._marks.append((self._places.copy(), len(self._needed)))
        search.decide(name, part)
        if is_asked:
            self._verified += self._verified == search.trail.level - 1
            self._asks -= 1
            self._limit = search.conflicts + self._patience
        return True

    def _need_next_ring(self) -> bool:
        """Append what the needed names need; what most of them and of each other need first.

        A name counts once for each name that needs it by its best remaining candidate, whether it
        is needed already or comes with this ring. Python thus comes before what is built for it.
        """
        domains, rows = self._search.domains, self._pool.rows
        ring: dict[int, int] = {}
        for name in self._needed:
            best = domains[name] & -domains[name]
            if self._closed.get(name) == best:
                continue
            is_closed = True
            for target in self._targets(name, best):
                if target in self._is_needed:
                    continue
                if domains[target] & rows[target].absent:
                    is_closed = False
                else:
                    ring[target] = ring.get(target, 0) + 1
            if is_closed:
                self._closed[name] = best
        for name in list(ring):
            for target in self._targets(name, domains[name] & -domains[name]):
                if target in ring:
                    ring[target] += 1
        ordered = sorted(ring, key=ring.__getitem__, reverse=True)
        self._needed.extend(ordered)
        self._is_needed.update(ordered)
        return bool(ordered)

    def _targets(self, name: int, candidate: int) -> list[int]:
        """Return the names that a candidate depends on, as far as they have been reached."""
        row = self._pool.rows[name]
        index = self._pool.index
        texts = row.records[candidate.bit_length() - 1].depends
        numbers = [index.get(target_name(text) or row.name, name) for text in texts]
        return [number for number in dict.fromkeys(numbers) if number != name]

    def _jump_back(self) -> None:
        """Take the walk back to where the search has jumped."""
        level = self._search.trail.level
        self._verified = min(self._verified, level)
        if level < len(self._marks):
            places, needed = self._marks[level]
            del self._marks[level:]
            self._places[:] = places
            if needed < len(self._needed):
                self._is_needed.difference_update(self._needed[needed:])
                del self._needed[needed:]
                self._closed.clear()
