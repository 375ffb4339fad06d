"""What activation costs: asked for, prepared, and when a new shell starts."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.shells import SHELLS, ShellMachine, found

BASH = SHELLS[0]


@pytest.fixture
def machine(tmp_path: Path) -> ShellMachine:
    """Return a machine with two environments, for bash."""
    made = ShellMachine(BASH, tmp_path / "m")
    made.environment("a", variables={"FOO": "1"})
    made.environment("b")
    return made


def run(machine: ShellMachine, *argv: str) -> None:
    subprocess.run(
        argv, env=machine.start_variables(), check=True, stdout=subprocess.DEVNULL, timeout=60
    )


@pytest.mark.benchmark(group="a bare interpreter")
def test_bare_interpreter(benchmark: Any, machine: ShellMachine) -> None:
    benchmark(run, machine, sys.executable, "-c", "pass")


@pytest.mark.benchmark(group="the program answers `shell.posix activate`")
def test_program(benchmark: Any, machine: ShellMachine) -> None:
    conda = str(Path(sys.executable).with_name("conda"))
    benchmark(run, machine, conda, "shell.posix", "activate", "b")


@pytest.mark.benchmark(group="100 prepared activations and deactivations in one bash")
def test_prepared(benchmark: Any, machine: ShellMachine) -> None:
    hook = machine.folder / "hook.sh"
    machine.run([f"{machine.program} shell.bash hook > {hook}", "conda activate b"])
    script = f". {hook}; for i in {{1..100}}; do conda activate b; conda deactivate; done"
    benchmark(run, machine, found(BASH), "--norc", "-c", script)


@pytest.mark.benchmark(group="a new bash")
def test_new_bash(benchmark: Any, machine: ShellMachine) -> None:
    benchmark(run, machine, found(BASH), "--norc", "-c", ":")


@pytest.mark.benchmark(group="a new bash with the hook that activates base")
def test_new_bash_with_the_hook(benchmark: Any, machine: ShellMachine) -> None:
    (machine.root / "conda-meta").mkdir()
    (machine.root / "conda-meta" / "history").touch()
    run(machine, str(machine.program), "init", "bash")
    profile = str(machine.home / ".bashrc")
    run(machine, found(BASH), "--norc", "-c", f". {profile}")
    benchmark(run, machine, found(BASH), "--norc", "-c", f". {profile}")
