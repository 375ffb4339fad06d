"""Run all matrices in full, and say in a table how many cases of each held (`nox -s faults`).

Matrices of crashes and of the network need one core each, and run beside each other; those of many
processes follow. A case that does not hold is told, ends its matrix, and makes the exit status 1.
Every environment that a crash leaves is read by py-rattler too, where it is installed.

    python -m tests.support.fault_campaign             everything
    python -m tests.support.fault_campaign C3 P10      the matrices of these names
"""

import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from conda_clone.config.settings import Durability
from conda_clone.testing.channels import ChannelBuilder
from tests.support import cache_matrices as caches
from tests.support import crash_matrices as matrices
from tests.support import process_matrices as processes
from tests.support import small_disks
from tests.support.campaign import Matrix, Run, run_matrices, say, tell
from tests.support.cli import Program
from tests.support.command_matrices import (
    COMMANDS,
    CommandCase,
    disturbed_commands,
    killed_commands,
)
from tests.support.crash_cases import (
    Build,
    Case,
    cloned,
    creation,
    large_update,
    replacement,
    scripted_creation,
    scripted_update,
    small_removal,
    update,
)
from tests.support.interrupted_shells import INTERACTIVE, interrupted_changes
from tests.support.network_matrices import MATRICES as NETWORK
from tests.support.odd_disks import layered, without_exchange
from tests.support.random_commands import random_commands
from tests.support.shells import SHELLS, Shell, ShellMachine
from tests.support.transactions import Workshop

__all__ = ["main"]

_CHANGES: tuple[Build, ...] = (update, small_removal, scripted_update)
_HOW = ("kill", "torn", "power", "brownout")
_ERRORS = (28, 5, 13)  # ENOSPC, EIO, EACCES
_SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "channels"


def main(chosen: Sequence[str] = ()) -> int:
    """Run everything, or the matrices of these numbers ("C3", "P1"); return the exit status."""
    every = (*_crashes(), *_commands(), *_disks(), *_shells(), *_networks(), *_many_processes())
    wanted = [matrix for matrix in every if not chosen or matrix.numbers & set(chosen)]
    if _rattler_reader() is None:
        say("py-rattler is not installed: it reads nothing.")
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        root = Path(name)
        root.chmod(0o755)  # P9 has several users
        results = run_matrices(wanted, root)
    tell(results)
    return int(any(result.violations for result in results))


def _crashes() -> Iterator[Matrix]:
    """Changes of one environment that die or are disturbed at every call."""

    def killed(build: Build, how: str, durability: Durability, folder: Path) -> Iterator[int]:
        return matrices.single_crashes(_case(folder, build, durability), how)

    def singles(*builds: Build) -> tuple[Run, ...]:
        return tuple(
            partial(killed, build, how, durability)
            for build in builds
            for durability in Durability
            for how in (_HOW if durability is not Durability.NONE else _HOW[:2])
        )

    def pairs(build: Build, part: int, parts: int, folder: Path) -> Iterator[int]:
        return matrices.double_crashes(_case(folder, build), part=part, parts=parts)

    yield Matrix("C1, C4 create, killed at every call", singles(creation, scripted_creation))
    yield Matrix("C1, C4 clone over an environment, killed at every call", (_clones,))
    yield Matrix(
        "C1, C2, C4 where some renames are refused",
        (_two_steps, partial(_layers, small_removal), partial(_layers, update)),
    )
    yield Matrix("C2, C4 change, killed at every call", singles(*_CHANGES, large_update))
    for build in (scripted_creation, *_CHANGES):
        yield Matrix(
            f"C3 {build.__name__.replace('_', ' ')} and recovery, killed at every pair of calls",
            tuple(partial(pairs, build, part, 2) for part in range(2)),
        )
    # Three hundred calls: those of recovering all with every other one of them.
    yield Matrix(
        "C3 large update and recovery, killed at every other pair",
        tuple(partial(pairs, large_update, part, 8) for part in range(0, 8, 2)),
    )
    yield Matrix(
        "C3 killed three times", _each(partial(matrices.triple_crashes, count=2_000), update)
    )
    yield Matrix(
        "C6 signals at any time", _each(partial(matrices.interruptions, count=1_000), update)
    )
    yield Matrix("C8 cache entry, killed at every call", (_cached,))
    yield Matrix(
        "C11 small files, killed at every call",
        (lambda folder: matrices.small_files(folder / "home"),),
    )
    yield Matrix(
        "C12 changed by others before recovering",
        _each(matrices.foreign_changes, small_removal, update),
    )
    yield Matrix(
        "F1, F3, F4 an error at every call",
        _each(matrices.errors_at_each_call, creation, *_CHANGES),
    )
    yield Matrix(
        "C7, F1 a full disk from every call on",
        _each(
            partial(matrices.errors_at_each_call, errors=(28, 122), forever=True),
            creation,
            *_CHANGES,
            large_update,
        ),
    )


