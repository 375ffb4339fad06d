"""Open the session of one command line: settings, console, and what is wrong with the settings.

Invariant: a command that repairs settings is never stopped by what is wrong with them.
"""

import os
import sys
from functools import cache

from conda_clone.cli.overrides import configuration_overrides
from conda_clone.config.configuration import Configuration
from conda_clone.config.search_path import home_folder
from conda_clone.config.sources.condarc import read_condarc, read_nothing
from conda_clone.errors import ArgumentError, CondaError
from conda_clone.operations.plugin_seams import use_extractors
from conda_clone.operations.session import Session
from conda_clone.plugins.builtin import builtin_named, load_builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from conda_clone.cli.output.console import HumanConsole
    from conda_clone.cli.output.json_output import JsonConsole
    from conda_clone.cli.parser import Invocation
    from conda_clone.config.errors import FileProblem
    from conda_clone.config.sources.source import Source
    from conda_clone.plugins.manager import Plugins

__all__ = ["open_session"]

_READS_ARCHIVES = ("create", "env", "install", "update")
_CONSOLES = "conda_reporter_backends"


def open_session(
    invocation: "Invocation", *, command: str, executable: str, plugins: "Plugins"
) -> Session:
    """Read the settings, tell what is wrong with them, and return what the command gets.

    Args:
        invocation: The command and its arguments.
        command: The command line as the user gave it, without secrets.
        executable: Path of the program.
        plugins: What others add; switched off where settings say so.

    Raises:
        CondaError: A setting that every command needs has a value that it cannot have.
    """
    environ = dict(os.environ)
    opening = _Opening(invocation, environ)
    try:
        configuration = opening.configuration()
        _heed_no_plugins(configuration, plugins, invocation)
        console = _console(configuration, invocation, plugins)
    except CondaError:
        if not invocation.command.repairs_settings:
            raise
        without_files = opening.load(read=read_nothing)
        console = _console(without_files, invocation)
        configuration = opening.as_far_as_possible() or without_files
    configuration = _with_plugins(configuration, plugins, invocation)
    if invocation.command.name in _READS_ARCHIVES:
        use_extractors(plugins)
    if not vars(invocation.args).get("validate"):  # which tells them as what it has found
        _tell_problems(configuration, console, apart_from=_removed_keys(invocation))
    return Session(
        configuration,
        console,
        environment=environ,
        clock=_now,
        command=command,
        executable=executable,
        plugins=plugins,
    )


def _with_plugins(
    configuration: Configuration, plugins: "Plugins", invocation: "Invocation"
) -> Configuration:
    """Return the settings with those that plugins declare, and let plugins see them."""
    if plugins.implements("conda_settings"):
        from conda_clone.plugins.adapters import declared_settings  # only with plugins

        try:
            configuration = configuration.with_plugin_settings(declared_settings(plugins))
        except CondaError:  # two plugins declare one setting
            if not invocation.command.repairs_settings:
                raise
    plugins.bind(configuration, vars(invocation.args))
    return configuration


def _heed_no_plugins(
    configuration: Configuration, plugins: "Plugins", invocation: "Invocation"
) -> None:
    """Switch off what the settings do not want; the command may be one of these."""
    if configuration.is_given("no_plugins") and configuration.value("no_plugins"):
        plugins.enabled = False
    if configuration.is_given("disabled_plugins"):
        plugins.disabled = frozenset(configuration.value("disabled_plugins"))
    provider = getattr(invocation.command, "plugin", None)
    if provider is not None and not plugins.is_usable(provider):
        raise ArgumentError(
            f"The command `{invocation.command.name}` is one of the plugin `{provider.name}`,"
            " which the settings switch off.",
            hint="`conda config --show-sources` tells where no_plugins or disabled_plugins is set.",
        )


class _Opening:
    """Loads the settings as often as it takes, parsing each file once."""

    def __init__(self, invocation: "Invocation", environ: dict[str, str]) -> None:
        self._invocation = invocation
        self._environ = environ
        self._read = cache(read_condarc)

    def configuration(self) -> Configuration:
        """Return the settings, those of the environment that was named among them."""
        configuration = self.load()
        target = _target_with_settings(self._invocation, configuration)
        return configuration if target is None else self.load(prefix=target)

    def as_far_as_possible(self) -> Configuration | None:
        """Return the settings without those of the environment, if there are any."""
        try:
            return self.load()
        except CondaError:  # not even the base environment can be told
            return None

    def load(
        self,
        *,
        prefix: str | None = None,
        read: "Callable[[str], Source | FileProblem] | None" = None,
    ) -> Configuration:
        return Configuration.load(
            environ=self._environ,
            home=home_folder(),
            arguments=configuration_overrides(self._invocation.args),
            prefix_for_condarc=prefix,
            read=read or self._read,
        )


def _target_with_settings(invocation: "Invocation", configuration: Configuration) -> str | None:
    """Return the environment that was named if it has settings of its own (spec/settings.md)."""
    from conda_clone.config.search_path import files_of_environment

    given = vars(invocation.args)
    name, path = given.get("name"), given.get("prefix")
    if path:
        prefix = os.path.abspath(os.path.expanduser(path))
    elif name and os.sep not in name:
        from conda_clone.core.prefix.locate import prefix_of

        paths = configuration.path_settings()
        prefix = prefix_of(name, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix)
    else:
        return None
    return prefix if files_of_environment(prefix) else None


def _console(
    configuration: Configuration, invocation: "Invocation", plugins: "Plugins | None" = None
) -> "HumanConsole | JsonConsole":
    settings = configuration.output_settings()
    console: HumanConsole | JsonConsole
    if settings.json:
        lines = bool(vars(invocation.args).get("json_lines"))
        console = load_builtin(_CONSOLES, "json")(
            sys.stdout, sys.stderr, lines=lines, quiet=settings.quiet
        )
        return console
    name = configuration.value("console")
    if plugins is not None and builtin_named(_CONSOLES, name) is None:
        from conda_clone.cli.output.plugin_console import plugin_console  # only with plugins

        return plugin_console(name, plugins, quiet=settings.quiet)
    console = load_builtin(_CONSOLES, "classic")(
        sys.stdout, sys.stderr, sys.stdin, quiet=settings.quiet
    )
    return console


def _removed_keys(invocation: "Invocation") -> frozenset[str]:
    """Return the keys that the command is there to remove."""
    changes = vars(invocation.args).get("changes") or ()
    return frozenset(change.key for change in changes if change.verb == "remove_key")


def _tell_problems(
    configuration: Configuration,
    console: "HumanConsole | JsonConsole",
    *,
    apart_from: frozenset[str],
) -> None:
    """Warn of files that are left out, and of keys that nothing knows, all at once."""
    for problem in configuration.problems:
        console.note(f"WARNING: {problem}")
    if not any(source.has_unknown_entries for source in configuration.sources):
        return
    try:
        is_wanted = configuration.output_settings().warn_unknown_settings
    except CondaError:
        is_wanted = True
    if not is_wanted:
        return
    from conda_clone.config.validate import unknown_keys  # the slices, which all may not need

    for unknown in unknown_keys(configuration.sources):
        if unknown.key not in apart_from:
            console.note(f"WARNING: {unknown}")


def _now() -> "datetime":
    from datetime import datetime  # 4 ms; only changes need a clock

    return datetime.now().astimezone()
