"""A small channel, and `context` bound to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.plugins.equivalents.context import Context, context, reset_context
from conda_clone.testing.channels import ChannelBuilder

__all__ = ["channel"]


@pytest.fixture
def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChannelBuilder]:
    """Bind `context` to one small channel and folders of the test."""
    builder = ChannelBuilder(tmp_path / "main")
    for version in ("1.0", "2.0"):
        builder.add(name="lib", version=version, files={"lib/lib.txt": version})
        builder.add(name="app", version=version, depends=[f"lib {version}"])
    builder.write()
    monkeypatch.setenv("CONDA_ROOT_PREFIX", str(tmp_path / "root"))
    monkeypatch.setenv("CONDA_SUBDIR", "linux-64")
    monkeypatch.setenv("CONDA_CHANNELS", builder.url)
    monkeypatch.setenv("CONDA_PKGS_DIRS", str(tmp_path / "pkgs"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    vars(context).clear()
    reset_context()
    yield builder
    vars(context).clear()
    Context.__init__(context)
