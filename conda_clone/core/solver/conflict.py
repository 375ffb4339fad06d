"""`Conflict`: the facts behind a problem without solution, as values that outlive the search.

A `Remedy` is a change of the request that has been tried: with it, everything else can be had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from conda_clone.core.solver.meeting import meeting_chains
from conda_clone.core.solver.problem import Origin
from conda_clone.core.solver.reasons import UNCONDITIONAL, Reason, ReasonKind
from conda_clone.models.errors import InvalidMatchSpec
from conda_clone.models.match_spec.spec import MatchSpec

if TYPE_CHECKING:  # whoever only shows a conflict needs no search
    from conda_clone.core.solver.pool import Pool

__all__ = ["Conflict", "Need", "Remedy", "RemedyKind", "conflict_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One fact: who needs what, and what there is.

    Attributes:
        kind: Where the fact comes from.
        target: The package name that is bound.
        spec: The spec text; empty where the fact has none.
        origin: Who asked, for roots and constraints.
        source: The package name that brings the fact; empty for facts without a condition.
        users: Dist names of the packages that bring it, best first.
        allowed: Dist names of the packages that satisfy it, best first.
        available: Versions of the target that exist, newest first.
    """

    kind: ReasonKind
    target: str
    spec: str = ""
    origin: Origin | None = None
    source: str = ""
    users: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    available: tuple[str, ...] = ()

    @property
    def canonical_spec(self) -> str:
        """The spec as `MatchSpec` writes it; as it was if it cannot be understood."""
        try:
            return str(MatchSpec.parse(self.spec)) if self.spec else ""
        except InvalidMatchSpec:
            return self.spec


class RemedyKind(StrEnum):
    """What gives way."""

    LOOSEN = "loosen the spec"
    LEAVE_OUT = "leave it out"
    UNPIN = "ignore the pin"
    ALLOW = "allow the package"
    FLEXIBLE_PRIORITY = "flexible channel priority"
    APART = "an environment of its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One change by which all the rest can be had.

    Attributes:
        kind: What gives way.
        spec: The spec that gives way, or those that go together to another environment; empty for
            channel priority.
        name: The package that it is about.
        origin: Who asked for the spec.
        nearest: The version nearest to the spec that can be had, empty where it is of no interest.
        newest: The newest version that can be had.
    """

    kind: RemedyKind
    spec: str = ""
    name: str = ""
    origin: Origin | None = None
    nearest: str = ""
    newest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Facts that cannot hold together.

    Attributes:
        needs: The facts; those of the user first, in the order of the request.
        minimal: Whether leaving out any one of them would make the rest possible.
        remedies: Changes that would help; None when nobody has looked for any.
        exhausted: Whether every change of a single wish has been tried.
        meeting: Chains of specs to where the user's wishes meet; see `meeting`.
    """

    needs: tuple[Need, ...]
    minimal: bool = True
    remedies: tuple[Remedy, ...] | None = None
    exhausted: bool = False
    meeting: tuple[tuple[str, ...], ...] = ()


def conflict_of(pool: "Pool", reasons: Sequence[Reason], *, minimal: bool) -> Conflict:
    """Return facts of a search as a conflict."""
    asked = {str(root.spec): place for place, root in reversed([*enumerate(pool.problem.roots)])}

    def place(reason: Reason) -> tuple[int, str, str, int, str]:
        """What the user asks for first; then by names, best packages first."""
        target = pool.rows[reason.target].name
        if reason.source == UNCONDITIONAL:
            return (asked.get(reason.text, len(asked)), "", target, 0, reason.text)
        source = pool.rows[reason.source].name
        return (len(asked) + 1, source, target, reason.users & -reason.users, reason.text)

    ordered = sorted(reasons, key=place)
    wanted = {reason.text for reason in ordered if reason.kind is ReasonKind.ROOT}
    wishes = [root.spec for root in pool.problem.roots if str(root.spec) in wanted]
    chains = meeting_chains(pool, wishes)
    return Conflict(
        needs=tuple([_need(pool, reason) for reason in ordered]),
        minimal=minimal,
        meeting=tuple([tuple(chain) for chain in chains]),
    )


def _need(pool: "Pool", reason: Reason) -> Need:
    target = pool.rows[reason.target]
    source = None if reason.source == UNCONDITIONAL else pool.rows[reason.source]
    return Need(
        kind=reason.kind,
        target=target.name,
        spec=reason.text,
        origin=reason.origin,
        source="" if source is None else source.name,
        users=() if source is None else source.names_of(reason.users),
        allowed=target.names_of(reason.allowed),
        available=tuple([version.text for version, _ in target.versions]),
    )
