"""Extract package archives of both formats safely.

Whatever an archive holds, nothing outside the destination changes; see `tree_writer` for how, and
`limits` for what is too much. On an error the destination holds a part of the package: the caller
made the folder, and removes it.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from conda_clone.gateways.archives.arriving_file import ArrivingFile
from conda_clone.gateways.archives.conda_format import arriving_components, conda_components
from conda_clone.gateways.archives.errors import InvalidArchiveError, MalformedError
from conda_clone.gateways.archives.file_writer import FileWriter, ThreadedFileWriter, Written
from conda_clone.gateways.archives.limits import DEFAULT_LIMITS, Limits
from conda_clone.gateways.archives.output_folder import OutputFolder
from conda_clone.gateways.archives.tar_bz2 import tar_bz2_stream
from conda_clone.gateways.archives.tar_members import tar_members
from conda_clone.gateways.archives.tree_writer import TreeWriter
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.write import make_directories
from conda_clone.gateways.forked_process import can_fork, cores
from conda_clone.models.values import field, value

__all__ = ["Extracted", "extract_archive"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

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
            is_arriving = arriving is not None
            for chunks in _tar_streams(
                stream, path, limits, step=files.step, threads=threads, is_arriving=is_arriving
            ):
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


def _tar_streams(
    stream: "BinaryIO",
    path: str,
    limits: Limits,
    *,
    step: int,
    threads: int,
    is_arriving: bool,
) -> Iterator[Iterator[bytes]]:
    """Yield the tar streams of an archive, each of which is read before the next."""
    if not path.endswith(".conda"):
        yield tar_bz2_stream(stream, limits, step=step, threads=threads)
    elif is_arriving:
        yield from arriving_components(stream, limits, step=step)
    else:
        yield from conda_components(stream, limits, step=step)


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
