"""Reads and changes where an ELF file looks for its shared libraries.

A Python that was built with a shared library finds it by an absolute run path. Packed as it is, the
copy would load the library of the original. A run path is a string in a table of the file, so a
new one that is not longer can be written over it without moving anything.

Reference: System V ABI, "Program Loading and Dynamic Linking".
"""

import struct
from typing import NamedTuple

__all__ = ["read_run_path", "replace_run_path"]

_MAGIC = b"\x7fELF"
_64_BIT = 2
_LITTLE_ENDIAN = 1
_PT_LOAD = 1
_PT_DYNAMIC = 2
_DT_NULL = 0
_DT_STRTAB = 5
_DT_RPATH = 15
_DT_RUNPATH = 29


class _Layout(NamedTuple):
    """Where things are in the headers of one file class; values are `struct` formats."""

    table_offset: tuple[str, int]
    entry_size: tuple[str, int]
    entry_count: tuple[str, int]
    segment_offset: tuple[str, int]
    segment_address: tuple[str, int]
    segment_size: tuple[str, int]
    dynamic_entry: str


_LAYOUT_32 = _Layout(("I", 28), ("H", 42), ("H", 44), ("I", 4), ("I", 8), ("I", 16), "iI")
_LAYOUT_64 = _Layout(("Q", 32), ("H", 54), ("H", 56), ("Q", 8), ("Q", 16), ("Q", 32), "qQ")


class _Segment(NamedTuple):
    kind: int
    offset: int
    address: int
    size: int


def read_run_path(data: bytes) -> str | None:
    """Return the run path (DT_RUNPATH, else DT_RPATH) of an ELF file, None for all other files."""
    position = _find_run_path(data)
    if position is None:
        return None
    return data[position : data.index(b"\0", position)].decode("utf-8", "surrogateescape")


def replace_run_path(data: bytes, new: str) -> bytes:
    """Return the file with another run path.

    Raises:
        ValueError: There is no run path, or the new one is longer than the old one.
    """
    old = read_run_path(data)
    position = _find_run_path(data)
    if old is None or position is None:
        raise ValueError("the file has no run path")
    room = len(old.encode("utf-8", "surrogateescape"))
    encoded = new.encode()
    if len(encoded) > room:
        raise ValueError(f"`{new}` does not fit into the {room} bytes of `{old}`")
    return data[:position] + encoded.ljust(room, b"\0") + data[position + room :]


def _find_run_path(data: bytes) -> int | None:
    """Return where in the file the run path begins."""
    if not data.startswith(_MAGIC):
        return None
    layout = _LAYOUT_64 if data[4] == _64_BIT else _LAYOUT_32
    order = "<" if data[5] == _LITTLE_ENDIAN else ">"
    segments = _segments(data, layout, order)
    dynamic = next((segment for segment in segments if segment.kind == _PT_DYNAMIC), None)
    if dynamic is None:
        return None
    values: dict[int, int] = {}
    table = data[dynamic.offset : dynamic.offset + dynamic.size]
    for tag, value in struct.iter_unpack(order + layout.dynamic_entry, table):
        if tag == _DT_NULL:
            break
        values[tag] = value
    name = values.get(_DT_RUNPATH, values.get(_DT_RPATH))
    if name is None:
        return None
    address = values[_DT_STRTAB]
    for segment in segments:
        if segment.kind == _PT_LOAD and 0 <= address - segment.address < segment.size:
            return segment.offset + address - segment.address + name
    return None


def _segments(data: bytes, layout: _Layout, order: str) -> list[_Segment]:
    def read(field: tuple[str, int], base: int = 0) -> int:
        value: int = struct.unpack_from(order + field[0], data, base + field[1])[0]
        return value

    start, size = read(layout.table_offset), read(layout.entry_size)
    bases = [start + number * size for number in range(read(layout.entry_count))]
    return [
        _Segment(
            read(("I", 0), base),
            read(layout.segment_offset, base),
            read(layout.segment_address, base),
            read(layout.segment_size, base),
        )
        for base in bases
    ]
