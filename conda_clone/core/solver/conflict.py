"""`Conflict`: the facts behind a problem without solution, as values that outlive the search."""

from collections.abc import Sequence
from dataclasses import dataclass

from conda_clone.core.solver.pool import Pool
from conda_clone.core.solver.problem import Origin
from conda_clone.core.solver.reasons import UNCONDITIONAL, Reason, ReasonKind

__all__ = ["Conflict", "Need", "conflict_of"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Facts that cannot hold together.

    Attributes:
        needs: The facts; those of the user first, in the order of the request.
        minimal: Whether leaving out any one of them would make the rest possible.
    """

    needs: tuple[Need, ...]
    minimal: bool = True


def conflict_of(pool: Pool, reasons: Sequence[Reason], *, minimal: bool) -> Conflict:
    """Return facts of a search as a conflict."""
    needs = [_need(pool, reason) for reason in reasons]
    return Conflict(needs=tuple(sorted(needs, key=_place)), minimal=minimal)


def _place(need: Need) -> tuple[int, str, str, str]:
    """Order needs of the user first, otherwise by text: the same conflict reads the same."""
    return (0, "", "", "") if not need.source else (1, need.source, need.target, need.spec)


def _need(pool: Pool, reason: Reason) -> Need:
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
