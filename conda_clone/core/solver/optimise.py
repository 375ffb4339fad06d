"""The walk that finds the best solution: each step takes the best that the steps before it allow.

A step is one grade of one name (see `objectives`). It narrows the name's domain to the part that
the grade likes best. Before it does, it brings in the facts of the candidates it would leave, so
that most candidates that cannot be had fall away without a dead end.

Why the result is optimal: whatever has been removed from a domain when a step is taken for good
follows from the problem and the steps before it. So no solution that agrees with those steps is
better in this one. Learning and jumping back do not change that, because steps are retaken in the
same order. When dead ends become many, the SAT engine is asked whether the next steps are possible
before they are taken, a few at first, then more; the steps, and so the result, stay the same.

When time is over, the walk hurries: after some dead ends it gives up the part of a name that they
have in common, without proof that it is impossible.
"""

from conda_clone.core.solver.fewest import Fewest
from conda_clone.core.solver.objectives import OBJECTIVES, Grade, Scope, preferred
from conda_clone.core.solver.oracle import Answer, Oracle
from conda_clone.core.solver.pool import is_feature_wish
from conda_clone.core.solver.problem import Origin
from conda_clone.core.solver.rings import Rings
from conda_clone.core.solver.sat import OutOfTimeError, SatEngine
from conda_clone.core.solver.search import Search
from conda_clone.core.solver.time_limit import TimeLimit
from conda_clone.core.solver.trail import Learnt
from conda_clone.models.records import PackageRecord

__all__ = ["PATIENCE", "Walk"]

# Dead ends before the SAT engine is asked; recorded problems meet 31 at most.
PATIENCE = 200
# Dead ends before something is given up in a hurry.
_HURRY = 50


