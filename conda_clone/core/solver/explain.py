"""A `Conflict` in sentences, as chains of specs, and with advice; needs nothing of the search.

The text is a tree: below each requirement of the user, the packages that would satisfy it and what
they need, down to where nothing is left. Long lists are cut, never the branches.
"""

from collections.abc import Iterator, Sequence

from conda_clone.core.solver.conflict import Conflict, Need
from conda_clone.core.solver.problem import Origin
from conda_clone.core.solver.reasons import ReasonKind

__all__ = ["chains", "explanation", "hint"]

_ASKED = {
    Origin.REQUESTED: "is requested",
    Origin.HISTORY: "was requested earlier",
    Origin.PIN: "is pinned",
    Origin.INSTALLED: "is installed and is to stay",
    Origin.CONFIGURATION: "is set in the configuration",
}
_SHOWN = 3


def explanation(conflict: Conflict) -> str:
    """Return why there is no solution, as text of several lines."""
    return "\n".join(_Tree(conflict).lines())


def chains(conflict: Conflict) -> list[list[str]]:
    """Return, per branch, the specs from a root to where it ends."""
    tree = _Tree(conflict)
    found: list[list[str]] = []
    for need in tree.unconditional:
        if need.spec:
            found.extend(tree.chains_below(need.target, [need.canonical_spec]))
    return found


def hint(conflict: Conflict) -> str:
    """Return what to do next."""
    origins = {need.origin for need in conflict.needs}
    if any(not need.available and need.spec for need in conflict.needs):
        return "Check the spelling of what is missing, or add a channel that has it (-c CHANNEL)."
    if Origin.PIN in origins:
        return "Change or remove the pin that takes part, or ignore pins with --no-pin."
    if any(need.kind is ReasonKind.PRIORITY for need in conflict.needs):
        return "Lower channels are left out by strict channel priority; try flexible priority."
    return "Ask for fewer packages or for wider versions, or add a channel that has other builds."


class _Tree:
    """The needs of a conflict by who brings them."""

    def __init__(self, conflict: Conflict) -> None:
        self._minimal = conflict.minimal
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
        if not self._minimal:
            yield "Not all of this need be part of the conflict: time ran out while reducing it."

    def _lines_below(self, source: str, depth: int) -> Iterator[str]:
        if source in self._shown:
            return
        self._shown.add(source)
        for (target, _), needs in self._below.get(source, {}).items():
            yield f"{'  ' * depth}- {_group_sentence(needs)}"
            yield from self._lines_below(target, depth + 1)

    def chains_below(self, source: str, above: Sequence[str]) -> list[list[str]]:
        """Return the chains that go through what a name needs, each name once per chain."""
        if source in self._shown or source not in self._below:
            return [list(above)]
        self._shown.add(source)
        found = []
        for (target, _), needs in self._below[source].items():
            found.extend(self.chains_below(target, [*above, needs[0].canonical_spec]))
        self._shown.discard(source)
        return found


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
    source = needs[0].source
    users = _versions(source, [user for need in needs for user in need.users])
    binds = needs[0].kind is ReasonKind.CONSTRAINS
    verb = ("only goes with" if binds else "needs") if len(users) == 1 else _plural(binds=binds)
    specs = " or ".join(f"`{need.spec}`" for need in needs[:_SHOWN])
    more = f" or {len(needs) - _SHOWN} other ranges" if len(needs) > _SHOWN else ""
    gaps = {_nothing(need) for need in needs}
    gap = gaps.pop() if len(gaps) == 1 else ""
    return f"{source} {_listed(users)} {verb} {specs}{more}{gap}"


def _plural(*, binds: bool) -> str:
    return "only go with" if binds else "need"


def _versions(name: str, dist_names: Sequence[str]) -> list[str]:
    """Return the distinct versions of packages of one name, in their order."""
    start = len(name) + 1
    return list(dict.fromkeys(each[start:].rpartition("-")[0] for each in dist_names))


def _nothing(need: Need) -> str:
    """Return what to add when nothing at all satisfies a need."""
    if need.allowed:
        return ""
    if need.target.startswith("__"):
        there = (
            f"this machine has {_listed(need.available)}" if need.available else "not known here"
        )
        return f", but {there}" if need.available else ", which this machine does not have"
    if not need.available:
        return ", but there is no such package in the channels"
    return f", but the channels only have {_listed(need.available)}"


def _listed(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:_SHOWN])
    return f"{shown} and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else shown
