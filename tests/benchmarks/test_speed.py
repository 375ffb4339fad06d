"""Ours and a peer's in one run; read ratios of medians, never single numbers.

`python3 noxfile.py -s bench` installs py-rattler as the peer. Every group holds the same work done
by both, in processes of their own where start-up counts.
"""

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conda_clone.config.settings import ChannelSettings, NetworkSettings
from conda_clone.core.channels.index import Index
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.problem import Problem, Requirement
from conda_clone.core.virtual_packages import detect_all
from conda_clone.gateways.archives.extract import extract_archive
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.processes import run
from conda_clone.models.events import SilentReporter
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.version import VersionOrder
from tests.support.cli import Program

Benchmark = Callable[..., Any]
SETS = {
    "sci": ["python=3.11", "numpy", "scipy", "pandas", "matplotlib-base", "scikit-learn"],
    "geo": ["python=3.11", "dask", "xarray", "geopandas"],
    "ml": ["python", "jupyterlab", "pytorch"],
}
peer = pytest.mark.skipif(importlib.util.find_spec("rattler") is None, reason="no py-rattler here")


def in_process(code: str, *arguments: str) -> None:
    completed = run([sys.executable, "-c", code, *arguments])
    assert completed.returncode == 0, completed.stderr


@pytest.mark.benchmark(group="start-up")
def test_bare_interpreter(benchmark: Benchmark) -> None:
    benchmark(in_process, "pass")


@pytest.mark.benchmark(group="start-up")
@pytest.mark.parametrize(
    "words", [["--version"], ["--help"], ["list", "--json"], ["info"]], ids=" ".join
)
def test_start_up(benchmark: Benchmark, tmp_path: Path, words: list[str]) -> None:
    program = Program(tmp_path / "root", tmp_path, "conda-forge")
    script = [sys.executable, "-m", "conda_clone", *words]
    environment = {**program.environment, "PYTHONPATH": os.pathsep.join(sys.path)}
    benchmark(lambda: run(script, env=environment))


def open_union(union: Path, cache: Path) -> Index:
    settings = ChannelSettings(channels=(union.as_uri(),), subdirs=("linux-64", "noarch"))
    transport = build_transport(NetworkSettings())
    return Index.open(settings, transport, str(cache), SilentReporter())


@pytest.mark.benchmark(group="open the index of 42,000 records")
def test_open_the_first_time(benchmark: Any, union: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    benchmark.pedantic(
        lambda: open_union(union, cache),
        setup=lambda: shutil.rmtree(cache, ignore_errors=True),
        rounds=5,
    )


@pytest.mark.benchmark(group="open the index of 42,000 records")
def test_open_again(benchmark: Benchmark, union: Path, tmp_path: Path) -> None:
    open_union(union, tmp_path)
    benchmark(open_union, union, tmp_path)


def solve_once(union: Path, cache: Path, specs: list[str]) -> int:
    index = open_union(union, cache)
    problem = Problem(
        roots=tuple(Requirement(MatchSpec(text)) for text in specs),
        virtual_packages=detect_all({}, {}, "linux-64", "1"),
        channel_order=index.channel_order,
        channel_priority="strict",
    )
    return len(solve(problem, index).records)


PEER_SOLVE = """
import asyncio, os, sys
from rattler import Channel, ChannelPriority, MatchSpec, SparseRepoData, VirtualPackage
from rattler.solver import solve_with_sparse_repodata
folder, *texts = sys.argv[1:]
channel = Channel("file://" + folder)
data = [SparseRepoData(channel, s, f"{folder}/{s}/repodata.json") for s in ("linux-64", "noarch")]
specs = [MatchSpec(text) for text in texts]
facts = VirtualPackage.detect()
work = solve_with_sparse_repodata(
    specs, data, virtual_packages=facts, channel_priority=ChannelPriority.Strict
)
asyncio.run(work)
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.parametrize("name", SETS)
def test_solve_in_this_process(benchmark: Any, union: Path, tmp_path: Path, name: str) -> None:
    benchmark.group = f"solve {name}"
    solve_once(union, tmp_path, SETS[name])
    benchmark(solve_once, union, tmp_path, SETS[name])


@peer
@pytest.mark.parametrize("name", SETS)
def test_solve_by_the_peer_as_a_process(benchmark: Any, union: Path, name: str) -> None:
    benchmark.group = f"solve {name}"
    benchmark(in_process, PEER_SOLVE, str(union), *SETS[name])


@pytest.mark.benchmark(group="extract 4,000 files")
def test_extract(benchmark: Any, large_package: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    benchmark.pedantic(
        extract_archive,
        (str(large_package), str(target)),
        setup=lambda: shutil.rmtree(target, ignore_errors=True),
        rounds=5,
    )


@peer
@pytest.mark.benchmark(group="extract 4,000 files")
def test_extract_by_the_peer(benchmark: Any, large_package: Path, tmp_path: Path) -> None:
    from rattler.package_streaming import extract

    target = tmp_path / "target"
    benchmark.pedantic(
        extract,
        (large_package, target),
        setup=lambda: shutil.rmtree(target, ignore_errors=True),
        rounds=5,
    )


@pytest.mark.benchmark(group="install 4,000 files from the cache")
def test_install_from_the_cache(benchmark: Any, large_package: Path, tmp_path: Path) -> None:
    conda = Program(tmp_path / "root", tmp_path, "conda-forge")
    conda.succeed("create", "-n", "first", "-y", large_package)
    target = conda.prefix("e")
    benchmark.pedantic(
        lambda: conda.succeed("create", "-p", target, "-y", large_package),
        setup=lambda: shutil.rmtree(target, ignore_errors=True),
        rounds=5,
    )


@pytest.mark.benchmark(group="models")
def test_sort_versions(benchmark: Benchmark) -> None:
    texts = [
        f"{major}.{minor}.{patch}rc1"
        for major in range(9)
        for minor in range(30)
        for patch in range(9)
    ]
    benchmark(lambda: sorted(VersionOrder(text) for text in texts))


@pytest.mark.benchmark(group="models")
def test_match_all_candidates_of_a_name(benchmark: Benchmark, union: Path, tmp_path: Path) -> None:
    records = open_union(union, tmp_path).records("python")
    spec = MatchSpec("python >=3.11,<3.13.0a0 *_cpython")
    benchmark(lambda: [record for record in records if spec.match(record)])
