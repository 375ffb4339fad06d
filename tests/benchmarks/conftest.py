"""Real indexes and one large package to measure with, and the table of what was compared.

Tests that share a group do the same work; those named `..._by_the_peer` do it with py-rattler. The
table at the end of a run shows the medians of both and their ratio.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="session")
def rattler() -> Any:
    """Return the peer to compare with, or skip."""
    return pytest.importorskip("rattler")


MEDIANS = pytest.StashKey[dict[str, dict[bool, float]]]()


@pytest.fixture(autouse=True)
def remember_median(request: pytest.FixtureRequest, benchmark: Any) -> Iterator[None]:
    """Keep the median of a test for the table."""
    yield
    if benchmark.stats is not None:
        groups = request.config.stash.setdefault(MEDIANS, {})
        by_the_peer = "_by_the_peer" in request.node.name
        groups.setdefault(benchmark.group, {})[by_the_peer] = benchmark.stats.stats.median


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print ours, the peer's and the ratio, for groups that have both."""
    groups = config.stash.get(MEDIANS, {})
    compared = {group: medians for group, medians in groups.items() if len(medians) > 1}
    if not compared:
        return
    terminalreporter.section("medians in milliseconds")
    width = max(map(len, compared))
    terminalreporter.write_line(f"{'':{width}} {'ours':>9} {'py-rattler':>11} {'ratio':>6}")
    for group, medians in compared.items():
        ours, theirs = medians[False] * 1e3, medians[True] * 1e3
        terminalreporter.write_line(
            f"{group:{width}} {ours:9.2f} {theirs:11.2f} {ours / theirs:6.2f}"
        )