def _each(matrix: Callable[[Case], Iterator[int]], *builds: Build) -> tuple[Run, ...]:
    """Go through a matrix with several changes."""

    def part(build: Build, folder: Path) -> Iterator[int]:
        return matrix(_case(folder, build))

    return tuple(partial(part, build) for build in builds)


def _case(folder: Path, build: Build, durability: Durability = Durability.SAFE) -> Case:
    return Case(folder / "case", build, durability=durability, reader=_rattler_reader())


def _layers(build: Build, folder: Path) -> Iterator[int]:
    """Crash a change where the folders that are there cannot be renamed."""
    case = Case(folder / "case", build, reader=_rattler_reader(), around=layered)
    for how in _HOW:
        yield from matrices.single_crashes(case, how)
    yield from matrices.double_crashes(case, every=8)


def _two_steps(folder: Path) -> Iterator[int]:
    """Crash a clone where two names cannot change places in one step."""
    case = Case(
        folder / "case",
        replacement,
        reader=_rattler_reader(),
        replaces=True,
        copied=cloned,
        around=lambda _: without_exchange(),
    )
    return chain.from_iterable(matrices.single_crashes(case, how) for how in _HOW)


def _clones(folder: Path) -> Iterator[int]:
    case = Case(
        folder / "case", replacement, reader=_rattler_reader(), replaces=True, copied=cloned
    )
    return chain.from_iterable(matrices.single_crashes(case, how) for how in _HOW)


def _cached(folder: Path) -> Iterator[int]:
    workshop = Workshop(folder)
    files = {f"share/{number}": "x" * number for number in range(40)}
    record = workshop.package(name="p", files=files, links={"link": "share"})
    archive = record.package_tarball_full_path
    return matrices.cache_entries(folder / "whole", record, archive, folder / "cache")


def _commands() -> Iterator[Matrix]:
    """Whole commands that die or are disturbed at every call, or at any time."""

    def case(name: str, folder: Path) -> CommandCase:
        return CommandCase(folder / "case", COMMANDS[name], _rattler_reader())

    def killed(name: str, folder: Path) -> Iterator[int]:
        command = case(name, folder)
        return chain.from_iterable(killed_commands(command, how) for how in _HOW)

    def disturbed(name: str, folder: Path) -> Iterator[int]:
        command = case(name, folder)
        once = (disturbed_commands(command, code) for code in _ERRORS)
        forever = disturbed_commands(command, _ERRORS[0], forever=True)
        return chain(chain.from_iterable(once), forever)

    for name in COMMANDS:
        yield Matrix(f"C1, C2 conda {name}, killed at every call", (partial(killed, name),))
    yield Matrix(
        "F1, F3, F4 commands, an error at every call",
        tuple(partial(disturbed, name) for name in COMMANDS),
    )
    real = _SHARED if _SHARED.is_dir() else None

    def walk(seed: int, folder: Path) -> Iterator[int]:
        reader = _rattler_reader()
        return random_commands(folder / "walk", seed=seed, steps=50, reader=reader, real=real)

    yield Matrix(
        "C5, C10 any commands, killed at any time",
        tuple(partial(walk, seed) for seed in range(4)),
    )


