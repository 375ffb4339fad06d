"""`pattern`: a regular expression that is compiled when it is first used.

A command uses a third of those that its modules declare. Compiling the others when they are
imported took 3 ms, a tenth of a command that only lists environments.
"""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import AnyStr

__all__ = ["pattern"]

_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


def pattern(text: "AnyStr", flags: int = 0) -> "re.Pattern[AnyStr]":
    """Return what `re.compile` returns, as far as it is used for searching and replacing.

    >>> pattern("[0-9]+").findall("1 and 20")
    ['1', '20']
    """
    return _Later(text, flags)  # type: ignore[return-value] # it has the methods


class _Later:
    """Takes the methods of the compiled expression over when one is asked for."""

    __slots__ = ("_flags", "_text", *_METHODS)

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        """Compile: this is only called for what is not there yet."""
        compiled = re.compile(self._text, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
