"""A loopback server with one mounted folder, for tests of connections."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.testing.server import ChannelServer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder that `server` shows as `files`."""
    path = tmp_path / "served"
    path.mkdir()
    return path


@pytest.fixture
def server(folder: Path) -> Iterator[ChannelServer]:
    with ChannelServer() as running:
        running.mount("files", folder)
        yield running
