"""`conda.core.solve.Solver`: what solvers of plugins derive from.

`take_problem` gives a solver of this program's own plugins what ours would get: the request, the
state of the environment and the index. Without an override of `solve_final_state` it is our solver.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from conda_clone.core.planning import solver
from conda_clone.errors import CondaError
from conda_clone.plugins.interfaces import NULL

if TYPE_CHECKING:
    from conda_clone.models.records import PackageRecord
    from conda_clone.plugins.equivalents.constants import DepsModifier, UpdateModifier

__all__ = ["Solver"]


class Solver:
    """Chooses packages for one environment.

    Attributes:
        prefix: The environment.
        channels: Where packages come from, the preferred one first.
        subdirs: Platforms of packages.
        specs_to_add: What is wanted.
        specs_to_remove: What is to go.
        request, state, index, settings: What our solver gets, once `take_problem` was called.
    """

    def __init__(
        self,
        prefix: str,
        channels: Iterable[Any],
        subdirs: Iterable[str] = (),
        specs_to_add: Iterable[Any] = (),
        specs_to_remove: Iterable[Any] = (),
        repodata_fn: str = "repodata.json",
        command: Any = NULL,
    ) -> None:
        self.prefix = prefix
        self.channels = tuple(channels)
        self.subdirs = tuple(subdirs)
        self.specs_to_add = frozenset(specs_to_add)
        self.specs_to_remove = frozenset(specs_to_remove)
        self._repodata_fn = repodata_fn
        self._command = command
        self._problem: solver.Solver | None = None

    def take_problem(self, problem: solver.Solver) -> None:
        """Take what our solver would work on."""
        self._problem = problem
        self.request = problem.request
        self.state = problem.state
        self.index = problem.index
        self.settings = problem.settings

    def solve_final_state(
        self,
        update_modifier: "UpdateModifier | Any" = NULL,
        deps_modifier: "DepsModifier | Any" = NULL,
        prune: Any = NULL,
        ignore_pinned: Any = NULL,
        force_remove: Any = NULL,
        should_retry_solve: bool = False,  # noqa: FBT001, FBT002 - the public interface
    ) -> "Iterable[PackageRecord]":
        """Return the packages of the environment as it shall be; ours, unless overridden.

        Raises:
            CondaError: There is no solution.
        """
        del update_modifier, deps_modifier, prune, ignore_pinned, force_remove, should_retry_solve
        if self._problem is None:
            raise CondaError("A solver of a plugin works only as part of a command.")
        ours = solver.Solver(self.request, self.state, self.index, self.settings)
        return ours.solve_final_state()
