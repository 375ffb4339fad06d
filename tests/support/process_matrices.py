"""The matrices of processes of spec/reliability.md, section 3c: many at once, some of them killed.

Each yields once per round that held; a round that does not hold raises `AssertionError`. The
default test suite runs a few rounds with few processes; `nox -s faults` runs them all
(`tests.support.fault_campaign`).
"""

import hashlib
import json
import math
import os
import random
import shutil
import signal
import statistics
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from conda_clone.core.prefix.history import History
from conda_clone.gateways.disk.lock import FileLock
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program

__all__ = [
    "Action",
    "check_cache",
    "check_environment",
    "creators_with_cold_cache",
    "creators_with_warm_cache",
    "downloaders_of_one",
    "installers_in_one_environment",
    "lock_cycles",
    "many_packages",
    "start",
    "statuses",
    "workers_that_are_killed",
]

Action = Callable[[], object]
_DIED = -signal.SIGKILL


def start(action: Action) -> int:
    """Run an action in a process of its own; it ends with 0 if the action does."""
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if process == 0:
        status = 1
        try:
            action()
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, somebody should see it
            traceback.print_exc()
        finally:
            os._exit(status)
    return process


def statuses(processes: Sequence[int]) -> list[int]:
    """Wait for processes; return how they ended."""
    return [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]


def many_packages(folder: Path, count: int) -> ChannelBuilder:
    """Build a channel of packages `p0`, `p1` ... with five files each."""
    channel = ChannelBuilder(folder)
    for number in range(count):
        files = {f"share/p{number}/{index}": f"{number} {index}" * 9 for index in range(5)}
        channel.add(name=f"p{number}", files=files)
    channel.write()
    return channel


def check_environment(prefix: Path) -> list[str]:
    """Return the packages of an environment that is as its records and its history say."""
    listed: set[str] = set()
    dists: list[str] = []
    for path in prefix.glob("conda-meta/*.json"):
        record = json.loads(path.read_text())
        dists.append(record["name"])
        listed.update(record["files"])
        for entry in record["paths_data"]["paths"]:
            digest = hashlib.sha256((prefix / entry["_path"]).read_bytes()).hexdigest()
            assert digest == entry["sha256_in_prefix"], entry["_path"]
    there = {
        path.relative_to(prefix).as_posix()
        for path in prefix.rglob("*")
        if not path.is_dir() and "conda-meta" not in path.parts
    }
    assert listed == there
    added = [dist for revision in History(str(prefix)).revisions() for dist in revision.added]
    names = Counter(dist.rpartition("::")[2].rsplit("-", 2)[0] for dist in added)
    assert names == Counter(dists)
    assert not (prefix / "conda-meta/.txn").exists()
    return sorted(dists)


