"""Specs inside of sentences, as people type them."""

import re

__all__ = ["as_typed"]

_RANGE = re.compile(r"([\w.*-]+)\[version='([<>=!~][^']*)'\]")


def as_typed(text: str) -> str:
    """Return a text with `numpy>=2` in the place of `numpy[version='>=2']`.

    The long form is what programs compare and what files keep; both mean the same.
    """
    return _RANGE.sub(r"\1\2", text)
