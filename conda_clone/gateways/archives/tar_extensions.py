"""The headers that extend a tar member: GNU long names, PAX records, maps of sparse files.

Every value read here comes from the archive and is bounded and checked; names are decoded, not
judged (`member_paths` does that).
"""

from itertools import pairwise

from conda_clone.gateways.archives.byte_source import ByteSource
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import Limits
from conda_clone.models.values import value

__all__ = [
    "Extensions",
    "Segment",
    "decimal",
    "decode_name",
    "old_sparse_map",
    "pax_sparse_map",
    "read_number",
]

_BLOCK = 512
_REPEATABLE = frozenset({"GNU.sparse.offset", "GNU.sparse.numbytes"})
_PER_MEMBER = ("path", "linkpath", "size", "GNU.sparse.")
_MAX_SEGMENTS = 1 << 20
_MOST_DIGITS = 18  # of a decimal number: it fits 64 bits
_BASE_256 = 0x80
_NEGATIVE = 0x40
_LARGEST = 1 << 62


@value()
class Segment:
    """Where a run of stored bytes belongs in a sparse file."""

    offset: int
    length: int


class Extensions:
    """What the headers before a member say about it.

    Attributes:
        name: Its name, when it does not fit the plain header.
        link: Where it leads, when that does not fit.
        records: PAX records; those that may be repeated hold their values joined by commas.
        used: Whether any such header was seen, so that a member must follow.
    """

    __slots__ = ("link", "name", "records", "used")

    def __init__(self) -> None:
        self.name: str | None = None
        self.link: str | None = None
        self.records: dict[str, str] = {}
        self.used = False

    def read(self, kind: bytes, source: ByteSource, size: int, limits: Limits) -> None:
        """Take note of one extending header, whose content is next in the source.

        Raises:
            MalformedError: It is too large, malformed, or repeats another one.
        """
        if size > limits.header:
            raise MalformedError("it has an extended header that is too large")
        content = source.take(size)
        if len(content) != size:
            raise MalformedError("it is truncated")
        source.skip(-size % _BLOCK)
        if kind == b"g":
            _check_global(parse_pax(content))
            return
        self.used = True
        if kind in b"xX":
            if self.records:
                raise MalformedError("it has two PAX headers for one member")
            self.records = parse_pax(content)
            return
        text = decode_name(content.removesuffix(b"\0"))
        if kind == b"L":
            if self.name is not None:
                raise MalformedError("it has two long names for one member")
            self.name = text
        else:
            if self.link is not None:
                raise MalformedError("it has two long link names for one member")
            self.link = text


def parse_pax(content: bytes) -> dict[str, str]:
    """Return the records of a PAX header: lines of "<length> <key>=<value>".

    Raises:
        MalformedError: The lengths do not add up, or a key is repeated.
    """
    records: dict[str, str] = {}
    position = 0
    while position < len(content):
        space = content.find(b" ", position, position + 20)
        digits = content[position:space]
        if space < 0 or not digits.isdigit():
            raise MalformedError("it has a malformed PAX header")
        end = position + int(digits)
        key, equals, value = content[space + 1 : end - 1].partition(b"=")
        if not position < end <= len(content) or content[end - 1 : end] != b"\n" or not equals:
            raise MalformedError("it has a malformed PAX header")
        name, text = decode_name(key), value.decode("utf-8", "surrogateescape")
        if name in records:
            if name not in _REPEATABLE:
                raise MalformedError(f"it has two PAX records `{name}` for one member")
            text = f"{records[name]},{text}"
        records[name] = text
        position = end
    return records


def read_number(data: bytes) -> int:
    """Return a number of a header: octal digits, or binary when the first bit is set.

    Raises:
        MalformedError: It is neither, negative, or absurdly large.
    """
    if data[0] & _BASE_256:
        number = int.from_bytes(bytes([data[0] & 0x7F]) + data[1:], "big")
        if data[0] & _NEGATIVE or number > _LARGEST:
            raise MalformedError("it has a negative or absurd number in a header")
        return number
    digits = data.strip(b" \0")
    if not digits:
        return 0
    try:
        # Signs, prefixes and underscores are what Python takes for parts of a number.
        if digits.isdigit():
            return int(digits, 8)
    except ValueError:  # 8 or 9
        pass
    raise MalformedError("it has a number that is none in a header")


def decode_name(data: bytes) -> str:
    """Return a name as text, from which the same bytes can be made again.

    Raises:
        MalformedError: A NUL byte is in it, at which C programs would cut it.
    """
    if b"\0" in data:
        raise MalformedError("it has a name with a NUL byte")
    return data.decode("utf-8", "surrogateescape")


