"""`Conda`: this program with one configuration, inside another program.

Two of them share nothing but what lies on disk, so that different configurations can be used side
by side, also in several threads. Plugins are left out, because what they import has one
configuration per process; `api.run_command` runs commands with them.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Unpack

from conda_clone.config.configuration import Configuration
from conda_clone.config.errors import CondaKeyError
from conda_clone.config.parameters import PARAMETERS
from conda_clone.config.search_path import home_folder
from conda_clone.config.sources.command_line import read_arguments
from conda_clone.config.sources.condarc import read_condarc, read_nothing
from conda_clone.models.events import SilentReporter
from conda_clone.models.near_names import near_names
from conda_clone.operations.session import Session
from conda_clone.plugins.builtin import builtin_named

if TYPE_CHECKING:
    from conda_clone.core.channels.subdir_data import SubdirData
    from conda_clone.core.packages.package_cache_data import PackageCacheData
    from conda_clone.core.prefix.prefix_data import PrefixData
    from conda_clone.models.channel import Channel
    from conda_clone.models.events import Event, Reporter
    from conda_clone.models.match_spec.spec import MatchSpec
    from conda_clone.models.records import PackageRecord
    from conda_clone.operations.embedded_solver import SolveOptions, Solver

__all__ = ["Conda"]


class Conda:
    """One configuration of this program, and what can be done with it.

    >>> conda = Conda(settings={"channels": ["conda-forge"], "subdir": "linux-64"})
    >>> conda.configuration.value("channels")
    ('conda-forge',)

    Args:
        settings: Name of setting -> value; they count more than files and variables.
        environ: Environment variables; by default a copy of those of this process.
        home: The user's home folder; by default that of the user of this process.
        reporter: Who hears of progress, and of what is strange; nobody by default.
        reads_files: Whether condarc files count.
        configuration: Settings that have been read already, in the place of all others.

    Attributes:
        configuration: The settings of all sources, merged.

    Raises:
        CondaKeyError: There is no setting of a name.
    """

    def __init__(
        self,
        *,
        settings: Mapping[str, object] | None = None,
        environ: Mapping[str, str] | None = None,
        home: str | None = None,
        reporter: "Reporter | None" = None,
        reads_files: bool = True,
        configuration: Configuration | None = None,
    ) -> None:
        if configuration is None:
            _check_names(settings or {})
            configuration = Configuration.load(
                environ=dict(os.environ if environ is None else environ),
                home=home or home_folder(),
                arguments=settings,
                read=read_condarc if reads_files else read_nothing,
            )
        self.configuration = _without_solvers_of_plugins(configuration)
        self._reporter = reporter or SilentReporter()

    def session(
        self, channels: "Sequence[str | Channel] | None" = None, *, command: str = ""
    ) -> Session:
        """Return what operations of this program get.

        Args:
            channels: Where packages come from, instead of the configured channels.
            command: What the history of an environment says of a change.
        """
        session = Session(
            self.configuration,
            _Listener(self._reporter),
            environment=self.configuration.environ,
            clock=lambda: datetime.now().astimezone(),
            command=command,
        )
        if channels is not None:
            session.use_channels(tuple(map(_channel_text, channels)))
        return session

    def for_subdirs(self, subdirs: "Sequence[str]") -> "Conda":
        """Return one for other platforms; the first of them is that of the packages."""
        if not subdirs or tuple(subdirs) == self.configuration.channel_settings().subdirs:
            return self
        own = [subdir for subdir in subdirs if subdir != "noarch"] or subdirs
        configuration = _with(self.configuration, {"subdir": own[0], "subdirs": list(subdirs)})
        return Conda(configuration=configuration, reporter=self._reporter)

    def virtual_packages(self) -> "tuple[PackageRecord, ...]":
        """Return the facts about the machine, as records."""
        from conda_clone.operations.plugin_seams import virtual_packages

        return virtual_packages(self.session())

    def solver(
        self,
        prefix: str,
        specs_to_add: "Sequence[str | MatchSpec]" = (),
        specs_to_remove: "Sequence[str | MatchSpec]" = (),
        **options: "Unpack[SolveOptions]",
    ) -> "Solver":
        """Return the solver of one wish about one environment; see `Solver`."""
        from conda_clone.operations.embedded_solver import Solver  # 40 ms with the planning

        return Solver(self, prefix, specs_to_add, specs_to_remove, **options)

    def channel(self, text: str) -> "Channel":
        """Return the channel that a name, URL or path means.

        Raises:
            ChannelError: It cannot be a channel.
        """
        from conda_clone.models.channel import Channel

        return Channel.from_text(text, self.configuration.channel_settings().config)

    def subdir_data(
        self, channel: "str | Channel", subdir: str | None = None, repodata_fn: str | None = None
    ) -> "SubdirData":
        """Return the packages in one platform folder of a channel; fetched when it is asked.

        Args:
            channel: A channel that has an address of its own, so none that stands for several.
            subdir: The folder; by default that of the configured platform.
            repodata_fn: Name of the index; by default the last one of the settings, which is whole.

        Raises:
            ChannelError: It cannot be a channel.
            NoWritablePkgsDirError: There is no folder to keep the index in.
        """
        from conda_clone.core.channels.subdir_data import SubdirData

        session = self.session()
        return SubdirData(
            self.channel(channel) if isinstance(channel, str) else channel,
            subdir or session.channels.subdirs[0],
            session.channels,
            session.transport,
            os.path.join(session.caches.first_for_indexes(), "cache"),
            self._reporter,
            repodata_fn=repodata_fn or session.channels.repodata_fns[-1],
        )

    def query(
        self, spec: "str | MatchSpec", channels: "Sequence[str | Channel] | None" = None
    ) -> "list[PackageRecord]":
        """Return the packages of all channels that a spec matches, those of the first one first.

        Raises:
            InvalidMatchSpec: The text is no spec.
            CondaError: A channel is not allowed, or cannot be read.
        """
        from conda_clone.core.channels.index import Index
        from conda_clone.models.match_spec.spec import MatchSpec

        session = self.session(channels)
        cache_dir = os.path.join(session.caches.first_for_indexes(), "cache")
        settings = session.channels
        index = Index.open(
            settings, session.transport, cache_dir, self._reporter, settings.repodata_fns[-1]
        )
        return list(index.query(MatchSpec(str(spec))))

    def prefix_data(self, prefix: str) -> "PrefixData":
        """Return the packages that an environment has; read when it is asked."""
        from conda_clone.core.prefix.prefix_data import PrefixData

        return PrefixData(os.path.abspath(prefix), self.configuration.channel_settings().config)

    def package_caches(self) -> "tuple[PackageCacheData, ...]":
        """Return the folders of packages, in order; those that can be written get new ones."""
        return self.session().caches.caches


class _Listener:
    """A console that says nothing, agrees to everything, and passes on what is reported."""

    json = False
    quiet = True
    width: int | None = None

    def __init__(self, reporter: "Reporter") -> None:
        self._reporter = reporter

    def report(self, event: "Event") -> None:
        self._reporter.report(event)

    def print(self, text: str = "") -> None:
        """Write nothing."""

    def note(self, text: str) -> None:
        """Write nothing."""

    def document(self, value: object) -> None:
        """Write nothing."""

    def confirm(self, question: str, *, default: bool = True) -> bool:  # noqa: ARG002 - see Console
        return True

    def close(self, *, ok: bool) -> None:
        """End nothing."""


def _check_names(settings: Mapping[str, object]) -> None:
    """Refuse what would be left out without a word.

    Raises:
        CondaKeyError: There is no setting of a name.
    """
    for name in settings:
        if name not in PARAMETERS and name != "override_channels":
            near = near_names(name, PARAMETERS)
            hint = f"Did you mean `{near[0]}`?" if near else None
            raise CondaKeyError(name, "there is no such setting", hint=hint)


def _channel_text(channel: "str | Channel") -> str:
    if isinstance(channel, str):
        return channel
    if channel.base_url is None or channel.is_multichannel:
        return channel.canonical_name
    return channel.subdir_url(channel.platform or "", with_credentials=True).rstrip("/")


def _without_solvers_of_plugins(configuration: Configuration) -> Configuration:
    """Return settings that name a solver of ours, as plugins are left out."""
    if builtin_named("conda_solvers", configuration.value("solver")) is not None:
        return configuration
    return _with(configuration, {"solver": "classic"})


def _with(configuration: Configuration, settings: Mapping[str, object]) -> Configuration:
    """Return the same with settings that count more than those there are."""
    return Configuration(
        (*configuration.sources, read_arguments(settings)),
        environ=configuration.environ,
        home=configuration.home,
        root_prefix=configuration.root_prefix,
        problems=configuration.problems,
        overrides_channels=configuration.overrides_channels,
        parameters=configuration.parameters,
    )
