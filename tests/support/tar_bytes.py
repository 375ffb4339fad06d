"""Writes tar archives byte by byte, also such as no tar program writes."""

import bz2
import io
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

END = bytes(1024)
INDEX = b'{"name": "x", "version": "1", "build": "0"}'


def padded(content: bytes) -> bytes:
    """Return the content filled up to whole blocks."""
    return content + bytes(-len(content) % 512)


def with_checksum(header: bytes) -> bytes:
    """Return a header block with the checksum of its content."""
    blank = header[:148] + b" " * 8 + header[156:]
    return header[:148] + b"%06o\0 " % sum(blank) + header[156:]


def header(
    name: bytes,
    size: int | bytes = 0,
    *,
    kind: bytes = b"0",
    link: bytes = b"",
    mode: int = 0o644,
    mtime: bytes = b"14000000000\0",
    magic: bytes = b"ustar\x0000",
    tail: bytes = b"",
) -> bytes:
    """Return one header block; `size` as bytes goes in as it is, `tail` starts at offset 345."""
    size_field = size if isinstance(size, bytes) else b"%011o\0" % size
    block = (
        name.ljust(100, b"\0")
        + b"%07o\0" % mode
        + b"0000000\0" * 2
        + size_field
        + mtime
        + bytes(8)
        + kind
        + link.ljust(100, b"\0")
        + magic.ljust(88, b"\0")
        + tail
    )
    return with_checksum(block.ljust(512, b"\0"))


def file(name: bytes, content: bytes = b"", *, mode: int = 0o644) -> bytes:
    """Return a regular file."""
    return header(name, len(content), mode=mode) + padded(content)


def symlink(name: bytes, target: bytes) -> bytes:
    """Return a symbolic link."""
    return header(name, kind=b"2", link=target)


def hard_link(name: bytes, target: bytes) -> bytes:
    """Return a hard link."""
    return header(name, kind=b"1", link=target)


def folder(name: bytes, *, mode: int = 0o755) -> bytes:
    """Return a folder."""
    return header(name, kind=b"5", mode=mode)


def long_name(name: bytes, *, kind: bytes = b"L") -> bytes:
    """Return the GNU header that names the next member, or (kind K) what it links to."""
    return header(b"././@LongLink", len(name) + 1, kind=kind) + padded(name + b"\0")


def pax(records: Mapping[str, str] | bytes, *, kind: bytes = b"x") -> bytes:
    """Return a PAX header with these records, or with these bytes."""
    if isinstance(records, Mapping):
        records = b"".join(pax_record(key, value) for key, value in records.items())
    return header(b"PaxHeader", len(records), kind=kind) + padded(records)


def pax_record(key: str, value: str) -> bytes:
    """Return one PAX record, which states its own length."""
    body = f" {key}={value}\n".encode("utf-8", "surrogateescape")
    length = len(body)
    while len(str(length)) + len(body) != length:
        length = len(str(length)) + len(body)
    return str(length).encode() + body


def tar_bz2(folder_: Path, *members: bytes, end: bytes = END) -> str:
    """Write a `.tar.bz2` package of these members and an index; return its path."""
    path = folder_ / "x-1-0.tar.bz2"
    path.write_bytes(bz2.compress(file(b"info/index.json", INDEX) + b"".join(members) + end))
    return str(path)


def conda(folder_: Path, *members: bytes, extra: Mapping[str, bytes] | None = None) -> str:
    """Write a `.conda` package of these members and an index; return its path."""
    parts = {
        "metadata.json": b'{"conda_pkg_format_version": 2}',
        "pkg-x-1-0.tar.zst": zstd_frame(b"".join(members) + END),
        "info-x-1-0.tar.zst": zstd_frame(file(b"info/index.json", INDEX) + END),
        **(extra or {}),
    }
    path = folder_ / "x-1-0.conda"
    path.write_bytes(stored_zip(parts))
    return str(path)


def zstd_frame(content: bytes, *, window_log: int | None = None) -> bytes:
    """Return a zstd frame; one that asks for a large window does not state its size."""
    if window_log is None:
        return zstd.compress(content)
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: window_log})
    return compressor.compress(content) + compressor.flush()


def stored_zip(parts: Mapping[str, bytes], *, compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a ZIP file of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()
