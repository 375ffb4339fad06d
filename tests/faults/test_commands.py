"""Whole commands that are killed, or whose calls fail, leave whole environments.

`nox -s faults` crashes every command of `COMMANDS` in every way.
"""

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_matrices import (
    COMMANDS,
    CommandCase,
    disturbed_commands,
    killed_commands,
)
from tests.support.faults import Held


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
