"""Where an operation meets plugins: each function costs nothing while no plugin has its hook."""

from conda_clone import __version__
from conda_clone.plugins.builtin import builtin_items, builtin_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from conda_clone.core.env_formats.reading import Reader
    from conda_clone.core.env_formats.writing import Exporter
    from conda_clone.core.planning.request import EnvironmentRequest
    from conda_clone.core.planning.solver import ChannelIndex, Solver
    from conda_clone.core.planning.state import EnvironmentState
    from conda_clone.core.transaction.change import PrefixChange
    from conda_clone.core.transaction.executor import Around
    from conda_clone.models.records import PackageRecord, PrefixRecord
    from conda_clone.operations.session import Session
    from conda_clone.plugins.manager import Plugins

__all__ = [
    "exporters",
    "has_part_in_transactions",
    "readers",
    "run_transaction",
    "solver_for",
    "use_extractors",
    "virtual_packages",
    "with_packages_of_plugins",
]


def virtual_packages(session: "Session") -> "tuple[PackageRecord, ...]":
    """Return the facts about the machine, ours and those of plugins.

    Raises:
        PluginError: Two of them have the same name.
    """
    from conda_clone.core.virtual_packages import detect_all  # loaded by those who ask

    more: list[tuple[str, str, str]] = []
    plugins = session.plugins
    overrides = session.solve.override_virtual_packages
    if plugins is not None and plugins.implements("conda_virtual_packages"):
        from conda_clone.plugins.virtual_packages import facts_of_plugins

        more = facts_of_plugins(plugins, session.environment, overrides)
    homes = {row.home: row for row in builtin_items("conda_virtual_packages")}
    return detect_all(
        session.environment,
        overrides,
        session.channels.subdirs[0],
        __version__,
        more=more,
        families=[row.load() for row in homes.values()],
    )


def solver_for(
    session: "Session",
    request: "EnvironmentRequest",
    state: "EnvironmentState",
    index: "ChannelIndex",
) -> "Solver":
    """Return the solver that the settings name, with the hooks around it.

    Raises:
        CondaValueError: There is no solver of that name.
    """
    plugins = session.plugins
    name = session.configuration.value("solver")
    hooks = ("conda_solvers", "conda_pre_solves", "conda_post_solves")
    own = builtin_named("conda_solvers", name)
    if own and (plugins is None or not any(map(plugins.implements, hooks))):
        solver: Solver = own.load()(request, state, index, session.solve)
        return solver
    from conda_clone.plugins.solving import (
        BackendSolver,
        HookedSolver,
        find_solver,
        unknown_solver,
    )

    if plugins is None:
        raise unknown_solver(name)
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
    session: "Session", change: "PrefixChange", execute: "Callable[[Around | None], None]"
) -> None:
    """Change an environment, with what plugins do first and last.

    Args:
        session: The invocation.
        change: What becomes of the environment.
        execute: Changes it, with what it is given around the steps of the change.

    Raises:
        CondaError: A plugin is against it, or it fails.
    """
    plugins = session.plugins
    if plugins is None or not has_part_in_transactions(plugins):
        execute(None)
        return
    from conda_clone.plugins.transactions import run_transaction as run

    run(plugins, change, execute, session.console)


def has_part_in_transactions(plugins: "Plugins") -> bool:
    """Tell whether plugins do something first or last when an environment changes."""
    hooks = ("conda_pre_transaction_actions", "conda_post_transaction_actions")
    return any(map(plugins.implements, hooks))


def with_packages_of_plugins(
    session: "Session", prefix: str, records: "dict[str, PrefixRecord]"
) -> "dict[str, PrefixRecord]":
    """Return the records of an environment with those that plugins find, sorted by name."""
    plugins = session.plugins
    hook = "conda_prefix_data_loaders"
    if plugins is None or not plugins.implements(hook):
        return records
    from pathlib import Path

    found = dict(records)
    for each in plugins.contributions(hook):
        added = plugins.guarded(each.plugin, hook, each.item.loader, Path(prefix), dict(found))
        found = {**(added or {}), **found}
    return dict(sorted(found.items()))


def readers(plugins: "Plugins | None") -> "tuple[Reader, ...]":
    """Return the formats that environments can be read from; those of plugins come first.

    Raises:
        PluginError: Two of them have the same name.
    """
    from conda_clone.core.env_formats.reading import Reader  # for commands that read files

    hook = "conda_environment_specifiers"
    own = tuple(
        Reader(
            name=row.name,
            aliases=row.aliases,
            filenames=row.filenames,
            format=row.load(),
            is_ours=True,
        )
        for row in builtin_items(hook)
    )
    if plugins is None or not plugins.implements(hook):
        return own
    from conda_clone.plugins.environment_files import readers_of_plugins

    return (*readers_of_plugins(plugins), *own)


def exporters(plugins: "Plugins | None") -> "tuple[Exporter, ...]":
    """Return the formats that environments can be written in; those of plugins come first.

    Raises:
        PluginError: Two of them have the same name.
    """
    from conda_clone.core.env_formats.writing import Exporter  # for this command only

    hook = "conda_environment_exporters"
    own = tuple(
        Exporter(name=row.name, aliases=row.aliases, filenames=row.filenames, text=row.load())
        for row in builtin_items(hook)
    )
    if plugins is None or not plugins.implements(hook):
        return own
    from conda_clone.plugins.environment_files import exporters_of_plugins

    return (*exporters_of_plugins(plugins), *own)


def use_extractors(plugins: "Plugins") -> None:
    """Let archives of the formats of plugins be packages.

    Raises:
        PluginError: Two formats have the same name, or the same end of names of files.
    """
    hook = "conda_package_extractors"
    if not plugins.implements(hook):
        return
    from conda_clone.gateways.archives.extractors import add_extractor
    from conda_clone.plugins.conflicts import check_extensions

    found = plugins.contributions(hook)
    check_extensions(found)
    for each in found:
        for extension in each.item.extensions:
            add_extractor(extension, each.item.extract)
