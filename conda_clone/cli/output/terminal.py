"""What the terminal can show that text goes to: its width, and colours.

A pipe has no width and no colours, so that what programs read never depends on a terminal.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["columns", "emphasised", "wrapped"]

_HELD = "\0"  # a blank at which nothing breaks
_CONTINUED = {"- ": "  ", "# ": "# "}
_STYLES = {"error": "1;31", "hint": "36", "heading": "1"}


def columns(stream: "TextIO") -> int | None:
    """Return the width of the terminal behind a stream, or None when there is none.

    One that is called `dumb` can take nothing back, and gets what a file would.
    """
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        return None
    given = os.environ.get("COLUMNS", "")
    if given.isdigit() and int(given) > 0:
        return int(given)
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except OSError:  # it says so, but is none
        return None


def emphasised(text: str, style: str, stream: "TextIO") -> str:
    """Return text as an error, a hint or a heading, where the stream is a terminal with colours.

    The variable `NO_COLOR` and a terminal called `dumb` switch colours off.
    """
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def wrapped(text: str, width: int | None) -> str:
    """Return text whose lines fit a width, broken between words and indented as they began.

    The text of an item of a list stays right of its dash, and a comment stays one. What stands in
    backticks, such as a command to be copied, stays on one line if it fits.
    """
    if width is None:
        return text
    lines = (_folded(line, width) if len(line) > width else line for line in text.split("\n"))
    return "\n".join(lines)


def _folded(line: str, width: int) -> str:
    import re  # only for lines that are too long
    import textwrap

    def kept(quoted: "re.Match[str]") -> str:
        text = quoted.group()
        return text.replace(" ", _HELD) if len(indent) + len(text) < width else text

    text = line.lstrip()
    indent = " " * (len(line) - len(text))
    mark = text[:2]
    folded = textwrap.fill(
        re.sub("`[^`]*`", kept, text),
        width,
        initial_indent=indent,
        subsequent_indent=indent + _CONTINUED.get(mark, ""),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return folded.replace(_HELD, " ")
