"""Ctrl-C in the middle of an activation leaves a shell as it was, or as it was to be."""

import json
import os
import pty
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.shells import SHELLS, Shell, ShellMachine, found

INTERACTIVE = {
    "bash": ("--norc", "--noprofile", "--noediting", "-i"),
    "zsh": ("-f", "-i"),
    "fish": ("--no-config", "-i"),
}
ROUNDS = 10


class Terminal:
    """A shell at a terminal."""

    def __init__(self, machine: ShellMachine) -> None:
        self._machine = machine
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            [found(machine.shell), *INTERACTIVE[machine.shell.name]],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**machine.start_variables(), "TERM": "dumb"},
            cwd=machine.home,
            start_new_session=True,
            preexec_fn=lambda: _take_terminal(slave),  # noqa: PLW1509 - no threads here
        )
        os.close(slave)
        self._record = machine.folder / "record"

    def type(self, text: str) -> None:
        """Type some keys."""
        os.write(self._master, text.encode())

    def snapshot(self) -> dict[str, str]:
        """Let the shell write its variables down, and wait for it."""
        deadline = time.monotonic() + 30
        self._record.unlink(missing_ok=True)
        recorder = self._machine.folder / "recorder.py"
        self.type(f" {sys.executable} -S {recorder} {self._record} x 0\n")
        asked = time.monotonic()
        while not (self._record.exists() and self._record.read_text().endswith("\n")):
            assert time.monotonic() < deadline, self.read()
            self.read(0.05)
            if time.monotonic() - asked > 3:  # the shell has thrown the line away
                self.type(f"\n {sys.executable} -S {recorder} {self._record} x 0\n")
                asked = time.monotonic()
        variables: dict[str, str] = json.loads(self._record.read_text().splitlines()[-1])[0]
        return variables

    def read(self, seconds: float = 0.0) -> str:
        """Return what the shell has shown."""
        shown = b""
        while select.select([self._master], [], [], seconds)[0]:
            try:
                shown += os.read(self._master, 65536)
            except OSError:
                break
            seconds = 0.0
        return shown.decode(errors="replace")

    def close(self) -> None:
        """End the shell."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._master)


def _take_terminal(slave: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)


def relevant(variables: dict[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in variables.items()
        if name in {"PATH", "FOO"} or name.startswith("CONDA")
    }


@pytest.mark.parametrize(
    "shell", [shell for shell in SHELLS if shell.name in INTERACTIVE], ids=lambda shell: shell.name
)
def test_ctrl_c_comes_before_or_after(shell: Shell, tmp_path: Path) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    machine.environment("a", variables={"FOO": "foo"})
    chance = random.Random(1)
    terminal = Terminal(machine)
    try:
        terminal.type(f"{shell.hook(str(machine.program))}\n")
        before = relevant(terminal.snapshot())
        terminal.type("conda activate a\n")
        after = relevant(terminal.snapshot())
        assert before["CONDA_SHLVL"] + after["CONDA_SHLVL"] == "01"
        terminal.type("conda deactivate\n")
        outcomes = []
        # The first comes too early for any change, the last too late for none.
        for delay in [0.0, *[chance.uniform(0.0, 0.12) for _ in range(ROUNDS)], 3.0]:
            machine.folder.joinpath("home", ".conda", f"activation{shell.suffix}").unlink(
                missing_ok=True
            )
            terminal.type("conda activate a\n")
            time.sleep(delay)
            terminal.type("\x03")
            time.sleep(0.05)
            found_state = relevant(terminal.snapshot())
            assert found_state in (before, after)
            outcomes.append(found_state == after)
            if outcomes[-1]:
                terminal.type("conda deactivate\n")
                assert relevant(terminal.snapshot()) == before
        assert outcomes[-1]
    finally:
        terminal.close()
