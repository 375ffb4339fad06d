"""The tutorial shows what happens: its commands are typed at a terminal, its output is compared."""

import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program
from tests.support.new_user import build_channel, environment_of
from tests.support.terminals import Person, needs_terminals

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorials" / "first-environment.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What differs from one run to the next.
VARYING = (
    (r"done \(\d+\.\d s\)", "done"),  # steps that take longer than a second say so
    (r"\d+\.\d s\b", "N s"),
    (r"https?://[^/\s]+/", "https://channels.example/"),
    (r"/\S*(/envs/\w+)", r"\1"),
    (r"\d+(\.\d+)? [KM]?B\b", "SIZE"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "DATE"),
)
# An answer to a question, as the page shows it.
ANSWER = re.compile(r"^(.*\)\? )(\w+)$", re.MULTILINE)
COLUMNS = 80


@pytest.fixture
def conda(tmp_path: Path) -> Iterator[Program]:
    with ChannelServer() as server, tempfile.TemporaryDirectory(prefix="t-") as folder:
        root = Path(folder)
        server.mount("main", build_channel(tmp_path / "main").root)
        program = Program(root / "conda", root / "home", server.url("main"))
        program.environment = environment_of(root, server.url("main"))
        yield program


def commands() -> Iterator[tuple[str, str]]:
    """Yield each command of the page with the output that is shown."""
    for block in BLOCK.findall(PAGE.read_text("utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            yield command, shown


def normalised(text: str) -> list[str]:
    for pattern, replacement in VARYING:
        text = re.sub(pattern, replacement, text)
    return [re.sub(r"  +", "  ", line.strip()) for line in text.splitlines() if line.strip()]


@needs_terminals
def test_every_command_shows_what_the_page_says(conda: Program) -> None:
    assert len(list(commands())) >= 10
    for command, shown in commands():
        words = shlex.split(command)
        if words[1] == "activate":  # a function of the shell
            continue
        assert words[0] == "conda"
        person = Person(conda, *words[1:], columns=COLUMNS)
        for answer in ANSWER.finditer(shown):
            person.waits_for(answer.group(1).strip()).types(f"{answer.group(2)}\n")
        person.status()
        screen = person.screen
        assert screen.overlong == []
        assert normalised(screen.text) == normalised(shown), command
