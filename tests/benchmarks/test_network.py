"""Over a network with 20 ms of latency: which form of an index is the fastest, and downloads.

The servers are nginx behind a process that makes it distant; bandwidth is not limited, which
favours whole indexes. `bytes` in the extra information is what the server sent.

Measured on two cores with Python 3.11, medians of one run: see docs/explanation/channels.md.
"""

import asyncio
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conda_clone.config.settings import ChannelSettings, NetworkSettings
from conda_clone.core.channels.index import Index
from conda_clone.core.packages.cache_dirs import CacheDirs
from conda_clone.core.packages.fetch_extract import ProgressiveFetchExtract
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.problem import Problem, Requirement
from conda_clone.core.virtual_packages import detect_all
from conda_clone.gateways.network.session import build_transport
from conda_clone.models.events import SilentReporter
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.testing.archives import compress_zstd
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.shards import write_shards
from tests.servers.running import nginx
from tests.support.latency import distant

pytestmark = [pytest.mark.servers, pytest.mark.slow]

LATENCY = 20  # milliseconds
SCI = ["python=3.11", "numpy", "scipy", "pandas", "matplotlib-base", "scikit-learn"]
PACKAGES = 40


class Far:
    """A distant server and its log."""

    def __init__(self, port: int, log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._log = log
        self._read = 0

    def sent(self) -> int:
        """Return the bytes that were sent since the last call."""
        lines = self._log.read_text().splitlines()[self._read :]
        self._read += len(lines)
        return sum(int(line.split('"')[2].split()[1]) for line in lines)


@pytest.fixture(scope="module")
def far_union(union: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    for subdir in ("linux-64", "noarch"):
        body = (union / subdir / "repodata.json").read_bytes()
        (union / subdir / "repodata.json.zst").write_bytes(compress_zstd(body))
        write_shards(union / subdir)
    home = tmp_path_factory.mktemp("nginx")
    with nginx(home, union) as port, distant(port, LATENCY) as far:
        yield Far(far, home / "access.log")


@pytest.mark.shared
@pytest.mark.benchmark(group="cold solve of the sci set over a network")
@pytest.mark.parametrize("form", ["json", "zst", "shards"])
def test_cold_solve(benchmark: Any, far_union: Far, tmp_path: Path, form: str) -> None:
    numbers = itertools.count()
    settings = ChannelSettings(
        channels=(far_union.url,),
        repodata_use_shards=form == "shards",
        repodata_use_zst=form != "json",
    )

    def work() -> int:
        cache = str(tmp_path / str(next(numbers)))
        transport = build_transport(NetworkSettings())
        index = Index.open(settings, transport, cache, SilentReporter())
        specs = [MatchSpec(text) for text in SCI]
        index.reach(specs)
        problem = Problem(
            roots=tuple(Requirement(spec) for spec in specs),
            virtual_packages=detect_all({}, {}, "linux-64", "1"),
            channel_order=index.channel_order,
            channel_priority="strict",
        )
        return len(solve(problem, index).records)

    far_union.sent()
    assert benchmark.pedantic(work, rounds=5) == 77
    benchmark.extra_info["bytes"] = far_union.sent() // 5


@pytest.fixture(scope="module")
def far_packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Far, Path]]:
    builder = ChannelBuilder(tmp_path_factory.mktemp("packages") / "channel")
    for number in range(PACKAGES):
        content = os.urandom(500_000)
        builder.add(name=f"p{number}", noarch="generic", files={f"share/p{number}": content})
    builder.write()
    home = tmp_path_factory.mktemp("nginx")
    with nginx(home, builder.root) as port, distant(port, LATENCY) as far:
        yield Far(far, home / "access.log"), builder.root


@pytest.mark.benchmark(group="download and extract 40 packages over a network")
def test_downloads(benchmark: Any, far_packages: tuple[Far, Path], tmp_path: Path) -> None:
    far, _ = far_packages
    settings = ChannelSettings(channels=(far.url,), subdirs=("noarch",))
    numbers = itertools.count()
    network = NetworkSettings()
    index = Index.open(settings, build_transport(network), str(tmp_path / "i"), SilentReporter())
    records = index.query(MatchSpec("p*"))

    def work() -> int:
        pkgs = tmp_path / f"pkgs{next(numbers)}"
        pkgs.mkdir()
        (pkgs / "urls.txt").touch()
        fetch = ProgressiveFetchExtract(
            records, CacheDirs([str(pkgs)], settings.config), build_transport(network), network,
            SilentReporter(),
        )  # fmt: skip
        return len(fetch.execute())

    assert benchmark.pedantic(work, rounds=5, warmup_rounds=1) == PACKAGES


@pytest.mark.benchmark(group="download and extract 40 packages over a network")
def test_downloads_by_the_peer(
    benchmark: Any, far_packages: tuple[Far, Path], tmp_path: Path, rattler: Any
) -> None:
    far, root = far_packages
    numbers = itertools.count()
    channel = rattler.Channel(far.url)
    data = rattler.SparseRepoData(channel, "noarch", root / "noarch" / "repodata.json")
    records = [data.load_records(f"p{number}")[0] for number in range(PACKAGES)]
    for record in records:
        record.url = f"{far.url}/noarch/{record.file_name}"

    def work() -> None:
        folder = tmp_path / str(next(numbers))
        installing = rattler.install(
            records, folder / "prefix", cache_dir=folder / "cache", show_progress=False
        )
        asyncio.run(installing)

    benchmark.pedantic(work, rounds=5, warmup_rounds=1)
