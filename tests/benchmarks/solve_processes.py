"""Whole `conda create --dry-run --json` processes beside py-rattler's, warm and cold.

Every problem is solved by both programs in turn, the same number of times, and each figure is a
median; read ratios, never single numbers. CPU time is compared beside wall time because it suffers
less from what else the machine does:

    python3 noxfile.py -s bench -- solve_processes
    python -m tests.benchmarks.solve_processes ../shared --rounds 15 [--only '^(sci|500k)']

The channel lies in a folder (`file://`), for both programs. *warm* means that a command has read
the channel before; *cold* that nothing has been derived from it yet. The peer keeps nothing.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conda_clone.core.channels.repodata.formats import Variant
from tests.benchmarks.processes import Run, median, run_process

SETS = {
    "python": ["python"],
    "sci": ["python=3.11", "numpy", "scipy", "pandas", "matplotlib-base", "scikit-learn"],
    "geo": ["python=3.11", "dask", "xarray", "geopandas"],
    "ml": ["python", "jupyterlab", "pytorch"],
}
PLATFORM = "linux-64"
SUBDIRS = (PLATFORM, "noarch")
LARGEST = 20  # problems with the most packages in their recorded answers
UNSATISFIABLE = 8  # problems without an answer, those with most wishes
MANY_RECORDS = 500_000
COLD_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One problem that both programs solve.

    Attributes:
        name: Group and name of the problem.
        channel: Folder of the channel.
        specs: What is asked for.
        status: What our program ends with when its answer is right: 1 where there is none.
        cold: Whether nothing has been derived from the channel.
    """

    name: str
    channel: Path
    specs: Sequence[str]
    status: int = 0
    cold: bool = False

    @property
    def group(self) -> str:
        """The part of the name that figures are added up by."""
        return self.name.partition(" ")[0]


@dataclass(slots=True)
class Measured:
    """The runs of both programs for one case."""

    case: Case
    ours: list[Run] = field(default_factory=list)
    theirs: list[Run] = field(default_factory=list)


class Bench:
    """The two programs, and the folders that they may use."""

    def __init__(self, shared: Path, work: Path) -> None:
        self._shared = shared
        self._work = work
        self._environment = {
            "HOME": str(work / "home"),
            "PATH": os.environ["PATH"],
            "CONDA_ROOT_PREFIX": str(work / "root"),
            "CONDA_PKGS_DIRS": str(work / "pkgs"),
            "CONDA_SUBDIR": PLATFORM,
        }

    def measure(self, case: Case, rounds: int) -> Measured:
        """Run both programs in turn; the first time of each does not count, unless cold."""
        measured = Measured(case)
        if not case.cold:
            self._ours(case)
            self._theirs(case)
        for _ in range(rounds):
            if case.cold:
                shutil.rmtree(self._work / "pkgs", ignore_errors=True)
            measured.ours.append(self._ours(case))
            measured.theirs.append(self._theirs(case))
        return measured

    def _ours(self, case: Case) -> Run:
        conda = Path(sys.executable).with_name("conda")
        words = ["create", "-n", "x", "--dry-run", "--json", "--override-channels"]
        run = self._run([conda, *words, "-c", case.channel.as_uri(), *case.specs])
        if run.status != case.status:
            raise SystemExit(f"{case.name}: the program ended with {run.status}")
        return run

    def _theirs(self, case: Case) -> Run:
        peer = self._shared / "tools" / "peer_rattler.py"
        return self._run([sys.executable, peer, "once", case.channel, PLATFORM, *case.specs])

    def _run(self, command: Sequence[str | Path]) -> Run:
        return run_process(command, self._environment)


def cases(shared: Path, union: Path, many: Path) -> Iterator[Case]:
    """Yield all problems."""
    recorded = json.loads((shared / "golden/solves/conda-forge-union.json").read_text("utf-8"))
    solved = [each for each in recorded if each["status"] == "solved"]
    solved.sort(key=lambda each: len(each["rattler"]), reverse=True)
    unsolved = [each for each in recorded if each["status"] != "solved"]
    unsolved.sort(key=lambda each: len(each["specs"]), reverse=True)
    for name, specs in SETS.items():
        yield Case(f"union {name}", union, specs)
    for each in solved[:LARGEST]:
        yield Case(f"union {each['id']} ({len(each['rattler'])} packages)", union, each["specs"])
    for each in unsolved[:UNSATISFIABLE]:
        yield Case(f"unsatisfiable {each['id']}", union, each["specs"], status=1)
    yield Case("500k sci", many, SETS["sci"])
    yield Case("500k python", many, SETS["python"])
    for name in ("python", "sci", "geo"):
        yield Case(f"union-cold {name}", union, SETS[name], cold=True)
    yield Case("500k-cold sci", many, SETS["sci"], cold=True)


