"""Expand variables and `~` in the values of settings that may hold paths and URLs; pure."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["expand"]


def expand(value: "Any", environ: "Mapping[str, str]", home: str) -> "Any":
    """Return the value with `$X`, `${X}` and a leading `~` expanded in all texts of it.

    Unknown variables stay as they are.

    >>> expand(("~/x", "$A/${A}/$B"), {"A": "1"}, "/home/me")
    ('/home/me/x', '1/1/$B')
    """
    if isinstance(value, tuple):
        return tuple([expand(item, environ, home) for item in value])
    if isinstance(value, dict):
        return {key: expand(item, environ, home) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    if value == "~" or value.startswith(("~/", "~\\")):
        value = home + value[1:]
    return _expand_variables(value, environ) if "$" in value or "%" in value else value


def _expand_variables(text: str, environ: "Mapping[str, str]") -> str:
    import re  # other modules have loaded it as a rule

    pattern = r"\$(\w+)|\$\{([^}]*)\}"
    if sys.platform == "win32":
        pattern += r"|%([^%]+)%"
    return re.sub(pattern, lambda found: environ.get(found[found.lastindex or 0], found[0]), text)