def _disks() -> Iterator[Matrix]:
    yield Matrix(
        "F2 real file systems that are too small",
        tuple(partial(run, steps=40) for run in small_disks.MATRICES.values()),
    )


def _shells() -> Iterator[Matrix]:
    def run(shell: Shell, folder: Path) -> Iterator[int]:
        return interrupted_changes(ShellMachine(shell, folder / "m"), rounds=100)

    yield Matrix(
        "C9 Ctrl-C in bash, zsh and fish",
        tuple(
            partial(run, shell)
            for shell in SHELLS
            if shell.name in INTERACTIVE and shutil.which(shell.name)
        ),
    )


def _networks() -> Iterator[Matrix]:
    def run(cases: Callable[[], Iterator[int]], _: Path) -> Iterator[int]:
        return cases()

    for label, cases in NETWORK.items():
        yield Matrix(label, (partial(run, cases),))


def _many_processes() -> Iterator[Matrix]:
    """The matrices of processes, at the numbers of spec/reliability.md, section 3c."""

    def matrix(
        label: str, packages: int, cases: Callable[[Program, ChannelBuilder], Iterator[int]]
    ) -> Matrix:
        def run(folder: Path) -> Iterator[int]:
            channel = processes.many_packages(folder / "channel", packages)
            program = Program(folder / "root", folder / "home", channel.url)
            program.succeed("create", "-n", "warm", "-y", "-q", "p0")
            return cases(program, channel)

        return Matrix(label, (run,), alone=True)

    def locks(folder: Path) -> Iterator[int]:
        return processes.lock_cycles(folder / "locks", processes=64, cycles=10_048)

    def users(folder: Path) -> Iterator[int]:
        channel = processes.many_packages(folder / "channel", 2)
        return caches.two_users_of_one_cache(folder / "users", channel)

    yield matrix("C5 killed while fetching", 4, caches.killed_fetches)
    yield matrix("C5 killed while cleaning", 4, caches.killed_cleaners)
    yield matrix(
        "P1 32 create 60 packages, cold cache",
        60,
        partial(processes.creators_with_cold_cache, processes=32, rounds=20),
    )
    yield matrix(
        "P2 16 install in one environment",
        20,
        lambda program, _: processes.installers_in_one_environment(
            program, processes=16, rounds=20
        ),
    )
    yield matrix(
        "P3 8 download one package, 3 are killed",
        4,
        partial(processes.downloaders_of_one, processes=8, killed=3, rounds=200),
    )
    yield matrix(
        "P4 installers beside cleaners",
        4,
        lambda program, _: caches.cleaners_beside_installers(program, rounds=200),
    )
    yield matrix(
        "P5 environments beside a cleaner",
        8,
        lambda program, _: caches.environments_beside_a_cleaner(program, rounds=20),
    )
    yield Matrix("P6 locks taken by 64, some killed", (locks,), alone=True)
    yield matrix(
        "P8 64 create 60 packages, warm cache",
        60,
        partial(processes.creators_with_warm_cache, processes=64, rounds=5),
    )
    yield Matrix("P9 two users of one cache", (users,), alone=True)
    yield matrix(
        "P10 40 of 200 workers are killed",
        200,
        lambda program, _: processes.workers_that_are_killed(
            program, workers=200, killed=40, at_a_time=200, rounds=50
        ),
    )


def _rattler_reader() -> Callable[[Path], None] | None:
    """Return what reads all records of an environment with py-rattler; None without it."""
    if importlib.util.find_spec("rattler") is None:
        return None
    from rattler import PrefixRecord

    def read(prefix: Path) -> None:
        for path in prefix.glob("conda-meta/*.json"):
            record = PrefixRecord.from_path(path)
            assert path.name.startswith(f"{record.name.normalized}-")

    return read


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
