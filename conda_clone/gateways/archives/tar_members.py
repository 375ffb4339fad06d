"""Tar stream -> members: ustar, GNU and PAX headers, long names and sparse files.

The reader of the standard library costs 50 to 100 us a member and accepts much that is ambiguous;
this one costs a fifth and refuses what two readers could understand differently: wrong header
checksums, sizes on members without content, PAX sizes that contradict the header, repeated PAX
records, data after the end (spec/reliability.md, section 3e, A51 to A56).
"""

from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from zlib import adler32

from conda_clone.gateways.archives.byte_source import ByteSource
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import Limits
from conda_clone.gateways.archives.tar_extensions import (
    Extensions,
    Segment,
    decimal,
    decode_name,
    old_sparse_map,
    pax_sparse_map,
    read_number,
)

__all__ = ["TarKind", "TarMember", "tar_members"]

_BLOCK = 512
_ZERO = bytes(_BLOCK)
# The largest size that the digits of a plain header can state.
_LARGEST_OCTAL = 8**11 - 1
_LATEST = _LARGEST_OCTAL + 1
_SPARSE = "GNU.sparse."


class TarKind(Enum):
    """The kinds of member that a package may have."""

    FILE = "file"
    HARD_LINK = "hard link"
    SYMLINK = "symbolic link"
    DIRECTORY = "folder"


class TarMember:
    """One member, whose content is read from the source before the next one is asked for.

    Attributes:
        name: As the archive states it; not checked.
        kind: What it is.
        mode: Permission bits, of which some may be dangerous.
        mtime: Seconds since the epoch, within the range that every file system has.
        link: Where a link leads, as the archive states it; not checked.
        stored: Bytes of content in the stream.
        size: Bytes of the file; more than `stored` when it is sparse.
        segments: Where the stored bytes belong in a sparse file; None when it is not sparse.
    """

    __slots__ = ("kind", "link", "mode", "mtime", "name", "segments", "size", "stored")

    def __init__(self, name: str, size: int, mtime: int, rest: "_Rest") -> None:
        self.name = name
        self.kind = rest.kind
        self.link = rest.link
        self.size = size
        self.stored = size
        self.mode = rest.mode
        self.mtime = mtime
        self.segments: list[Segment] | None = None


class _Rest:
    """What a header says apart from name, size and time: most members of an archive say the same.

    Attributes:
        flag: What kind of header it is.
        kind: Of the member.
        mode: As the member has it.
        link: Likewise.
        prefix: What belongs before the name.
        total: Sum of the bytes of these fields.
    """

    __slots__ = ("flag", "kind", "link", "mode", "prefix", "total")

    def __init__(self, fields: bytes) -> None:
        self.flag = fields[24:25]
        self.kind = _KINDS.get(self.flag, TarKind.FILE)
        self.mode = 0 if self.flag in _EXTENDING else read_number(fields[:8])
        self.link = decode_name(_text(fields[25:125])) if fields[25] else ""
        # Only POSIX archives have a prefix; GNU ones keep times and sparse maps in its place.
        is_posix = fields[125:131] == b"ustar\0" and fields[213]
        self.prefix = _text(fields[213:368]) + b"/" if is_posix else b""
        self.total = sum(fields)


_KINDS = {
    b"0": TarKind.FILE,
    b"\0": TarKind.FILE,
    b"S": TarKind.FILE,
    b"1": TarKind.HARD_LINK,
    b"2": TarKind.SYMLINK,
    b"5": TarKind.DIRECTORY,
}
_EXTENDING = b"LKxXg"
_UNSAFE_KINDS = {b"3": "a character device", b"4": "a block device", b"6": "a FIFO"}


_time = lru_cache(maxsize=256)(read_number)
_rest = lru_cache(maxsize=256)(_Rest)


