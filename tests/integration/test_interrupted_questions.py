"""Ctrl-C at any question ends the command at once, well, and with everything as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program
from tests.support.terminals import Person, needs_terminals

pytestmark = needs_terminals

# Each command that asks, and what; answers to earlier questions come before.
QUESTIONS = {
    "create": ("create -n new data", "Proceed ([y]/n)?"),
    "create, there": ("create -n e data", "create a new one (y/[n])?"),
    "create, a folder": ("create -p {folder} data", "environment in it (y/[n])?"),
    "install": ("install -n e lib", "Proceed ([y]/n)?"),
    "update": ("update -n e lib", "Proceed ([y]/n)?"),
    "remove": ("remove -n e data", "Proceed ([y]/n)?"),
    "remove --all": ("remove -n e --all", "Proceed ([y]/n)?"),
    "env remove": ("env remove -n e", "Proceed ([y]/n)?"),
    "clean": ("clean --tarballs", "Proceed ([y]/n)?"),
    "clean, all": ("clean --all", "Proceed ([y]/n)?"),
    "clean, by force": ("clean --force-pkgs-dirs", "Proceed ([y]/n)?"),
    "doctor": ("doctor -n e --fix", "(y/[n])?"),
}


@pytest.fixture
def e(conda: Program, tmp_path: Path) -> Program:
    """Return the program with a damaged environment `e`, and a folder that is none."""
    conda.succeed("create", "-y", "-n", "e", "data", "lib=1.0")
    (conda.prefix("e") / "share/data.txt").unlink()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/notes.txt").write_text("mine")
    return conda


def everything(root: Path) -> dict[str, bytes]:
    """Return all files of environments and package caches, those of indexes and locks apart."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "cache" not in path.parts and not path.name.endswith(".lock")
    }


@pytest.mark.parametrize(("command", "question"), QUESTIONS.values(), ids=QUESTIONS)
def test_an_interrupted_question_changes_nothing(
    e: Program, tmp_path: Path, command: str, question: str
) -> None:
    before = everything(tmp_path)
    words = command.format(folder=tmp_path / "folder").split()
    person = Person(e, *words).waits_for(question).interrupts()
    assert person.status() == 0
    assert person.screen.lines[-2:] == ["Operation aborted. Exiting.", ""]
    assert question in " ".join(person.screen.lines[:-2])
    assert everything(tmp_path) == before


def test_an_interrupted_second_question_says_what_is_done_already(e: Program) -> None:
    person = Person(e, "env", "remove", "-n", "e", columns=60).waits_for("Proceed").types("y\n")
    person.waits_for("(y/[n])?").interrupts()
    assert person.status() == 0
    # The path of the environment is longer than the terminal is wide.
    assert all(str(e.prefix("e")) in line for line in person.screen.overlong)
    assert "Operation aborted" in person.screen.text
    assert e.installed("e") == []


@pytest.fixture
def slow(e: Program, small_channel: ChannelBuilder) -> Iterator[ChannelServer]:
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        e.environment["CONDA_CHANNELS"] = server.url("main")
        yield server


def test_an_interrupted_index_leaves_no_traceback(e: Program, slow: ChannelServer) -> None:
    slow.fail("*repodata*", delay=20)
    person = Person(e, "install", "-n", "e", "text").waits_for("Collecting").interrupts()
    assert person.status() == 1
    assert person.screen.lines[-3:] == ["CondaError: Operation aborted.", "", ""]
    assert "Traceback" not in person.screen.text


def test_an_interrupted_download_takes_its_display_away(e: Program, slow: ChannelServer) -> None:
    slow.fail("*.conda", rate=200)
    person = Person(e, "install", "-y", "-n", "e", "text").waits_for("0 of 1 package")
    assert person.interrupts().status() == 1
    shown = person.screen.text
    assert "Downloading and Extracting Packages: failed" in shown
    assert "0 of 1 package" not in shown
    assert "CondaError: Operation aborted." in shown
    assert e.installed("e") == ["data-1.0-0", "lib-1.0-0", "zlib-1.0-0"]


def test_the_end_of_input_is_the_default_answer(e: Program) -> None:
    person = Person(e, "install", "-n", "e", "text").waits_for("Proceed").types("\x04")
    assert person.status() == 0
    assert "text-1.0-0" in e.installed("e")


def test_a_dumb_terminal_gets_what_a_file_gets(e: Program) -> None:
    person = Person(e, "install", "-y", "-n", "e", "text", TERM="dumb")
    assert person.status() == 0
    assert "\x1b" not in person.written
    assert "Solving environment: ...working... done" in person.screen.text
