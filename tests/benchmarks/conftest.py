"""Real indexes and one large package to measure with."""

from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder

try:
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    from backports import zstd


@pytest.fixture(scope="session")
def union(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a channel folder with 42,000 records of conda-forge (linux-64 and noarch)."""
    target = tmp_path_factory.mktemp("union") / "conda-forge"
    for subdir in ("linux-64", "noarch"):
        packed = shared / "data/repodata/conda-forge-union" / subdir / "repodata.json.zst"
        (target / subdir).mkdir(parents=True)
        (target / subdir / "repodata.json").write_bytes(zstd.decompress(packed.read_bytes()))
    return target


@pytest.fixture(scope="session")
def large_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a .conda archive of 4,000 files, 60 MB in all."""
    channel = ChannelBuilder(tmp_path_factory.mktemp("large"))
    line = b"The quick brown fox jumps over the lazy dog, number %d.\n"
    files = {
        f"lib/folder{number % 40}/file{number}.txt": line % number * 270 for number in range(4_000)
    }
    return channel.add(name="large", files=files).path
