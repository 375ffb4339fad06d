"""Many processes at once: each takes its turn, nothing is done twice and nothing is lost.

The rounds of `nox -s faults` are more, and of more processes: `tests/support/process_matrices.py`.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.core.transaction.deletion import delete_prefix
from conda_clone.core.transaction.recovery import prefix_lock
from conda_clone.testing.channels import ChannelBuilder
from tests.support import cache_matrices as caches
from tests.support import process_matrices as matrices
from tests.support.cli import Program
from tests.support.faults import Fault, Held, run_forked

PACKAGES = 16


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> ChannelBuilder:
    return matrices.many_packages(tmp_path_factory.mktemp("channels") / "main", PACKAGES)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return an empty folder, in memory where there is one: it is the turns that are tested."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


@pytest.fixture
def program(folder: Path, isolated: Path, channel: ChannelBuilder) -> Program:
    return Program(folder / "root", isolated, channel.url)


def test_a_package_that_many_want_is_fetched_once(
    held: Held, program: Program, channel: ChannelBuilder
) -> None:
    cases = matrices.creators_with_cold_cache(program, channel, processes=8, rounds=1)
    assert held(cases) == 1


def test_installers_in_one_environment_come_one_after_the_other(
    held: Held, program: Program
) -> None:
    cases = matrices.installers_in_one_environment(program, processes=16, rounds=1)
    assert held(cases) == 1


def test_downloaders_that_are_killed_keep_nobody_from_downloading(
    held: Held, program: Program, channel: ChannelBuilder
) -> None:
    cases = matrices.downloaders_of_one(program, channel, processes=8, killed=3, rounds=3)
    assert held(cases) == 3


def test_whoever_is_killed_while_fetching_is_in_nobodys_way(
    held: Held, program: Program, channel: ChannelBuilder
) -> None:
    assert held(caches.killed_fetches(program, channel, every=13)) > 10


def test_half_cleaned_packages_are_none(
    held: Held, program: Program, channel: ChannelBuilder
) -> None:
    assert held(caches.killed_cleaners(program, channel, every=5)) > 5


def test_cleaning_up_disturbs_nobody(held: Held, program: Program) -> None:
    assert held(caches.cleaners_beside_installers(program, rounds=8)) == 8


def test_environments_lose_nothing_when_all_is_cleaned(held: Held, program: Program) -> None:
    assert held(caches.environments_beside_a_cleaner(program, rounds=3)) == 3


def test_two_never_hold_one_lock(held: Held, folder: Path) -> None:
    assert held(matrices.lock_cycles(folder / "lock", processes=16, cycles=1_024)) == 1_024


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_two_users_share_a_cache(held: Held, folder: Path, program: Program) -> None:
    program.succeed("create", "-n", "warm", "-y", "-q", "p0")  # imports what others cannot read
    folder.chmod(0o755)
    channel = matrices.many_packages(folder / "channel", 2)
    assert held(caches.two_users_of_one_cache(folder / "users", channel)) == 12


def test_workers_that_are_killed_leave_what_others_can_go_on_with(
    held: Held, program: Program
) -> None:
    cases = matrices.workers_that_are_killed(
        program, workers=PACKAGES, killed=4, at_a_time=PACKAGES, rounds=1
    )
    assert held(cases) == 1


@pytest.mark.parametrize(
    "command",
    [
        "install -n e p0",
        "remove -n e p0",
        "update -n e p0",
        "rename -n e f",
        "create --clone e -n f",
    ],
)
def test_who_waits_for_an_environment_that_is_deleted_meanwhile_is_told(
    program: Program, command: str
) -> None:
    """It does not come back as a folder with nothing but what was to be installed."""
    program.succeed("create", "-n", "e", "-y", "-q", "p0")
    prefix = program.prefix("e")
    lock = prefix_lock(str(prefix))
    lock.acquire()
    waiting = matrices.start(lambda: _is_not_there(program, *command.split(), "-y"))
    time.sleep(0.2)
    delete_prefix(str(prefix), durability="none")
    lock.release()
    assert matrices.statuses([waiting]) == [0]
    assert not prefix.exists()


def _is_not_there(program: Program, *words: str) -> None:
    assert program(*words).error == "EnvironmentLocationNotFound"


def test_the_next_command_says_what_became_of_an_interrupted_one(program: Program) -> None:
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
