"""Marks: comments at the end of a line that say how a value is merged (`#!final`, `#!top`)."""

from conda_clone.config.schema import Node

__all__ = ["marked_node", "marks_in"]

_MARKS = frozenset({"final", "top", "bottom"})


def marks_in(comment: str) -> frozenset[str]:
    """Return the words of a comment, without its first `#`, that are marks.

    >>> sorted(marks_in("!final !top, because"))
    ['final', 'top']
    """
    if "!" not in comment:
        return frozenset()
    words = [word for word in comment.split() if word.startswith(("!", "#!"))]
    return _MARKS & {word.strip("!#,") for word in words}


def marked_node(value: object, marks: frozenset[str], line: int) -> Node:
    """Return a node with the marks of its comment; bottom is stronger than top."""
    place = "bottom" if "bottom" in marks else "top" if "top" in marks else ""
    return Node(value, final="final" in marks, place=place, line=line)
