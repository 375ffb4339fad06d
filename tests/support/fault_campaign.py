"""Run the crash matrices in full, and say how many cases of each held (`nox -s faults`).

Every environment that is left is read by py-rattler too, where it is installed.
"""

import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from conda_clone.config.settings import Durability
from tests.support import crash_matrices as matrices
from tests.support import process_matrices as processes
from tests.support.cli import Program
from tests.support.crash_cases import (
    Build,
    Case,
    cloned,
    creation,
    large_update,
    replacement,
    scripted_update,
    small_removal,
    update,
)
from tests.support.network_matrices import MATRICES as NETWORK
from tests.support.transactions import Workshop

__all__ = ["main"]

_CHANGES: tuple[Build, ...] = (update, small_removal, scripted_update)
_HOW = ("kill", "torn", "power", "brownout")


def main(chosen: Sequence[str] = ()) -> int:
    """Run everything, or the matrices of these names ("C3", "P1"); return the exit status."""
    memory = Path("/dev/shm")
    total = 0
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        root = Path(name)
        root.chmod(0o755)  # P9 has several users
        for label, cases in {**_matrices(root), **_processes(root), **NETWORK}.items():
            if chosen and not set(chosen) & set(label.replace(",", "").split()):
                continue
            start = time.monotonic()
            count = sum(1 for _ in cases())
            seconds = time.monotonic() - start
            total += count
            _say(f"{label:56} {count:7,} cases {seconds:7.1f} s")
    _say(f"{'all held':56} {total:7,} cases")
    return 0


def _matrices(root: Path) -> dict[str, Callable[[], Iterator[int]]]:
    numbers = iter(range(1_000_000))
    reader = rattler_reader()

    def case(build: Build, durability: Durability = Durability.SAFE) -> Case:
        folder = root / str(next(numbers))
        return Case(folder, build, durability=durability, reader=reader)

    def singles(*builds: Build) -> Iterator[int]:
        return chain.from_iterable(
            matrices.single_crashes(case(build, durability), how)
            for build in builds
            for durability in Durability
            for how in (_HOW if durability is not Durability.NONE else _HOW[:2])
        )

    def each(matrix: Callable[[Case], Iterator[int]], *builds: Build) -> Iterator[int]:
        return chain.from_iterable(matrix(case(build)) for build in builds)

    def clones() -> Iterator[int]:
        folder = root / str(next(numbers))
        clone = Case(folder, replacement, reader=reader, replaces=True, copied=cloned)
        return chain.from_iterable(matrices.single_crashes(clone, how) for how in _HOW)

    def full_disk(case: Case) -> Iterator[int]:
        return matrices.errors_at_each_call(case, errors=(28, 122), forever=True)

    def cached() -> Iterator[int]:
        workshop = Workshop(root)
        files = {f"share/{number}": "x" * number for number in range(40)}
        record = workshop.package(name="p", files=files, links={"link": "share"})
        archive = record.package_tarball_full_path
        return matrices.cache_entries(root / "whole", record, archive, root / "cache")

    return {
        "C1, C4 create, killed at every call": lambda: singles(creation),
        "C2, C4 change, killed at every call": lambda: singles(*_CHANGES, large_update),
        "C1, C4 clone over an environment, killed at every call": clones,
        "C3 change and recovery, killed at every pair": lambda: each(
            matrices.double_crashes, *_CHANGES, large_update
        ),
        "C3 killed three times": lambda: matrices.triple_crashes(case(update), 2_000),
        "C6 signals at any time": lambda: matrices.interruptions(case(update), 1_000),
        "C8 cache entry, killed at every call": cached,
        "C11 small files, killed at every call": lambda: matrices.small_files(root / "home"),
        "C12 changed by others before recovering": lambda: each(
            matrices.foreign_changes, small_removal, update
        ),
        "F1, F3, F4 an error at every call": lambda: each(
            matrices.errors_at_each_call, creation, *_CHANGES
        ),
        "C7, F1 a full disk from every call on": lambda: each(
            full_disk, creation, *_CHANGES, large_update
        ),
    }


def _processes(root: Path) -> dict[str, Callable[[], Iterator[int]]]:
    """The matrices of processes, at the numbers of spec/reliability.md, section 3c."""
    channel = processes.many_packages(root / "channel", 200)
    small = processes.many_packages(root / "small", 60)
    program = Program(root / "processes", root / "home-of-processes", channel.url)
    fetcher = Program(root / "fetchers", root / "home-of-fetchers", small.url)
    program.succeed("create", "-n", "warm", "-y", "-q", "p0")
    return {
        "C5 killed while fetching": lambda: processes.killed_fetches(fetcher, small),
        "P1 32 create 60 packages, cold cache": lambda: processes.creators_with_cold_cache(
            fetcher, small, processes=32, rounds=20
        ),
        "P2 16 install in one environment": lambda: processes.installers_in_one_environment(
            program, processes=16, rounds=20
        ),
        "P3 8 download one package, 3 are killed": lambda: processes.downloaders_of_one(
            fetcher, small, processes=8, killed=3, rounds=200
        ),
        "P4 installers beside cleaners": lambda: processes.cleaners_beside_installers(
            program, rounds=200
        ),
        "P5 environments beside a cleaner": lambda: processes.environments_beside_a_cleaner(
            program, rounds=20
        ),
        "P6 locks taken by 64, some killed": lambda: processes.lock_cycles(
            root / "locks", processes=64, cycles=10_048
        ),
        "P9 two users of one cache": lambda: processes.two_users_of_one_cache(
            root / "users", small
        ),
        "P10 40 of 200 workers are killed": lambda: processes.workers_that_are_killed(
            program, workers=200, killed=40, at_a_time=20, rounds=50
        ),
    }


def rattler_reader() -> Callable[[Path], None] | None:
    """Return what reads all records of an environment with py-rattler; None without it."""
    if importlib.util.find_spec("rattler") is None:
        _say("py-rattler is not installed: it reads nothing.")
        return None
    from rattler import PrefixRecord

    def read(prefix: Path) -> None:
        for path in prefix.glob("conda-meta/*.json"):
            record = PrefixRecord.from_path(path)
            assert path.name.startswith(f"{record.name.normalized}-")

    return read


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
