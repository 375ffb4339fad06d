"""Describe the plugins: where each comes from, what it adds, and whether it is enabled."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conda_clone.errors import CondaError
from conda_clone.operations.session import Session

if TYPE_CHECKING:
    from conda_clone.plugins.discovery import InstalledPlugin
    from conda_clone.plugins.manager import Plugins

__all__ = ["PluginDescription", "describe_plugins"]

# These are asked with the error or the address that they are for.
_ASKED_LATER = frozenset({"conda_error_hints", "conda_request_headers", "conda_session_headers"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginDescription:
    """One plugin.

    Attributes:
        name: What its entry point is called.
        module: What the entry point names.
        distribution: The distribution that it comes from.
        version: The version of that.
        state: "enabled", "disabled" by --no-plugins or a setting, "failed", or "built in".
        adds: Hook -> names of the items, sorted.
        failure: Why it failed, or None.
    """

    name: str
    module: str
    distribution: str
    version: str
    state: str
    adds: dict[str, tuple[str, ...]]
    failure: str | None = None

    @property
    def provider(self) -> str:
        """The distribution with its version."""
        return f"{self.distribution} {self.version}".strip()

    def document(self) -> dict[str, object]:
        """Return what programs read."""
        return {
            "name": self.name,
            "module": self.module,
            "distribution": self.distribution,
            "version": self.version,
            "state": self.state,
            "adds": {hook: list(names) for hook, names in self.adds.items()},
            "failure": self.failure,
        }


def describe_plugins(session: Session, *, builtin: bool = False) -> list[PluginDescription]:
    """Return every plugin that is installed, and with `builtin` what needs none, as the last.

    Nothing is raised: what is wrong with a plugin is part of its description.
    """
    plugins = session.plugins
    if plugins is None:
        return []
    described = [_described(plugins, each) for each in plugins.installed]
    return [*described, _built_in()] if builtin else described


def _described(plugins: "Plugins", plugin: "InstalledPlugin") -> PluginDescription:
    adds: dict[str, tuple[str, ...]] = {}
    trouble = None
    is_wanted = plugins.enabled and plugin.name not in plugins.disabled
    for hook in sorted(plugins.hooks_of(plugin)) if is_wanted else ():
        adds[hook] = ()
        if hook in _ASKED_LATER:
            continue
        try:
            adds[hook] = tuple(
                each.item.name for each in plugins.contributions(hook) if each.plugin is plugin
            )
        except CondaError as error:  # a name that two plugins have
            trouble = str(error)
    failure = plugins.failures.get(plugin.name) or trouble
    state = "failed" if failure else "enabled" if is_wanted else "disabled"
    return PluginDescription(
        name=plugin.name,
        module=plugin.value,
        distribution=plugin.distribution,
        version=plugin.version,
        state=state,
        adds=adds,
        failure=failure,
    )


def _built_in() -> PluginDescription:
    from conda_clone import __version__
    from conda_clone.plugins.builtin import BUILTIN

    return PluginDescription(
        name="conda-clone",
        module="conda_clone",
        distribution="conda-clone",
        version=__version__,
        state="built in",
        adds={hook: tuple(sorted(row.name for row in rows)) for hook, rows in BUILTIN.items()},
    )
