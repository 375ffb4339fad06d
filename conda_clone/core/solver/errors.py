"""Errors of solving."""

from conda_clone.core.solver.conflict import Conflict
from conda_clone.core.solver.explain import chains, explanation, hint
from conda_clone.errors import CondaError

__all__ = ["UnsatisfiableError"]


class UnsatisfiableError(CondaError):
    """No set of packages satisfies everything that is asked for.

    Attributes:
        conflict: The requirements that cannot be met together, and what each leads to.
        chains: Spec texts from a root to where it fails, per branch; `unsatisfiable` in JSON.
    """

    def __init__(self, conflict: Conflict) -> None:
        self.conflict = conflict
        self.chains = chains(conflict)
        super().__init__(explanation(conflict), hint=hint(conflict), unsatisfiable=self.chains)
