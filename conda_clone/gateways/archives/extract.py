"""Extract package archives of both formats safely, or read single members of them.

Whatever an archive holds, nothing outside the destination changes; see `tree_writer` for how, and
`limits` for what is too much. On an error the destination holds a part of the package: the caller
made the folder, and removes it.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from conda_clone.gateways.archives.arriving_file import ArrivingFile
from conda_clone.gateways.archives.byte_source import ByteSource
from conda_clone.gateways.archives.conda_format import arriving_components, conda_components
from conda_clone.gateways.archives.decompress import CHUNK
from conda_clone.gateways.archives.errors import InvalidArchiveError, MalformedError
from conda_clone.gateways.archives.file_writer import FileWriter, ThreadedFileWriter, Written
from conda_clone.gateways.archives.limits import DEFAULT_LIMITS, Limits
from conda_clone.gateways.archives.member_paths import member_path
from conda_clone.gateways.archives.output_folder import OutputFolder
from conda_clone.gateways.archives.tar_bz2 import tar_bz2_stream
from conda_clone.gateways.archives.tar_members import TarKind, tar_members
from conda_clone.gateways.archives.tree_writer import TreeWriter
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.write import make_directories
from conda_clone.gateways.forked_process import can_fork, cores
from conda_clone.models.values import field, value

__all__ = ["Extracted", "extract_archive", "read_member"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_LARGEST_MEMBER = 1 << 28
# Compressed bytes. A second process is up in 3 ms, and costs memory for the ring.
_WORTH_A_PARTNER = 1 << 19
# Of smaller archives there are several at a time, each in a thread anyway; more would cost memory.
_WORTH_THREADS = 1 << 22
# Each of those that decompress needs 10 MB.
_MOST_THREADS = 4


@value()
class Extracted:
    """What an extraction wrote.

    Attributes:
        files: Number of regular files and hard links.
        size: Bytes of the regular files.
        case_collisions: Pairs of paths that differ only in case; they are two files here, but one
            on file systems that ignore case.
        written: What was written to each regular file, sparse ones aside, by path.
        links: Path of each symbolic link to what it says.
        sparse: Paths of the files with holes.
    """

    files: int
    size: int
    case_collisions: tuple[tuple[str, str], ...]
    written: Mapping[str, Written] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    sparse: frozenset[str] = frozenset()


def extract_archive(
    path: str,
    destination: str,
    *,
    limits: Limits = DEFAULT_LIMITS,
    alone: bool = True,
    arriving: ArrivingFile | None = None,
) -> Extracted:
    """Write the content of a package archive into a folder, which is made if it is not there.

    Args:
        path: The archive.
        destination: The folder.
        limits: What is too much.
        alone: Whether a large archive may keep several cores busy.
        arriving: What is to become the archive, if it is still being downloaded.

    Raises:
        InvalidArchiveError: The archive is damaged or would do harm.
        NoSpaceLeftError: The disk is full.
        NotWritableError: The destination cannot be written.
    """
    with _open(path, arriving) as stream, disk_errors(destination):
        make_directories(destination)
        size = (arriving.size if arriving else os.fstat(stream.fileno()).st_size) if alone else 0
        with OutputFolder(destination) as folder, closing(_file_writer(folder, size)) as files:
            writer = TreeWriter(folder, limits, files)
            threads = min(cores(), _MOST_THREADS) if size > _WORTH_THREADS else 1
            if arriving is not None and path.endswith(".conda"):
                streams = arriving_components(stream, limits, step=files.step)
            else:
                streams = iter(_tar_streams(path, stream, limits, files.step, threads).values())
            for chunks in streams:
                with files.source(chunks) as source:
                    for member in tar_members(source, limits):
                        writer.add(member, source)
            writer.finish()
    return Extracted(
        writer.files,
        writer.size,
        tuple(writer.collisions),
        written=writer.written,
        links=writer.links,
        sparse=frozenset(writer.sparse),
    )


def read_member(path: str, name: str, *, limits: Limits = DEFAULT_LIMITS) -> bytes | None:
    """Return the content of one regular file of an archive, or None when it has none by that name.

    In a `.conda` file, names in `info/` cost the reading of that part alone.

    Raises:
        InvalidArchiveError: The archive is damaged or would do harm.
    """
    with _open(path) as stream:
        streams = _tar_streams(path, stream, limits)
        part = "info" if name.startswith("info/") else "pkg"
        for key, chunks in streams.items():
            if len(streams) > 1 and key != part:
                continue
            source = ByteSource(chunks)
            for member in tar_members(source, limits):
                found = member_path(member.name, windows=False, max_depth=limits.depth)
                if found == name and member.kind is TarKind.FILE and member.segments is None:
                    if member.stored > _LARGEST_MEMBER:
                        raise MalformedError(f"its member `{name}` is too large")
                    return b"".join(source.pieces(member.stored))
    return None


def _tar_streams(
    path: str, stream: "BinaryIO", limits: Limits, step: int = CHUNK, threads: int = 1
) -> dict[str, Iterator[bytes]]:
    if path.endswith(".conda"):
        return dict(conda_components(stream, limits, step=step))
    return {"": tar_bz2_stream(stream, limits, step=step, threads=threads)}


def _file_writer(folder: OutputFolder, size: int) -> FileWriter:
    """Return what writes the files of an archive of so many compressed bytes fastest."""
    if cores() > 1 and size > _WORTH_A_PARTNER and can_fork():
        from conda_clone.gateways.archives.partner_writer import PartnerWriter  # 1 ms

        partner = PartnerWriter.start(folder)
        if partner is not None:
            return partner
    if cores() > 1 and size > _WORTH_THREADS:
        return ThreadedFileWriter(folder)
    return FileWriter(folder)


@contextmanager
def _open(path: str, arriving: ArrivingFile | None = None) -> "Iterator[BinaryIO]":
    """Open an archive, and name it in the errors of reading it."""
    if not path.endswith((".conda", ".tar.bz2")):
        raise InvalidArchiveError(path, "its name ends neither in `.conda` nor in `.tar.bz2`")
    with arriving or open(path, "rb", buffering=0) as stream:
        try:
            yield stream
        except MalformedError as error:
            raise InvalidArchiveError(path, str(error)) from error
