"""Whole processes that extract, install, link and remove, beside py-rattler's.

Every case is done by both programs in turn, the same number of times, in folders in memory; each
figure is a median. Read ratios, never single numbers:

    python3 noxfile.py -s bench -- install_processes
    python -m tests.benchmarks.install_processes ../shared --rounds 9 [--only '^link']

- *extract*: one archive of 8,400 files, 240 MiB. Ours checks the digest of every file.
- *install*: download from this machine, extract, link, with nothing in any cache.
- *link*: the same with everything in the package cache; `safe` and `none` are durabilities.
- *remove*: the environment, beside `rm -rf`.
- *real*: the environment of some 40 packages of 2021, *cold* as install and *warm* as link.
- *many*: packages of 1,000, 10,000 and 100,000 files; the table below compares cost per file.

Both programs are given what to install, and solve nothing.
"""

import argparse
import http.server
import json
import multiprocessing
import os
import re
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from conda_clone.testing.channels import ChannelBuilder
from tests.benchmarks.processes import Run, median, run_process

PLATFORM = "linux-64"
SUBDIRS = (PLATFORM, "noarch")
DISTRIBUTIONS = ("numpy", "scipy", "pandas", "sympy")
FILES_OF_BIG = 8_390  # of them, compiled modules are dropped until so many are left
REAL_CHANNELS = ("anaconda-2021", "anaconda-2021-stubs")
REAL = (
    *("python=3.8", "requests", "tqdm", "conda-package-handling", "sqlite", "tk", "cryptography"),
    *("mpi4py", "ruamel_yaml", "setuptools", "wheel", "pip", "pycosat", "pytz", "tzdata", "xz"),
    *("libedit", "_openmp_mutex", "python-dateutil", "ld_impl_linux-64", "asn1crypto"),
)
MANY = (1_000, 10_000, 100_000)

EXTRACT = """
import sys
from conda_clone.core.packages.extraction import extract_checked
extract_checked(sys.argv[1], sys.argv[2])
"""
PEER_EXTRACT = """
import os, sys
from rattler.package_streaming import extract
extract(sys.argv[1], sys.argv[2])
os._exit(0)
"""
PEER_INSTALL = """
import asyncio, json, os, sys
from rattler import Channel, SparseRepoData, install
listing, prefix, cache = sys.argv[1:]
records = []
for channel in json.load(open(listing)):
    data = SparseRepoData(Channel(channel["url"]), channel["subdir"], channel["index"])
    for name, fn in channel["packages"]:
        records += [record for record in data.load_records(name) if record.file_name == fn]
asyncio.run(install(records, prefix, cache_dir=cache, show_progress=False))
os._exit(0)
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an environment consists of, as each program reads it.

    Attributes:
        explicit: A file of addresses.
        listing: A file that names the same packages and their channels.
    """

    explicit: Path
    listing: Path


@dataclass(slots=True)
class Case:
    """One piece of work, done by both programs.

    Attributes:
        name: What is done.
        ours: Does it once.
        theirs: Likewise.
    """

    name: str
    ours: Callable[[], Run]
    theirs: Callable[[], Run]
    our_runs: list[Run] = field(default_factory=list)
    their_runs: list[Run] = field(default_factory=list)

    def ratio(self, what: str) -> float:
        """Return our median over theirs."""
        return median(self.our_runs, what) / median(self.their_runs, what)

    def row(self) -> str:
        """Return the line of the table."""
        cells = [self.name]
        cells += [f"{median(runs, 'wall'):.0f}" for runs in (self.our_runs, self.their_runs)]
        cells += [f"{self.ratio(what):.2f}" for what in ("wall", "cpu")]
        cells.append(f"{max(run.memory for run in self.our_runs):.0f}")
        return f"| {' | '.join(cells)} |"


