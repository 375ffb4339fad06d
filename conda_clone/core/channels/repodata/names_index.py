"""The index by package name: a small file that says where each name's entries lie in a body.

It is built once per body and belongs to exactly that body: it holds the body's size and time, and
is not used with any other. Opening it costs one read; a name's entries cost another and the
decoding of those entries alone.

The file, numbers in little-endian order:

1. the header: mark, number of the format, size and time of the body, how many names and spans
   there are, bytes of the base URL and of the names, entries that were left out;
2. the base URL, then the names, sorted, a newline between each, in UTF-8;
3. per name the number of its first span, and one more for the end (4 bytes each);
4. per span where it starts (8 bytes each), then per span how long it is (4 bytes each; those with
   the highest bit are of archives that others hide, and only describe these further).
"""

import struct
from bisect import bisect_left
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conda_clone.core.channels.repodata.parse import Layout

__all__ = ["BytesSource", "NamesIndex", "Source", "describe_twin", "encode"]

FORMAT = 3

_MARK = b"ccnames\n"
_HEADER = struct.Struct("<8sIQQIIIII")
# Pieces of the body that lie this close together are read at once: a read costs more than that.
_GAP = 1 << 14
_HIDDEN = 1 << 31  # as in `parse`, which is not loaded to read


class Source(Protocol):
    """Bytes that are read by position."""

    def read(self, offset: int, size: int, /) -> bytes:
        """Return `size` bytes from that position on."""


