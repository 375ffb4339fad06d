"""Fixtures for tests of plugins and of programs that use conda_clone; a published pytest plugin.

- `conda_channel`: an empty `ChannelBuilder`; add packages, `write()`, and commands see it.
- `conda_program`: a `Program` with an empty root prefix and home of its own, on that channel.
- `conda_environment`: a function that makes a temporary environment and returns its prefix.
- `channel_server`: a `ChannelServer` that serves the channel at `main`.
- `plugin_site`: a `PluginSite`; what is installed into it counts until the test ends.
- `channel_notices`: a function that publishes notices in the channel.

The package is loaded when a fixture is used; having it installed costs other tests nothing.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conda_clone.testing.channels import ChannelBuilder
    from conda_clone.testing.plugins import PluginSite
    from conda_clone.testing.program import Program
    from conda_clone.testing.server import ChannelServer

__all__ = [
    "channel_notices",
    "channel_server",
    "conda_channel",
    "conda_environment",
    "conda_program",
    "plugin_site",
]


@pytest.fixture
def conda_channel(tmp_path: Path) -> "ChannelBuilder":
    """Return a channel without packages, with indexes that say so."""
    from conda_clone.testing.channels import ChannelBuilder

    channel = ChannelBuilder(tmp_path / "channel" / "main")
    channel.write()
    return channel


@pytest.fixture
def conda_program(tmp_path: Path, conda_channel: "ChannelBuilder") -> "Program":
    """Return the program with a root prefix and a home of its own, on `conda_channel`."""
    from conda_clone.testing.program import Program

    home = tmp_path / "home"
    home.mkdir()
    return Program(tmp_path / "root", home, conda_channel.url)


@pytest.fixture
def conda_environment(conda_program: "Program") -> Callable[..., Path]:
    """Return a function of specs that makes an environment and returns its prefix."""
    made: list[str] = []

    def make(*specs: str, name: str | None = None) -> Path:
        chosen = name or f"environment-{len(made)}"
        made.append(chosen)
        conda_program.succeed("create", "-y", "-n", chosen, *specs)
        return conda_program.prefix(chosen)

    return make


@pytest.fixture
def channel_server(conda_channel: "ChannelBuilder") -> "Iterator[ChannelServer]":
    """Serve the channel over HTTP on this machine; its address is `server.url("main")`."""
    from conda_clone.testing.server import ChannelServer

    with ChannelServer() as server:
        server.mount("main", conda_channel.root)
        yield server


@pytest.fixture
def plugin_site(tmp_path: Path) -> "Iterator[PluginSite]":
    """Let commands in this process see the plugins that are installed into a folder."""
    from conda_clone.testing.plugins import PluginSite

    site = PluginSite(tmp_path / "plugins")
    with site.active():
        yield site


@pytest.fixture
def channel_notices(conda_channel: "ChannelBuilder") -> Callable[..., None]:
    """Return a function of notices, each a dictionary or a message, that publishes them."""

    def publish(*notices: "str | dict[str, object]") -> None:
        documents = [
            {"id": f"notice-{number}", "message": notice, "level": "info"}
            if isinstance(notice, str)
            else notice
            for number, notice in enumerate(notices)
        ]
        path = conda_channel.root / "notices.json"
        path.write_text(json.dumps({"notices": documents}), "utf-8")

    return publish
