"""What plugins do before and after a command, and when one ends with an error."""

import os
import sys

from conda_clone import __version__
from conda_clone.errors import CondaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from conda_clone.plugins.manager import Plugins

__all__ = ["command_name", "error_hints", "observe_error", "run_command_hooks", "warn"]


def warn(text: str) -> None:
    """Tell what is wrong with a plugin, whatever is written to stdout."""
    sys.stderr.write(f"WARNING: {text}\n")


def command_name(name: str, args: "argparse.Namespace") -> str:
    """Return what hooks call a command: that of `conda env create` is `env_create`."""
    given = vars(args)
    inner = [given.get(key) for key in ("subcommand", "subsubcommand")]
    return "_".join([name, *[word for word in inner if isinstance(word, str)]])


def run_command_hooks(plugins: "Plugins", hook: str, command: str) -> None:
    """Call the actions of a hook that want to run for a command.

    Raises:
        CondaError: A plugin says on purpose that the command is not to go on.
    """
    if not plugins.implements(hook):
        return
    for each in plugins.contributions(hook):
        if command in each.item.run_for:
            plugins.guarded(each.plugin, hook, each.item.action, command)


def observe_error(plugins: "Plugins", error: BaseException, status: int) -> None:
    """Tell an error, and the exit status that follows, to those who watch for it."""
    hook = "conda_exception_observers"
    if isinstance(error, SystemExit) or not plugins.implements(hook):
        return
    from conda_clone.plugins.types import CondaExceptionEvent

    event = CondaExceptionEvent(
        exc_type=type(error),
        exc_value=error,
        exc_traceback=error.__traceback__,
        argv=tuple(sys.argv),
        conda_version=__version__,
        return_code=status,
        active_prefix=os.environ.get("CONDA_PREFIX"),
        **_facts(plugins),
    )
    names = {each.__name__ for each in type(error).__mro__}
    for each in plugins.contributions(hook):
        if not each.item.watch_for or names & set(each.item.watch_for):
            plugins.guarded(each.plugin, hook, each.item.hook, event)


def _facts(plugins: "Plugins") -> "dict[str, Any]":
    """Return what an event tells of the command; empty when the settings were not read."""
    if plugins.configuration is None:
        return {}
    from conda_clone.plugins.equivalents.context import context

    try:
        return {
            "target_prefix": context.target_prefix,
            "channels": context.channels,
            "subdir": context.subdir,
            "offline": context.offline,
            "dry_run": context.dry_run,
            "quiet": context.quiet,
            "json": context.json,
        }
    except CondaError:  # it may be the settings that are wrong
        return {}


def error_hints(plugins: "Plugins", error: BaseException) -> "list[tuple[str, str | None]]":
    """Return what plugins add to an error: sentences, each with its code if it has one."""
    hook = "conda_error_hints"
    if not isinstance(error, Exception) or not plugins.implements(hook):
        return []
    return [(item.text, item.hint_code) for item in plugins.items(hook, error=error)]
