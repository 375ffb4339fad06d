"""A script of a package that outlives the killed program is somebody at work on the environment."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program
from tests.support.transactions import snapshot


@pytest.fixture
def conda(tmp_path: Path, isolated: Path) -> Program:
    """Return a program with a package whose script writes some time after it has begun."""
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(name="lib", files={"share/lib": "x"})
    script = (
        'echo > "$PREFIX/../begun"; sleep 0.5; echo > "$PREFIX/late"; echo > "$PREFIX/../ended"'
    )
    channel.add(name="slow", link_scripts={"post-link": f"{script}\n"})
    daemon = 'sleep 60 > /dev/null 2>&1 & echo $! > "$PREFIX/../daemon"'
    channel.add(name="daemon", link_scripts={"post-link": f"{daemon}\n"})
    channel.write()
    return Program(tmp_path / "root", isolated, channel.url)


def kill_during_script(conda: Program, *words: str) -> None:
    """Run a command, and kill it when the script has begun."""
    process = subprocess.Popen(
        [sys.executable, "-m", "conda_clone", *words],
        env=conda.environment,
        stdout=subprocess.DEVNULL,
    )
    while not (conda.envs / "begun").exists():
        time.sleep(0.01)
        assert process.poll() is None
    process.kill()
    process.wait()
    assert not (conda.envs / "ended").exists()


def test_a_change_is_undone_when_its_script_has_ended(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "lib")
    before = snapshot(conda.prefix("e"))
    kill_during_script(conda, "install", "-n", "e", "-y", "slow")
    conda.succeed("list", "-n", "e")  # whoever only reads does not wait
    outcome = conda.succeed("install", "-n", "e", "-y", "lib")
    assert "had been interrupted; it has been undone." in outcome.stderr
    assert (conda.envs / "ended").exists()
    assert {**snapshot(conda.prefix("e")), "late": None} == {**before, "late": None}


def test_a_new_environment_is_removed_when_its_script_has_ended(conda: Program) -> None:
    kill_during_script(conda, "create", "-n", "e", "-y", "slow")
    conda.succeed("create", "-n", "e", "-y", "lib")
    assert (conda.envs / "ended").exists()
    assert sorted(os.listdir(conda.prefix("e"))) == ["conda-meta", "share"]


def test_what_a_script_has_started_for_good_keeps_nobody_waiting(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "daemon")
    try:
        conda.succeed("install", "-n", "e", "-y", "lib", "--lock-timeout", "0")
    finally:
        os.kill(int((conda.envs / "daemon").read_text()), signal.SIGKILL)
