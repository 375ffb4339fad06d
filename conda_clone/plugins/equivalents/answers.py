"""`context.plugin_manager`: what plugins ask about plugins, ours included."""

from typing import TYPE_CHECKING, Any

from conda_clone.plugins.builtin import builtin_items
from conda_clone.plugins.equivalents.context import context
from conda_clone.plugins.equivalents.environment import exported
from conda_clone.plugins.equivalents.instance import current
from conda_clone.plugins.types import CondaEnvironmentExporter, CondaSolver, CondaVirtualPackage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conda_clone.models.records import PackageRecord
    from conda_clone.plugins.builtin import Builtin
    from conda_clone.plugins.equivalents.solve import Solver
    from conda_clone.plugins.manager import Plugins

__all__ = ["PluginAnswers", "get_plugin_manager"]


class PluginAnswers:
    """What is known of plugins in this run.

    Args:
        plugins: Those of others; None where there are none.
    """

    def __init__(self, plugins: "Plugins | None") -> None:
        self._plugins = plugins

    def get_cached_solver_backend(self, name: str | None = None) -> "type[Solver]":
        """Return the class that solves: that of a plugin if it has the name, else ours."""
        from conda_clone.plugins.equivalents.solve import Solver

        found = self.get_solvers().get((name or "").lower().strip())
        return Solver if found is None else found.backend

    get_solver_backend = get_cached_solver_backend

    def get_virtual_package_records(self) -> "tuple[PackageRecord, ...]":
        """Return the facts about the machine."""
        found: tuple[PackageRecord, ...] = current().virtual_packages()
        return found

    def get_hook_results(self, name: str, **arguments: Any) -> list[Any]:
        """Return the items of a hook, whose name is given without `conda_`; ours come first."""
        own = _OWN.get(name)
        return [*(own() if own else ()), *self._items(f"conda_{name}", **arguments)]

    def get_virtual_packages(self) -> tuple[CondaVirtualPackage, ...]:
        """Return the facts about the machine, as plugins tell them."""
        return tuple(self.get_hook_results("virtual_packages"))

    def get_solvers(self) -> dict[str, CondaSolver]:
        """Return name -> solver."""
        return {each.name: each for each in self.get_hook_results("solvers")}

    def get_subcommands(self) -> dict[str, Any]:
        """Return name -> command of a plugin."""
        return {each.name: each for each in self.get_hook_results("subcommands")}

    def get_settings(self) -> dict[str, Any]:
        """Return name -> setting of a plugin."""
        return {each.name: each for each in self.get_hook_results("settings")}

    def get_environment_exporters(self) -> list[CondaEnvironmentExporter]:
        """Return the formats that environments are written in."""
        return self.get_hook_results("environment_exporters")

    def get_exporter_format_mapping(self) -> dict[str, CondaEnvironmentExporter]:
        """Return name or alias -> format."""
        return {
            name: each
            for each in self.get_environment_exporters()
            for name in (each.name, *each.aliases)
        }

    def get_environment_exporter_by_format(self, name: str) -> CondaEnvironmentExporter:
        """Return the format of a name.

        Raises:
            KeyError: There is none.
        """
        return self.get_exporter_format_mapping()[name.lower().strip()]

    def _items(self, hook: str, **arguments: Any) -> list[Any]:
        plugins = self._plugins
        if plugins is None or not plugins.implements(hook):
            return []
        return plugins.items(hook, **arguments)


def get_plugin_manager() -> PluginAnswers:
    """Return who knows the plugins of this run; where none are at work, ours are known."""
    known: PluginAnswers = getattr(context, "plugin_manager", None) or PluginAnswers(None)
    return known


def _solvers() -> "Iterator[CondaSolver]":
    from conda_clone.plugins.equivalents.solve import Solver

    for row in builtin_items("conda_solvers"):
        yield CondaSolver(row.name, Solver)


def _virtual_packages() -> "Iterator[CondaVirtualPackage]":
    for record in current().virtual_packages():
        name = record.name.removeprefix("__")
        yield CondaVirtualPackage(name, record.version, record.build)


def _exporters() -> "Iterator[CondaEnvironmentExporter]":
    yield from map(_exporter, builtin_items("conda_environment_exporters"))


def _exporter(row: "Builtin") -> CondaEnvironmentExporter:
    def export(environments: "Iterable[Any]") -> str:
        return str(row.load()([exported(each) for each in environments]))

    return CondaEnvironmentExporter(
        row.name,
        aliases=row.aliases,
        default_filenames=row.filenames,
        multiplatform_export=export,
    )


_OWN: "dict[str, Callable[[], Iterator[Any]]]" = {
    "environment_exporters": _exporters,
    "solvers": _solvers,
    "virtual_packages": _virtual_packages,
}
