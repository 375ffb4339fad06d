"""`conda init`, and new shells of every kind that start with what it has written."""

import subprocess
from pathlib import Path

import pytest

from tests.support.cli import Program
from tests.support.shells import SHELLS, Shell, ShellMachine, found

NEW_SHELL = {
    "bash": ("-i", "-c"),
    "zsh": ("-i", "-c"),
    "tcsh": ("-c",),
    "fish": ("-c",),
    "xonsh": ("-c",),
}
SHOW = 'echo "[$CONDA_DEFAULT_ENV/$CONDA_SHLVL]"'
SHOW_IN = {"xonsh": "print(f'[{$CONDA_DEFAULT_ENV}/{$CONDA_SHLVL}]')"}
starting_shells = pytest.mark.parametrize(
    "shell", [shell for shell in SHELLS if shell.name in NEW_SHELL], ids=lambda shell: shell.name
)


def start(machine: ShellMachine, line: str, **variables: str) -> str:
    """Start a shell as a terminal does, let it run a line, and return what it wrote."""
    shell = machine.shell
    argv = [found(shell), *NEW_SHELL[shell.name]]
    if shell.name == "xonsh":
        argv[1:1] = ["--rc", str(machine.home / ".xonshrc")]
    completed = subprocess.run(
        [*argv, line],
        env={**machine.start_variables(), **variables},
        cwd=machine.home,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    return completed.stdout + completed.stderr


def initialise(machine: ShellMachine, *arguments: str) -> str:
    completed = subprocess.run(
        [str(machine.program), "init", *arguments],
        env=machine.start_variables(),
        cwd=machine.home,
        capture_output=True,
        text=True,
        check=True,
    )
    return completed.stdout


@starting_shells
def test_new_shells_start_in_the_base_environment(shell: Shell, tmp_path: Path) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    (machine.root / "conda-meta").mkdir()
    (machine.root / "conda-meta" / "history").touch()
    line = SHOW_IN.get(shell.name, SHOW)

    initialise(machine, shell.name)

    for _ in range(2):  # with the program, then with what it has prepared
        assert "[base/1]" in start(machine, line)
    initialise(machine, "--reverse", shell.name)
    assert "[base/1]" not in start(machine, line)


@starting_shells
def test_a_shell_inside_of_another_stays_in_its_environment(shell: Shell, tmp_path: Path) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    prefix = machine.environment("lab")
    (machine.root / "conda-meta").mkdir()
    (machine.root / "conda-meta" / "history").touch()
    initialise(machine, shell.name)
    active = {"CONDA_PREFIX": str(prefix), "CONDA_SHLVL": "1", "CONDA_DEFAULT_ENV": "lab"}

    assert "[lab/1]" in start(machine, SHOW_IN.get(shell.name, SHOW), **active)


@starting_shells
def test_nobody_needs_to_start_in_an_environment(shell: Shell, tmp_path: Path) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    machine.environment("lab")
    (machine.home / ".condarc").write_text("auto_activate: false\n")
    initialise(machine, shell.name)
    line = SHOW_IN.get(shell.name, SHOW)
    separator = "\n" if shell.name == "xonsh" else "; "

    assert "[lab/1]" in start(machine, f"conda activate lab{separator}{line}")


def test_a_second_time_changes_nothing(conda: Program) -> None:
    first = conda("init", "bash")
    again = conda("init", "bash")

    assert (first.status, again.status) == (0, 0)
    assert {line.split("  ")[0] for line in again.stdout.splitlines() if "/" in line} == {
        "no change"
    }
    assert first.stdout.splitlines()[-1] == "Open a new shell to see the change."
    assert again.stdout.splitlines()[-1] == "Everything is as it should be already."


def test_json_says_what_became_of_each_file(conda: Program) -> None:
    outcome = conda("init", "--dry-run", "--json", "zsh")
    home = conda.environment["HOME"]

    assert outcome.document["dry_run"] is True
    assert outcome.document["files"][-1] == {"path": f"{home}/.zshrc", "outcome": "modified"}
    assert not Path(home, ".zshrc").exists()


def test_an_unknown_shell_is_wrong_usage(conda: Program) -> None:
    assert conda("init", "nope").status == 2


def test_only_the_folder_with_the_conda(conda: Program) -> None:
    conda("init", "--condabin", "bash")

    profile = Path(conda.environment["HOME"], ".bashrc").read_text()

    assert f"export PATH='{conda.root}/condabin'" in profile
    assert "__conda_begin" not in profile


@pytest.mark.parametrize("command", ["activate", "deactivate"])
def test_a_shell_that_knows_no_function_is_told_what_to_run(conda: Program, command: str) -> None:
    outcome = conda(command)

    assert outcome.status == 1
    assert outcome.error == "CondaError"
    assert f"Run `conda init` before `conda {command}`." in outcome.stderr
