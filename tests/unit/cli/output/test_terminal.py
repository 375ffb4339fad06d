import io
import os
import pty

import pytest

from conda_clone.cli.output.terminal import columns, emphasised, wrapped


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_has_neither_width_nor_colours() -> None:
    pipe = io.StringIO()
    assert columns(pipe) is None
    assert emphasised("No.", "error", pipe) == "No."


def test_the_width_is_what_the_variable_or_the_terminal_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "61")
    assert columns(Terminal()) == 61
    monkeypatch.setenv("TERM", "dumb")
    assert columns(Terminal()) is None
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("COLUMNS")
    assert columns(Terminal()) is None
    if os.name != "nt":
        ours, theirs = pty.openpty()
        with os.fdopen(theirs, "w") as stream:
            assert columns(stream) == (os.get_terminal_size(theirs).columns or None)
        os.close(ours)


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_switched_off(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert emphasised("No.", "error", Terminal()) == "\x1b[1;31mNo.\x1b[0m"
    monkeypatch.setenv(variable, value)
    assert emphasised("No.", "error", Terminal()) == "No."


def test_long_lines_are_broken_between_words() -> None:
    text = "short\n  - one two three\n/a/path/that/is/long"
    assert wrapped(text, None) == text
    assert wrapped("# one two three", 9) == "# one two\n# three"
    assert wrapped("type `conda list` now", 16) == "type\n`conda list` now"
    assert wrapped("type `conda list`", 9) == "type\n`conda\nlist`"
    assert wrapped(text, 11) == "short\n  - one two\n    three\n/a/path/that/is/long"