def union_channel(shared: Path, work: Path) -> Path:
    """Unpack the recorded index of conda-forge into a channel folder."""
    channel = work / "conda-forge"
    for subdir in SUBDIRS:
        packed = shared / "data/repodata/conda-forge-union" / subdir / "repodata.json.zst"
        (channel / subdir).mkdir(parents=True)
        body = Variant(".zst").decode([packed.read_bytes()])
        (channel / subdir / "repodata.json").write_bytes(body)
    return channel


def many_channel(shared: Path, work: Path) -> Path:
    """Make an index of the size that the whole of conda-forge has."""
    channel = work / "many"
    maker = shared / "tools" / "make_large_repodata.py"
    command = [sys.executable, str(maker), str(channel), "--records", str(MANY_RECORDS)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return channel


def row(measured: Measured) -> str:
    """Return the line of one case."""
    ours, theirs = measured.ours, measured.theirs
    cells = [measured.case.name]
    cells += [f"{median(ours, 'wall'):.0f}", f"{median(theirs, 'wall'):.0f}"]
    cells += [f"{ratio([measured], 'wall'):.2f}", f"{ratio([measured], 'cpu'):.2f}"]
    cells += [f"{max(run.memory for run in runs):.0f}" for runs in (ours, theirs)]
    return f"| {' | '.join(cells)} |"


def ratio(measured: Sequence[Measured], what: str) -> float:
    """Return our sum of medians over the peer's."""
    ours = sum(median(each.ours, what) for each in measured)
    return ours / sum(median(each.theirs, what) for each in measured)


def summary(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield a line for each group: ratio of the sums, the worst single ratio, peak memory."""
    groups: dict[str, list[Measured]] = {}
    for each in measured:
        groups.setdefault(each.case.group, []).append(each)
    yield "| group | wall, sum | worst | CPU, sum | worst | MiB |"
    yield "|---|---|---|---|---|---|"
    for group, members in groups.items():
        cells = [group]
        for what in ("wall", "cpu"):
            worst = max(ratio([each], what) for each in members)
            cells += [f"{ratio(members, what):.2f}", f"{worst:.2f}"]
        cells.append(f"{max(run.memory for each in members for run in each.ours):.0f}")
        yield f"| {' | '.join(cells)} |"


def main(arguments: Sequence[str]) -> None:
    """Measure, and print a table line by line."""
    parser = argparse.ArgumentParser(description="Measure whole solves beside py-rattler's.")
    parser.add_argument("shared", type=Path, help="the folder of indexes, recordings and tools")
    parser.add_argument("--rounds", type=int, default=15, help="runs of each program per problem")
    parser.add_argument("--only", default="", help="a pattern that names of problems must have")
    parser.add_argument("--work", type=Path, help="a folder for channels, kept for the next time")
    options: Any = parser.parse_args(arguments)
    work = options.work or Path(tempfile.mkdtemp(prefix="solve-processes-"))
    shared = options.shared.resolve()
    try:
        union, many = work / "conda-forge", work / "many"
        if not union.is_dir():
            union_channel(shared, work)
        if not many.is_dir():
            many_channel(shared, work)
        measured = []
        sys.stdout.write("| problem | ours, ms | peer, ms | wall | CPU | MiB | peer, MiB |\n")
        sys.stdout.write("|---|---|---|---|---|---|---|\n")
        for case in cases(shared, union, many):
            if not re.search(options.only, case.name):
                continue
            rounds = min(COLD_ROUNDS, options.rounds) if case.cold else options.rounds
            measured.append(Bench(shared, work).measure(case, rounds))
            sys.stdout.write(f"{row(measured[-1])}\n")
            sys.stdout.flush()
        sys.stdout.write("\n" + "\n".join(summary(measured)) + "\n")
    finally:
        if options.work is None:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
