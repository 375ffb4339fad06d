"""The walk that finds the best solution: each step takes the best that the steps before it allow.

A step is one grade of one name (see `objectives`). It narrows the name's domain to the part that
the grade likes best. Before it does, it brings in the facts of the candidates it would leave, so
that most candidates that cannot be had fall away without a dead end.

Why the result is optimal: whatever has been removed from a domain when a step is taken for good
follows from the problem and the steps before it. So no solution that agrees with those steps is
better in this one. Learning and jumping back do not change that, because steps are retaken in the
same order.
"""

from conda_clone.core.solver.matching import target_name
from conda_clone.core.solver.objectives import OBJECTIVES, Grade, Scope, preferred
from conda_clone.core.solver.problem import Origin
from conda_clone.core.solver.search import Search
from conda_clone.core.solver.trail import Learnt

__all__ = ["Walk"]


class Walk:
    """Takes the steps; the search tells what is possible."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._pool = search.pool
        self._kept: dict[int, int] = {}
        self._needed: list[int] = []
        self._is_needed: set[int] = set()
        self._names: dict[Scope, list[int]] = {
            Scope.FAVOURED: [],
            Scope.REQUESTED: [],
            Scope.NEEDED: self._needed,
        }
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
            elif not self._step():
                return None

    def chosen(self) -> list[tuple[int, int]]:
        """Return name and candidate of everything in the solution."""
        return [
            (name, self._search.domains[name].bit_length() - 1)
            for name in self._needed
            if not self._pool.is_virtual(self._pool.rows[name].name)
        ]

    def _reach_roots(self) -> None:
        problem = self._pool.problem
        requested = self._names[Scope.REQUESTED]
        for root in problem.roots:
            if not root.spec.name_is_exact:
                continue
            name = self._search.reach(root.spec.name)
            self._need(name)
            if root.origin is Origin.REQUESTED and name not in requested:
                requested.append(name)
        favoured = [name for name in problem.favoured if name not in problem.update_roots]
        roots = [self._pool.rows[name].name for name in self._needed]
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
                for grade in objective.grades:
                    if self._take(grade, name):
                        return True
                if objective.scope is Scope.NEEDED:
                    before = len(self._needed)
                    self._need_dependencies(name)
                    self._places[place] += 1
                    if len(self._needed) > before:
                        return True
                else:
                    self._places[place] += 1
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
        self._marks.append((self._places.copy(), len(self._needed)))
        search.decide(name, part)
        return True

    def _need(self, name: int) -> None:
        if name not in self._is_needed:
            self._is_needed.add(name)
            self._needed.append(name)

    def _need_dependencies(self, name: int) -> None:
        """Append what every remaining candidate of a name needs."""
        domain = self._search.domains[name]
        row = self._pool.rows[name]
        best = row.records[(domain & -domain).bit_length() - 1]
        for text in best.depends:
            target = self._pool.index[target_name(text)]
            if not self._search.domains[target] & self._pool.rows[target].absent:
                self._need(target)

    def _jump_back(self) -> None:
        """Take the walk back to where the search has jumped."""
        level = self._search.trail.level
        if level < len(self._marks):
            places, needed = self._marks[level]
            del self._marks[level:]
            self._places[:] = places
            self._is_needed.difference_update(self._needed[needed:])
            del self._needed[needed:]
