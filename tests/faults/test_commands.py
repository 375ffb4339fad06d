"""Whole commands that are killed, or whose calls fail, leave whole environments.

`nox -s faults` crashes every command of `COMMANDS` in every way.
"""

import errno
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli import Program
from tests.support.command_matrices import (
    COMMANDS,
    CommandCase,
    build_channel,
    disturbed_commands,
    killed_commands,
)
from tests.support.faults import Fault, Held, run_forked


@pytest.fixture
def folder(isolated: Path) -> Iterator[Path]:
    """Return an empty folder, in memory where there is one: it is the calls that are tested."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield isolated / "folder"
        return
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_killed_leaves_whole_environments(
    held: Held, folder: Path, name: str
) -> None:
    case = CommandCase(folder / "case", COMMANDS[name])
    every = 1 if name == "remove --all" else 4
    assert held(killed_commands(case, every=every)) >= case.calls // every >= 7


@pytest.mark.parametrize("name", ["remove --all", "rename", "env update"])
def test_a_command_in_which_a_call_fails_leaves_whole_environments(
    held: Held, folder: Path, name: str
) -> None:
    case = CommandCase(folder / "case", COMMANDS[name])
    assert held(disturbed_commands(case, errno.ENOSPC, every=5)) >= case.calls // 5 >= 4


def test_an_environment_that_is_there_is_known(held: Held, folder: Path, isolated: Path) -> None:
    """It lies where only the user's list leads to, and the list comes first."""
    program = Program(folder / "root", isolated, build_channel(folder / "channel").url)
    program.succeed("create", "-n", "warm", "-y", "lib")
    prefix = folder / "elsewhere" / "e"
    known = isolated / ".conda/environments.txt"

    def cases() -> Iterator[int]:
        words = ("create", "-p", prefix, "-y", "lib")
        for number in itertools.count(1):
            shutil.rmtree(folder / "elsewhere", ignore_errors=True)
            known.unlink(missing_ok=True)
            is_through = run_forked(lambda: program(*words), Fault(number)).finished
            assert not prefix.exists() or known.read_text() == f"{prefix}\n", f"call {number}"
            yield number
            if is_through:
                return

    assert held(cases()) > 30


def test_packages_of_an_interrupted_change_are_not_cleaned_away(
    held: Held, folder: Path, isolated: Path
) -> None:
    """Soft links lead into the package cache, and the records do not yet say so."""
    program = Program(folder / "root", isolated, build_channel(folder / "channel").url)
    program.environment["CONDA_ALWAYS_SOFTLINK"] = "true"
    program.succeed("create", "-n", "e", "-y", "app=1")
    program.succeed("create", "-n", "warm", "-y", "app=2", "more")
    program.succeed("remove", "-n", "warm", "--all", "-y")
    # No hard links, which would tell that the packages are used.
    shutil.copytree(program.root, folder / "master", symlinks=True)

    def cases() -> Iterator[int]:
        words = ("install", "-n", "e", "-y", "app=2", "more")
        for number in itertools.count(1, 4):
            shutil.rmtree(program.root)
            shutil.copytree(folder / "master", program.root, symlinks=True)
            is_through = run_forked(lambda: program(*words), Fault(number)).finished
            program.succeed("clean", "--packages", "-y")
            program.succeed("list", "-n", "e")
            lost = [path for path in program.prefix("e").rglob("*") if not path.exists()]
            assert not lost, f"call {number}"
            yield number
            if is_through:
                return

    assert held(cases()) > 15
