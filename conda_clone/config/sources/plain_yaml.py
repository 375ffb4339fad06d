"""The part of YAML that most configuration files keep to, read without the YAML library.

Understood are block maps, block lists of scalars, flow lists of scalars on one line, plain and
quoted scalars on one line, and comments. Anything else, and anything in doubt, gives None, and the
library decides: giving up is never wrong. What is understood is read as the library reads it
(tests/property/test_condarc_merge.py compares the two).

Measured: 0.2 ms for a file of ten settings, where importing ruamel.yaml takes 23 ms.
"""

import re

from conda_clone.config.schema import Node
from conda_clone.config.sources.marks import marked_node, marks_in

__all__ = ["parse_plain_yaml"]

_KEY = re.compile(r"([A-Za-z_][A-Za-z0-9_./-]*):(?= |$) *")
_COMMENT = re.compile(r"(?: +#(.*)| *)$")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"\\]*)\"")
_PLAIN_START = re.compile(r"[^\W]|[/~$(]|\.\.?/")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,7})\.[0-9]{1,8}")
_FORBIDDEN_IN_FLOW = frozenset("[]{}")
_WORDS: dict[str, bool | None] = {
    "~": None,
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL"), None),
}


def parse_plain_yaml(text: str) -> dict[str, Node] | None:
    r"""Return the settings in a text, or None when it takes the library to tell.

    >>> entries = parse_plain_yaml("channels: #!final\n  - a  #!top\n  - b\n")
    >>> entries["channels"].plain(), entries["channels"].final, entries["channels"].line
    (('a', 'b'), True, 1)
    """
    try:
        return _Reader(text.replace("\r\n", "\n").split("\n")).read()
    except _TooRich:
        return None


class _TooRich(Exception):
    """The text uses more of YAML than we read."""


class _Reader:
    """Walks over the lines that hold more than a comment."""

    def __init__(self, lines: list[str]) -> None:
        if not all(line.isprintable() for line in lines):
            raise _TooRich
        self._lines: list[tuple[int, int, str]] = []  # number, indent, content
        self._next = 0
        for number, line in enumerate(lines, 1):
            content = line.strip(" ")
            if content and content[0] != "#":
                self._lines.append((number, len(line) - len(line.lstrip(" ")), content))

    def read(self) -> dict[str, Node]:
        entries = self._map(0) if self._lines else {}
        if self._next < len(self._lines):
            raise _TooRich
        return entries

    def _peek_indent(self) -> int:
        return self._lines[self._next][1] if self._next < len(self._lines) else -1

    def _map(self, indent: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while self._peek_indent() == indent:
            number, _, content = self._lines[self._next]
            found = _KEY.match(content)
            if found is None or found[1] in entries or found[1] in _WORDS:
                raise _TooRich
            self._next += 1
            rest = content[found.end() :]
            if rest == "" or rest.startswith("#"):
                value, marks = self._nested(indent), marks_in(rest[1:])
            else:
                value, marks = self._inline(rest, indent, number)
            entries[found[1]] = marked_node(value, marks, number)
        return entries

    def _nested(self, indent: int) -> object:
        """Return what stands below a key: a map, a list, or nothing."""
        below = self._peek_indent()
        is_list = below >= 0 and self._lines[self._next][2].startswith("- ")
        if is_list and below >= indent:
            return self._list(below)
        return self._map(below) if below > indent else None

    def _list(self, indent: int) -> tuple[Node, ...]:
        items = []
        while self._peek_indent() == indent and self._lines[self._next][2].startswith("- "):
            number, _, content = self._lines[self._next]
            self._next += 1
            value, marks = self._inline(content[2:].lstrip(" "), indent, number)
            items.append(marked_node(value, marks, number))
        return tuple(items)

    def _inline(self, rest: str, indent: int, number: int) -> tuple[object, frozenset[str]]:
        """Return a value that ends on its line, and the marks behind it."""
        value: object
        if self._peek_indent() > indent:  # it goes on below
            raise _TooRich
        if rest.startswith("["):
            value, end = _flow_list(rest, number)
        elif rest.startswith(("'", '"')):
            value, end = _quoted(rest)
        else:
            end = rest.find(" #") if " #" in rest else len(rest)
            value = _plain(rest[:end].rstrip(" "))
        comment = _COMMENT.fullmatch(rest, end)
        if comment is None:
            raise _TooRich
        return value, marks_in(comment[1] or "")


def _quoted(text: str) -> tuple[str, int]:
    found = _QUOTED.match(text)
    if found is None or text.startswith("'", found.end()):
        raise _TooRich
    return found[found.lastindex or 0], found.end()


def _flow_list(text: str, number: int) -> tuple[tuple[Node, ...], int]:
    inner, bracket, _ = text[1:].partition("]")
    if not bracket or "#" in inner or "'" in inner or '"' in inner:
        raise _TooRich
    pieces = [piece.strip(" ") for piece in inner.split(",")]
    if not pieces[-1]:  # `[]`, and a comma before the bracket
        pieces.pop()
    items = []
    for piece in pieces:
        if not _FORBIDDEN_IN_FLOW.isdisjoint(piece):
            raise _TooRich
        items.append(Node(_plain(piece), line=number))
    return tuple(items), len(inner) + 2


def _plain(text: str) -> object:
    """Return the value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if not _PLAIN_START.match(text) or ": " in text or text.endswith(":"):
        raise _TooRich
    if not text[0].isdigit():
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    raise _TooRich  # a date, a version, an octal number: the library knows
