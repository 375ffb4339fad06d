"""Errors of solving."""

from conda_clone.core.solver.advice import hint
from conda_clone.core.solver.conflict import Conflict
from conda_clone.core.solver.conflict_graph import guidance
from conda_clone.core.solver.explain import chains, explanation
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

    def to_dict(self) -> dict[str, object]:
        """Return the JSON error report, with the conflict as a graph under `guidance`."""
        return {**super().to_dict(), "guidance": guidance(self.conflict)}