def tar_members(source: ByteSource, limits: Limits) -> Iterator[TarMember]:
    """Yield the members of a tar stream; content that a caller does not read is passed over.

    Raises:
        MalformedError: The stream is damaged, ambiguous, or holds kinds no package may have.
    """
    extensions = Extensions()
    count = 0
    while (header := source.take(_BLOCK)) and header != _ZERO:
        rest = _rest(header[100:124] + header[156:])
        _verify_checksum(header, rest.total)
        if rest.flag in _EXTENDING:
            extensions.read(rest.flag, source, read_number(header[124:136]), limits)
            continue
        count += 1
        if count > limits.members:
            raise MalformedError(f"it has more than {limits.members} members")
        member = _member(header, rest, extensions, source)
        if member.size > limits.file:
            raise MalformedError(f"its member `{member.name}` is too large")
        if extensions.used:
            extensions = Extensions()
        end = source.consumed + member.stored
        yield member
        source.skip(end - source.consumed + -end % _BLOCK)
    if extensions.used:
        raise MalformedError("it is truncated")
    for piece in source.rest():
        if bytes(piece).strip(b"\0"):
            raise MalformedError("something follows after its end")


def _member(header: bytes, rest: _Rest, extensions: Extensions, source: ByteSource) -> TarMember:
    member = TarMember(
        decode_name(rest.prefix + _text(header[:100])),
        read_number(header[124:136]),
        # Binary times lie before 1970 or after 2242.
        0 if header[136] & 0x80 else _time(header[136:148]),
        rest,
    )
    if rest.flag not in _KINDS:
        what = _UNSAFE_KINDS.get(rest.flag, "a member of an unknown kind")
        raise MalformedError(f"it holds {what}, `{member.name}`")
    if extensions.used:
        _extend(member, extensions)
    # How archives before 1988 had folders. A long name that the header cuts short at a slash is
    # none of these: the name that counts is the whole one.
    if rest.flag == b"\0" and member.name.endswith("/"):
        member.kind = TarKind.DIRECTORY
    is_sparse = extensions.used and any(key.startswith(_SPARSE) for key in extensions.records)
    if member.kind is not TarKind.FILE and (member.size or is_sparse):
        raise MalformedError(f"it states a size for `{member.name}`, which is no file")
    if rest.flag == b"S":
        member.size, member.segments = old_sparse_map(header, source)
    elif is_sparse:
        member.size, member.segments, member.stored = pax_sparse_map(
            extensions.records, member.stored, source
        )
    segments = member.segments
    if segments is not None and sum(each.length for each in segments) != member.stored:
        raise MalformedError(f"it has a malformed sparse file `{member.name}`")
    return member


def _extend(member: TarMember, extensions: Extensions) -> None:
    """Let long names and PAX records replace what the plain header says."""
    records = extensions.records
    if extensions.name is not None:
        member.name = extensions.name
    if extensions.link is not None:
        member.link = extensions.link
    member.name = records.get("GNU.sparse.name", records.get("path", member.name))
    member.link = records.get("linkpath", member.link)
    if "\0" in member.name or "\0" in member.link:
        raise MalformedError("it has a name with a NUL byte")
    if "size" in records:
        size = decimal(records["size"])
        # Readers that know PAX and readers that do not would see different members: one takes for
        # members what is content for the other (CVE-2025-62518). No header has room for more.
        if member.size != (size if size <= _LARGEST_OCTAL else 0):
            raise MalformedError(f"it states two sizes for `{member.name}`")
        member.size = member.stored = size
    if "mtime" in records:
        member.mtime = _seconds(records["mtime"].partition(".")[0])


def _seconds(digits: str) -> int:
    """Return a time within the range that every file system has; one that is none is its start."""
    if not (digits.isascii() and digits.isdigit()):
        return 0
    # A record may have more digits than Python makes a number of.
    return min(int(digits), _LATEST) if len(digits) <= len(str(_LATEST)) else _LATEST


def _text(data: bytes) -> bytes:
    return data.partition(b"\0")[0]


def _verify_checksum(header: bytes, rest: int) -> None:
    expected = read_number(header[148:156])
    # The lower half of Adler-32 is a sum, which 256 bytes cannot make overflow: 10 times faster.
    name, size_and_time = adler32(header[:100], 0), adler32(header[124:148], 0)
    total = (name & 0xFFFF) + (size_and_time & 0xFFFF) + rest + 8 * 32
    if total == expected:
        return
    # Some old programs added the bytes as signed numbers.
    negative = sum(byte > 127 for byte in header[:148] + header[156:])  # noqa: PLR2004 - signed bytes
    signed = total - 256 * negative
    if signed != expected:
        raise MalformedError("it has a member header with a wrong checksum")
