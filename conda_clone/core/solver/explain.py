"""A `Conflict` in sentences, and as chains of specs; needs nothing of the search.

The text is a tree: below each requirement of the user, the packages that would satisfy it and what
they need, down to where nothing is left; then, for each package that everything hinges on, who
leaves which versions of it. Long lists are cut, never the branches.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from conda_clone.core.solver.conflict import Conflict, Need
from conda_clone.core.solver.problem import Origin
from conda_clone.core.solver.reasons import ReasonKind

__all__ = ["chains", "explanation", "listed"]

_ASKED = {
    Origin.REQUESTED: "is requested",
    Origin.HISTORY: "was requested earlier",
    Origin.PIN: "is pinned",
    Origin.INSTALLED: "is installed and is to stay",
    Origin.CONFIGURATION: "is set in the configuration",
}
_SHOWN = 3
_MOST_CHAINS = 100


def explanation(conflict: Conflict) -> str:
    """Return why there is no solution, as text of several lines."""
    return "\n".join(_Tree(conflict).lines())


def chains(conflict: Conflict) -> list[list[str]]:
    """Return the specs from each root to where they meet, or else, per branch, to where it ends.

    Packages that all need each other have more branches than anybody can count: these are the
    first ones; the graph of the conflict holds all that they are made of.
    """
    if conflict.meeting:
        return [list(chain) for chain in conflict.meeting]
    tree = _Tree(conflict)
    found = (
        chain
        for need in tree.unconditional
        if need.spec
        for chain in tree.chains_below(need.target, [need.canonical_spec])
    )
    return list(islice(found, _MOST_CHAINS))


def listed(texts: Sequence[str]) -> str:
    """Return the first few texts, and how many more there are.

    >>> listed(["3.12", "3.11"])
    '3.12 and 3.11'
    >>> listed(["5", "4", "3", "2", "1"])
    '5, 4, 3 and 2 more'
    """
    if len(texts) > _SHOWN:
        return f"{', '.join(texts[:_SHOWN])} and {len(texts) - _SHOWN} more"
    return " and ".join([*filter(None, [", ".join(texts[:-1])]), *texts[-1:]])


class _Tree:
    """The needs of a conflict by who brings them."""

    def __init__(self, conflict: Conflict) -> None:
        self._conflict = conflict
        # What this machine has is told where something else does not go with it.
        self.unconditional = [
            need
            for need in conflict.needs
            if not need.source and need.kind is not ReasonKind.VIRTUAL
        ]
        self._below: dict[str, dict[tuple[str, ReasonKind], list[Need]]] = {}
        for need in conflict.needs:
            if need.source:
                groups = self._below.setdefault(need.source, {})
                groups.setdefault((need.target, need.kind), []).append(need)
        self._shown: set[str] = set()

    def lines(self) -> Iterator[str]:
        """Yield the text."""
        yield "The requirements cannot be met together:"
        for need in self.unconditional:
            yield f"  - {_sentence(need)}"
            yield from self._lines_below(need.target, 2)
        for source in self._below:
            # What is linked to the roots only by what the time limit left in, or by its absence.
            if source not in self._shown:
                yield from self._lines_below(source, 1)
        yield from self._clashes()
        if not self._conflict.minimal:
            yield "Not all of this need be part of the conflict: time ran out while reducing it."

    def _lines_below(self, source: str, depth: int) -> Iterator[str]:
        if source in self._shown:
            return
        self._shown.add(source)
        for (target, _), needs in self._below.get(source, {}).items():
            yield f"{'  ' * depth}- {_group_sentence(needs)}"
            yield from self._lines_below(target, depth + 1)

    def chains_below(self, source: str, above: Sequence[str]) -> Iterator[list[str]]:
        """Yield the chains that go through what a name needs, each name once per chain."""
        if source in self._shown or source not in self._below:
            yield list(above)
            return
        self._shown.add(source)
        for (target, _), needs in self._below[source].items():
            yield from self.chains_below(target, [*above, needs[0].canonical_spec])
        self._shown.discard(source)

    def _clashes(self) -> Iterator[str]:
        """Yield a sentence for each name of which the facts about it leave nothing together."""
        sides: dict[str, dict[str, list[Need]]] = {}
        for need in self._conflict.needs:
            if need.allowed and need.spec != need.target:
                side = need.source or f"`{need.spec}`"
                sides.setdefault(need.target, {}).setdefault(side, []).append(need)
        for target, needs_of in sides.items():
            left = [
                {name for need in needs for name in need.allowed} for needs in needs_of.values()
            ]
            if len(left) > 1 and not set.intersection(*left):
                parts = [
                    f"{side} takes {_versions_left(needs)}" for side, needs in needs_of.items()
                ]
                yield f"No `{target}` suits them all: {', '.join(parts)}."


def _sentence(need: Need) -> str:
    if need.kind is ReasonKind.PRIORITY:
        return f"`{need.target}` is only taken from the first channel that has it"
    if need.kind is ReasonKind.FORBIDDEN:
        return f"`{need.spec}` is not allowed here"
    if need.kind is ReasonKind.LOCKED:
        return f"`{need.spec}` is installed and is to stay"
    asked = _ASKED[need.origin or Origin.REQUESTED]
    return f"`{need.spec}` {asked}{_nothing(need)}"


def _group_sentence(needs: Sequence[Need]) -> str:
    source, target = needs[0].source, needs[0].target
    users = _versions(source, [user for need in needs for user in need.users])
    binds = needs[0].kind is ReasonKind.CONSTRAINS
    verb = ("only goes with" if binds else "needs") if len(users) == 1 else _plural(binds=binds)
    gaps = {_nothing(need) for need in needs}
    gap = gaps.pop() if len(gaps) == 1 else ""
    specs = " or ".join(f"`{need.spec}`" for need in needs[:_SHOWN])
    if len(needs) > _SHOWN:
        more = len(needs) - _SHOWN
        specs += f" or {more} other range{'s' if more > 1 else ''}"
        if not gap and (versions := _versions_left(needs)):
            specs = f"`{target}` {versions} ({specs})"
    return f"{source} {listed(users)} {verb} {specs}{gap}"


def _plural(*, binds: bool) -> str:
    return "only go with" if binds else "need"


def _versions(name: str, dist_names: Sequence[str]) -> list[str]:
    """Return the distinct versions of packages of one name, in their order."""
    start = len(name) + 1
    return list(dict.fromkeys(each[start:].rpartition("-")[0] for each in dist_names))


def _versions_left(needs: Sequence[Need]) -> str:
    """Return the versions that one of some needs takes: all between two of them, or a few."""
    target = needs[0].target
    allowed = set(_versions(target, [name for need in needs for name in need.allowed]))
    available = needs[0].available
    left = [version for version in available if version in allowed]
    if len(left) > _SHOWN and tuple(left) in _runs(available, len(left)):
        return f"{left[-1]} to {left[0]}"
    return listed(left)


def _runs(texts: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    """Yield all runs of neighbours of some length."""
    for start in range(len(texts) - length + 1):
        yield tuple(texts[start : start + length])


def _nothing(need: Need) -> str:
    """Return what to add when nothing at all satisfies a need."""
    if need.allowed:
        return ""
    if need.target.startswith("__"):
        if need.available:
            return f", but this machine has {listed(need.available)}"
        return ", which this machine does not have"
    if not need.available:
        return ", but there is no such package in the channels"
    return f", but the channels only have {listed(need.available)}"
