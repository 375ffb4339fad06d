"""Solvers of plugins, and what plugins do before and after packages are chosen.

A plugin's solver only has to say which packages the environment is to have; what changes, in which
order, and what the history says, follows as it does for ours.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from conda_clone.core.planning.request import UpdateModifier
from conda_clone.core.planning.solver import Solver
from conda_clone.errors import CondaError, CondaValueError
from conda_clone.models.package_record import PackageRecord
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.plugins.builtin import builtin_items, builtin_named
from conda_clone.plugins.equivalents.aliases import add_names
from conda_clone.plugins.errors import PluginError

if TYPE_CHECKING:
    from conda_clone.config.settings import ChannelSettings, SolveSettings
    from conda_clone.core.planning.request import EnvironmentRequest
    from conda_clone.core.planning.solver import ChannelIndex
    from conda_clone.core.planning.state import EnvironmentState
    from conda_clone.core.transaction.change import PrefixChange
    from conda_clone.plugins.manager import Contribution, Plugins

__all__ = ["BackendSolver", "HookedSolver", "find_solver", "unknown_solver"]

_SOLVERS = "conda_solvers"
_BEFORE = "conda_pre_solves"
_AFTER = "conda_post_solves"


def find_solver(name: str, plugins: "Plugins") -> "Contribution | None":
    """Return the solver of a plugin, or None where the name means ours.

    Raises:
        CondaValueError: No solver has the name.
        PluginError: Two plugins have one of the name.
    """
    found = plugins.contributions(_SOLVERS) if plugins.implements(_SOLVERS) else []
    wanted = name.lower().strip()
    for each in found:
        if each.item.name == wanted:
            return each
    if builtin_named(_SOLVERS, wanted) is not None:
        return None
    raise unknown_solver(name, [each.item.name for each in found])


def unknown_solver(name: str, others: Iterable[str] = ()) -> CondaValueError:
    """Return the error for a name that no solver has.

    Args:
        name: The name.
        others: Names of the solvers of plugins.
    """
    names = sorted({*others, *(row.name for row in builtin_items(_SOLVERS))})
    return CondaValueError(
        f"There is no solver `{name}`.", hint=f"Choose one of these: {', '.join(names)}."
    )


class HookedSolver(Solver):
    """Our solver, with what plugins do before and after.

    Attributes:
        plugins: The plugins of this run.
        repodata_fn: The index file that is read, which actions are told.
    """

    def __init__(
        self,
        request: "EnvironmentRequest",
        state: "EnvironmentState",
        index: "ChannelIndex",
        settings: "SolveSettings",
        *,
        plugins: "Plugins",
        repodata_fn: str,
    ) -> None:
        super().__init__(request, state, index, settings)
        add_names()
        self.plugins = plugins
        self.repodata_fn = repodata_fn

    def solve_for_diff(self) -> "PrefixChange":
        """Return the change, after telling plugins what is wanted and what comes of it.

        Raises:
            CondaError: There is no solution, or a plugin is against it.
        """
        request = self.request
        wanted = frozenset(request.specs_to_add), frozenset(request.specs_to_remove)
        self._tell(_BEFORE, *wanted)
        change = super().solve_for_diff()
        self._tell(_AFTER, self.repodata_fn, change.unlink, change.link)
        return change

    def _tell(self, hook: str, *facts: Any) -> None:
        for each in self.plugins.contributions(hook):
            self.plugins.guarded(each.plugin, hook, each.item.action, *facts)


class BackendSolver(HookedSolver):
    """A plugin's solver in the place of ours.

    Args:
        chosen: The solver.
        channels: Where packages come from.

    A failure of it ends the command, because the user has chosen it.
    """

    def __init__(
        self,
        hooked: HookedSolver,
        chosen: "Contribution",
        channels: "ChannelSettings",
    ) -> None:
        super().__init__(
            hooked.request,
            hooked.state,
            hooked.index,
            hooked.settings,
            plugins=hooked.plugins,
            repodata_fn=hooked.repodata_fn,
        )
        self._chosen = chosen
        self._channels = channels

    def solve_final_state(self) -> tuple[PackageRecord, ...]:
        """Return what the plugin chooses, dependencies first.

        Raises:
            CondaError: The plugin has no solution, or fails.
        """
        try:
            found = tuple(self._ask())
        except CondaError:
            raise
        except Exception as error:
            raise self._failure(f"{type(error).__name__}: {error}") from error
        strange = [each for each in found if not isinstance(each, PackageRecord)]
        if strange:
            raise self._failure(f"it gives a {type(strange[0]).__name__} for a package")
        real = [each for each in found if not each.name.startswith("__")]
        return tuple(PrefixGraph(real).sorted())

    def _ask(self) -> Iterable[Any]:
        from conda_clone.plugins.equivalents import constants
        from conda_clone.plugins.equivalents.models import channel_of

        request = self.request
        backend = self._chosen.item.backend(
            request.prefix,
            tuple(channel_of(name) for name in self._channels.channels),
            self._channels.subdirs,
            specs_to_add=request.specs_to_add,
            specs_to_remove=request.specs_to_remove,
            repodata_fn=self.repodata_fn,
            command=request.verb.value,
        )
        if hasattr(backend, "take_problem"):
            backend.take_problem(self)
        skips = request.update_modifier is UpdateModifier.SPECS_SATISFIED_SKIP_SOLVE
        modifier = UpdateModifier.UPDATE_SPECS if skips else request.update_modifier
        found: Iterable[Any] = backend.solve_final_state(
            update_modifier=constants.UpdateModifier(modifier.value),
            deps_modifier=constants.DepsModifier(request.deps_modifier.value),
            prune=False,
            ignore_pinned=request.ignore_pinned,
            force_remove=request.force_remove,
            should_retry_solve=False,
        )
        return found

    def _failure(self, reason: str) -> PluginError:
        plugin = self._chosen.plugin
        return PluginError(
            f"The solver `{self._chosen.item.name}` ({plugin.provider}) has failed: {reason}.",
            hint="Choose another one with --solver, such as classic.",
        )
