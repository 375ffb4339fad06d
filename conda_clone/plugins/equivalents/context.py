"""`conda.base.context`: the settings and facts of this run, as plugins read them.

`context` follows the configuration that `bind` was given last; one process of conda has one. Any
setting is an attribute; the rest are the properties below. Programs that use `conda_clone.api` bind
nothing.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from conda_clone.config.configuration import Configuration
from conda_clone.config.search_path import home_folder, working_folder
from conda_clone.config.settings import ChannelPriority
from conda_clone.config.sources.command_line import read_arguments
from conda_clone.core.prefix.errors import EnvironmentNameNotFound
from conda_clone.core.prefix.locate import environment_name, prefix_from_arguments, prefix_of
from conda_clone.models.channel import Channel
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.subdir import KNOWN_SUBDIRS, native_subdir
from conda_clone.plugins.equivalents.constants import DepsModifier, UpdateModifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = [
    "Context",
    "bind",
    "context",
    "determine_target_prefix",
    "env_name",
    "fresh_context",
    "locate_prefix_by_name",
    "reset_context",
]


class Context:
    """What `conda.base.context.context` is; plugins call `__init__` again to change arguments."""

    _answers: "Callable[[], Any] | None" = None

    def __init__(self, search_path: "Sequence[str]" = (), argparse_args: Any = None) -> None:
        del search_path  # which files count is for `Configuration` to say
        self._configuration: Configuration | None = None
        self._arguments: Mapping[str, Any] = {}
        if argparse_args is not None:
            self._arguments = _given(argparse_args)
            self._configuration = _configured(self._arguments)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # what tools look for in any object is no setting
            raise AttributeError(name)
        configuration = self.configuration
        if name not in configuration.parameters:
            raise AttributeError(f"`context.{name}` is neither a setting nor a fact known here")
        return configuration.value(name)

    @property
    def configuration(self) -> Configuration:
        """The settings; read anew when no command has bound any."""
        if self._configuration is None:
            self._configuration = Configuration.load(environ=os.environ, home=home_folder())
        return self._configuration

    @property
    def plugins(self) -> SimpleNamespace:
        """The settings of plugins, as attributes."""
        from conda_clone.plugins.equivalents.configuration import Choice

        rows = self.configuration.plugin_rows
        values = dict(self.configuration.plugin_settings())
        for name, row in rows.items():
            if isinstance(row.kind, Choice):
                values[name] = row.kind.member(values[name])
        return SimpleNamespace(**values)

    @property
    def plugin_manager(self) -> Any:
        """Who knows the plugins: `answers.PluginAnswers`.

        Raises:
            AttributeError: No plugins are at work.
        """
        if self._answers is None:
            raise AttributeError("plugin_manager")
        return self._answers()

    @property
    def root_prefix(self) -> str:
        """The base environment."""
        return self.configuration.root_prefix

    conda_prefix = root_prefix

    @property
    def active_prefix(self) -> str | None:
        """The active environment."""
        return os.environ.get("CONDA_PREFIX")

    @property
    def default_prefix(self) -> str:
        """The environment that is meant where none is named."""
        return self.active_prefix or self.root_prefix

    @property
    def target_prefix(self) -> str:
        """The environment that the command is about."""
        return determine_target_prefix(self)

    @property
    def envs_dirs(self) -> tuple[str, ...]:
        """Where environments lie."""
        return self.configuration.path_settings().envs_dirs

    @property
    def pkgs_dirs(self) -> tuple[str, ...]:
        """Where packages are cached."""
        return self.configuration.path_settings().pkgs_dirs

    @property
    def subdir(self) -> str:
        """The platform that packages are chosen for."""
        return self.subdirs[0]

    @property
    def subdirs(self) -> tuple[str, ...]:
        """That platform, and noarch."""
        return self.configuration.channel_settings().subdirs

    @property
    def _native_subdir(self) -> str:
        return native_subdir()

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that are searched."""
        return self.configuration.channel_settings().channels

    @property
    def channel_priority(self) -> ChannelPriority:
        """How channels are weighed against each other."""
        return ChannelPriority(self.configuration.value("channel_priority"))

    @property
    def update_modifier(self) -> UpdateModifier:
        """How far packages that are not named may move."""
        return UpdateModifier(self.configuration.value("update_modifier") or "update_specs")

    @property
    def deps_modifier(self) -> DepsModifier:
        """What happens to dependencies of what is named."""
        return DepsModifier(self.configuration.value("deps_modifier") or "not_set")

    @property
    def channel_alias(self) -> Channel:
        """The channel that names are looked up below."""
        config = self.configuration.channel_settings().config
        return Channel.from_text(self.configuration.value("channel_alias"), config)

    @property
    def aggressive_update_packages(self) -> tuple[MatchSpec, ...]:
        """What is always kept at its newest."""
        return tuple(map(MatchSpec, self.configuration.value("aggressive_update_packages")))

    @property
    def platform(self) -> str:
        """The first half of the platform."""
        return self.subdir.partition("-")[0]

    @property
    def json(self) -> bool:
        """Whether the output is for programs."""
        return self.configuration.output_settings().json

    @property
    def quiet(self) -> bool:
        """Whether progress is left out."""
        return self.configuration.output_settings().quiet

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be changed."""
        return self.configuration.output_settings().dry_run

    @property
    def verbose(self) -> bool:
        """Whether more is to be said."""
        return bool(self.configuration.value("verbosity"))

    @property
    def offline(self) -> bool:
        """Whether the network is left alone."""
        return bool(self.configuration.value("offline"))

    @property
    def user_agent(self) -> str:
        """What requests say of this program."""
        return self.configuration.network_settings().user_agent

    @property
    def known_subdirs(self) -> frozenset[str]:
        """Every platform there is."""
        return frozenset(KNOWN_SUBDIRS)

    @property
    def arch_name(self) -> str:
        """The machine, as Python names it."""
        import platform

        return platform.machine()

    @property
    def conda_exe_vars_dict(self) -> dict[str, str | None]:
        """The variables that tell shells where the program is."""
        folder = os.path.dirname(sys.executable)
        return {
            "CONDA_EXE": os.path.join(folder, "conda"),
            "_CONDA_EXE": os.path.join(folder, "conda"),
            "_CONDA_ROOT": self.root_prefix,
            "_CE_M": None,
            "_CE_CONDA": None,
            "CONDA_PYTHON_EXE": sys.executable,
        }

    dev = False  # people who work on conda itself switch it on

    @contextmanager
    def _override(self, key: str, value: Any) -> "Iterator[None]":
        """Let a setting have another value until the block ends."""
        before = self.configuration
        changed = Configuration(
            (*before.sources, read_arguments({key: value})),
            environ=before.environ,
            home=before.home,
            root_prefix=before.root_prefix,
            parameters=before.parameters,
        )
        self._configuration = changed
        try:
            yield
        finally:
            self._configuration = before

    def collect_all(self) -> dict[str, dict[str, Any]]:
        """Return what each source of settings says."""
        return self.raw_data

    @property
    def raw_data(self) -> dict[str, dict[str, Any]]:
        """What each source of settings says."""
        return {
            source.name: {key: node.plain() for key, node in source.entries.items()}
            for source in self.configuration.sources
        }


context = Context()


def bind(
    configuration: Configuration,
    arguments: "Mapping[str, Any]",
    answers: "Callable[[], Any] | None" = None,
) -> None:
    """Let `context` tell the settings and arguments of a command, and who knows its plugins."""
    vars(context).update(_configuration=configuration, _arguments=arguments)
    if answers is not None:
        vars(context).update(_answers=answers)


def locate_prefix_by_name(name: str, envs_dirs: "Sequence[str] | None" = None) -> str:
    """Return the path of an environment that exists.

    Raises:
        EnvironmentNameNotFound: There is none of that name.
    """
    paths = context.configuration.path_settings()
    prefix = prefix_of(
        name, envs_dirs=tuple(envs_dirs or paths.envs_dirs), root_prefix=paths.root_prefix
    )
    if not os.path.isdir(prefix):
        raise EnvironmentNameNotFound(name)
    return prefix


def reset_context(search_path: "Sequence[str]" = (), argparse_args: Any = None) -> Context:
    """Read the settings anew, with the arguments of a command if there are any."""
    del search_path  # as for `Context`
    arguments = _given(argparse_args) if argparse_args is not None else {}
    bind(_configured(arguments), arguments)
    return context


def _given(arguments: Any) -> dict[str, Any]:
    """Return the options that were really given, of a namespace or a mapping."""
    options = arguments if isinstance(arguments, Mapping) else vars(arguments)
    return {name: value for name, value in options.items() if value is not None}


def _configured(arguments: "Mapping[str, Any]") -> Configuration:
    """Return the settings with those arguments of a command that are settings."""
    return Configuration.load(environ=os.environ, home=home_folder(), arguments=arguments)


def env_name(prefix: str | None) -> str | None:
    """Return what a person calls an environment; None where there is none."""
    if not prefix:
        return None
    paths = context.configuration.path_settings()
    return environment_name(prefix, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix)


@contextmanager
def fresh_context(
    env: "Mapping[str, str] | None" = None,
    search_path: "Sequence[str]" = (),
    argparse_args: Any = None,
    **variables: str,
) -> "Iterator[Context]":
    """Give the settings as they would be with other environment variables, until the block ends."""
    before = dict(os.environ)
    kept = dict(vars(context))
    os.environ.update({**(env or {}), **variables})
    try:
        yield reset_context(search_path, argparse_args)
    finally:
        os.environ.clear()
        os.environ.update(before)
        vars(context).update(kept)


def determine_target_prefix(ctx: Context, args: Any = None) -> str:
    """Return the environment that arguments mean: a path, a name, or else the active one."""
    given = vars(args) if args is not None else ctx.__dict__["_arguments"]
    paths = ctx.configuration.path_settings()
    return prefix_from_arguments(
        name=given.get("name") or given.get("prefix_name"),
        path=given.get("prefix") or given.get("prefix_path"),
        environ=os.environ,
        envs_dirs=paths.envs_dirs,
        root_prefix=paths.root_prefix,
        cwd=working_folder(os.environ),
    )
