"""At most so many of several literals, as clauses."""

from collections.abc import Callable, Iterator, Sequence

__all__ = ["at_most", "at_most_one"]

# Up to this many literals, one clause per pair is smaller than a ladder.
_FEW = 6


def at_most_one(literals: Sequence[int], new_variable: Callable[[], int]) -> Iterator[list[int]]:
    """Yield clauses that let at most one literal be true.

    Few literals are paired with each other. Many get a ladder: helper `i` is true when one of the
    first `i` literals is, which takes three clauses per literal.
    """
    if len(literals) <= _FEW:
        for place, literal in enumerate(literals):
            for other in literals[:place]:
                yield [-other, -literal]
        return
    some_before = new_variable()
    yield [-literals[0], some_before]
    for literal in literals[1:-1]:
        yield [-some_before, -literal]
        some_now = new_variable()
        yield [-some_before, some_now]
        yield [-literal, some_now]
        some_before = some_now
    yield [-some_before, -literals[-1]]


def at_most(
    literals: Sequence[int], bound: int, new_variable: Callable[[], int]
) -> Iterator[list[int]]:
    """Yield clauses that let at most `bound` literals be true.

    A ladder per count: helper `j` is true when more than `j` of the literals so far are, so the
    clauses number twice the literals times the bound.
    """
    before: list[int] = []
    for literal in literals:
        if len(before) == bound:
            yield [-literal, -before[-1]] if before else [-literal]
        now = [new_variable() for _ in range(min(len(before) + 1, bound))]
        for place, helper in enumerate(now):
            if place < len(before):
                yield [-before[place], helper]
            yield [-literal, helper] if place == 0 else [-literal, -before[place - 1], helper]
        before = now
