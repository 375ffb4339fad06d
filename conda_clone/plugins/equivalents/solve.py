"""`conda.core.solve.Solver`: what solvers of plugins derive from, and what other plugins call.

As part of a command, `take_problem` gives it what ours would get: the request, the state of the
environment and the index. Anywhere else it works with the settings of the run. Without an override
of `solve_final_state` it is our solver; the other two methods follow from that one.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from conda_clone.core.planning import solver
from conda_clone.core.planning.request import DepsModifier, UpdateModifier
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.plugins.equivalents.instance import current
from conda_clone.plugins.equivalents.link import PrefixSetup, UnlinkLinkTransaction
from conda_clone.plugins.interfaces import NULL

if TYPE_CHECKING:
    from conda_clone.models.records import PackageRecord, PrefixRecord

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
        self.prefix = str(prefix)
        self.channels = tuple(channels)
        self.subdirs = tuple(subdirs)
        self.specs_to_add = frozenset(map(_spec, specs_to_add))
        self.specs_to_remove = frozenset(map(_spec, specs_to_remove))
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
        update_modifier: Any = NULL,
        deps_modifier: Any = NULL,
        prune: Any = NULL,
        ignore_pinned: Any = NULL,
        force_remove: Any = NULL,
        should_retry_solve: bool = False,  # noqa: FBT001, FBT002 - the public interface
    ) -> "Iterable[PackageRecord]":
        """Return the packages of the environment as it shall be; ours, unless overridden.

        Raises:
            CondaError: There is no solution.
        """
        del prune, should_retry_solve  # what is not needed any more goes by itself
        if self._problem is not None:
            ours = solver.Solver(self.request, self.state, self.index, self.settings)
            return ours.solve_final_state()
        options: dict[str, Any] = {
            "update_modifier": _ours(UpdateModifier, update_modifier),
            "deps_modifier": _ours(DepsModifier, deps_modifier),
            "ignore_pinned": ignore_pinned if isinstance(ignore_pinned, bool) else None,
            "force_remove": force_remove if isinstance(force_remove, bool) else None,
        }
        given = {name: option for name, option in options.items() if option is not None}
        found: Iterable[PackageRecord] = self._embedded(**given).solve_final_state()
        return found

    def solve_for_diff(
        self,
        update_modifier: Any = NULL,
        deps_modifier: Any = NULL,
        prune: Any = NULL,
        ignore_pinned: Any = NULL,
        force_remove: Any = NULL,
        force_reinstall: Any = NULL,
        should_retry_solve: bool = False,  # noqa: FBT001, FBT002 - the public interface
    ) -> "tuple[tuple[PrefixRecord, ...], tuple[PackageRecord, ...]]":
        """Return what leaves the environment and what comes, in order.

        Raises:
            CondaError: There is no solution.
        """
        final = self.solve_final_state(
            update_modifier,
            deps_modifier,
            prune,
            ignore_pinned,
            force_remove,
            should_retry_solve,
        )
        again = [spec.name for spec in self.specs_to_add] if force_reinstall is True else ()
        change = self._embedded().transaction_to(final, relink=again).change
        return change.unlink, change.link

    def solve_for_transaction(self, *arguments: Any, **options: Any) -> UnlinkLinkTransaction:
        """Return what makes the change; arguments are those of `solve_for_diff`.

        Raises:
            CondaError: There is no solution.
        """
        unlink, link = self.solve_for_diff(*arguments, **options)
        return UnlinkLinkTransaction(
            PrefixSetup(
                self.prefix,
                unlink,
                link,
                tuple(self.specs_to_remove),
                tuple(self.specs_to_add),
                (),
            )
        )

    def _embedded(self, **options: Any) -> Any:
        conda = current().for_subdirs(self.subdirs)
        return conda.solver(
            self.prefix,
            sorted(self.specs_to_add, key=str),
            sorted(self.specs_to_remove, key=str),
            channels=self.channels or None,
            **options,
        )


def _spec(given: Any) -> MatchSpec:
    return given if isinstance(given, MatchSpec) else MatchSpec(str(given))


def _ours(kind: Any, given: Any) -> Any:
    """Return our member for one of conda's, or for its text; None where nothing was said."""
    value = getattr(given, "value", given)
    return kind(value) if value and value is not NULL else None
