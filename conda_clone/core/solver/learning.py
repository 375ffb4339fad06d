"""What a dead end teaches, and which facts are behind it.

`learn` walks the trail backwards from the terms of a dead end, replacing the youngest one by what
forced it, until a single term of the youngest level is left: the terms then form a set that can
never hold together, and all but one of them held at an earlier level already.
"""

from collections.abc import Iterable

from conda_clone.core.solver.reasons import Reason
from conda_clone.core.solver.trail import AT_START, Cause, Causes, Learnt, Term, Terms, Trail

__all__ = ["Lesson", "facts_behind", "learn"]


class Lesson:
    """The outcome of an analysis.

    Attributes:
        learnt: The terms that never hold together.
        assertion: The one term that an earlier level did not have yet; None when the problem has
            no solution.
        level: The deepest level where all other terms hold.
    """

    __slots__ = ("assertion", "learnt", "level")

    def __init__(self, learnt: Learnt, assertion: Term | None, level: int) -> None:
        self.learnt = learnt
        self.assertion = assertion
        self.level = level


def learn(trail: Trail, terms: Terms, causes: Causes) -> Lesson:
    """Analyse a dead end: terms that all hold but never can, by the facts in `causes`."""
    all_causes: dict[Cause, None] = dict.fromkeys(causes)
    facts: list[Term] = []
    masks: dict[int, int] = {}
    positions: dict[int, int] = {}
    # Without a decision in force, everything holds at level 0.
    ground = trail.level_start(1) if trail.level else trail.length

    def add(term: Term) -> None:
        name, mask = term
        position = trail.position(term)
        if position < ground:
            facts.append(term)
            return
        masks[name] = masks.get(name, mask) & mask
        positions[name] = max(positions.get(name, position), position)

    for term in terms:
        add(term)
    while positions:
        name = max(positions, key=positions.__getitem__)
        last = positions[name]
        level = trail.level_of(last)
        start = trail.level_start(level)
        others = [place for other, place in positions.items() if other != name]
        if all(place < start for place in others):
            learnt = Learnt(tuple(masks.items()), tuple(facts), tuple(all_causes))
            deepest = max((trail.level_of(place) for place in others), default=0)
            return Lesson(learnt, (name, masks[name]), deepest)
        del positions[name]
        term = (name, masks.pop(name))
        all_causes.update(dict.fromkeys(trail.causes(last)))
        for premise in trail.unfold(term, last):
            add(premise)
    return Lesson(Learnt((), tuple(facts), tuple(all_causes)), None, AT_START)


def facts_behind(trail: Trail, learnt: Learnt) -> tuple[list[Reason], list[int]]:
    """Return the facts that prove a learnt set, and the names whose own limits take part.

    All terms of `learnt.facts` must hold at level 0.
    """
    reasons: dict[Reason, None] = {}
    limited: dict[int, None] = {}
    seen: set[Cause] = set()
    known: set[Term] = set()
    causes: list[Cause] = [learnt]
    terms: list[Term] = []

    def take(more: Iterable[Cause]) -> None:
        for cause in more:
            if cause not in seen:
                seen.add(cause)
                causes.append(cause)

    while causes or terms:
        if causes:
            cause = causes.pop()
            if isinstance(cause, Reason):
                reasons[cause] = None
            else:
                take(cause.causes)
                terms.extend(cause.facts)
            continue
        term = terms.pop()
        if term in known:
            continue
        known.add(term)
        position = trail.position(term)
        if position == AT_START:
            limited[term[0]] = None
        else:
            take(trail.causes(position))
            terms.extend(trail.unfold(term, position))
    return list(reasons), list(limited)