def old_sparse_map(header: bytes, source: ByteSource) -> tuple[int, list[Segment]]:
    """Return size and segments of an old GNU sparse file, whose map may go on in more blocks."""
    size = read_number(header[483:495])
    segments = _entries(header, 386, 4)
    more = header[482]
    while more:
        block = source.take(_BLOCK)
        if len(block) != _BLOCK or len(segments) > _MAX_SEGMENTS:
            raise MalformedError("it has a malformed sparse file")
        segments += _entries(block, 0, 21)
        more = block[504]
    return size, check_sparse_map(size, segments)


def pax_sparse_map(
    records: dict[str, str], stored: int, source: ByteSource
) -> tuple[int, list[Segment], int]:
    """Return size, segments and remaining stored bytes of a sparse file of a PAX archive.

    Formats 0.0 and 0.1 have the map in the records; 1.0 has it before the content.
    """
    major = records.get("GNU.sparse.major", "0")
    if major == "1":
        size = decimal(records.get("GNU.sparse.realsize", ""))
        numbers, used = _map_in_content(source, stored)
        stored -= used
    elif major == "0":
        size = decimal(records.get("GNU.sparse.size", records.get("GNU.sparse.realsize", "")))
        numbers = _map_in_records(records)
    else:
        raise MalformedError("it has a sparse file of an unknown format")
    segments = [Segment(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]
    return size, check_sparse_map(size, segments), stored


def check_sparse_map(size: int, segments: list[Segment]) -> list[Segment]:
    """Return the segments without empty ones, if they lie in order within the file."""
    ends = [(segment.offset, segment.offset + segment.length) for segment in segments]
    ordered = all(before[1] <= after[0] for before, after in pairwise(ends))
    if not ordered or any(end > size for _, end in ends):
        raise MalformedError("it has a sparse file whose parts overlap or lie beyond its end")
    return [segment for segment in segments if segment.length]


def decimal(text: str) -> int:
    """Return the number of a PAX record.

    Raises:
        MalformedError: It is not a plain decimal number.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS:
        raise MalformedError("it has a number that is none in a PAX header")
    return int(text)


def _check_global(records: dict[str, str]) -> None:
    for key in records:
        if key.startswith(_PER_MEMBER):
            raise MalformedError(f"it has a PAX record `{key}` for all members")


def _entries(block: bytes, start: int, count: int) -> list[Segment]:
    entries = []
    for position in range(start, start + 24 * count, 24):
        if not block[position]:
            break
        offset = read_number(block[position : position + 12])
        entries.append(Segment(offset, read_number(block[position + 12 : position + 24])))
    return entries


def _map_in_records(records: dict[str, str]) -> list[int]:
    if "GNU.sparse.map" in records:
        text = records["GNU.sparse.map"]
        numbers = [decimal(number) for number in text.split(",")] if text else []
    else:
        offsets = records.get("GNU.sparse.offset", "").split(",")
        lengths = records.get("GNU.sparse.numbytes", "").split(",")
        if len(offsets) != len(lengths):
            raise MalformedError("it has a malformed sparse file")
        numbers = [
            decimal(number)
            for pair in zip(offsets, lengths, strict=True)
            for number in pair
            if number
        ]
    if len(numbers) % 2 or len(numbers) // 2 != decimal(records.get("GNU.sparse.numblocks", "0")):
        raise MalformedError("it has a malformed sparse file")
    return numbers


def _map_in_content(source: ByteSource, stored: int) -> tuple[list[int], int]:
    """Return the numbers in front of the content, and how many bytes they take with padding."""
    numbers: list[int] = []
    wanted = 1
    rest = b""
    used = 0
    while len(numbers) < wanted:
        block = source.take(_BLOCK)
        if not block or used + _BLOCK > stored or len(rest) > _MOST_DIGITS:
            raise MalformedError("it has a malformed sparse file")
        *lines, rest = (rest + block).split(b"\n")
        used += _BLOCK
        numbers += [
            decimal(line.decode("ascii", "replace")) for line in lines[: wanted - len(numbers)]
        ]
        if wanted == 1 and numbers:
            if numbers[0] > _MAX_SEGMENTS:
                raise MalformedError("it has a malformed sparse file")
            wanted = 1 + 2 * numbers[0]
            numbers += [decimal(line.decode("ascii", "replace")) for line in lines[1:wanted]]
    return numbers[1:], used
