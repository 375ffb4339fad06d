"""`Plugins`: the plugins of one invocation, loaded when a hook needs them, and watched.

- Plugins are found without being imported, and one is imported when a hook is asked that it
  implements, or that it may implement. Commands that ask no hook pay nothing.
- A plugin that cannot be loaded, or raises anything but a `CondaError` in a call, is named,
  reported, and off for the rest of the run. A `CondaError` is what a plugin says on purpose, such
  as "accept the terms first": it ends the command.
- Names are unique within a hook; who else has one is told by distribution and version.
"""

import os
import sys

from conda_clone.config.search_path import home_folder
from conda_clone.errors import CondaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any, TypeVar

    import pluggy

    from conda_clone.config.configuration import Configuration
    from conda_clone.plugins.discovery import InstalledPlugin
    from conda_clone.plugins.equivalents.answers import PluginAnswers
    from conda_clone.plugins.memory import Memory

    T = TypeVar("T")

__all__ = ["Contribution", "Plugins"]


class Contribution:
    """One item that a plugin gives for a hook.

    Attributes:
        item: One of `conda_clone.plugins.types`.
        plugin: Where it comes from.
    """

    __slots__ = ("item", "plugin")

    def __init__(self, item: "Any", plugin: "InstalledPlugin") -> None:
        self.item = item
        self.plugin = plugin


