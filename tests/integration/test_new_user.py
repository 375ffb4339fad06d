"""A first day with the tool at terminals of several widths: nothing wraps, nothing is unexplained.

`python -m tests.support.new_user` shows the same screens in a real terminal.
"""

import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program
from tests.support.new_user import SLOW_PACKAGE, STEPS, Step, build_channel, environment_of
from tests.support.terminals import Person, needs_terminals

KEYS = {"Enter": "\n", "": ""}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChannelServer]:
    with ChannelServer() as running:
        running.mount("main", build_channel(tmp_path_factory.mktemp("channels") / "main").root)
        running.fail(SLOW_PACKAGE, rate=4 << 20)
        yield running


@pytest.fixture
def conda(server: ChannelServer) -> Iterator[Program]:
    """Return the program in a folder whose path is as short as that of most people."""
    with tempfile.TemporaryDirectory(prefix="u-") as folder:
        root = Path(folder)
        program = Program(root / "conda", root / "home", server.url("main"))
        program.environment = environment_of(root, server.url("main"))
        yield program


def at_terminal(conda: Program, step: Step, columns: int) -> Person:
    """Do a step as a person does, and return the person."""
    _, *words = shlex.split(step.command)
    person = Person(conda, *words, columns=columns)
    if step.waits_for:
        person.waits_for(step.waits_for)
        if step.types == "Ctrl-C":
            person.interrupts()
        else:
            person.types(KEYS.get(step.types, f"{step.types}\n"))
    return person


@needs_terminals
@pytest.mark.parametrize("columns", [40, 80, 160])
def test_a_first_day_fits_the_terminal(conda: Program, columns: int) -> None:
    for step in STEPS:
        person = at_terminal(conda, step, columns)
        status = person.status()
        screen = person.screen
        assert status == step.status, screen.text
        assert "Traceback" not in screen.text
        assert [text for text in step.shows if text not in " ".join(screen.text.split())] == []
        # Paths and addresses cannot be broken.
        broken = [line for line in screen.overlong if len(max(line.split(), key=len)) < columns / 2]
        assert broken == [], f"{step.title} at {columns} columns:\n{screen.text}"