def check_cache(pkgs: Path) -> None:
    """Check that all packages of a cache have the content that they state."""
    for listing in pkgs.glob("*/info/paths.json"):
        folder = listing.parent.parent
        if folder.name.endswith(".c~"):  # half-done, and nobody takes it for a package
            continue
        for entry in json.loads(listing.read_text())["paths"]:
            content = (folder / entry["_path"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def creators_with_cold_cache(
    program: Program, channel: ChannelBuilder, *, processes: int, rounds: int
) -> Iterator[int]:
    """P1: processes create environments of all packages; each package is fetched once."""
    built = (package for packages in channel.packages.values() for package in packages.values())
    names = sorted(str(package.record["name"]) for package in built)
    for number in range(rounds):
        shutil.rmtree(program.root, ignore_errors=True)
        with ChannelServer() as server:
            server.mount("main", channel.root)
            words = ["-y", "-q", "--override-channels", "-c", server.url("main"), *names]
            creators = [
                start(partial(program.succeed, "create", "-n", f"e{each}", *words))
                for each in range(processes)
            ]
            assert statuses(creators) == [0] * processes
            fetched = Counter(server.paths("*.conda"))
        assert set(fetched.values()) == {1}
        assert len(fetched) == len(names)
        check_cache(program.pkgs)
        for each in range(processes):
            assert check_environment(program.prefix(f"e{each}")) == names
        yield number


def installers_in_one_environment(
    program: Program, *, processes: int, rounds: int
) -> Iterator[int]:
    """P2: processes install different packages in one environment, one after the other."""
    for number in range(rounds):
        name = f"e{number}"
        program.succeed("create", "-n", name, "-y", "-q")
        installers = [
            start(partial(program.succeed, "install", "-n", name, "-y", "-q", f"p{each}"))
            for each in range(processes)
        ]
        assert statuses(installers) == [0] * processes
        prefix = program.prefix(name)
        assert check_environment(prefix) == sorted(f"p{each}" for each in range(processes))
        revisions = History(str(prefix)).revisions()
        assert [len(revision.added) for revision in revisions[1:]] == [1] * processes
        yield number


def downloaders_of_one(
    program: Program, channel: ChannelBuilder, *, processes: int, killed: int, rounds: int
) -> Iterator[int]:
    """P3: processes fetch one package, and some are killed; the others all get it."""
    chance = random.Random(0)
    with ChannelServer() as server:
        server.mount("main", channel.root)
        words = ["-y", "-q", "--override-channels", "-c", server.url("main"), "p0"]
        for number in range(rounds):
            downloaders = [
                start(partial(program.succeed, "create", "-n", f"e{each}", *words))
                for each in range(processes)
            ]
            for process in downloaders[:killed]:
                time.sleep(chance.random() * 0.03)
                os.kill(process, signal.SIGKILL)
            ended = statuses(downloaders)
            assert ended[killed:] == [0] * (processes - killed)
            assert set(ended[:killed]) <= {0, _DIED}
            check_cache(program.pkgs)
            for each in range(killed, processes):
                assert check_environment(program.prefix(f"e{each}")) == ["p0"]
            shutil.rmtree(program.root)
            yield number


def lock_cycles(folder: Path, *, processes: int, cycles: int, kills: bool = True) -> Iterator[int]:
    """P6: processes take one lock in turn, some die with it; two never have it."""
    folder.mkdir(parents=True)
    counter, inside, path = folder / "counter", folder / "inside", str(folder / ".lock")
    counter.write_text("0")
    each = cycles // processes

    def cycle(seed: int) -> None:
        chance = random.Random(seed)
        for number in range(each):
            with FileLock(path):
                os.close(os.open(inside, os.O_CREAT | os.O_EXCL))  # fails if another is inside
                value = int(counter.read_text())
                inside.with_suffix(".new").write_text(str(value + 1))
                os.replace(inside.with_suffix(".new"), counter)
                os.unlink(inside)
                if kills and number == each - 1 and chance.random() < 0.5:
                    os.kill(os.getpid(), signal.SIGKILL)

    workers = [start(partial(cycle, seed)) for seed in range(processes)]
    assert set(statuses(workers)) <= {0, _DIED}
    assert counter.read_text() == str(each * processes)
    yield from range(each * processes)


def creators_with_warm_cache(
    program: Program, channel: ChannelBuilder, *, processes: int, rounds: int
) -> Iterator[int]:
    """P8: many who create environments from a warm cache at once do not hinder each other.

    They may take half as long again as they would one after the other on as many cores as there
    are.
    """
    names = [f"p{number}" for number in range(len(channel.packages["linux-64"]))]
    words = ["-y", "-q", *names]
    program.succeed("create", "-n", "warm", *words)
    for number in range(rounds):
        alone = [_seconds(program, words, 1) for _ in range(3)]
        together = _seconds(program, words, processes)
        turns = math.ceil(processes / (os.cpu_count() or 1))
        ratio = together / (statistics.median(alone) * turns)
        assert ratio <= 1.5, f"{ratio:.2f} times as long as one after the other"
        for each in range(processes):
            assert check_environment(program.prefix(f"e{each}")) == sorted(names)
            shutil.rmtree(program.prefix(f"e{each}"))
        yield number


def _seconds(program: Program, words: list[str], processes: int) -> float:
    """Return how long processes take that create environments at the same time."""
    for each in range(processes):
        shutil.rmtree(program.prefix(f"e{each}"), ignore_errors=True)
    start_time = time.monotonic()
    creators = [
        start(partial(program.succeed, "create", "-n", f"e{each}", *words))
        for each in range(processes)
    ]
    assert statuses(creators) == [0] * processes
    return time.monotonic() - start_time


def workers_that_are_killed(
    program: Program, *, workers: int, killed: int, at_a_time: int, rounds: int
) -> Iterator[int]:
    """P10: workers install into one environment and create others, and some are killed."""
    for number in range(rounds):
        chance = random.Random(number)
        name = f"e{number}"
        program.succeed("create", "-n", name, "-y", "-q")
        doomed = set(chance.sample(range(workers), killed))
        ended: list[int] = []
        for first in range(0, workers, at_a_time):
            batch = range(first, min(first + at_a_time, workers))
            running = {each: start(_work(program, name, each)) for each in batch}
            for each in doomed & running.keys():
                time.sleep(chance.random() * 0.1)
                os.kill(running[each], signal.SIGKILL)
            result = dict(zip(running, statuses(list(running.values())), strict=True))
            ended += [result[each] for each in running if each not in doomed]
        assert set(ended) <= {0}
        program.succeed("list", "-n", name)
        installed = check_environment(program.prefix(name))
        survivors = {f"p{each}" for each in range(0, workers, 2) if each not in doomed}
        assert survivors <= set(installed)
        for each in range(1, workers, 2):
            prefix = program.prefix(f"e{number}-{each}")
            assert each in doomed or prefix.exists()
            if prefix.exists():
                assert check_environment(prefix) == [f"p{each % 7}"]
        program.succeed("create", "-n", "next", "-y", "-q", "p0")
        assert not [path for path in program.pkgs.iterdir() if path.name.endswith(".c~")]
        shutil.rmtree(program.root)
        yield number


def _work(program: Program, name: str, number: int) -> Action:
    if number % 2 == 0:
        return partial(program.succeed, "install", "-n", name, "-y", "-q", f"p{number}")
    return partial(
        program.succeed, "create", "-n", f"{name}-{number}", "-y", "-q", f"p{number % 7}"
    )
