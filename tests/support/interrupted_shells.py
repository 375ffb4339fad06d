"""Ctrl-C in a shell that activates and deactivates (C9), from nothing typed to everything done.

A case holds when the shell's PATH, its CONDA_* variables, the variables of the environment and the
prompt are those from before the change or those from after it. A variable that goes may be empty.
"""

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.shells import PROMPT, ShellMachine, found

__all__ = ["INTERACTIVE", "Seen", "TypingPerson", "interrupted_changes"]

INTERACTIVE = {
    "bash": ("--norc", "--noprofile", "--noediting", "-i"),
    "zsh": ("-f", "-i"),
    "fish": ("--no-config", "-i"),
}
"""Shells at a terminal, whose own profiles stay unread."""

_LONGEST = 120.0  # seconds that anything may take
_ASKED_AGAIN = 3.0  # seconds after which the shell must have thrown the line away
# Seconds within which Ctrl-C comes: for a change that is prepared, and one that asks the program.
_SPANS = {True: 0.004, False: 0.12}


@dataclass(frozen=True)
class Seen:
    """What a change touches in a shell.

    Attributes:
        variables: PATH, the variables that activation has, and the environment's own, if not empty.
        prompt: The text of the prompt; fish works it out from variables.
    """

    variables: dict[str, str]
    prompt: str


class TypingPerson:
    """Somebody who types into a shell at a terminal."""

    def __init__(self, machine: ShellMachine) -> None:
        import pty

        self._machine = machine
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [found(machine.shell), *INTERACTIVE[machine.shell.name]],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**machine.start_variables(), "TERM": "dumb"},
            cwd=machine.home,
            start_new_session=True,
            preexec_fn=lambda: _take_terminal(theirs),  # noqa: PLW1509 - no threads here
        )
        os.close(theirs)
        self._record = machine.folder / "record"
        if machine.shell.is_posix:
            self.type(f"PS1='{PROMPT}'")
        self.type(machine.shell.hook(str(machine.program)))

    def type(self, line: str) -> None:
        """Type a line."""
        self._press(line + "\n")

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._press("\x03")

    def see(self) -> Seen:
        """Let the shell write its variables down, and wait for it."""
        prompt = '"$PS1"' if self._machine.shell.is_posix else "x"
        command = (
            f" {sys.executable} -S {self._machine.folder}/recorder.py {self._record} {prompt} 0"
        )
        deadline = time.monotonic() + _LONGEST
        self._record.unlink(missing_ok=True)
        self.type(command)
        asked = time.monotonic()
        while not (self._record.exists() and self._record.read_text().endswith("\n")):
            assert time.monotonic() < deadline, "the shell does not answer"
            assert self._process.poll() is None, "the shell has ended"
            self._look(0.05)
            if time.monotonic() - asked > _ASKED_AGAIN:
                self.type("\n" + command)
                asked = time.monotonic()
        variables, shown, _ = json.loads(self._record.read_text().splitlines()[-1])
        names = ("CONDA", "__CONDA", "_CE_")
        return Seen(
            {
                name: text
                for name, text in variables.items()
                if text and (name.startswith(names) or name in {"PATH", "FOO", "BAR"})
            },
            shown,
        )

    def close(self) -> None:
        """End the shell."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._ours)

    def _press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def _look(self, seconds: float) -> None:
        """Read what the shell shows, so that it never waits for a reader."""
        while select.select([self._ours], [], [], seconds)[0]:
            try:
                os.read(self._ours, 65536)
            except OSError:
                return
            seconds = 0.0


def interrupted_changes(machine: ShellMachine, *, rounds: int, seed: int = 1) -> Iterator[int]:
    """Press Ctrl-C at any time of activations and deactivations, prepared ones and others.

    Yields:
        1 for each case that held.

    Raises:
        AssertionError: A shell was left in between.
    """
    machine.environment("a", variables={"FOO": "foo", "BAR": "bar"})
    chance = random.Random(seed)
    person = TypingPerson(machine)
    try:
        outside = person.see()
        person.type("conda activate a")
        inside = person.see()
        assert outside.variables["CONDA_SHLVL"] + inside.variables["CONDA_SHLVL"] == "01"
        now = inside
        for number in range(rounds):
            command = "conda activate a" if now == outside else "conda deactivate"
            prepared = number % 2 == 0
            if not prepared:
                settings = machine.home / ".conda" / f"activation{machine.shell.suffix}"
                settings.unlink(missing_ok=True)
            person.type(command)
            time.sleep(chance.uniform(0.0, _SPANS[prepared]))
            person.interrupt()
            time.sleep(0.05)
            now = person.see()
            assert now in (outside, inside), (command, prepared, now)
            yield 1
    finally:
        person.close()


def _take_terminal(slave: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
