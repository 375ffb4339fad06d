"""Ctrl-C in the middle of an activation leaves a shell as it was, or as it was to be (C9)."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.interrupted_shells import INTERACTIVE, TypingPerson, interrupted_changes
from tests.support.shells import SHELLS, Shell, ShellMachine

SHELLS_AT_TERMINALS = [shell for shell in SHELLS if shell.name in INTERACTIVE]
ROUNDS = 16
OWN_NUMBER = {"bash": "$$", "zsh": "$$", "fish": "$fish_pid"}
ENDLESS = {
    "bash": "while :; do :; done",
    "zsh": "while :; do :; done",
    "fish": "while true; end",
}


@pytest.fixture(params=SHELLS_AT_TERMINALS, ids=lambda shell: shell.name)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> ShellMachine:
    shell: Shell = request.param
    return ShellMachine(shell, tmp_path / "m")


@pytest.fixture
def person(machine: ShellMachine) -> Iterator[TypingPerson]:
    """Somebody whose shell knows an environment `a`."""
    machine.environment("a", variables={"FOO": "foo"})
    person = TypingPerson(machine)
    yield person
    person.close()


def script(machine: ShellMachine, folder: str, text: str) -> None:
    """Give the environment a script that runs when it comes or goes."""
    path = machine.root / "envs" / "a" / "etc" / "conda" / folder / f"x{machine.shell.suffix}"
    path.parent.mkdir(parents=True)
    path.write_text(text + "\n")


def test_ctrl_c_comes_before_or_after(machine: ShellMachine) -> None:
    assert sum(interrupted_changes(machine, rounds=ROUNDS)) == ROUNDS


def test_ctrl_c_after_a_change_undoes_nothing(person: TypingPerson) -> None:
    person.type("conda activate a")
    active = person.see()

    person.interrupt()

    assert person.see() == active
    assert active.variables["CONDA_DEFAULT_ENV"] == "a"


def test_ctrl_c_while_an_environment_takes_leave_tears_nothing(
    machine: ShellMachine, person: TypingPerson
) -> None:
    outside = person.see()
    script(machine, "deactivate.d", f"kill -INT {OWN_NUMBER[machine.shell.name]}")
    person.type("conda activate a")
    inside = person.see()

    person.type("conda deactivate")

    # A bash hears it at once and stays; the others go on, and hear the next one.
    assert person.see() == (inside if machine.shell.name == "bash" else outside)


def test_a_script_that_never_ends_can_be_ended(machine: ShellMachine, person: TypingPerson) -> None:
    running = machine.folder / "running"
    script(machine, "activate.d", f"touch {running}\n{ENDLESS[machine.shell.name]}")

    person.type("conda activate a")
    while not running.exists():
        time.sleep(0.01)
    for _ in range(2):
        time.sleep(0.2)
        person.interrupt()

    assert person.see().variables["CONDA_DEFAULT_ENV"] == "a"


def test_a_trap_of_the_shell_stays(person: TypingPerson, machine: ShellMachine) -> None:
    caught = machine.folder / "caught"
    if machine.shell.is_posix:
        person.type(f"trap 'echo caught > {caught}' INT")
    else:
        person.type(f"function mine --on-signal INT; echo caught > {caught}; end")
    person.type("conda activate a; conda deactivate; conda activate a")
    active = person.see()
    assert active.variables["CONDA_SHLVL"] == "1"

    person.type(f"kill -INT {OWN_NUMBER[machine.shell.name]}")

    assert person.see() == active
    assert caught.read_text() == "caught\n"
