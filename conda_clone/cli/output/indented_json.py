"""JSON with indentation, as `json.dumps(value, indent=2)` writes it, in a third of the time.

The standard encoder leaves its compiled half aside when it indents. Here that half writes every
object and list that holds no others, with the line breaks of its depth as separator.
"""

import json
import json.encoder
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["indented"]

_STEP = "  "
_NESTED = (dict, list, tuple)
_quoted = json.encoder.encode_basestring_ascii


def indented(value: object) -> str:
    """Return a value as JSON text in ASCII.

    >>> print(indented({"name": "a", "depends": ["b", "c"], "files": []}))
    {
      "name": "a",
      "depends": [
        "b",
        "c"
      ],
      "files": []
    }
    """
    parts: list[str] = []
    _append(parts, value, "\n")
    return "".join(parts)


def _append(parts: list[str], value: object, line: str) -> None:
    """Append the text of a value; `line` is the line break before its end."""
    if isinstance(value, str):
        parts.append(_quoted(value))
    elif isinstance(value, dict) and value:
        _append_object(parts, value, line)
    elif isinstance(value, (list, tuple)) and value:
        _append_list(parts, value, line)
    else:
        parts.append(json.dumps(value))


def _append_object(parts: list[str], value: "Mapping[object, object]", line: str) -> None:
    within = line + _STEP
    if not any(isinstance(child, _NESTED) for child in value.values()):
        parts += ("{", within, _encoder(within)(value)[1:-1], line, "}")
        return
    before = "{" + within
    for key, child in value.items():
        # The encoder knows which keys are allowed, and how those that are no texts are written.
        text = f"{_quoted(key)}: " if isinstance(key, str) else json.dumps({key: 0})[1:-2]
        parts += (before, text)
        _append(parts, child, within)
        before = f",{within}"
    parts += (line, "}")


def _append_list(parts: list[str], value: "Sequence[object]", line: str) -> None:
    within = line + _STEP
    if not any(isinstance(child, _NESTED) for child in value):
        parts += ("[", within, _encoder(within)(value)[1:-1], line, "]")
        return
    before = "[" + within
    for child in value:
        parts.append(before)
        _append(parts, child, within)
        before = f",{within}"
    parts += (line, "]")


@lru_cache(maxsize=16)
def _encoder(line: str) -> "Callable[[object], str]":
    return json.JSONEncoder(separators=(f",{line}", ": ")).encode
