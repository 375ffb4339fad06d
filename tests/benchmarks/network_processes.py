"""Whole processes over a network, beside py-rattler's: the forms of an index, and 40 packages.

The server is nginx on this machine, behind a process that adds 20 ms to every round trip and, in
the second table, makes the line 50 Mbit/s wide. Programs take turns; figures are medians, `bytes`
and `requests` what the server noted of one run:

    python3 noxfile.py -s bench -- network_processes
    python -m tests.benchmarks.network_processes ../shared --rounds 7 [--large FOLDER]

- *json*, *zst*, *shards*: a cold `conda create --dry-run` of the sci set; `json` is sent with gzip.
- *changed, zst* and *changed, jlap*: the same with an index in the cache that lacks the newest 200
  records, on a server without and with a list of changes. (The peer reads no lists of changes.)
- *install*: 40 packages of 500 kB are downloaded, extracted and linked.

`--large` is the channel folder of a large index (`make_large_repodata.py`), for the first three.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conda_clone.core.channels.repodata.formats import Variant
from conda_clone.testing.archives import compress_zstd
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.shards import write_shards
from tests.benchmarks.install_processes import Bench
from tests.benchmarks.processes import Run, median, run_process
from tests.servers.running import nginx
from tests.support.jlap import jlap_bytes
from tests.support.latency import distant

SCI = ["python=3.11", "numpy", "scipy", "pandas", "matplotlib-base", "scikit-learn"]
SUBDIRS = ("linux-64", "noarch")
LATENCY = 20  # milliseconds
MEGABITS = 50
NEWEST = 200  # records that a cached index lacks
PACKAGES = 40
GZIP = "gzip on; gzip_types *;"

PEER = """
import asyncio, os, sys
from rattler import Channel, Gateway, SourceConfig, VirtualPackage, solve
url, form, cache, *specs = sys.argv[1:]
config = SourceConfig(
    zstd_enabled=form != "json", bz2_enabled=False, sharded_enabled=form == "shards"
)
gateway = Gateway(cache_dir=cache, default_config=config)
virtual = [each.into_generic() for each in VirtualPackage.detect()]
asyncio.run(solve(
    [Channel(url)], specs, gateway=gateway, platforms=["linux-64", "noarch"],
    virtual_packages=virtual,
))
os._exit(0)
"""


@dataclass(slots=True)
class Side:
    """What one program needed."""

    runs: list[Run] = field(default_factory=list)
    sent: list[tuple[int, int]] = field(default_factory=list)

    def cells(self) -> list[str]:
        """Return bytes, requests, CPU time and time."""
        if not self.runs:
            return ["", "", "", ""]
        size, requests = (statistics.median(figures) for figures in zip(*self.sent, strict=True))
        times = [f"{median(self.runs, what) / 1e3:.2f} s" for what in ("cpu", "wall")]
        return [f"{size:,.0f}", f"{requests:.0f}", *times]


class Server:
    """A server with a folder and a log, near and far."""

    def __init__(self, port: int, far: int, log: Path) -> None:
        self.near = f"http://127.0.0.1:{port}"
        self.far = f"http://127.0.0.1:{far}"
        self._log = log
        self._read = 0

    def sent(self) -> tuple[int, int]:
        """Return bytes and answers since the last call."""
        lines = self._log.read_text().splitlines()[self._read :]
        self._read += len(lines)
        return sum(int(line.split('"')[2].split()[1]) for line in lines), len(lines)


class Measuring:
    """Runs programs in turn, and prints a table line by line."""

    def __init__(self, server: Server, work: Path, rounds: int) -> None:
        self._server = server
        self._work = work
        self._rounds = rounds
        self._conda = Path(sys.executable).with_name("conda")

    def solve(self, name: str, channel: str, form: str, cached: Path | None = None) -> None:
        """Measure solving from an index in that form.

        Args:
            name: Of the line.
            channel: Folder on the server.
            form: `json`, `zst`, `shards` or `jlap`.
            cached: What the caches hold; nothing, if left out. The peer is left out otherwise.
        """
        url = f"{self._server.far}/{channel}"
        root, peers = self._work / "root", self._work / "peer"
        options = ["create", "-n", "x", "--dry-run", "--json", "--override-channels", "-c", url]
        environment = {
            "HOME": str(self._work / "home"),
            "PATH": os.environ["PATH"],
            "CONDA_ROOT_PREFIX": str(root),
            "CONDA_PKGS_DIRS": str(root / "pkgs"),
            "CONDA_SUBDIR": SUBDIRS[0],
            "CONDA_REPODATA_USE_ZST": str(form != "json"),
            "CONDA_REPODATA_USE_SHARDS": str(form == "shards"),
        }

        def ours() -> Run:
            shutil.rmtree(root, ignore_errors=True)
            root.mkdir()
            if cached is not None:
                shutil.copytree(cached, root / "pkgs")
            return _succeed([self._conda, *options, *SCI], environment)

        def theirs() -> Run:
            shutil.rmtree(peers, ignore_errors=True)
            return _succeed([sys.executable, "-c", PEER, url, form, peers, *SCI], environment)

        self.compare(name, ours, theirs if cached is None else None)

    def compare(self, name: str, ours: Callable[[], Run], theirs: Callable[[], Run] | None) -> None:
        """Measure two programs in turn; the first time of either does not count."""
        sides = [(ours, Side())] + ([] if theirs is None else [(theirs, Side())])
        for number in range(self._rounds + 1):
            for program, side in sides:
                self._server.sent()
                run = program()
                if number:
                    side.runs.append(run)
                    side.sent.append(self._server.sent())
        both = [side for _, side in sides] + [Side()] * (2 - len(sides))
        cells = [name, *both[0].cells(), *both[1].cells()]
        _write(f"| {' | '.join(cells)} |\n")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _succeed(command: Sequence[str | Path], environment: dict[str, str]) -> Run:
    run = run_process(command, environment)
    if run.status:
        raise SystemExit(f"{command} ended with {run.status}: {run.errors[-2000:]}")
    return run


def make_union(shared: Path, root: Path) -> None:
    """Make the channels with 42,000 records: with shards, and before and after a change."""
    for subdir in SUBDIRS:
        packed = shared / "data/repodata/conda-forge-union" / subdir / "repodata.json.zst"
        body = Variant(".zst").decode([packed.read_bytes()])
        before = _without_newest(body)
        for name, content in (("union", body), ("before", before), ("changed", body)):
            write_index(root / name / subdir, content)
        write_shards(root / "union" / subdir)
        shutil.copytree(root / "changed" / subdir, root / "changed-jlap" / subdir)
        changes = jlap_bytes([before, body])
        (root / "changed-jlap" / subdir / "repodata.jlap").write_bytes(changes)


def write_index(folder: Path, body: bytes) -> None:
    """Write an index, and its compressed form."""
    folder.mkdir(parents=True)
    (folder / "repodata.json").write_bytes(body)
    (folder / "repodata.json.zst").write_bytes(compress_zstd(body))


def _without_newest(body: bytes) -> bytes:
    index: dict[str, Any] = json.loads(body)
    sections = [index["packages"], index["packages.conda"]]
    stamps = [(entry.get("timestamp", 0), fn) for each in sections for fn, entry in each.items()]
    for _, fn in sorted(stamps)[-NEWEST:]:
        for section in sections:
            section.pop(fn, None)
    return json.dumps(index).encode()


def make_packages(root: Path) -> None:
    """Make the channel of packages to install."""
    builder = ChannelBuilder(root / "packages")
    for number in range(PACKAGES):
        content = os.urandom(500_000)
        builder.add(name=f"p{number}", noarch="generic", files={f"share/p{number}": content})
    builder.write()


@contextmanager
def far_server(root: Path, home: Path, megabits: float) -> Iterator[Server]:
    """Serve a folder far away."""
    with nginx(home, root, server=GZIP) as port, distant(port, LATENCY, megabits) as far:
        yield Server(port, far, home / "access.log")


def measure(server: Server, shared: Path, work: Path, rounds: int, *, has_large: bool) -> None:
    """Print one table."""
    heading = ["", "bytes", "requests", "CPU", "time"]
    _write(f"| {' | '.join([*heading, *(f'peer: {each}' for each in heading[1:])])} |\n")
    _write("|---|---|---|---|---|---|---|---|---|\n")
    measuring = Measuring(server, work, rounds)
    for channel in ("union", *(("large",) if has_large else ())):
        for form in ("json", "zst", "shards"):
            measuring.solve(f"{channel}, {form}", channel, form)
    for form in ("zst", "jlap"):
        channel = "changed" if form == "zst" else "changed-jlap"
        measuring.solve(f"changed, {form}", channel, form, _cache_before(server, work, channel))
    bench = Bench(shared, work)
    wanted = bench.listed(
        [(f"{server.far}/packages", work / "www" / "packages")],
        [f"p{number}" for number in range(PACKAGES)],
    )
    measuring.compare("install", *bench.install(wanted, cold=True))


def _cache_before(server: Server, work: Path, channel: str) -> Path:
    """Return a package cache that has the index of a channel as it was before."""
    www, cached = work / "www", work / f"cache-{channel}"
    shutil.rmtree(cached, ignore_errors=True)
    names = [f"{subdir}/repodata.json{end}" for subdir in SUBDIRS for end in ("", ".zst")]
    now = {name: (www / channel / name).read_bytes() for name in names}
    try:
        for name in names:
            shutil.copyfile(www / "before" / name, www / channel / name)
        environment = {
            "HOME": str(work / "home"),
            "PATH": os.environ["PATH"],
            "CONDA_ROOT_PREFIX": str(work / "root"),
            "CONDA_PKGS_DIRS": str(cached),
            "CONDA_SUBDIR": SUBDIRS[0],
            "CONDA_REPODATA_USE_SHARDS": "false",
        }
        conda = Path(sys.executable).with_name("conda")
        url = f"{server.far}/{channel}"
        _succeed([conda, "search", "--override-channels", "-c", url, "python"], environment)
    finally:
        for name, content in now.items():
            (www / channel / name).write_bytes(content)
    return cached


def main(arguments: Sequence[str]) -> None:
    """Measure over both lines."""
    parser = argparse.ArgumentParser(description="Measure networks beside py-rattler.")
    parser.add_argument("shared", type=Path, help="the folder of indexes")
    parser.add_argument("--rounds", type=int, default=7, help="runs of each program per line")
    parser.add_argument("--large", type=Path, help="the folder of a channel with a large index")
    options: Any = parser.parse_args(arguments)
    memory = Path("/dev/shm")
    parent = memory if memory.is_dir() else None
    work = Path(tempfile.mkdtemp(prefix="network-processes-", dir=parent))
    try:
        (work / "home").mkdir()
        make_union(options.shared.resolve(), work / "www")
        make_packages(work / "www")
        if options.large is not None:
            for path in sorted(options.large.resolve().glob("*/repodata.json")):
                write_index(work / "www" / "large" / path.parent.name, path.read_bytes())
                write_shards(work / "www" / "large" / path.parent.name)
        for megabits in (0, MEGABITS):
            line = f", {megabits} Mbit/s" if megabits else ""
            _write(f"\n{LATENCY} ms{line}\n\n")
            with far_server(work / "www", work / f"nginx-{megabits}", megabits) as server:
                has_large = options.large is not None
                measure(server, options.shared, work, options.rounds, has_large=has_large)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
