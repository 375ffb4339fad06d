"""`context.plugin_manager`: what plugins ask about plugins, ours included."""

from typing import TYPE_CHECKING, Any

from conda_clone.plugins.builtin import builtin_items
from conda_clone.plugins.equivalents.context import context
from conda_clone.plugins.equivalents.environment import exported
from conda_clone.plugins.equivalents.instance import current
from conda_clone.plugins.types import CondaEnvironmentExporter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conda_clone.models.records import PackageRecord
    from conda_clone.plugins.builtin import Builtin
    from conda_clone.plugins.equivalents.solve import Solver
    from conda_clone.plugins.manager import Plugins

__all__ = ["PluginAnswers", "get_plugin_manager"]

_EXPORTERS = "conda_environment_exporters"


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

        for item in self._items("conda_solvers"):
            if name is not None and item.name == name.lower().strip():
                found: type[Solver] = item.backend
                return found
        return Solver

    get_solver_backend = get_cached_solver_backend

    def get_virtual_package_records(self) -> "tuple[PackageRecord, ...]":
        """Return the facts about the machine."""
        found: tuple[PackageRecord, ...] = current().virtual_packages()
        return found

    get_virtual_packages = get_virtual_package_records

    def get_environment_exporters(self) -> list[CondaEnvironmentExporter]:
        """Return the formats that environments are written in, ours and those of plugins."""
        return [*map(_exporter, builtin_items(_EXPORTERS)), *self._items(_EXPORTERS)]

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

    def _items(self, hook: str) -> list[Any]:
        plugins = self._plugins
        return plugins.items(hook) if plugins is not None and plugins.implements(hook) else []


def get_plugin_manager() -> PluginAnswers:
    """Return who knows the plugins of this run; where none are at work, ours are known."""
    known: PluginAnswers = getattr(context, "plugin_manager", None) or PluginAnswers(None)
    return known


def _exporter(row: "Builtin") -> CondaEnvironmentExporter:
    def export(environments: "Iterable[Any]") -> str:
        return str(row.load()([exported(each) for each in environments]))

    return CondaEnvironmentExporter(
        row.name,
        aliases=row.aliases,
        default_filenames=row.filenames,
        multiplatform_export=export,
    )
