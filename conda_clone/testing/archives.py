"""Writes and reads package archives, byte for byte the same for the same content.

Times, owners and the order of members are fixed, so that a digest can be an expected value in a
test. Formats: spec/formats.md, section 5.
"""

import bz2
import io
import json
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ARCHIVE_TIME",
    "ArchiveFormat",
    "Member",
    "compress_zstd",
    "read_index",
    "read_members",
    "split_extension",
    "write_archive",
]

ArchiveFormat = Literal["conda", "tar.bz2"]

ARCHIVE_TIME = 1_600_000_000
"""Modification time of every member, in seconds since 1970."""

_ZIP_TIME = (2020, 9, 13, 12, 26, 40)
_COMPRESSION_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Member:
    """One file, link or folder of an archive; a link has a `target`, a folder no `content`."""

    path: str
    content: bytes | None = None
    mode: int = 0o644
    target: str | None = None


def write_archive(path: Path, members: "Iterable[Member]", archive_format: ArchiveFormat) -> None:
    """Write the archive `path`; members below `info/` go to the part or place meant for them."""
    ordered = sorted(members, key=lambda member: member.path)
    info = [member for member in ordered if member.path.startswith("info/")]
    rest = [member for member in ordered if not member.path.startswith("info/")]
    if archive_format == "tar.bz2":
        path.write_bytes(bz2.compress(_tar([*info, *rest])))
        return
    stem, _ = split_extension(path.name)
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_STORED) as archive:
        _add_to_zip(archive, "metadata.json", b'{"conda_pkg_format_version": 2}')
        _add_to_zip(archive, f"pkg-{stem}.tar.zst", compress_zstd(_tar(rest)))
        _add_to_zip(archive, f"info-{stem}.tar.zst", compress_zstd(_tar(info)))


def read_members(path: Path, *, only_info: bool = False) -> dict[str, bytes]:
    """Return the content of the regular files of an archive by their path."""
    _, archive_format = split_extension(path.name)
    if archive_format == "tar.bz2":
        streams = [bz2.decompress(path.read_bytes())]
    else:
        with zipfile.ZipFile(path) as archive:
            parts = ("info-",) if only_info else ("info-", "pkg-")
            streams = [
                zstd.decompress(archive.read(name))
                for name in archive.namelist()
                if name.startswith(parts)
            ]
    found: dict[str, bytes] = {}
    for stream in streams:
        with tarfile.open(fileobj=io.BytesIO(stream)) as tar:
            for entry in tar:
                file = tar.extractfile(entry) if entry.isreg() else None
                if file is not None and (not only_info or entry.name.startswith("info/")):
                    found[entry.name] = file.read()
    return found


def read_index(path: Path) -> dict[str, object]:
    """Return the record that an archive holds about itself (`info/index.json`)."""
    index: dict[str, object] = json.loads(read_members(path, only_info=True)["info/index.json"])
    return index


def split_extension(file_name: str) -> tuple[str, ArchiveFormat]:
    """Split `name-version-build.ext`.

    Raises:
        ValueError: The name is not that of a package archive.

    >>> split_extension("six-1.16-0.conda")
    ('six-1.16-0', 'conda')
    """
    formats: tuple[ArchiveFormat, ...] = ("conda", "tar.bz2")
    for archive_format in formats:
        if file_name.endswith(f".{archive_format}"):
            return file_name.removesuffix(f".{archive_format}"), archive_format
    raise ValueError(f"`{file_name}` does not end in .conda or .tar.bz2")


def compress_zstd(data: bytes) -> bytes:
    """Compress with the level that all built files share."""
    return zstd.compress(data, _COMPRESSION_LEVEL)


def _tar(members: "Iterable[Member]") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member in members:
            entry = tarfile.TarInfo(member.path)
            entry.mtime = ARCHIVE_TIME
            entry.mode = member.mode
            if member.target is not None:
                entry.type = tarfile.SYMTYPE
                entry.linkname = member.target
                entry.mode = 0o777
            elif member.content is None:
                entry.type = tarfile.DIRTYPE
                entry.mode = 0o755
            else:
                entry.size = len(member.content)
            tar.addfile(entry, io.BytesIO(member.content or b""))
    return buffer.getvalue()


def _add_to_zip(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)
