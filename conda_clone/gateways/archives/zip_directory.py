"""The list of members of a ZIP file whose members are stored one after the other, uncompressed.

Two readers of one ZIP file can see two different contents: one trusts the directory at the end,
the other the header before each member. Here both must agree, nothing may lie before, between or
after the members but what belongs to the format, and no name may occur twice (CEP 35: the members
of a package are stored).
"""

import struct

from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.models.values import value

__all__ = ["ZipMember", "member_at", "read_zip_directory"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_IN_EXTRA = 0xFFFFFFFF
_ENCRYPTED = 0x1
_SIZES_FOLLOW = 0x8
_MAX_DIRECTORY = 1 << 20
_DAMAGED = "its ZIP directory is damaged"


@value()
class ZipMember:
    """One stored member: where its bytes lie in the file."""

    name: str
    offset: int
    size: int
    crc: int


@value()
class _Entry:
    """What the directory says of a member; `header` is where its local header starts."""

    name: bytes
    header: int
    size: int
    crc: int
    flags: int


def read_zip_directory(stream: "BinaryIO") -> tuple[ZipMember, ...]:
    """Return the members in the order in which they lie in the file.

    Raises:
        MalformedError: It is not a ZIP file of stored members, or one that can be read in two ways.
    """
    stream.seek(0, 2)
    start, length, count = _find_directory(stream, stream.tell())
    data = _read_at(stream, start, length)
    entries = []
    position = 0
    while position < length:
        entry, position = _parse_entry(data, position)
        entries.append(entry)
    if len(entries) != count:
        raise MalformedError(_DAMAGED)
    entries.sort(key=lambda entry: entry.header)
    members = []
    expected = 0
    for entry in entries:
        if entry.header != expected:
            raise MalformedError("its ZIP members overlap, or something lies between them")
        member, expected = _locate(stream, entry)
        members.append(member)
    if expected != start:
        raise MalformedError("something lies between its ZIP members and their directory")
    names = [member.name for member in members]
    if len(set(names)) != len(names):
        raise MalformedError("its ZIP directory names a member twice")
    return tuple(members)


def member_at(stream: "BinaryIO", position: int) -> tuple[ZipMember, int] | None:
    """Return the member whose header lies at a position, and where it ends; None without one.

    This is for files whose directory has not come yet, and believes what it reads: the result must
    be compared with that of `read_zip_directory` in the end. Headers that do not state how long
    their member is are passed over as none.
    """
    data = _peek_at(stream, position, _LOCAL.size)
    if len(data) < _LOCAL.size or not data.startswith(b"PK\x03\x04"):
        return None
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(data)
    if flags & (_ENCRYPTED | _SIZES_FOLLOW) or method or packed != size:
        return None
    rest = _read_at(stream, position + _LOCAL.size, name_length + extra_length)
    if size == _IN_EXTRA:
        size, _ = _from_extra(rest[name_length:], [size, packed])
    offset = position + _LOCAL.size + len(rest)
    try:
        name = rest[:name_length].decode("utf-8")
    except UnicodeDecodeError:
        return None
    return ZipMember(name=name, offset=offset, size=size, crc=crc), offset + size


def _find_directory(stream: "BinaryIO", file_size: int) -> tuple[int, int, int]:
    """Return offset, length and number of entries of the directory at the end of the file."""
    if file_size < _END.size:
        raise MalformedError("it is not a ZIP file")
    end = file_size - _END.size
    fields = _END.unpack(_read_at(stream, end, _END.size))
    signature, disk, first_disk, here, count, length, start, comment = fields
    if signature != b"PK\x05\x06" or comment:
        raise MalformedError("it is not a ZIP file, or has been cut short or added to")
    if disk or first_disk or here != count:
        raise MalformedError("it is one volume of several")
    if _IN_EXTRA in (length, start) or count == 0xFFFF:  # noqa: PLR2004 - ZIP64 marks
        end, start, length, count = _find_directory64(stream, end)
    if start + length != end or length > _MAX_DIRECTORY:
        raise MalformedError(_DAMAGED)
    return start, length, count


def _find_directory64(stream: "BinaryIO", end: int) -> tuple[int, int, int, int]:
    """Return where the ZIP64 end record starts; offset, length and entries of the directory."""
    locator = end - _END64_LOCATOR.size
    signature, _, record, _ = _END64_LOCATOR.unpack(_read_at(stream, locator, _END64_LOCATOR.size))
    if signature != b"PK\x06\x07" or record + _END64.size != locator:
        raise MalformedError(_DAMAGED)
    fields = _END64.unpack(_read_at(stream, record, _END64.size))
    if fields[0] != b"PK\x06\x06" or fields[6] != fields[7]:
        raise MalformedError(_DAMAGED)
    return record, fields[9], fields[8], fields[7]


def _parse_entry(data: bytes, position: int) -> tuple[_Entry, int]:
    if position + _ENTRY.size > len(data):
        raise MalformedError(_DAMAGED)
    fields = _ENTRY.unpack_from(data, position)
    signature, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = fields[:12]
    comment_length, header = fields[12], fields[16]
    name_end = position + _ENTRY.size + name_length
    extra_end = name_end + extra_length
    if signature != b"PK\x01\x02" or extra_end + comment_length > len(data):
        raise MalformedError(_DAMAGED)
    name = data[position + _ENTRY.size : name_end]
    if flags & _ENCRYPTED or method != 0:
        raise MalformedError("its ZIP members are compressed or encrypted instead of stored")
    sizes = [size, packed, header]
    if _IN_EXTRA in sizes:
        sizes = _from_extra(data[name_end:extra_end], sizes)
    if sizes[0] != sizes[1]:
        raise MalformedError(_DAMAGED)
    entry = _Entry(name=name, header=sizes[2], size=sizes[0], crc=crc, flags=flags)
    return entry, extra_end + comment_length


def _from_extra(extra: bytes, values: list[int]) -> list[int]:
    """Replace the values that say so by those of the ZIP64 extra field."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        if kind == 1:
            wanted = values.count(_IN_EXTRA)
            if length < 8 * wanted or position + 4 + length > len(extra):
                break
            large = iter(struct.unpack_from(f"<{wanted}Q", extra, position + 4))
            return [next(large) if value == _IN_EXTRA else value for value in values]
        position += 4 + length
    raise MalformedError(_DAMAGED)


def _locate(stream: "BinaryIO", entry: _Entry) -> tuple[ZipMember, int]:
    """Compare an entry with the header in front of its member; return it and where it ends."""
    fields = _LOCAL.unpack(_read_at(stream, entry.header, _LOCAL.size))
    signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = fields
    name_and_extra = _read_at(stream, entry.header + _LOCAL.size, name_length + extra_length)
    if _IN_EXTRA in (packed, size):
        size, packed = _from_extra(name_and_extra[name_length:], [size, packed])
    followed = flags & _SIZES_FOLLOW
    if (
        signature != b"PK\x03\x04"
        or method != 0
        or flags != entry.flags
        or name_and_extra[:name_length] != entry.name
        or (not followed and (crc, size, packed) != (entry.crc, entry.size, entry.size))
    ):
        raise MalformedError("its ZIP directory and members contradict each other")
    offset = entry.header + _LOCAL.size + name_length + extra_length
    end = offset + entry.size
    if followed:
        end += _descriptor_length(stream, end, entry)
    try:
        name = entry.name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("a ZIP member has an unreadable name") from error
    return ZipMember(name=name, offset=offset, size=entry.size, crc=entry.crc), end


def _descriptor_length(stream: "BinaryIO", position: int, entry: _Entry) -> int:
    """Return the length of the record that follows a member when its sizes were not known."""
    data = _peek_at(stream, position, 24)
    for sizes in ("2L", "2Q"):
        for signature in (b"PK\x07\x08", b""):
            record = signature + struct.pack(f"<L{sizes}", entry.crc, entry.size, entry.size)
            if data.startswith(record):
                return len(record)
    raise MalformedError("its ZIP directory and members contradict each other")


def _read_at(stream: "BinaryIO", offset: int, length: int) -> bytes:
    data = _peek_at(stream, offset, length)
    if len(data) != length:
        raise MalformedError(_DAMAGED)
    return data


def _peek_at(stream: "BinaryIO", offset: int, length: int) -> bytes:
    """Return up to `length` bytes from an offset of the stream, which may be one of no file."""
    try:
        stream.seek(offset)
    except (OSError, OverflowError, ValueError) as error:
        raise MalformedError(_DAMAGED) from error
    return stream.read(length)
