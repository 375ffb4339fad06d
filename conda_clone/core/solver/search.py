"""`Search`: domains of names, their propagation, and learning from dead ends.

Facts (`Reason`) narrow the domains of the `Trail`; whoever decides (see `optimise`) narrows them
further, level by level. From a dead end the search learns a set of terms that can never hold
together, and jumps back to the deepest level where that forbids something.

Invariants:
    1. A domain is never empty; a narrowing that would empty it is a dead end instead.
    2. After `propagate` returned True, no known fact can narrow any domain.
    3. Everything at level 0 follows from the problem alone.
"""

from collections.abc import Iterator, Sequence

from conda_clone.core.solver.learning import learn
from conda_clone.core.solver.matching import mask_of_text, target_name
from conda_clone.core.solver.pool import Pool
from conda_clone.core.solver.reasons import Reason, ReasonKind
from conda_clone.core.solver.reduce import Limits
from conda_clone.core.solver.trail import Causes, Learnt, Term, Terms, Trail

__all__ = ["Search"]

Incoming = tuple[int, int, int, Reason]
Outgoing = tuple[int, int, Reason]


class Search:
    """The state of one search.

    Attributes:
        pool: The names reached so far.
        trail: How their domains came to be what they are.
        domains: Per name, what can still become of it (the trail's own list).
        facts: The conditional facts brought in so far.
        learnt: What dead ends have taught.
        conflicts: How many dead ends have been met.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.trail = Trail()
        self.domains = self.trail.domains
        self.facts: list[Reason] = []
        self.learnt: list[Learnt] = []
        self.conflicts = 0
        self._incoming: list[list[Incoming]] = []
        self._outgoing: list[dict[int, list[Outgoing]]] = []
        self._watching: list[list[Learnt]] = []
        self._active: list[set[str]] = []
        self._expanded: list[int] = []
        self._waiting: dict[str, list[tuple[int, int, str]]] = {}
        # Facts activated above level 0: they have to be looked at again after jumping back.
        self._young: list[tuple[int, Reason]] = []
        self._limits = Limits(pool)
        # Names whose domains have changed since they were looked at; the last one comes first.
        self._changed: dict[int, None] = {}
        self._dead_end: tuple[Terms, Causes] | None = None

    def reach(self, name: str) -> int:
        """Return the number of a name, making its row when it is new."""
        number = self.pool.index.get(name)
        if number is not None:
            return number
        number = self.pool.add(name)
        row = self.pool.rows[number]
        self._limits.apply(number)
        self.trail.add(row.every, row.start)
        self._incoming.append([])
        self._outgoing.append({})
        self._watching.append([])
        self._active.append(set())
        self._expanded.append(0)
        if not row.start:
            self._dead_end = ((), tuple(row.limits))
        for source, users, text in self._waiting.pop(name, ()):
            self._state(ReasonKind.CONSTRAINS, source, users, number, text)
        return number

    def expand(self, number: int, mask: int) -> bool:
        """Bring in the facts of some candidates of a name; tell whether any were new."""
        row = self.pool.rows[number]
        fresh = mask & row.candidates & ~self._expanded[number]
        if not fresh:
            return False
        self._expanded[number] |= fresh
        active = self._active[number]
        while fresh:
            bit = fresh & -fresh
            fresh ^= bit
            place = bit.bit_length() - 1
            for text in row.depends[place]:
                if text not in active:
                    active.add(text)
                    self._depend(number, row.depends_users[text], text)
            for text in row.constrains[place]:
                if f"\n{text}" not in active:
                    active.add(f"\n{text}")
                    self._constrain(number, row.constrains_users[text], text)
        return True

    def facts_of(self, number: int) -> Iterator[Reason]:
        """Yield the facts that candidates of a name are known to bring for other names."""
        for facts in self._outgoing[number].values():
            for _, _, fact in facts:
                yield fact

    def decide(self, number: int, mask: int) -> None:
        """Open a level by narrowing a domain."""
        self.trail.open_level()
        self._narrow(number, mask, (), ())

    def propagate(self) -> bool:
        """Apply all known facts until nothing changes; False at a dead end."""
        changed = self._changed
        while changed and self._dead_end is None:
            self._propagate_from(changed.popitem()[0])
        return self._dead_end is None

    def resolve(self) -> Learnt | None:
        """Learn from the dead end and jump back; return the proof if no level is left."""
        if self._dead_end is None:
            raise AssertionError("there is no dead end to learn from")
        self.conflicts += 1
        lesson = learn(self.trail, *self._dead_end)
        learnt = lesson.learnt
        if lesson.assertion is None:
            return learnt
        self.learnt.append(learnt)
        for number, _ in learnt.terms:
            self._watching[number].append(learnt)
        self.jump_back(lesson.level)
        name, mask = lesson.assertion
        premises = tuple([term for term in learnt.terms if term[0] != name])
        self._narrow(name, self.pool.rows[name].every & ~mask, premises, (learnt,))
        return None

    def refute(self, number: int, mask: int) -> None:
        """Take note that a name cannot take one of a mask under the decisions in force.

        Somebody else has proven it, from any of the facts that are known.
        """
        rows = self.pool.rows
        limits = tuple([(name, row.start) for name, row in enumerate(rows)])
        terms = self.trail.merge([*self.trail.decisions(), (number, mask)])
        learnt = Learnt(tuple(terms.items()), limits, tuple(self.facts))
        self.learnt.append(learnt)
        for name in terms:
            self._watching[name].append(learnt)
        self._apply(learnt)

    def jump_back(self, level: int) -> None:
        """Undo everything above a level."""
        if level < self.trail.level:
            self._dead_end = None
            self._changed.clear()
            self.trail.jump_back(level)
            self._look_again(level)

    # -- facts ---------------------------------------------------------------------------------

    def _depend(self, source: int, users: int, text: str) -> None:
        name = target_name(text)
        # A text that is not a spec binds the source itself: nothing can satisfy it.
        target = source if name is None else self.reach(name)
        self._state(ReasonKind.DEPENDS, source, users, target, text)

    def _constrain(self, source: int, users: int, text: str) -> None:
        name = target_name(text)
        if name is None:
            return
        # Facts about the machine are always there; other names may never be reached.
        target = self.reach(name) if self.pool.is_fact(name) else self.pool.index.get(name)
        if target is None:
            self._waiting.setdefault(name, []).append((source, users, text))
        else:
            self._state(ReasonKind.CONSTRAINS, source, users, target, text)

    def _state(self, kind: ReasonKind, source: int, users: int, target: int, text: str) -> None:
        allowed = self._mask(target, text)
        if kind is ReasonKind.CONSTRAINS:
            if allowed is None:
                return
            allowed |= self.pool.rows[target].absent
        fact = Reason(kind, target, allowed or 0, source=source, users=users, text=text)
        self.facts.append(fact)
        if source != target:
            self._incoming[target].append((source, users, fact.allowed, fact))
            self._outgoing[source].setdefault(target, []).append((users, fact.allowed, fact))
        if self.trail.level:
            self._young.append((self.trail.level, fact))
        self._check(fact)

    def _mask(self, target: int, text: str) -> int | None:
        """Return the candidates that a text matches; None when it is not a spec."""
        row = self.pool.rows[target]
        if text not in row.masks:
            row.masks[text] = mask_of_text(row, text)
        return row.masks[text]

    def _check(self, fact: Reason) -> None:
        """Apply one fact to the present domains."""
        source, target = fact.source, fact.target
        if source == target:
            every = self.pool.rows[target].every
            self._narrow(target, every & ~(fact.users & ~fact.allowed), (), (fact,))
            return
        domain = self.domains[source]
        if not self.domains[target] & fact.allowed:
            self._refuse(source, fact.users, target, fact)
        if not domain & ~fact.users:
            self._narrow(target, fact.allowed, ((source, fact.users),), (fact,))
        elif domain & fact.users:
            # The fact may complete a choice that all candidates of the source share.
            self._changed[source] = None

    def _look_again(self, level: int) -> None:
        young = self._young
        again: list[Reason] = []
        while young and young[-1][0] > level:
            again.append(young.pop()[1])
        for fact in reversed(again):
            if level:
                young.append((level, fact))
            if self._dead_end is None:
                self._check(fact)

    # -- propagation ---------------------------------------------------------------------------

    def _propagate_from(self, name: int) -> None:
        domains = self.domains
        domain = domains[name]
        for source, users, allowed, fact in self._incoming[name]:
            if not domain & allowed and domains[source] & users:
                self._refuse(source, users, name, fact)
        for target, facts in self._outgoing[name].items():
            # What follows is the inner loop of the search: a call for each target costs a third.
            some_users = some_allowed = 0
            target_domain = domains[target]
            for users, allowed, fact in facts:
                if not domain & ~users:
                    if target_domain & ~allowed:
                        self._narrow(target, allowed, ((name, users),), (fact,))
                        target_domain = domains[target]
                elif domain & users:
                    some_users |= users
                    some_allowed |= allowed
            if some_users and not domain & ~some_users and target_domain & ~some_allowed:
                self._narrow_by_all(name, domain, target, facts)
        for learnt in self._watching[name]:
            self._apply(learnt)

    def _refuse(self, source: int, users: int, target: int, fact: Reason) -> None:
        every = self.pool.rows[target].every
        allowed = self.pool.rows[source].every & ~users
        self._narrow(source, allowed, ((target, every & ~fact.allowed),), (fact,))

    def _narrow_by_all(
        self, name: int, domain: int, target: int, facts: Sequence[Outgoing]
    ) -> None:
        """Narrow a target to what the remaining candidates of a name allow together."""
        some_users = some_allowed = 0
        causes = []
        for users, allowed, fact in facts:
            if domain & users and domain & ~users:
                some_users |= users
                some_allowed |= allowed
                causes.append(fact)
        self._narrow(target, some_allowed, ((name, some_users),), tuple(causes))

    def _apply(self, learnt: Learnt) -> None:
        domains = self.domains
        last: Term | None = None
        for term in learnt.terms:
            if domains[term[0]] & ~term[1]:
                if last is not None:
                    return
                last = term
        if last is None:
            self._fail(learnt.terms, (learnt,))
        elif domains[last[0]] & last[1]:
            premises = tuple([term for term in learnt.terms if term is not last])
            self._narrow(last[0], self.pool.rows[last[0]].every & ~last[1], premises, (learnt,))

    def _narrow(self, name: int, allowed: int, premises: Terms, causes: Causes) -> None:
        before = self.domains[name]
        after = before & allowed
        if after == before:
            return
        if not after:
            every = self.pool.rows[name].every
            self._fail((*premises, (name, every & ~allowed)), causes)
            return
        self.trail.narrow(name, allowed, premises, causes)
        self._changed[name] = None

    def _fail(self, terms: Terms, causes: Causes) -> None:
        if self._dead_end is None:
            self._dead_end = (terms, causes)
