"""`Reason`: one fact that a solution has to respect; the currency of search and explanation.

Every fact has the same shape: *if name `source` takes a candidate of `users`, then name `target`
takes a candidate of `allowed`*. Facts without a condition have no source. Sets of candidates are
bits of one integer; the bit above the last candidate stands for "the name is not installed".
"""

from enum import StrEnum

from conda_clone.core.solver.problem import Origin

__all__ = ["UNCONDITIONAL", "Reason", "ReasonKind"]

UNCONDITIONAL = -1


class ReasonKind(StrEnum):
    """Why a fact holds."""

    ROOT = "root"
    CONSTRAINT = "constraint"
    LOCKED = "locked"
    FORBIDDEN = "forbidden"
    PRIORITY = "channel priority"
    VIRTUAL = "virtual package"
    DEPENDS = "depends"
    CONSTRAINS = "constrains"


class Reason:
    """One fact.

    Attributes:
        kind: Where the fact comes from.
        target: Index of the name that is bound.
        allowed: Candidates of the target that remain possible.
        source: Index of the name whose candidates bring the fact, or `UNCONDITIONAL`.
        users: Candidates of the source that bring it.
        text: The spec behind it, as it was written.
        origin: Who asked, for roots and constraints.
    """

    __slots__ = ("allowed", "kind", "origin", "source", "target", "text", "users")

    def __init__(
        self,
        kind: ReasonKind,
        target: int,
        allowed: int,
        *,
        source: int = UNCONDITIONAL,
        users: int = 0,
        text: str = "",
        origin: Origin | None = None,
    ) -> None:
        self.kind = kind
        self.target = target
        self.allowed = allowed
        self.source = source
        self.users = users
        self.text = text
        self.origin = origin

    def __repr__(self) -> str:
        return f"Reason({self.kind.value!r}, {self.text!r})"
