"""Reading of `.conda` packages: a ZIP file of two tar archives, each compressed with zstd.

What is accepted (CEP 35): members `metadata.json`, `info-<stem>.tar.zst` and `pkg-<stem>.tar.zst`,
all stored. `metadata.json` may be absent or empty (thousands of packages of 2019 to 2021 have it
empty), and the `pkg` part may be absent; anything else is refused.
"""

import zlib
from collections.abc import Iterator, Mapping

from conda_clone.gateways.archives.decompress import BLOCK, CHUNK, zstd_chunks
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import Limits
from conda_clone.gateways.archives.zip_directory import ZipMember, read_zip_directory

__all__ = ["conda_components"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_SUFFIX = ".tar.zst"
_MAX_METADATA = 1 << 16
_FORMAT_VERSION = 2


def conda_components(
    stream: "BinaryIO", limits: Limits, *, step: int = CHUNK
) -> Mapping[str, Iterator[bytes]]:
    """Return the tar streams of a `.conda` file by part: "info", and "pkg" when there is one.

    The iterators read the same file; use one at a time.

    Raises:
        MalformedError: It is not such a package. The iterators raise it for damaged data.
    """
    parts: dict[str, ZipMember] = {}
    stems = set()
    for member in read_zip_directory(stream):
        if member.name == "metadata.json":
            _check_metadata(stream, member)
            continue
        part, dash, stem = member.name.partition("-")
        if part not in {"info", "pkg"} or not dash or not stem.endswith(_SUFFIX) or part in parts:
            raise MalformedError(f"it holds an unexpected member `{member.name}`")
        stems.add(stem)
        parts[part] = member
    if "info" not in parts or len(stems) != 1:
        raise MalformedError("its ZIP members are not those of one package")
    return {
        part: zstd_chunks(_member_blocks(stream, member), limits, step=step)
        for part, member in parts.items()
    }


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
