"""A channel with one package, and who fetches it as a command would."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from conda_clone.config.settings import ChannelSettings, NetworkSettings
from conda_clone.core.channels.index import Index
from conda_clone.core.packages.cache_dirs import CacheDirs
from conda_clone.core.packages.fetch_extract import ProgressiveFetchExtract
from conda_clone.gateways.network.session import build_transport
from conda_clone.models.events import SilentReporter
from conda_clone.testing.channels import ChannelBuilder

Fetch = Callable[..., str]


@pytest.fixture
def channel(tmp_path: Path) -> ChannelBuilder:
    """Return a channel with the package `hello`, in all forms of its index."""
    builder = ChannelBuilder(tmp_path / "served" / "chan")
    builder.add(name="hello", noarch="generic", files={"share/hello": "Hello\n" * 50_000})
    builder.write()
    builder.write_shards()
    return builder


@pytest.fixture
def fetch(tmp_path: Path) -> Fetch:
    """Return what fetches and unpacks `hello` of a channel and returns what it says."""

    def bring(url: str, *, shards: bool = True, **network: object) -> str:
        reporter = SilentReporter()
        settings = ChannelSettings(channels=(url,), subdirs=("noarch",), repodata_use_shards=shards)
        connections = NetworkSettings(max_retries=0, **network)  # type: ignore[arg-type]  # passed on
        transport = build_transport(connections)
        home = tmp_path / hashlib.sha256(f"{url} {shards} {network}".encode()).hexdigest()[:8]
        (home / "pkgs").mkdir(parents=True)
        (home / "pkgs" / "urls.txt").touch()
        index = Index.open(settings, transport, str(home / "cache"), reporter)
        records = index.records("hello")
        caches = CacheDirs([str(home / "pkgs")], settings.config)
        (package,) = ProgressiveFetchExtract(
            records, caches, transport, connections, reporter
        ).execute()
        return Path(package.extracted_package_dir, "share", "hello").read_text()[:5]

    return bring
