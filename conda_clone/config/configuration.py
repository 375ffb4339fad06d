"""`Configuration`: all sources of settings, merged one setting at a time when it is asked for.

Immutable. Lowest source first: system files, those of the base environment, of the user, of the
target environment, of CONDARC, then environment variables, then the command line.
"""

import os

from conda_clone.config import search_path
from conda_clone.config.errors import ConfigurationLoadError, FileProblem, Origin, combine
from conda_clone.config.parameters import PARAMETERS
from conda_clone.config.sources.command_line import read_arguments
from conda_clone.config.sources.condarc import read_condarc
from conda_clone.config.sources.environ import read_environ
from conda_clone.config.sources.source import COMMAND_LINE, ENVIRONMENT, Source
from conda_clone.errors import CondaError, CondaMultiError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, TypeVar

    from conda_clone.config.parameters import Parameter
    from conda_clone.config.schema import Node
    from conda_clone.config.settings import (
        ChannelSettings,
        LinkSettings,
        NetworkSettings,
        OutputSettings,
        PathSettings,
        SolveSettings,
    )

    T = TypeVar("T")

__all__ = ["Configuration"]


class Configuration:
    """What every source says, and what it comes to.

    Attributes:
        root_prefix: The base environment, absolute.
        home: The user's home folder.
        environ: The environment variables that values are expanded with.
        problems: Files that are left out of account, and why.
        overrides_channels: Whether only channels of the command line count.
        parameters: The settings that this run knows.
    """

    def __init__(
        self,
        sources: "Iterable[Source]" = (),
        *,
        environ: "Mapping[str, str]",
        home: str,
        root_prefix: str,
        problems: "Iterable[FileProblem]" = (),
        overrides_channels: bool = False,
        parameters: "Mapping[str, Parameter]" = PARAMETERS,
    ) -> None:
        self.sources = tuple(sources)
        self.environ = environ
        self.home = home
        self.root_prefix = root_prefix
        self.problems = tuple(problems)
        self.overrides_channels = overrides_channels
        self.parameters = parameters
        self._values: dict[str, Any] = {}
        self._slices: dict[object, Any] = {}

    @classmethod
    def load(
        cls,
        *,
        environ: "Mapping[str, str]",
        home: str,
        arguments: "Mapping[str, object] | None" = None,
        prefix_for_condarc: str | None = None,
        read: "Callable[[str], Source | FileProblem]" = read_condarc,
    ) -> "Configuration":
        """Read all sources; files that cannot be used become `problems`.

        Args:
            environ: The environment variables of the process.
            home: The user's home folder.
            arguments: Name of setting -> value given on the command line. The name
                `override_channels` says that no other source counts for the channels.
            prefix_for_condarc: The environment that a command works on, whose files are read; by
                default the active one.
            read: Reads one file. Whoever loads several times keeps what it has given, so that each
                file is parsed once.
        """
        reader = _Reader(read)
        prefix = prefix_for_condarc or environ.get("CONDA_PREFIX", "")
        system = reader.read(search_path.files_of_system())
        above = reader.read(search_path.files_of_user(environ, home))
        above += reader.read(search_path.files_of_environment(prefix) if prefix else ())
        above += reader.read(search_path.files_of_variable(environ, home))
        left_out = search_path.left_out_variable(environ, home)
        if left_out is not None:
            reader.problems.append(FileProblem(*left_out))
        above += [read_environ(environ), read_arguments(arguments or {})]
        # The base environment has files of its own, and which one it is may be set in the others.
        others = cls(system + above, environ=environ, home=home, root_prefix="")
        given = others.value("root_prefix") or environ.get("CONDA_ROOT")
        root = os.path.abspath(given or search_path.default_root_prefix(environ, home))
        sources = system + reader.read(search_path.files_of_root(root)) + above
        overrides_channels = bool(arguments and arguments.get("override_channels"))
        if overrides_channels:
            sources = [_without_channels(source) for source in sources]
        return cls(
            sources,
            environ=environ,
            home=home,
            root_prefix=root,
            problems=reader.problems,
            overrides_channels=overrides_channels,
        )

    def with_plugin_settings(self, declared: "Iterable[Parameter]") -> "Configuration":
        """Return a configuration that also knows what plugins declare, below `plugins`.

        Args:
            declared: Rows named as their plugins name them, without `plugins.`.

        Raises:
            CondaError: Two of them have a name in common, or a name that no key can be.
        """
        from conda_clone.config.plugin_settings import PluginSettings, table_with
        from conda_clone.config.sources.environ import with_plugin_variables

        kind = PluginSettings(declared)
        return Configuration(
            [
                with_plugin_variables(source, self.environ, kind.rows.values())
                if source.name == ENVIRONMENT
                else source
                for source in self.sources
            ],
            environ=self.environ,
            home=self.home,
            root_prefix=self.root_prefix,
            problems=self.problems,
            overrides_channels=self.overrides_channels,
            parameters=table_with(kind),
        )

    @property
    def plugin_rows(self) -> "Mapping[str, Parameter]":
        """What plugins declare, by name without `plugins.`."""
        from conda_clone.config.plugin_settings import PLUGINS, PluginSettings

        kind = self.parameters[PLUGINS].kind
        return kind.rows if isinstance(kind, PluginSettings) else {}

    def plugin_settings(self) -> "Mapping[str, Any]":
        """Return the values of what plugins declare, by name without `plugins.`.

        Raises:
            ConfigurationLoadError: One of them cannot be used.
            CondaMultiError: Several cannot be used.
        """
        from types import MappingProxyType

        values = self.value("plugins")
        return MappingProxyType({name: values[name] for name in self.plugin_rows})

    def value(self, name: str) -> "Any":
        """Return the value of a setting: a scalar, a tuple or a dictionary.

        Raises:
            ConfigurationLoadError: A source gives a value that the setting cannot have.
        """
        if name not in self._values:
            self._values[name] = self._merge(name)
        return self._values[name]

    def values(self, names: "Iterable[str]") -> "dict[str, Any]":
        """Return the values of several settings.

        Raises:
            ConfigurationLoadError: One of them cannot be used.
            CondaMultiError: Several cannot be used.
        """
        values: dict[str, Any] = {}
        errors: list[CondaError] = []
        for name in names:
            try:
                values[name] = self.value(name)
            except (ConfigurationLoadError, CondaMultiError) as error:
                errors.append(error)
        if errors:
            raise combine(errors)
        return values

    def said(self, name: str) -> "list[tuple[Source, Node]]":
        """Return what each source says about a setting, coerced, lowest first.

        Raises:
            ConfigurationLoadError: A source gives a value that the setting cannot have.
            CondaMultiError: Several parts of one value are of that kind.
        """
        kind = self.parameters[name].kind
        nodes = []
        for source in self.sources:
            raw = source.get(name)
            if raw is not None and (raw.value is not None or getattr(kind, "nullable", False)):
                origin = Origin(name, source.name, raw.line, is_merged=True)
                nodes.append((source, kind.coerce(raw, origin)))
        return nodes

    def expanded(self, name: str, value: "Any") -> "Any":
        """Return a value that a source gives, with variables expanded if the setting has it so."""
        if not self.parameters[name].expands:
            return value
        from conda_clone.config.expansion import expand  # defaults hold no variables

        return expand(value, self.environ, self.home)

    def source_of(self, name: str) -> str:
        """Return the source that decides a setting: path, `envvars`, `cmd_line` or `default`."""
        nodes = self.said(name)
        for source, node in nodes:
            if node.final:
                return source.name
        return nodes[-1][0].name if nodes else "default"

    def is_given(self, name: str) -> bool:
        """Tell whether any source names the setting."""
        return bool(self.said(name))

    def path_settings(self) -> "PathSettings":
        """Return where things lie."""
        from conda_clone.config import slices

        return self._slice(slices.path_settings)

    def channel_settings(self) -> "ChannelSettings":
        """Return which channels are read, and how."""
        from conda_clone.config import slices

        return self._slice(slices.channel_settings)

    def network_settings(self) -> "NetworkSettings":
        """Return how connections are made."""
        from conda_clone.config import slices

        return self._slice(slices.network_settings)

    def solve_settings(self) -> "SolveSettings":
        """Return the standing wishes about solutions."""
        from conda_clone.config import slices

        return self._slice(slices.solve_settings)

    def link_settings(self) -> "LinkSettings":
        """Return how files get into an environment."""
        from conda_clone.config import slices

        return self._slice(slices.link_settings)

    def output_settings(self) -> "OutputSettings":
        """Return how a command talks."""
        from conda_clone.config import slices

        return self._slice(slices.output_settings)

    def _slice(self, build: "Callable[[Configuration], T]") -> "T":
        if build not in self._slices:
            self._slices[build] = build(self)
        made: T = self._slices[build]
        return made

    def _merge(self, name: str) -> "Any":
        parameter = self.parameters[name]
        value: Any
        nodes = [node for _, node in self.said(name)]
        if not nodes:
            value = parameter.default
        elif isinstance(parameter.default, dict):  # the lowest source of a map is its default
            value = {**parameter.default, **parameter.kind.merge(nodes).plain()}
        else:
            value = parameter.kind.merge(nodes).plain()
        return self.expanded(name, value) if nodes else value


class _Reader:
    """Reads files once each, keeping the problems."""

    def __init__(self, read: "Callable[[str], Source | FileProblem]") -> None:
        self._read = read
        self._seen: set[str] = set()
        self.problems: list[FileProblem] = []

    def read(self, paths: "Iterable[str]") -> list[Source]:
        sources = []
        for path in paths:
            if path not in self._seen:
                self._seen.add(path)
                result = self._read(path)
                if isinstance(result, FileProblem):
                    self.problems.append(result)
                else:
                    sources.append(result)
        return sources


def _without_channels(source: Source) -> Source:
    if source.name == COMMAND_LINE:
        return source
    dropped = {key for key in source.entries if key in {"channels", "channel"}}
    if not dropped:
        return source
    return Source(
        source.name, {key: node for key, node in source.entries.items() if key not in dropped}
    )
