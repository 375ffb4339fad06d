"""Solves that would take minutes: they end in time, with the best so far, and by Ctrl-C."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program
from tests.support.solver_cases import crowded


@pytest.fixture
def world(conda: Program, tmp_path: Path) -> Program:
    """Return the program with a channel where `all` is impossible, and `app 2` needs it."""
    return _crowded_channel(conda, tmp_path, 8)


@pytest.fixture
def slow_world(conda: Program, tmp_path: Path) -> Program:
    """Return the program with a channel where `all` is impossible, which takes minutes to prove."""
    return _crowded_channel(conda, tmp_path, 11)


def _crowded_channel(conda: Program, folder: Path, holes: int) -> Program:
    channel = ChannelBuilder(folder / "channel")
    for each in crowded(holes):
        channel.add(
            name=each.name,
            version=each.version,
            depends=list(each.depends),
            constrains=list(each.constrains),
        )
    channel.add(name="app", version="2", depends=["all"])
    channel.add(name="app", version="1", depends=["lib"])
    channel.add(name="lib", version="1")
    channel.add(name="lib", version="2")
    channel.write()
    conda.environment["CONDA_CHANNELS"] = channel.url
    return conda


def test_the_best_so_far_is_taken_and_said_to_be_that(world: Program) -> None:
    outcome = world.succeed("create", "-n", "x", "--yes", "--timeout", "0.1", "app")

    assert world.installed("x") == ["app-1-0", "lib-2-0"]
    assert "The time limit of 0.1 seconds passed" in outcome.stderr


def test_programs_are_told_as_well(world: Program) -> None:
    words = ["create", "-n", "x", "--dry-run", "--json", "app"]

    assert world.succeed(*words, "--timeout", "0.1").document["optimal"] is False
    assert "optimal" not in world.succeed(*words[:-1], "lib", "--timeout", "60").document


def test_without_any_answer_in_time_there_is_an_error(slow_world: Program) -> None:
    outcome = slow_world("create", "-n", "x", "--dry-run", "--json", "--timeout", "0.1", "all")

    assert outcome.status == 1
    assert outcome.error == "SolveTimeoutError"
    assert outcome.document["dead_ends"] > 0
    assert outcome.document["newest_possible"] == {}


@pytest.mark.parametrize("command", ["create", "install", "update", "remove"])
@pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "soon"])
def test_a_time_limit_is_a_number_of_seconds(world: Program, command: str, text: str) -> None:
    outcome = world(command, "-n", "x", f"--timeout={text}", "app")

    assert outcome.status == 2
    assert f"'{text}' is not a number of seconds above 0" in outcome.stderr


def test_ctrl_c_ends_a_solve_and_nothing_has_changed(slow_world: Program) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "conda_clone", "create", "-n", "x", "--yes", "all"],
        env={**slow_world.environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        output = b""
        while b"Solving" not in output:
            output += os.read(process.stdout.fileno(), 1000)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)  # it is at work, and would be for minutes
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)

    assert process.returncode == 1
    assert b"Operation aborted" in errors
    assert not slow_world.prefix("x").exists()
