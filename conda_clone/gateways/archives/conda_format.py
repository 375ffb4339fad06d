"""Reading of `.conda` packages: a ZIP file of two tar archives, each compressed with zstd.

What is accepted (CEP 35): members `metadata.json`, `info-<stem>.tar.zst` and `pkg-<stem>.tar.zst`,
all stored. `metadata.json` may be absent or empty (thousands of packages of 2019 to 2021 have it
empty), and the `pkg` part may be absent; anything else is refused.
"""

import zlib
from collections.abc import Iterator

from conda_clone.gateways.archives.decompress import BLOCK, CHUNK, zstd_chunks
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import Limits
from conda_clone.gateways.archives.zip_directory import ZipMember, member_at, read_zip_directory

__all__ = ["arriving_components", "conda_components"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_PARTS = frozenset({"info", "pkg"})
_SUFFIX = ".tar.zst"
_MAX_METADATA = 1 << 16
_FORMAT_VERSION = 2


def conda_components(
    stream: "BinaryIO", limits: Limits, *, step: int = CHUNK
) -> Iterator[Iterator[bytes]]:
    """Yield the tar streams of a `.conda` file, in its order; each is read before the next.

    Raises:
        MalformedError: It is not such a package. The iterators raise it for damaged data.
    """
    for member in _package_members(stream).values():
        yield zstd_chunks(_member_blocks(stream, member), limits, step=step)


def arriving_components(
    stream: "BinaryIO", limits: Limits, *, step: int = CHUNK
) -> Iterator[Iterator[bytes]]:
    """Yield the tar streams of a `.conda` file whose end has not come yet, in its order.

    Each is read before the next is asked for. In the end, the directory of the file must say what
    the headers have said.

    Raises:
        MalformedError: It is not such a package, as it turns out in the end perhaps. The iterators
            raise it for damaged data.
    """
    seen: dict[str, ZipMember] = {}
    position = 0
    while (found := member_at(stream, position)) is not None:
        member, position = found
        part = member.name.partition("-")[0]
        if part in _PARTS and part not in seen:
            seen[part] = member
            yield zstd_chunks(_member_blocks(stream, member), limits, step=step)
    stated = _package_members(stream)
    if any(stated.get(part) != member for part, member in seen.items()):
        raise MalformedError("its ZIP directory and members contradict each other")
    for part, member in stated.items():
        if part not in seen:
            yield zstd_chunks(_member_blocks(stream, member), limits, step=step)


def _package_members(stream: "BinaryIO") -> dict[str, ZipMember]:
    """Return the members of a package by part, in the order of the file."""
    parts: dict[str, ZipMember] = {}
    stems = set()
    for member in read_zip_directory(stream):
        if member.name == "metadata.json":
            _check_metadata(stream, member)
            continue
        part, dash, stem = member.name.partition("-")
        if part not in _PARTS or not dash or not stem.endswith(_SUFFIX) or part in parts:
            raise MalformedError(f"it holds an unexpected member `{member.name}`")
        stems.add(stem)
        parts[part] = member
    if "info" not in parts or len(stems) != 1:
        raise MalformedError("its ZIP members are not those of one package")
    return parts


def _check_metadata(stream: "BinaryIO", member: ZipMember) -> None:
    import json  # 3 ms

    if member.size > _MAX_METADATA:
        raise MalformedError("its metadata.json is too large")
    text = b"".join(_member_blocks(stream, member))
    if not text:
        return
    try:
        metadata = json.loads(text)
        version = metadata["conda_pkg_format_version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MalformedError("its metadata.json does not state a format version") from error
    if version != _FORMAT_VERSION:
        raise MalformedError(f"its format version {version} is not supported")


def _member_blocks(stream: "BinaryIO", member: ZipMember) -> Iterator[bytes]:
    """Yield the bytes of a member in blocks, and check their checksum at the end."""
    position, end, crc = member.offset, member.offset + member.size, 0
    while position < end:
        stream.seek(position)
        block = stream.read(min(BLOCK, end - position))
        if not block:
            raise MalformedError("it is truncated")
        position += len(block)
        crc = zlib.crc32(block, crc)
        yield block
    if crc != member.crc:
        raise MalformedError(f"the checksum of its member `{member.name}` is wrong")