class Plugins:
    """The plugins that others have installed.

    Args:
        warn: Is told what is wrong with a plugin.
        enabled: False for a run without plugins.
        memory: What is installed; by default it is looked up on the import path of this program.

    Attributes:
        enabled: False for a run without plugins.
        disabled: Names of plugins that the settings do not want.
        failures: Plugin by name of the entry point -> why it is off.
        configuration: The settings of this run, once `bind` has told them.
    """

    def __init__(
        self,
        warn: "Callable[[str], None]",
        *,
        enabled: bool = True,
        memory: "Memory | None" = None,
    ) -> None:
        self.enabled = enabled
        self.disabled: frozenset[str] = frozenset()
        self.failures: dict[str, str] = {}
        self._warn = warn
        self._memory = memory
        self._manager: pluggy.PluginManager | None = None
        self._loaded: dict[str, object] = {}
        self._checked: set[str] = set()
        self.configuration: Configuration | None = None
        self._arguments: Mapping[str, Any] = {}

    @property
    def memory(self) -> "Memory":
        """What is installed."""
        if self._memory is None:
            from conda_clone.plugins.memory import Memory, default_path

            folders = [folder for folder in sys.path if folder != _FOLDER_OF_NAMES]
            self._memory = Memory(default_path(os.environ, home_folder(), folders), folders)
        return self._memory

    def bind(self, configuration: "Configuration", arguments: "Mapping[str, Any]") -> None:
        """Let plugins see the settings of this run and the arguments of the command."""
        self.configuration = configuration
        self._arguments = arguments
        if self._loaded:
            self._show_context()

    def _show_context(self) -> None:
        from conda_clone.plugins.equivalents import context

        if self.configuration is not None:
            context.bind(self.configuration, self._arguments, self._answers)

    def _answers(self) -> "PluginAnswers":
        from conda_clone.plugins.equivalents.answers import PluginAnswers  # only if one asks

        return PluginAnswers(self)

    @property
    def installed(self) -> "tuple[InstalledPlugin, ...]":
        """Every plugin that is installed, whether it is enabled or not."""
        return self.memory.plugins

    def implements(self, hook: str) -> bool:
        """Tell whether any plugin has something for a hook; imports those that may."""
        return any(True for _ in self._implementing(hook))

    def is_usable(self, plugin: "InstalledPlugin") -> bool:
        """Tell whether a plugin is asked: neither switched off nor failed."""
        return (
            self.enabled and plugin.name not in self.disabled and plugin.name not in self.failures
        )

    def hooks_of(self, plugin: "InstalledPlugin") -> "frozenset[str]":
        """Return the hooks that a plugin implements; imports it if that is not known."""
        known = self.memory.hooks_of(plugin)
        if known is None and self.is_usable(plugin):
            self._load(plugin)
            known = self.memory.hooks_of(plugin)
        return known or frozenset()

    def contributions(self, hook: str, **arguments: "Any") -> "list[Contribution]":
        """Return what plugins give for a hook, sorted by name.

        Raises:
            PluginError: Two of them, or one and this program, have an item of the same name.
            CondaError: What a plugin says on purpose.
        """
        found = [
            Contribution(item, plugin)
            for plugin in self._implementing(hook)
            for item in self._call(hook, plugin, arguments)
        ]
        named = [each for each in found if hasattr(each.item, "name")]
        if hook not in self._checked and hook not in _HEADERS:
            from conda_clone.plugins.conflicts import check_names  # only with plugins

            check_names(hook, named)
            self._checked.add(hook)
        return sorted(found, key=lambda each: str(getattr(each.item, "name", "")))

    def items(self, hook: str, **arguments: "Any") -> "list[Any]":
        """Return the items alone, as `contributions` does."""
        return [each.item for each in self.contributions(hook, **arguments)]

    def guarded(
        self, plugin: "InstalledPlugin", hook: str, call: "Callable[..., T]", *arguments: "Any"
    ) -> "T | None":
        """Call something of a plugin; None when it fails, which is told, and the plugin is off.

        Raises:
            CondaError: What the plugin says on purpose.
        """
        try:
            return call(*arguments)
        except CondaError:
            raise
        except Exception as error:  # noqa: BLE001 - one of the three seams for all errors
            self._switch_off(plugin, f"failed in `{hook}`", error)
            return None

    def _implementing(self, hook: str) -> "Iterator[InstalledPlugin]":
        if not self.enabled:
            return
        unknown = False
        for plugin in self.installed:
            if not self.is_usable(plugin):
                continue
            known = self.memory.hooks_of(plugin)
            if known is None or hook in known:
                unknown = unknown or known is None
                self._load(plugin)
                if hook in (self.memory.hooks_of(plugin) or ()) and self.is_usable(plugin):
                    yield plugin
        if unknown:
            self.memory.save()

    def _call(
        self, hook: str, plugin: "InstalledPlugin", arguments: "dict[str, Any]"
    ) -> "list[Any]":
        manager = self._manager
        if manager is None:
            return []
        own = self._loaded[plugin.name]
        others = [each for each in manager.get_plugins() if each is not own]
        caller = manager.subset_hook_caller(hook, others)
        given = self.guarded(plugin, hook, lambda: [_listed(each) for each in caller(**arguments)])
        items = [item for each in given or () for item in each]
        return [item for item in items if self._is_of_hook(hook, item, plugin)]

    def _is_of_hook(self, hook: str, item: object, plugin: "InstalledPlugin") -> bool:
        from conda_clone.plugins.hookspec import item_type

        wanted = item_type(hook)
        if isinstance(item, wanted):
            return True
        given = TypeError(f"an item is a {type(item).__name__} and no {wanted.__name__}")
        self._switch_off(plugin, f"failed in `{hook}`", given)
        return False

    def _load(self, plugin: "InstalledPlugin") -> None:
        """Import and register a plugin, if that has not been done."""
        if plugin.name in self._loaded:
            return
        from conda_clone.plugins.registration import implemented_hooks, import_plugin, register

        self._show_context()
        try:
            loaded = import_plugin(plugin)
            self._manager = register(self._manager, loaded, plugin)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - also of plugins that exit when imported
            self._switch_off(plugin, "cannot be loaded", error)
            return
        self._loaded[plugin.name] = loaded
        hooks, files = implemented_hooks(self._manager, loaded)
        self.memory.remember(plugin, hooks, [*files, _NAMES])

    def _switch_off(self, plugin: "InstalledPlugin", what: str, error: BaseException) -> None:
        reason = f"{type(error).__name__}: {error}"
        if isinstance(error, ModuleNotFoundError) and error.name in _BROUGHT_BY_CONDA:
            reason += f" (conda needs `{error.name}` itself; install it beside the plugin)"
        self.failures[plugin.name] = reason
        self._warn(
            f"The plugin `{plugin.name}` ({plugin.provider}) {what} and is off for this run: "
            f"{reason}"
        )


# A plugin may have no hooks because a name is missing that it imports.
_NAMES = os.path.join(os.path.dirname(__file__), "equivalents", "names.py")
# Plugins use these without asking for them, because whoever has conda has them.
_BROUGHT_BY_CONDA = frozenset(
    {
        "boltons",
        "conda_package_handling",
        "conda_package_streaming",
        "distro",
        "frozendict",
        "jsonpatch",
        "menuinst",
        "zstandard",
    }
)
# Added to the path once a plugin was loaded; it has none.
_FOLDER_OF_NAMES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "in_processes")
_HEADERS = ("conda_session_headers", "conda_request_headers", "conda_error_hints")


def _listed(result: "Iterable[Any] | None") -> "list[Any]":
    """Return what one implementation gives: it may yield items, return some, or None."""
    return list(result) if result is not None else []
