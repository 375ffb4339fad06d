"""`decode_head`: what a record in `conda-meta` says of its package, but not of its files.

The lists of files are nearly all of a record. Where it is laid out with one member a line, as all
tools write it, they are cut out before it is decoded: a hundredth of the time for 8,400 files.
"""

from conda_clone.models.json_bytes import decode_json

__all__ = ["decode_head"]

_LISTS = ((b'"files": [\n', b"]"), (b'"paths_data": {\n', b"}"))


def decode_head(data: bytes) -> object:
    """Return the value of a record without `files` and `paths_data`, or with them where need be.

    Raises:
        ValueError: As `decode_json`.
    """
    head = _head(data)
    if head is not None:
        try:
            return decode_json(head)
        except ValueError:  # it is laid out in another way than it seemed
            pass
    return decode_json(data)


def _head(data: bytes) -> bytes | None:
    """Return the text without the lists; None where it is not laid out as expected."""
    indent = data[:16].removeprefix(b"{\n").partition(b'"')[0]
    if not indent or indent.strip(b" "):
        return None
    # Texts hold no line breaks: a line with the indent of the first member is a member, or its end.
    line = b"\n" + indent
    parts, position = [], 0
    for opening, closing in _LISTS:
        start = data.find(line + opening, position)
        end = data.find(line + closing, start)
        if start < 0 or end < 0:
            return None
        parts += [data[position:start], line, opening]
        position = end
    return b"".join([*parts, data[position:]])
