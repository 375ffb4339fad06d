"""Import a plugin and make it known to pluggy; loaded only when there is a plugin.

A plugin is a module, a class or an object with functions that `hookimpl` marks; it is registered as
it is, under its full name.
"""

import importlib
import inspect
from collections.abc import Iterable
from typing import Any

import pluggy

from conda_clone.plugins.discovery import InstalledPlugin
from conda_clone.plugins.errors import PluginError
from conda_clone.plugins.hookspec import PROJECT, CondaSpecs

__all__ = ["canonical_name", "implemented_hooks", "import_plugin", "new_manager", "register"]


def import_plugin(plugin: InstalledPlugin) -> object:
    """Return the module or object that an entry point names.

    Raises:
        Exception: Whatever importing it raises.
    """
    from conda_clone.plugins.import_hook import install

    install()
    module, _, attributes = plugin.value.partition(":")
    found: Any = importlib.import_module(module)
    for attribute in filter(None, attributes.split(".")):
        found = getattr(found, attribute)
    return found


def new_manager() -> pluggy.PluginManager:
    """Return a manager that knows our hooks."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(CondaSpecs)
    return manager


def register(
    manager: pluggy.PluginManager | None, loaded: object, plugin: InstalledPlugin
) -> pluggy.PluginManager:
    """Add what an entry point names to the manager, a new one if there is none.

    Raises:
        PluginError: The same is registered already.
        pluggy.PluginValidationError: A hook does not have the arguments that it declares.
    """
    manager = manager or new_manager()
    name = canonical_name(loaded)
    if manager.has_plugin(name) or manager.is_registered(loaded):
        raise PluginError(f"`{name}`, which `{plugin.name}` names, is registered already.")
    manager.register(loaded, name=name)
    return manager


def canonical_name(loaded: Any) -> str:
    """Return the full name of a plugin (spec/plugins.md, section 1)."""
    if inspect.ismodule(loaded):
        return loaded.__name__
    if inspect.isclass(loaded):
        return f"{loaded.__module__}.{loaded.__qualname__}"
    kind = type(loaded)
    return f"{kind.__module__}.{kind.__qualname__}[{id(loaded)}]"


def implemented_hooks(
    manager: pluggy.PluginManager, loaded: object
) -> tuple[frozenset[str], Iterable[str]]:
    """Return the names of the hooks that a plugin implements, and the files that say so."""
    callers = manager.get_hookcallers(loaded) or []
    files = {_file(loaded)}
    for caller in callers:
        for implementation in caller.get_hookimpls():
            if implementation.plugin is loaded:
                files.add(_file(implementation.function))
    return frozenset(caller.name for caller in callers), files - {""}


def _file(thing: Any) -> str:
    try:
        return inspect.getfile(inspect.unwrap(thing) if callable(thing) else thing)
    except (TypeError, ValueError):  # an object: its functions have files
        return ""
