"""Errors of solving."""

from collections.abc import Sequence

from conda_clone.core.solver.conflict import Conflict
from conda_clone.errors import CondaError

__all__ = ["UnsatisfiableError"]


class UnsatisfiableError(CondaError):
    """No set of packages satisfies everything that is asked for.

    Attributes:
        conflict: The requirements that cannot be met together, and what each leads to.
        bad_deps: Chains of spec texts, each from a root to where it fails.
    """

    def __init__(
        self, text: str, conflict: Conflict, bad_deps: Sequence[Sequence[str]], *, hint: str | None
    ) -> None:
        chains = [list(chain) for chain in bad_deps]
        super().__init__(text, hint=hint, bad_deps=chains)
        self.conflict = conflict
        self.bad_deps = chains