class Walk:
    """Takes the steps; the search tells what is possible.

    Attributes:
        is_optimal: False when time was over before all steps were taken, or proven to be the best.
    """

    def __init__(
        self,
        search: Search,
        engine: SatEngine,
        *,
        patience: int = PATIENCE,
        limit: TimeLimit | None = None,
    ) -> None:
        """Prepare a walk.

        Args:
            search: What is known so far: nothing.
            engine: Consulted when the search alone does not get on.
            patience: Dead ends, counted anew each time, before that happens.
            limit: When any solution will do, and when to give up; the engine heeds it too.
        """
        self.is_optimal = True
        self._oracle = Oracle(search, engine)
        self._fewest = Fewest(search, self._oracle)
        self._patience = patience
        # Dead ends at which the oracle is asked next, steps to ask about, and how many next time.
        self._patience_ends = patience
        self._asks = 0
        self._next_asks = 1
        # Decisions in force, from the first, that are known to be part of a solution.
        self._verified = 0
        self._limit = limit or TimeLimit()
        self._search = search
        self._pool = search.pool
        self._kept: dict[int, int] = {}
        self._roots: list[int] = []
        self._rings = Rings(search, self._kept)
        # Per objective: its steps so far, and how many of them are done.
        self._steps: list[list[tuple[Grade, int]]] = [[] for _ in OBJECTIVES]
        self._places = [0] * len(OBJECTIVES)
        # Per open level: the places and the count of needed names when it was opened.
        self._marks: list[tuple[list[int], int]] = []
        self._proof: Learnt | None = None
        # Where the walk came to no end: the bit of each name in the solution to take instead.
        self._settled: dict[int, int] | None = None
        # Names that have been decided in a hurry to take something else.
        self._given_up: set[int] = set()

    def run(self) -> Learnt | None:
        """Walk to the best solution; return None, or the proof that there is none.

        Raises:
            OutOfTimeError: The time is over, and no solution was found by then.
        """
        self._reach_roots()
        has_more = True
        while has_more:
            try:
                has_more = self._go_on()
            except OutOfTimeError:
                if self._limit.is_extended:
                    raise
        return self._proof

    def _go_on(self) -> bool:
        """Do what is to be done next; False when that was the last thing."""
        search = self._search
        if not search.propagate():
            self._proof = search.resolve()
            self._jump_back()
            return self._proof is None
        if self._roots and self._limit.is_late():
            if self._limit.is_extended:
                self._settle()
                return False
            self._limit.extend()
            self._asks = 0
            self._patience_ends = search.conflicts + _HURRY
        elif self._limit.is_extended and search.conflicts >= self._patience_ends:
            self._give_up_a_part()
        elif not self._asks and search.conflicts >= self._patience_ends:
            self._asks, self._next_asks = self._next_asks, self._next_asks * 2
            search.jump_back(self._verified)
            self._jump_back()
        else:
            return self._step()
        return True

    def chosen(self) -> list[PackageRecord]:
        """Return the records of the solution."""
        rows = self._pool.rows
        if self._settled is None:
            picks = {name: self._search.domains[name] for name in self._rings.names}
        else:
            picks = {name: self._settled[name] for name in self._oracle.chosen(self._roots)}
        return [
            rows[name].records[bit.bit_length() - 1]
            for name, bit in picks.items()
            if bit != rows[name].absent and self._pool.is_package(rows[name].name)
        ]

    def _settle(self) -> None:
        """Take a solution that the oracle has come across.

        Raises:
            OutOfTimeError: There is none.
        """
        if self._oracle.witness is None:
            raise OutOfTimeError
        self._settled = self._oracle.witness
        self.is_optimal = False

    def _give_up_a_part(self) -> None:
        """Decide that a name of which the last dead ends depend takes something else.

        The name is that of the first decision that they have in common; one that has been given up
        already leaves it to the decision before it.
        """
        search = self._search
        self._patience_ends = search.conflicts + _HURRY
        decisions = search.trail.decisions()
        level = self._first_level_of_dead_ends()
        while level > 1 and decisions[level - 1][0] in self._given_up:
            level -= 1
        if not level:
            return
        name, part = decisions[level - 1]
        search.jump_back(level - 1)
        self._jump_back()
        rest = search.domains[name] & ~part
        if rest:
            self.is_optimal = False
            self._given_up.add(name)
            self._decide(name, rest)

    def _first_level_of_dead_ends(self) -> int:
        """Return the first level that what the last dead ends taught depends on, 0 without one."""
        trail, domains = self._search.trail, self._search.domains
        levels = [
            trail.level_of(trail.position(term))
            for learnt in self._search.learnt[-_HURRY:]
            for term in learnt.terms
            if not domains[term[0]] & ~term[1]
        ]
        return min([level for level in levels if level > 0], default=0)

    def _decide(self, name: int, part: int) -> None:
        self._marks.append((self._places.copy(), len(self._rings.names)))
        self._search.decide(name, part)

    def _asks_for(self, name: int, part: int) -> bool:
        """Ask the oracle about a step; True when it changed what is known instead."""
        answer = self._oracle.ask(name, part)
        if answer is Answer.IMPOSSIBLE:
            self._search.refute(name, part)
        return answer is not Answer.POSSIBLE

    def _reach_roots(self) -> None:
        problem = self._pool.problem
        favoured = problem.favoured.keys() - problem.update_roots
        requested: dict[int, None] = {}
        roots: dict[int, None] = {}
        for root in problem.roots:
            if is_feature_wish(root):
                continue
            name = self._search.reach(root.spec.name)
            roots[name] = None
            if root.origin is Origin.REQUESTED and root.spec.name not in favoured:
                requested[name] = None
        self._roots.extend(roots)
        order = {self._pool.rows[name].name: place for place, name in enumerate(roots)}
        for text in sorted(favoured, key=lambda name: (order.get(name, len(order)), name)):
            name = self._search.reach(text)
            row = self._pool.rows[name]
            self._kept[name] = row.mask_of(problem.favoured[text])
        names = {Scope.FAVOURED: list(self._kept), Scope.REQUESTED: list(requested)}
        for place, objective in enumerate(OBJECTIVES):
            self._schedule(place, names.get(objective.scope, []))
        self._need(self._roots)

    def _step(self) -> bool:
        """Go to the next step and take it; False when all are done."""
        for place, objective in enumerate(OBJECTIVES):
            counts = Grade.ABSENCE in objective.grades
            if counts:
                self._fewest.begin(self._rings.names)
            steps = self._steps[place]
            while self._places[place] < len(steps):
                if self._take(*steps[self._places[place]]):
                    return True
                self._places[place] += 1
            if objective.scope is Scope.NEEDED and self._roots and self._need(self._rings.next()):
                return True
            if counts and not self._fewest.is_proven():
                if not self._limit.is_extended:
                    self._fewest.prove()
                    self._jump_back()
                    return True
                self.is_optimal = False
        return False

    def _take(self, grade: Grade, name: int) -> bool:
        """Work on one step; False when there is nothing left to do."""
        search = self._search
        domain = search.domains[name]
        row = self._pool.rows[name]
        if not domain & (domain - 1):  # there is no choice left, as in three of four steps
            return domain != row.absent and grade is not Grade.KEPT and search.expand(name, domain)
        part = preferred(grade, row, domain, self._kept.get(name, 0))
        # What may turn out not to be needed is not looked into before it has to be.
        is_settled = domain & row.absent or (part == domain and grade is Grade.KEPT)
        if not is_settled and search.expand(name, part):
            return True
        if part == domain:
            return False
        if grade is Grade.ABSENCE:
            answer = self._fewest.may_be_absent(name)
            if answer is not Answer.POSSIBLE:
                if answer is Answer.IMPOSSIBLE:
                    search.refute(name, part)
                return True
        is_asked = self._asks > 0
        if is_asked and self._asks_for(name, part):
            return True
        self._decide(name, part)
        if is_asked:
            self._verified += self._verified == search.trail.level - 1
            self._asks -= 1
            self._patience_ends = search.conflicts + self._patience
        return True

    def _need(self, ring: list[int]) -> bool:
        """Append a ring of names and its steps; False when there is nothing in it."""
        if ring:
            self._rings.add(ring)
            for place, objective in enumerate(OBJECTIVES):
                if objective.scope is Scope.NEEDED:
                    self._schedule(place, ring)
        return bool(ring)

    def _schedule(self, place: int, names: list[int]) -> None:
        """Append the steps of an objective about some names: all names by one grade, then next."""
        for grade in OBJECTIVES[place].grades:
            self._steps[place].extend([(grade, name) for name in names])

    def _jump_back(self) -> None:
        """Take the walk back to where the search has jumped."""
        level = self._search.trail.level
        self._verified = min(self._verified, level)
        self._fewest.forget_above(level)
        if level < len(self._marks):
            places, needed = self._marks[level]
            del self._marks[level:]
            self._places[:] = places
            self._rings.cut(needed)
            for objective, steps in zip(OBJECTIVES, self._steps, strict=True):
                if objective.scope is Scope.NEEDED:
                    del steps[needed * len(objective.grades) :]
