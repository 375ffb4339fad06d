"""Errors of solving.

What explains a conflict is imported when there is one: most solves succeed, and start sooner.
"""

from typing import TYPE_CHECKING

from conda_clone.errors import CondaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conda_clone.core.solver.advice import Advice
    from conda_clone.core.solver.conflict import Conflict

__all__ = ["SolveTimeoutError", "UnsatisfiableError"]


class UnsatisfiableError(CondaError):
    """No set of packages satisfies everything that is asked for.

    Attributes:
        conflict: The requirements that cannot be met together, and what each leads to.
        chains: Spec texts from a root to where it fails, per branch; `unsatisfiable` in JSON.
    """

    def __init__(self, conflict: "Conflict", more: "Sequence[Advice]" = ()) -> None:
        """Explain a conflict; `more` is advice from those who know more than the solver."""
        from conda_clone.core.solver.advice import advice, advice_text, with_general
        from conda_clone.core.solver.explain import chains, explanation

        self.conflict = conflict
        self.chains = chains(conflict)
        self._advice = with_general(more, advice(conflict))
        hint = advice_text(self._advice)
        super().__init__(explanation(conflict), hint=hint, unsatisfiable=self.chains)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON error report, with the conflict as a graph under `guidance`."""
        from conda_clone.core.solver.conflict_graph import guidance

        return {**super().to_dict(), "guidance": guidance(self._advice, self.conflict)}


class SolveTimeoutError(CondaError):
    """The time limit passed before any answer was found, and before it was known that none exists.

    Attributes:
        newest: Names that were asked for to the newest version that has not been ruled out, where
            newer ones have been.
    """

    def __init__(self, *, names: int, dead_ends: int, newest: "Mapping[str, str]") -> None:
        """Tell what was found so far.

        Args:
            names: How many package names were looked at.
            dead_ends: How many combinations have led nowhere.
            newest: See the class.
        """
        from conda_clone.core.solver.explain import listed

        self.newest = dict(newest)
        known = [f"`{name}` can be {version} at most" for name, version in newest.items()]
        so_far = f" What is known so far: {listed(known)}." if known else ""
        super().__init__(
            f"No answer was found in time: there were {dead_ends:,} dead ends among {names:,}"
            f" packages.{so_far}",
            hint="Give it more time with --timeout, or say which versions you want: the fewer there"
            " are to choose from, the faster it goes.",
            dead_ends=dead_ends,
            newest_possible=self.newest,
        )
