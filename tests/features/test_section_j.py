"""Section J of the feature table, how it feels to use: a test per row, conda has it or not.

Each test shows that the capability is there; how it behaves in detail is said in tests/integration.
How long the program takes to start (row 178) is bounded in tests/architecture/test_startup.py.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program
from tests.support.terminals import Person, needs_terminals


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
    assert re.search(r"\d+ B of \d+ B", person.written)
    assert " of " not in conda.succeed("create", "-y", "-n", "f", "data").stderr


@needs_terminals
def test_row_173_reason_for_each_change(conda: Program) -> None:
    person = Person(conda, "create", "-n", "e", "--dry-run", "app=1.0")
    assert person.status() == 0
    rows = [re.sub(r"\d+ B", "N B", line).split() for line in person.written.splitlines()]
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
    size = re.search(r"to download: +\d+ B in 1 package from main", person.written)
    assert size is not None
    known = "  on disk:      4 B in 2 packages; of 1 more it is known after the download"
    assert known in person.written


@needs_terminals
def test_row_175_and_what_goes_is_measured(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "e", "data")
    person = Person(conda, "remove", "-n", "e", "--dry-run", "data")
    assert person.status() == 0
    assert "  to remove:    4 B in 1 package" in person.written


@needs_terminals
@pytest.mark.usefixtures("served")
def test_row_176_ctrl_c_leaves_env_usable(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "e", "zlib")
    asked = Person(conda, "install", "-n", "e", "data").waits_for("Proceed").interrupts()
    assert asked.status() == 0
    assert "Operation aborted" in asked.written
    fetching = Person(conda, "install", "-y", "-n", "e", "data").waits_for("0 of 1 package")
    assert fetching.interrupts().status() == 1
    assert "Operation aborted" in fetching.written
    assert "Traceback" not in fetching.written
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
    assert "\x1b[" not in plain.written
    coloured = Person(conda, "list", "-n", "nowhere", TERM="xterm")
    assert coloured.status() == 1
    assert "\x1b[1;31mEnvironmentLocationNotFound:\x1b[0m" in coloured.written
