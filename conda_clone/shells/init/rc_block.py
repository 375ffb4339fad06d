"""Put the managed block into the text of a profile, renew it, take it out; pure.

Everything outside of the block stays as it is, byte for byte. Lines of older installers would do
the same work again and come first on PATH, so they are commented out, and come back with
`--reverse`.
"""

import re

__all__ = ["BLOCK_MARKS", "POWERSHELL_MARKS", "Marks", "block", "with_block", "without_block"]

_NOTE = "# commented out by conda initialize"
_DISABLED = re.compile(rf"^# (.*?)  {_NOTE}$", re.MULTILINE)


class Marks:
    """The lines between which the block stands; the same as those of other conda programs.

    Attributes:
        first: The first line.
        last: The last line.
    """

    __slots__ = ("first", "last", "pattern")

    def __init__(self, first: str, last: str) -> None:
        self.first = first
        self.last = last
        self.pattern = re.compile(
            rf"^{re.escape(first)}[^\n]*\n.*?^{re.escape(last)}[^\n]*(?:\n|\Z)",
            re.MULTILINE | re.DOTALL,
        )


BLOCK_MARKS = Marks("# >>> conda initialize >>>", "# <<< conda initialize <<<")
POWERSHELL_MARKS = Marks("#region conda initialize", "#endregion")
_MANAGED = "# !! `conda init` writes this block: changes between the marks get lost !!"


def block(lines: list[str], marks: Marks = BLOCK_MARKS) -> str:
    """Return the text of a block that holds some lines."""
    return "\n".join([marks.first, _MANAGED, *lines, marks.last, ""])


def with_block(text: str, new: str, marks: Marks = BLOCK_MARKS) -> str:
    r"""Return the text with the block in it: in the place of an old one, or else at the end.

    >>> with_block("a\n", "B\n")
    'a\n\nB\n'
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    new = new.replace("\n", newline)
    found = list(marks.pattern.finditer(text))
    if not found:
        text = _old_lines(marks).sub(_disabled, text)
        return text + (newline if text else "") + new
    # The first one is renewed; more than one comes from editing by hand.
    first, *others = found
    for other in reversed(others):
        text = text[: other.start()] + text[other.end() :]
    return text[: first.start()] + new + text[first.end() :]


def without_block(text: str, marks: Marks = BLOCK_MARKS) -> str:
    """Return the text as it was before `with_block`."""
    for found in reversed(list(marks.pattern.finditer(text))):
        before = text[: found.start()]
        before = (
            before.removesuffix("\r\n") if before.endswith("\r\n") else before.removesuffix("\n")
        )
        text = before + text[found.end() :]
    return _DISABLED.sub(r"\1", text)


def _old_lines(marks: Marks) -> re.Pattern[str]:
    if marks is POWERSHELL_MARKS:
        return re.compile(r"(?!)")
    # The installers of Anaconda and Miniconda left such lines until 2018.
    return re.compile(
        r"^[ \t]*(?:export PATH=[^\n]*# added by (?:Ana|Mini)conda[^\n]*"
        r"|(?:\.|source) [^\n#]*/etc/profile\.d/conda\.c?sh[\"']?)[ \t]*(?=\r?$)",
        re.MULTILINE,
    )


def _disabled(found: re.Match[str]) -> str:
    return f"# {found.group()}  {_NOTE}"
