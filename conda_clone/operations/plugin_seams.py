"""Where an operation meets plugins: each function costs nothing while no plugin has its hook."""

from typing import TYPE_CHECKING

from conda_clone import __version__
from conda_clone.core.planning.solver import ChannelIndex, Solver
from conda_clone.core.virtual_packages import detect_all
from conda_clone.plugins.builtin import builtin_items

if TYPE_CHECKING:
    from collections.abc import Callable

    from conda_clone.core.planning.request import EnvironmentRequest
    from conda_clone.core.planning.state import EnvironmentState
    from conda_clone.core.transaction.change import PrefixChange
    from conda_clone.models.records import PackageRecord
    from conda_clone.operations.session import Session

__all__ = ["run_transaction", "solver_for", "virtual_packages"]


def virtual_packages(session: "Session") -> "tuple[PackageRecord, ...]":
    """Return the facts about the machine, ours and those of plugins.

    Raises:
        PluginError: Two of them have the same name.
    """
    more: list[tuple[str, str, str]] = []
    plugins = session.plugins
    overrides = session.solve.override_virtual_packages
    if plugins is not None and plugins.implements("conda_virtual_packages"):
        from conda_clone.plugins.virtual_packages import facts_of_plugins

        more = facts_of_plugins(plugins, session.environment, overrides)
    return detect_all(
        session.environment, overrides, session.channels.subdirs[0], __version__, more=more
    )


def solver_for(
    session: "Session",
    request: "EnvironmentRequest",
    state: "EnvironmentState",
    index: ChannelIndex,
) -> Solver:
    """Return the solver that the settings name, with the hooks around it.

    Raises:
        CondaValueError: There is no solver of that name.
    """
    plugins = session.plugins
    name = session.configuration.value("solver")
    hooks = ("conda_solvers", "conda_pre_solves", "conda_post_solves")
    is_ours = name in [row.name for row in builtin_items("conda_solvers")]
    if plugins is None or (is_ours and not any(map(plugins.implements, hooks))):
        return Solver(request, state, index, session.solve)
    from conda_clone.plugins.solving import BackendSolver, HookedSolver, find_solver

    chosen = find_solver(name, plugins)
    hooked = HookedSolver(
        request,
        state,
        index,
        session.solve,
        plugins=plugins,
        repodata_fn=session.channels.repodata_fns[-1],
    )
    return hooked if chosen is None else BackendSolver(hooked, chosen, session.channels)


def run_transaction(
    session: "Session", change: "PrefixChange", execute: "Callable[[], None]"
) -> None:
    """Change an environment, with what plugins do first and last.

    Raises:
        CondaError: A plugin is against it, or it fails.
    """
    plugins = session.plugins
    hooks = ("conda_pre_transaction_actions", "conda_post_transaction_actions")
    if plugins is None or not any(map(plugins.implements, hooks)):
        execute()
        return
    from conda_clone.plugins.transactions import run_transaction as run

    run(plugins, change, execute)