class BytesSource:
    """Bytes in memory, for caches that cannot be written."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, offset: int, size: int) -> bytes:
        """Return `size` bytes from that position on."""
        return self._data[offset : offset + size]


def encode(layout: "Layout", *, size: int, mtime_ns: int) -> bytes:
    """Return the content of the file for a body of that size and time."""
    ordered = sorted((name.encode(), spans) for name, spans in layout.names.items())
    names = b"\n".join(name for name, _ in ordered)
    firsts = [0, *accumulate(len(spans) // 2 for _, spans in ordered)]
    spans = list(chain.from_iterable(spans for _, spans in ordered))
    base_url = layout.base_url.encode()
    return b"".join(
        (
            _HEADER.pack(
                _MARK,
                FORMAT,
                size,
                mtime_ns,
                len(ordered),
                firsts[-1],
                len(base_url),
                len(names),
                layout.ignored,
            ),
            base_url,
            names,
            struct.pack(f"<{len(firsts)}I", *firsts),
            struct.pack(f"<{firsts[-1]}Q", *spans[::2]),
            struct.pack(f"<{firsts[-1]}I", *spans[1::2]),
        )
    )


class NamesIndex:
    """An open index: the names of one platform folder, and their entries on demand.

    Attributes:
        base_url: Folder of the archives.
        ignored: How many entries were left out when it was built.
        stamp: Size and time of the body.
    """

    __slots__ = ("_body", "_firsts", "_lengths_at", "_names", "_starts_at", "_table", "base_url",
                 "ignored", "stamp")  # fmt: skip

    def __init__(self, table: Source, body: Source, *, size: int, mtime_ns: int) -> None:
        """Open the index in `table` for the body of that size and time.

        Raises:
            ValueError: It is not an index of this format, is damaged, or is of another body.
        """
        try:
            mark, number, of_size, of_time, names, spans, url_size, names_size, ignored = (
                _HEADER.unpack(table.read(0, _HEADER.size))
            )
        except struct.error as error:
            raise ValueError("the index of names is cut short") from error
        if (mark, number, of_size, of_time) != (_MARK, FORMAT, size, mtime_ns):
            raise ValueError("the index of names is of something else")
        rest = table.read(_HEADER.size, url_size + names_size + 4 * (names + 1))
        self._starts_at = _HEADER.size + len(rest)
        self._lengths_at = self._starts_at + 8 * spans
        end = self._lengths_at + 4 * spans
        if spans and len(table.read(end - 4, 5)) != 4:  # noqa: PLR2004 - the last number, no more
            raise ValueError("the index of names is cut short")
        self.base_url = rest[:url_size].decode()
        self.ignored = int(ignored)
        text = rest[url_size : url_size + names_size]
        self._names = text.split(b"\n") if text else []
        self._firsts = struct.unpack_from(f"<{names + 1}I", rest, url_size + names_size)
        self._table = table
        self._body = body
        self.stamp = (size, mtime_ns)

    def names(self) -> list[str]:
        """Return all names, sorted."""
        return [name.decode() for name in self._names]

    def entries(self, name: str) -> dict[str, dict[str, object]]:
        """Return the entries of a name, by file name; none when there is no such name.

        Those of newer sections have file names without their ending, which is `.conda`.

        An entry that cannot be decoded is left out.

        Raises:
            ValueError: The body is not the one that was indexed.
        """
        visible, hidden = _parted(self._spans(name))
        entries = self._decoded(visible)
        for fn, twin in self._decoded(hidden).items():
            describe_twin(entries.get(_hiding(fn)), twin)
        return entries

    def places(self, name: str) -> dict[str, tuple[int, ...]]:
        """Return where each entry of a name lies in the body, by file name.

        Start and length, and those of the entry of the archive that it hides.
        """
        visible, hidden = _parted(self._spans(name))
        found = self._keyed(visible)
        for fn, span in self._keyed(hidden).items():
            if _hiding(fn) in found:
                found[_hiding(fn)] += span
        return found

    def entry_at(self, start: int, length: int, *hidden: int) -> tuple[str, dict[str, object]]:
        """Return the file name and the entry that lie at such a place.

        Raises:
            ValueError: There is no entry.
        """
        # Not worth the 8 ms of `msgspec`: where entries are known by place, few are read.
        import json

        ((key, entry),) = json.loads(b"{" + self._body.read(start, length) + b"}").items()
        if hidden:
            describe_twin(entry, self.entry_at(*hidden)[1])
        return key, entry

    def _keyed(self, spans: list[tuple[int, int]]) -> dict[str, tuple[int, ...]]:
        return {_key(piece): span for piece, span in zip(self._pieces(spans), spans, strict=True)}

    def _decoded(self, spans: list[tuple[int, int]]) -> dict[str, dict[str, object]]:
        pieces = self._pieces(spans)
        try:
            return _entries(pieces) if pieces else {}
        except (ValueError, UnicodeDecodeError):
            return self._one_by_one(pieces)

    def _spans(self, name: str) -> list[tuple[int, int]]:
        wanted = name.encode()
        number = bisect_left(self._names, wanted)
        if number == len(self._names) or self._names[number] != wanted:
            return []
        first = self._firsts[number]
        count = self._firsts[number + 1] - first
        starts = self._table.read(self._starts_at + 8 * first, 8 * count)
        lengths = self._table.read(self._lengths_at + 4 * first, 4 * count)
        return list(
            zip(
                struct.unpack(f"<{count}Q", starts),
                struct.unpack(f"<{count}I", lengths),
                strict=True,
            )
        )

    def _pieces(self, spans: list[tuple[int, int]]) -> list[bytes]:
        """Read spans of the body; neighbours are read together."""
        pieces = []
        position = 0
        while position < len(spans):
            start, length = spans[position]
            end = start + length
            stop = position + 1
            while stop < len(spans) and 0 <= spans[stop][0] - end <= _GAP:
                end = sum(spans[stop])
                stop += 1
            block = self._body.read(start, end - start)
            pieces += [block[at - start : at - start + size] for at, size in spans[position:stop]]
            position = stop
        return pieces

    def _one_by_one(self, pieces: list[bytes]) -> dict[str, dict[str, object]]:
        entries: dict[str, dict[str, object]] = {}
        for piece in pieces:
            try:
                entries |= _entries([piece])
            except (ValueError, UnicodeDecodeError):
                self.ignored += 1
        return entries


def describe_twin(entry: "dict[str, object] | None", twin: "Mapping[str, object]") -> None:
    """Add to the entry of a `.conda` what the `.tar.bz2` that it hides was.

    Args:
        entry: Of the `.conda`; None is left alone.
        twin: Of the `.tar.bz2`.
    """
    if entry is not None:
        for legacy, key in (("legacy_bz2_md5", "md5"), ("legacy_bz2_size", "size")):
            if twin.get(key) is not None:
                entry.setdefault(legacy, twin[key])


def _parted(
    spans: list[tuple[int, int]],
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the spans of entries that count, and those of archives that others hide."""
    visible = [span for span in spans if span[1] < _HIDDEN]
    return visible, [(start, length - _HIDDEN) for start, length in spans if length >= _HIDDEN]


def _hiding(fn: str) -> str:
    return f"{fn.removesuffix('.tar.bz2')}.conda"


def _entries(pieces: "Iterable[bytes]") -> dict[str, dict[str, object]]:
    from conda_clone.gateways.whole_msgspec import msgspec  # 8 ms

    body = b"{" + b",".join(pieces) + b"}"
    return msgspec.json.decode(body, type=dict[str, dict[str, object]])


def _key(piece: bytes) -> str:
    """Return the key of an entry, which is what its piece of the body begins with."""
    import json  # as in `entry_at`

    key, _ = json.JSONDecoder().raw_decode(piece.decode())
    return str(key)
