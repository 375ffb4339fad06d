"""Many processes at once: each takes its turn, nothing is done twice and nothing is lost."""

import json
import os
import random
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from conda_clone.core.prefix.history import History
from conda_clone.gateways.disk.lock import FileLock
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program

INSTALLERS = 8
CREATORS = 6


def start(action: Callable[[], object]) -> int:
    """Run an action in a process of its own; it ends with 0 if the action does."""
    process = os.fork()
    if process == 0:
        status = 1
        try:
            action()
            status = 0
        finally:
            os._exit(status)
    return process


def statuses(processes: list[int]) -> list[int]:
    return [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> ChannelBuilder:
    builder = ChannelBuilder(tmp_path_factory.mktemp("channels") / "main")
    for number in range(INSTALLERS):
        builder.add(
            name=f"p{number}",
            files={f"share/p{number}/{index}": str(index) for index in range(5)},
        )
    builder.write()
    return builder


@pytest.fixture
def program(tmp_path: Path, isolated: Path, channel: ChannelBuilder) -> Program:
    return Program(tmp_path / "root", isolated, channel.url)


def orphans(prefix: Path) -> tuple[set[str], set[str]]:
    """Return the files that records name and that are not there, and the other way round."""
    listed: set[str] = set()
    for record in prefix.glob("conda-meta/*.json"):
        listed.update(json.loads(record.read_text())["files"])
    there = {
        path.relative_to(prefix).as_posix()
        for path in prefix.rglob("*")
        if not path.is_dir() and "conda-meta" not in path.parts
    }
    return listed - there, there - listed


def test_installers_in_one_environment_come_one_after_the_other(program: Program) -> None:
    program.succeed("create", "-n", "e", "-y")
    prefix = program.prefix("e")
    processes = [
        start(partial(program.succeed, "install", "-n", "e", "-y", f"p{number}"))
        for number in range(INSTALLERS)
    ]
    assert statuses(processes) == [0] * INSTALLERS
    assert program.installed("e") == [f"p{number}-1.0-0" for number in range(INSTALLERS)]
    revisions = History(str(prefix)).revisions()
    assert [len(revision.added) for revision in revisions[1:]] == [1] * INSTALLERS
    assert orphans(prefix) == (set(), set())


def test_a_package_that_many_want_is_fetched_once(
    tmp_path: Path, isolated: Path, channel: ChannelBuilder
) -> None:
    with ChannelServer() as server:
        server.mount("main", channel.root)
        program = Program(tmp_path / "root", isolated, server.url("main"))
        names = [f"p{number}" for number in range(INSTALLERS)]
        processes = [
            start(partial(program.succeed, "create", "-n", f"e{number}", "-y", *names))
            for number in range(CREATORS)
        ]
        assert statuses(processes) == [0] * CREATORS
        fetched = server.paths("*.conda")
    assert sorted(fetched) == sorted(set(fetched))
    assert len(fetched) == INSTALLERS
    for number in range(CREATORS):
        assert orphans(program.prefix(f"e{number}")) == (set(), set())


def test_installers_that_are_killed_leave_what_others_can_go_on_with(program: Program) -> None:
    program.succeed("create", "-n", "e", "-y", "p0")
    chance = random.Random(0)
    processes = [
        start(partial(program.succeed, "install", "-n", "e", "-y", f"p{number}"))
        for number in range(1, INSTALLERS)
    ]
    for process in processes[::2]:
        time.sleep(chance.random() * 0.2)
        os.kill(process, signal.SIGKILL)
    survivors = statuses(processes)[1::2]
    assert survivors == [0] * len(survivors)
    program.succeed("list", "-n", "e")
    prefix = program.prefix("e")
    assert orphans(prefix) == (set(), set())
    added = [dist for revision in History(str(prefix)).revisions() for dist in revision.added]
    assert sorted(dist.rpartition("::")[2] for dist in added) == program.installed("e")
    assert not (prefix / "conda-meta/.txn").exists()


def test_two_never_hold_one_lock(tmp_path: Path) -> None:
    counter, rounds = tmp_path / "counter", 60
    counter.write_text("0")

    def count() -> None:
        for _ in range(rounds):
            with FileLock(str(tmp_path / ".lock")):
                value = int(counter.read_text())
                counter.write_text(str(value + 1))

    assert statuses([start(count) for _ in range(8)]) == [0] * 8
    assert counter.read_text() == str(8 * rounds)


def test_the_next_command_says_what_became_of_an_interrupted_one(program: Program) -> None:
    from tests.support.faults import Fault, run_forked

    program.succeed("create", "-n", "e", "-y", "p0")
    prefix = program.prefix("e")
    killed = 0
    for number in range(20, 60, 3):
        killed += run_forked(
            lambda: program("install", "-n", "e", "-y", "p1"), Fault(number)
        ).killed
        outcome = program.succeed("list", "-n", "e")
        if outcome.stderr:
            assert f"A change of `{prefix}` had been interrupted; it has been " in outcome.stderr
        assert not (prefix / "conda-meta/.txn").exists()
        assert program.installed("e") in (["p0-1.0-0"], ["p0-1.0-0", "p1-1.0-0"])
        program.succeed("remove", "-n", "e", "-y", "p0")
        program.succeed("install", "-n", "e", "-y", "p0")
        if "p1-1.0-0" in program.installed("e"):
            program.succeed("remove", "-n", "e", "-y", "p1")
    assert killed > 5
