"""A person at a terminal of a given size, and the screen that they see.

`Person` runs a command in a pseudo-terminal, types and interrupts; `Screen` draws what comes, as
far as our output goes: carriage returns, moves of the cursor, erasing, colours. It notes every line
that is longer than the terminal is wide, which a real one would break somewhere.
"""

import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import conda_clone
from tests.support.cli import Program

__all__ = ["Person", "Screen", "needs_terminals"]

REPOSITORY = Path(conda_clone.__file__).parents[1]
needs_terminals = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals of POSIX")

_LONGEST = 120.0  # seconds that a person waits for anything
_PIECE = re.compile(r"\x1b\[(\??[\d;]*)([A-Za-z])|([\r\n\b])|([^\r\n\b\x1b]+)|.", re.DOTALL)


class Person:
    """Somebody in front of a terminal in which a command runs.

    Coverage of the command is not measured: what does that holds a lock whenever a function is
    called, and Ctrl-C in such a moment would hold it forever.

    Attributes:
        written: All that the command has written, as it came.
    """

    def __init__(
        self, conda: Program, *words: str | Path, columns: int = 100, **environment: str
    ) -> None:
        import pty
        import termios

        self._columns = columns
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (40, columns))
        inherited = {name: text for name, text in conda.environment.items() if name != "COLUMNS"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "conda_clone", *map(str, words)],
            env={**inherited, "PYTHONPATH": str(REPOSITORY), **environment},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.written = ""

    @property
    def screen(self) -> "Screen":
        """What is to be seen by now."""
        screen = Screen(self._columns)
        screen.feed(self.written)
        return screen

    def waits_for(self, text: str) -> "Person":
        """Read on until the text has come."""
        end = time.monotonic() + _LONGEST
        while text not in self.written:
            if time.monotonic() > end or not self._read():
                self._process.kill()
                self.status()
                pytest.fail(f"`{text}` has not come:\n{self.written}")
        return self

    def types(self, text: str) -> "Person":
        """Press keys."""
        os.write(self._ours, text.encode())
        return self

    def interrupts(self) -> "Person":
        """Press Ctrl-C."""
        os.killpg(self._process.pid, signal.SIGINT)
        return self

    def status(self) -> int:
        """Wait for the end, and return the exit status."""
        while self._read():
            pass
        os.close(self._ours)
        return self._process.wait(_LONGEST)

    def _read(self) -> bool:
        if not select.select([self._ours], [], [], _LONGEST)[0]:
            return False
        try:
            data = os.read(self._ours, 1 << 16)
        except OSError:  # the other side is closed
            return False
        self.written += data.decode()
        return bool(data)


class Screen:
    """A terminal of a certain width that never scrolls anything away.

    Attributes:
        columns: The width.
        overlong: Lines that did not fit, as they were meant.

    >>> screen = Screen(8)
    >>> screen.feed("working\\rdone\\x1b[K\\n12345678\\n123456789")
    >>> screen.lines
    ['done', '12345678', '123456789']
    >>> screen.overlong
    ['123456789']
    """

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self._rows: list[str] = [""]
        self._row = 0
        self._column = 0
        self._too_long: dict[str, None] = {}

    @property
    def lines(self) -> list[str]:
        """Return what is on the screen, blanks at the ends of lines apart."""
        return [row.rstrip() for row in self._rows]

    @property
    def text(self) -> str:
        """Return the same as one text."""
        return "\n".join(self.lines)

    @property
    def overlong(self) -> list[str]:
        """Return the lines that were ever longer than the terminal is wide."""
        return list(self._too_long)

    def feed(self, written: str) -> None:
        """Draw what a program has written."""
        for found in _PIECE.finditer(written):
            parameters, command, control, text = found.groups()
            if text is not None:
                self._draw(text)
            elif control is not None:
                self._move(control)
            elif command is not None:
                self._obey(command, int(parameters) if parameters.isdigit() else 0)

    def _draw(self, text: str) -> None:
        row = self._rows[self._row].ljust(self._column)
        row = row[: self._column] + text + row[self._column + len(text) :]
        self._rows[self._row] = row
        self._column += len(text)
        if len(row.rstrip()) > self.columns:
            self._too_long[row.rstrip()] = None

    def _move(self, control: str) -> None:
        if control == "\r":
            self._column = 0
        elif control == "\b":
            self._column = max(0, self._column - 1)
        else:
            self._row += 1
            self._column = 0  # what the terminal makes of a line feed
            if self._row == len(self._rows):
                self._rows.append("")

    def _obey(self, command: str, count: int) -> None:
        row = self._rows[self._row]
        if command == "K":
            self._rows[self._row] = "" if count == 2 else row[: self._column]
        elif command == "J":
            self._rows[self._row :] = [row[: self._column]]
        elif command == "A":
            self._row = max(0, self._row - max(1, count))
