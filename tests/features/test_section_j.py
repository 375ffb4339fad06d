"""Section J of the feature table, how it feels to use: a test per row, conda has it or not.

Each test shows that the capability is there; how it behaves in detail is said in tests/integration.
How long the program takes to start (row 178) is bounded in tests/architecture/test_startup.py.
"""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import conda_clone
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program

REPOSITORY = Path(conda_clone.__file__).parents[1]
needs_terminals = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals of POSIX")


class Person:
    """Somebody in front of a terminal of 100 columns in which a command runs."""

    def __init__(self, conda: Program, *words: str, **environment: str) -> None:
        import pty
        import termios

        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (40, 100))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "conda_clone", *words],
            env={**conda.environment, "PYTHONPATH": str(REPOSITORY), **environment},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.screen = ""

    def waits_for(self, text: str) -> "Person":
        """Read on until the text has come."""
        end = time.monotonic() + 30
        while text not in self.screen:
            if time.monotonic() > end or not self._read():
                self._process.kill()
                self.status()
                pytest.fail(self.screen)
        return self

    def types(self, text: str) -> "Person":
        os.write(self._ours, text.encode())
        return self

    def interrupts(self) -> "Person":
        os.killpg(self._process.pid, signal.SIGINT)
        return self

    def status(self) -> int:
        """Wait for the end."""
        while self._read():
            pass
        os.close(self._ours)
        return self._process.wait(30)

    def _read(self) -> bool:
        if not select.select([self._ours], [], [], 30)[0]:
            return False
        try:
            data = os.read(self._ours, 1 << 16)
        except OSError:  # the other side is closed
            return False
        self.screen += data.decode()
        return bool(data)


@pytest.fixture
def served(small_channel: ChannelBuilder, conda: Program) -> Iterator[ChannelServer]:
    """Serve the channel slowly, so that a download lasts."""
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        server.fail("*.conda", rate=200)
        conda.environment["CONDA_CHANNELS"] = server.url("main")
        yield server


def test_row_170_one_json_document_with_json(conda: Program) -> None:
    assert conda.succeed("create", "-n", "e", "--json", "app").document["success"] is True


def test_row_171_prompt_with_dry_run(conda: Program) -> None:
    outcome = conda.succeed("create", "-n", "e", "--dry-run", "data")
    assert "packages will be INSTALLED" in outcome.stdout
    assert "Proceed" not in outcome.stdout
    asked = conda.succeed("create", "-n", "e", "data", stdin="n\n")
    assert "Proceed ([y]/n)? " in asked.stdout
    assert not conda.prefix("e").exists()


@needs_terminals
@pytest.mark.usefixtures("served")
def test_row_172_progress_bars(conda: Program) -> None:
    person = Person(conda, "create", "-y", "-n", "e", "data")
    assert person.status() == 0
    assert "%" in person.screen
    assert "100%" not in conda.succeed("create", "-y", "-n", "f", "data").stderr


@needs_terminals
def test_row_173_reason_for_each_change(conda: Program) -> None:
    person = Person(conda, "create", "-n", "e", "--dry-run", "app=1.0")
    assert person.status() == 0
    rows = [re.sub(r"\d+ B", "N B", line).split() for line in person.screen.splitlines()]
    assert ["app", "1.0-0", "N", "B", "asked", "for"] in rows
    assert ["lib", "1.2-0", "N", "B", "for", "app"] in rows


def test_row_174_suggest_names_on_typo(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "science", "data")
    for words, meant in (
        (("isntall", "lib"), "`install`"),
        (("install", "--chanel", "x", "lib"), "`--channel`"),
        (("list", "-n", "scinece"), "`science`"),
        (("install", "-n", "science", "datta"), "`data`"),
        (("config", "--set", "chanels", "x"), "`channels`"),
    ):
        outcome = conda(*words)
        assert outcome.status != 0
        assert meant in outcome.stderr


def test_row_175_download_size_shown_before_confirm(conda: Program) -> None:
    shown = conda.succeed("create", "-n", "e", "data", stdin="n\n").stdout
    assert shown.index("Total:") < shown.index("Proceed")


@needs_terminals
def test_row_175_and_what_comes_from_the_cache_is_measured(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "e", "lib=2.0")
    person = Person(conda, "create", "-n", "f", "--dry-run", "app")
    assert person.status() == 0
    size = re.search(r"to download: +\d+ B in 1 package from main", person.screen)
    assert size is not None
    assert "to install:   4 B in 2 packages; of 1 more it is not known before" in person.screen


@needs_terminals
def test_row_175_and_what_goes_is_measured(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "e", "data")
    person = Person(conda, "remove", "-n", "e", "--dry-run", "data")
    assert person.status() == 0
    assert "  to remove:    4 B in 1 package" in person.screen


@needs_terminals
@pytest.mark.usefixtures("served")
def test_row_176_ctrl_c_leaves_env_usable(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "e", "zlib")
    asked = Person(conda, "install", "-n", "e", "data").waits_for("Proceed").interrupts()
    assert asked.status() == 0
    assert "Operation aborted" in asked.screen
    fetching = Person(conda, "install", "-y", "-n", "e", "data").waits_for("data").waits_for("%")
    assert fetching.interrupts().status() == 1
    assert "Operation aborted" in fetching.screen
    assert "Traceback" not in fetching.screen
    assert conda.installed("e") == ["zlib-1.0-0"]


def test_row_177_works_with_home_read_only(conda: Program, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o555)
    conda.environment["HOME"] = str(home)
    conda.succeed("create", "-y", "-n", "e", "data")
    assert conda.installed("e") == ["data-1.0-0"]
    assert conda.succeed("run", "-n", "e", "true").status == 0


def test_row_179_docs_offline(conda: Program) -> None:
    shown = conda.succeed("create", "--help").stdout
    assert "examples:\n  conda create -n sci" in shown
    assert "`solver`" not in shown
    assert conda.succeed("config", "--describe", "channels").stdout


@needs_terminals
def test_row_180_accessible_without_colour(conda: Program) -> None:
    plain = Person(conda, "list", "-n", "nowhere", NO_COLOR="1")
    assert plain.status() == 1
    assert "\x1b[" not in plain.screen
    coloured = Person(conda, "list", "-n", "nowhere", TERM="xterm")
    assert coloured.status() == 1
    assert "\x1b[1;31mEnvironmentLocationNotFound:\x1b[0m" in coloured.screen