class Bench:
    """The two programs, and the folders that they may use."""

    def __init__(self, shared: Path, work: Path) -> None:
        self._shared = shared
        self._work = work
        self._conda = Path(sys.executable).with_name("conda")
        self._environment = {
            "HOME": str(work / "home"),
            # The stand-in for Python starts this one, without detours by version managers.
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "CONDA_ROOT_PREFIX": str(work / "root"),
            "CONDA_PKGS_DIRS": str(work / "pkgs"),
            "CONDA_SUBDIR": PLATFORM,
        }

    def extract(self, archive: Path) -> tuple[Callable[[], Run], Callable[[], Run]]:
        """Return how either program extracts an archive."""
        target = self._work / "extracted"

        def by(code: str) -> Callable[[], Run]:
            command: list[str | Path] = [sys.executable, "-c", code, archive, target]
            return lambda: self._run(command, remove=[target])

        return by(EXTRACT), by(PEER_EXTRACT)

    def install(
        self, wanted: Wanted, *, cold: bool, durability: str = "none"
    ) -> tuple[Callable[[], Run], Callable[[], Run]]:
        """Return how either program makes an environment of some packages."""
        prefix, cache = self._work / "envs/ours", self._work / "pkgs"
        words: list[str | Path] = ["create", "-y", "-q", "-p", prefix, "--file", wanted.explicit]
        environment = {"CONDA_DURABILITY": durability}
        peers_prefix, peers_cache = self._work / "envs/theirs", self._work / "peers-pkgs"
        peer: list[str | Path] = [sys.executable, "-c", PEER_INSTALL]
        peer += [wanted.listing, peers_prefix, peers_cache]
        ours = [prefix, cache] if cold else [prefix]
        theirs = [peers_prefix, peers_cache] if cold else [peers_prefix]
        return (
            lambda: self._run([self._conda, *words], remove=ours, **environment),
            lambda: self._run(peer, remove=theirs),
        )

    def remove(self, wanted: Wanted) -> tuple[Callable[[], Run], Callable[[], Run]]:
        """Return how an environment is removed, and what `rm -rf` does instead."""
        make, _ = self.install(wanted, cold=False)
        prefix = self._work / "envs/ours"

        def by(command: Sequence[str | Path], **environment: str) -> Callable[[], Run]:
            def remove() -> Run:
                make()
                return self._run(command, remove=[], **environment)

            return remove

        words: list[str | Path] = ["env", "remove", "-y", "-q", "-p", prefix]
        ours = by([self._conda, *words], CONDA_DURABILITY="none")
        return ours, by(["rm", "-rf", prefix])

    def listed(self, channels: Sequence[tuple[str, Path]], specs: Sequence[str]) -> Wanted:
        """Solve once, and write down what is to be installed.

        Args:
            channels: Address and folder of each.
            specs: What is asked for.
        """
        search = [word for url, _ in channels for word in ("-c", url)]
        words = ["create", "-n", "x", "--dry-run", "--json", "--override-channels", *search]
        done = subprocess.run(
            [self._conda, *words, *specs],
            env=self._environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        linked = json.loads(done.stdout)["actions"]["LINK"]
        listing: list[dict[str, Any]] = []
        lines = ["@EXPLICIT\n"]
        for url, folder in channels:
            for subdir in SUBDIRS:
                index = folder / subdir / "repodata.json"
                found = [
                    each
                    for each in linked
                    if each["base_url"] == url and each["platform"] == subdir
                ]
                entries = _entries(index)
                names = {_stem(fn): fn for fn in entries}
                files = [(each["name"], names[each["dist_name"]]) for each in found]
                lines += [f"{url}/{subdir}/{fn}#{entries[fn]['md5']}\n" for _, fn in files]
                entry = {"url": url, "subdir": subdir, "index": str(index), "packages": files}
                listing.append(entry)
        stem = f"{len(linked)}-{specs[0]}"
        wanted = Wanted(self._work / f"{stem}.txt", self._work / f"{stem}.json")
        wanted.explicit.write_text("".join(lines))
        wanted.listing.write_text(json.dumps(listing))
        return wanted

    def _run(
        self, command: Sequence[str | Path], *, remove: Sequence[Path], **environment: str
    ) -> Run:
        for folder in remove:
            shutil.rmtree(folder, ignore_errors=True)
        run = run_process(command, {**self._environment, **environment})
        if run.status:
            raise SystemExit(f"{command} ended with {run.status}: {run.errors[-2000:]}")
        return run


Programs = tuple[Callable[[], Run], Callable[[], Run]]
Offer = tuple[str, Callable[[], Programs]]


def offers(bench: Bench, shared: Path, work: Path, address: str) -> Iterator[Offer]:
    """Yield the name of every case, and what makes it: archives and lists take a while."""

    def extracting(channel: Callable[[], Path]) -> Callable[[], Programs]:
        return lambda: bench.extract(next((channel() / PLATFORM).glob("*-1.0-*")))

    def installing(wanted: Callable[[], Wanted], **how: Any) -> Callable[[], Programs]:
        return lambda: bench.install(wanted(), **how)

    def removing(wanted: Callable[[], Wanted]) -> Callable[[], Programs]:
        return lambda: bench.remove(wanted())

    def listing(channel: Callable[[], Path], name: str) -> Callable[[], Wanted]:
        def listed() -> Wanted:
            folder = channel()
            return bench.listed([(f"{address}/{folder.name}", folder)], [name])

        return listed

    real = partial(real_packages, bench, shared, work, address)
    for kind in ("conda", "tar.bz2"):
        yield f"extract {kind}", extracting(partial(big_channel, shared, work, kind))
    big = listing(partial(big_channel, shared, work, "conda"), "bigpkg")
    yield "install", installing(big, cold=True)
    yield "link, durability none", installing(big, cold=False)
    yield "link, durability safe", installing(big, cold=False, durability="safe")
    yield "remove, beside rm -rf", removing(big)
    yield "real, cold", installing(real, cold=True)
    yield "real, warm", installing(real, cold=False)
    yield "real, remove beside rm -rf", removing(real)
    for count in MANY:
        channel = partial(many_channel, work, count)
        many = listing(channel, "many")
        yield f"many, extract {count}", extracting(channel)
        yield f"many, install {count}", installing(many, cold=True)
        yield f"many, link {count}", installing(many, cold=False)
        yield f"many, remove {count}", removing(many)


def real_packages(bench: Bench, shared: Path, work: Path, address: str) -> Wanted:
    """Return the environment of some 40 packages that people have really used."""
    for name in REAL_CHANNELS:
        if not (work / name).exists():
            (work / name).symlink_to(shared / "data/channels" / name)
    return bench.listed([(f"{address}/{name}", work / name) for name in REAL_CHANNELS], REAL)


def big_channel(shared: Path, work: Path, kind: str) -> Path:
    """Return the channel that has one big package of real files, made the first time."""
    channel = work / f"chanpkg-{kind.replace('.', '')}"
    if channel.is_dir():
        return channel
    home, tree = work / "packer", work / "tree"
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    python = home / "bin/python"
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*install, "conda-package-streaming", "zstandard"], check=True)
    subprocess.run([*install, "--target", str(tree), *DISTRIBUTIONS], check=True)
    files = sum(1 for path in tree.rglob("*") if path.is_file())
    compiled = sorted(tree.rglob("*.pyc"), key=lambda path: (-path.stat().st_size, path))
    for path in compiled[: max(0, files - FILES_OF_BIG)]:
        path.unlink()
    maker = shared / "tools/make_big_package.py"
    subprocess.run([python, maker, tree, work], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return channel


def many_channel(work: Path, count: int) -> Path:
    """Return a channel with a package of so many small files, a hundred in each folder."""
    channel = work / f"many-{count}"
    if not channel.is_dir():
        # In a process of its own: the memory of this one counts for those that it starts.
        maker = multiprocessing.get_context("spawn").Process(
            target=_make_many, args=[channel, count]
        )
        maker.start()
        maker.join()
    return channel


def _make_many(channel: Path, count: int) -> None:
    line = b"The quick brown fox jumps over the lazy dog, number %d.\n"
    files = {
        f"lib/many/folder{number // 100}/file{number}.txt": line % number * 20
        for number in range(count)
    }
    builder = ChannelBuilder(channel)
    builder.add(name="many", files=files)
    builder.write()


def linearity(measured: Sequence[Case]) -> Iterator[str]:
    """Yield the CPU time that each further file costs, and how the larger step compares."""
    times = {case.name: median(case.our_runs, "cpu") for case in measured}
    few, some, lots = MANY
    for what in ("extract", "install", "link", "remove"):
        names = [f"many, {what} {count}" for count in MANY]
        if not times.keys() >= set(names):
            continue
        first, second, third = (times[name] for name in names)
        small = (second - first) / (some - few)
        large = (third - second) / (lots - some)
        yield (
            f"{what}: {small * 1e3:.1f} us a file from {few} to {some}, {large * 1e3:.1f} us "
            f"from {some} to {lots}: {large / small:.2f}\n"
        )


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine; yield the address."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def copyfile(self, source: Any, outputfile: Any) -> None:
            """Leave the work to the kernel, so that serving costs little of what is measured."""
            outputfile.flush()
            self.connection.sendfile(source)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _entries(index: Path) -> dict[str, Any]:
    if not index.is_file():
        return {}
    document = json.loads(index.read_text("utf-8"))
    return {**document["packages"], **document.get("packages.conda", {})}


def _stem(fn: str) -> str:
    return fn.removesuffix(".conda").removesuffix(".tar.bz2")


def main(arguments: Sequence[str]) -> None:
    """Measure, and print a table line by line."""
    parser = argparse.ArgumentParser(description="Measure installing beside py-rattler.")
    parser.add_argument("shared", type=Path, help="the folder of channels and tools")
    parser.add_argument("--rounds", type=int, default=9, help="runs of each program per case")
    parser.add_argument("--only", default="", help="a pattern that names of cases must have")
    parser.add_argument("--work", type=Path, help="a folder for channels, kept for the next time")
    options: Any = parser.parse_args(arguments)
    memory = Path("/dev/shm")
    parent = memory if memory.is_dir() else None
    work: Path = options.work or Path(tempfile.mkdtemp(prefix="install-processes-", dir=parent))
    (work / "home").mkdir(parents=True, exist_ok=True)
    measured = []
    try:
        sys.stdout.write("| case | ours, ms | peer, ms | wall | CPU | MiB |\n")
        sys.stdout.write("|---|---|---|---|---|---|\n")
        with served(work) as address:
            shared = options.shared.resolve()
            for name, make in offers(Bench(shared, work), shared, work, address):
                if not re.search(options.only, name):
                    continue
                case = Case(name, *make())
                measure(case, options.rounds)
                measured.append(case)
                sys.stdout.write(f"{case.row()}\n")
                sys.stdout.flush()
        sys.stdout.writelines(["\n", *linearity(measured)])
    finally:
        if options.work is None:
            shutil.rmtree(work, ignore_errors=True)


def measure(case: Case, rounds: int) -> None:
    """Do the work of a case in turn; the first time of either does not count."""
    for number in range(rounds + 1):
        ours = case.ours()
        theirs = case.theirs()
        if number:
            case.our_runs.append(ours)
            case.their_runs.append(theirs)


if __name__ == "__main__":
    main(sys.argv[1:])
