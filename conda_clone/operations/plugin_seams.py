"""Where an operation meets plugins: each function costs nothing while no plugin has its hook."""

from conda_clone import __version__
from conda_clone.plugins.builtin import builtin_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from conda_clone.core.env_formats.environment import EnvironmentFile
    from conda_clone.core.env_formats.writing import Exporter
    from conda_clone.core.planning.request import EnvironmentRequest
    from conda_clone.core.planning.solver import ChannelIndex, Solver
    from conda_clone.core.planning.state import EnvironmentState
    from conda_clone.core.transaction.change import PrefixChange
    from conda_clone.core.transaction.executor import Reversible
    from conda_clone.models.records import PackageRecord, PrefixRecord
    from conda_clone.operations.session import Session
    from conda_clone.plugins.manager import Plugins

__all__ = [
    "read_by_plugin",
    "reads_by_plugins",
    "run_transaction",
    "solver_for",
    "use_extractors",
    "virtual_packages",
    "with_packages_of_plugins",
    "writer_of_plugin",
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
    return detect_all(
        session.environment, overrides, session.channels.subdirs[0], __version__, more=more
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
    from conda_clone.core.planning.solver import Solver  # loaded by those who solve

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
    session: "Session", change: "PrefixChange", execute: "Callable[[Reversible | None], None]"
) -> None:
    """Change an environment, with what plugins do first and last.

    Args:
        session: The invocation.
        change: What becomes of the environment.
        execute: Changes it, and does what it is given before the change counts.

    Raises:
        CondaError: A plugin is against it, or it fails.
    """
    plugins = session.plugins
    hooks = ("conda_pre_transaction_actions", "conda_post_transaction_actions")
    if plugins is None or not any(map(plugins.implements, hooks)):
        execute(None)
        return
    from conda_clone.plugins.transactions import run_transaction as run

    run(plugins, change, execute, session.console)


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


def reads_by_plugins(session: "Session") -> bool:
    """Tell whether plugins read formats of environment files."""
    plugins = session.plugins
    return plugins is not None and plugins.implements("conda_environment_specifiers")


def read_by_plugin(
    session: "Session", path: str, form: str | None, *, source: str, folder: str
) -> "EnvironmentFile | None":
    """Return what a file says if its format is that of a plugin.

    Args:
        session: The invocation.
        path: The file.
        form: The format that was named, or None.
        source: What messages call the file.
        folder: Absolute path of the folder that relative paths in it start at.

    Raises:
        CondaError: The file is not in that format, or several plugins could read it.
    """
    plugins = session.plugins
    if plugins is None or not reads_by_plugins(session):
        return None
    from conda_clone.plugins.environment_files import find_reader, read_file

    reader = find_reader(plugins, path, form)
    if reader is None:
        return None
    platform = session.channels.subdirs[0]
    return read_file(reader, path, platform, source=source, folder=folder)


def writer_of_plugin(
    session: "Session", form: str | None, filename: str | None
) -> "Exporter | None":
    """Return the format of a plugin that has the name, or that the file's name stands for."""
    plugins = session.plugins
    if plugins is None or not plugins.implements("conda_environment_exporters"):
        return None
    from functools import partial

    from conda_clone.core.env_formats.writing import Exporter
    from conda_clone.plugins.environment_files import find_writer, written

    found = find_writer(plugins, form, filename)
    if found is None:
        return None
    item = found.item
    return Exporter(
        name=item.name,
        aliases=item.aliases,
        filenames=item.default_filenames,
        text=partial(written, found),
    )


def use_extractors(plugins: "Plugins") -> None:
    """Let archives of the formats of plugins be packages."""
    hook = "conda_package_extractors"
    if not plugins.implements(hook):
        return
    from conda_clone.gateways.archives.extractors import add_extractor

    for each in plugins.contributions(hook):
        for extension in each.item.extensions:
            add_extractor(extension, each.item.extract)
