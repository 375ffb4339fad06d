"""`Session`: the composition root of one invocation, and the `Console` that it talks through.

The session goes to operations and stops there: lower layers get settings slices, a transport, a
reporter. It reads clock, environment variables and working directory once, so that nothing below
has to.
"""

from functools import cached_property

from conda_clone.config.search_path import working_folder

__all__ = ["Session"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import ExitStack
    from datetime import datetime
    from typing import Protocol

    from conda_clone.config.configuration import Configuration
    from conda_clone.config.settings import (
        ChannelSettings,
        LinkSettings,
        NetworkSettings,
        OutputSettings,
        PathSettings,
        SolveSettings,
    )
    from conda_clone.core.packages.cache_dirs import CacheDirs
    from conda_clone.core.transaction.compiling_ahead import CompilingAhead
    from conda_clone.gateways.network.extended import RequestExtras
    from conda_clone.gateways.network.later_transport import LaterTransport
    from conda_clone.gateways.network.transport import Transport
    from conda_clone.models.events import Event
    from conda_clone.plugins.manager import Plugins

    class Console(Protocol):
        """The person or program in front of a command."""

        json: bool
        quiet: bool
        width: int | None

        def report(self, event: Event) -> None:
            """Take note of progress (`models.events.Reporter`)."""

        def print(self, text: str = "") -> None:
            """Write a result for people to stdout; silent when the output is JSON."""

        def note(self, text: str) -> None:
            """Write something beside the result to stderr."""

        def document(self, value: object) -> None:
            """Write the one JSON document; silent when the output is for people."""

        def confirm(self, question: str, *, default: bool = True) -> bool:
            """Ask a yes-or-no question; a program in front of us has agreed beforehand."""

        def close(self, *, ok: bool) -> None:
            """End progress that is still shown; `ok` unless the command has failed."""


class Session:
    """Everything that one invocation shares, each built when first asked for.

    Attributes:
        ahead: What has been compiling modules since packages were fetched, for the transaction.
    """

    def __init__(
        self,
        configuration: "Configuration",
        console: "Console",
        *,
        environment: "Mapping[str, str]",
        clock: "Callable[[], datetime]",
        command: str = "",
        cwd: str | None = None,
        executable: str = "conda",
        plugins: "Plugins | None" = None,
    ) -> None:
        self.configuration = configuration
        self.console = console
        self.environment = environment
        self.clock = clock
        self.command = command
        self.executable = executable
        self.plugins = plugins
        self.ahead: CompilingAhead | None = None
        self.cwd = cwd or working_folder(environment)

    @cached_property
    def held(self) -> "ExitStack":
        """What is held until the command ends, such as the lock of the environment it changes."""
        from contextlib import ExitStack  # only changing commands hold something

        return ExitStack()

    def close(self) -> None:
        """Give back what was held, and hang up."""
        if "held" in self.__dict__:
            self.held.close()
        if "transport" in self.__dict__:
            self.transport.close()

    @cached_property
    def paths(self) -> "PathSettings":
        """Where things lie."""
        return self.configuration.path_settings()

    @cached_property
    def channels(self) -> "ChannelSettings":
        """Which channels are read."""
        return self.configuration.channel_settings()

    def use_channels(self, channels: tuple[str, ...]) -> None:
        """Read these channels from now on, the preferred one first."""
        from conda_clone.models.values import replace  # loaded with the settings anyway

        self.channels = replace(self.channels, channels=channels)

    @cached_property
    def network(self) -> "NetworkSettings":
        """How connections are made."""
        return self.configuration.network_settings()

    @cached_property
    def solve(self) -> "SolveSettings":
        """Standing wishes about solutions."""
        return self.configuration.solve_settings()

    @cached_property
    def links(self) -> "LinkSettings":
        """How files get into an environment."""
        return self.configuration.link_settings()

    @cached_property
    def output(self) -> "OutputSettings":
        """How the command talks."""
        return self.configuration.output_settings()

    @cached_property
    def transport(self) -> "LaterTransport":
        """The way to fetch URLs."""
        from conda_clone.gateways.network.later_transport import LaterTransport

        return LaterTransport(self._build_transport)

    def _build_transport(self) -> "Transport":
        from conda_clone.gateways.network.session import build_transport  # 15 ms

        return build_transport(self.network, self.request_extras, self.console)

    @cached_property
    def request_extras(self) -> "RequestExtras | None":
        """Headers and authentication that plugins add to requests."""
        plugins = self.plugins
        hooks = ("conda_auth_handlers", "conda_session_headers", "conda_request_headers")
        if plugins is None or not any(map(plugins.implements, hooks)):
            return None
        from conda_clone.plugins.requests_extras import PluginRequestExtras

        rows = self.configuration.value("channel_settings")
        return PluginRequestExtras(plugins, self.channels, rows)

    @cached_property
    def caches(self) -> "CacheDirs":
        """The package caches, writable and read-only ones."""
        from conda_clone.core.packages.cache_dirs import CacheDirs  # only for changing commands

        locks = not self.configuration.value("no_lock")
        return CacheDirs(
            self.paths.pkgs_dirs,
            self.channels.config,
            locks=locks,
            durability=self.links.durability,
        )
