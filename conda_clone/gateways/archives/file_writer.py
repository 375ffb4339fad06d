"""Write regular files of an archive, and make the digest of what goes into each.

Here everything is done by the process, or the threads of the process, that reads the archive;
`partner_writer` has another one for it.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from hashlib import sha256

from conda_clone.gateways.archives.byte_source import ByteSource
from conda_clone.gateways.archives.decompress import CHUNK
from conda_clone.gateways.archives.digester import Digester
from conda_clone.gateways.archives.output_folder import OutputFolder, name_taken, write_all
from conda_clone.gateways.archives.prefetch import prefetched
from conda_clone.gateways.archives.tar_members import TarMember

__all__ = ["FileWriter", "ThreadedFileWriter", "Written"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from hashlib import _Hash


# What went into a file: the SHA-256 of its bytes, and how many they were.
Written = tuple[bytes, int]


class FileWriter:
    """Writes files into a folder, one after the other.

    Args:
        folder: The folder.

    Attributes:
        step: What the archive is best decompressed to in one step, in bytes.
    """

    step = CHUNK

    def __init__(self, folder: OutputFolder) -> None:
        self._folder = folder
        self._written: dict[str, Written] = {}

    def source(self, chunks: Iterator[bytes]) -> "AbstractContextManager[ByteSource]":
        """Return what to read a decompressed stream through, whose files are written here."""
        return _source(chunks)

    def write(self, path: str, mode: int, member: TarMember, source: ByteSource) -> None:
        """Write a file whose content is next in the source.

        Raises:
            MalformedError: Something has its name, or the content ends too early.
        """
        try:
            descriptor = self._folder.create(path, mode)
        except FileExistsError as error:
            raise name_taken(path) from error
        try:
            self._copy(descriptor, path, source, member.stored)
            self._folder.date_file(descriptor, member.mtime)
        finally:
            os.close(descriptor)

    def finish(self) -> Mapping[str, Written]:
        """Wait until all files are complete; return what was written to each."""
        return self._written

    def close(self) -> None:
        """Let go of whatever has helped, which may be in the middle of something."""

    def _copy(self, descriptor: int, path: str, source: ByteSource, count: int) -> None:
        """Write the next bytes of the source; their digest costs no second reading."""
        whole = source.view(count)
        if whole is None or count >= Digester.LARGE:
            pieces = source.pieces(count) if whole is None else iter((whole,))
            self._copy_large(descriptor, path, pieces, count)
            return
        write_all(descriptor, whole)
        self._written[path] = sha256(whole).digest(), count

    def _copy_large(
        self, descriptor: int, path: str, pieces: Iterator[memoryview], count: int
    ) -> None:
        digest = sha256()
        for piece in pieces:
            digest.update(piece)
            write_all(descriptor, piece)
        self._written[path] = digest.digest(), count


class ThreadedFileWriter(FileWriter):
    """Has threads for decompression and for digests of large files."""

    # What is handed from thread to thread: each time costs both of them some microseconds.
    step = 1 << 20

    def __init__(self, folder: OutputFolder) -> None:
        super().__init__(folder)
        self._digester = Digester()
        self._unfinished: list[tuple[str, _Hash, int]] = []

    def source(self, chunks: Iterator[bytes]) -> "AbstractContextManager[ByteSource]":
        """Let the next chunks be decompressed while one is used."""
        return _source_ahead(chunks)

    def finish(self) -> Mapping[str, Written]:
        """Wait for the digests."""
        self._digester.finish()
        for path, digest, count in self._unfinished:
            self._written[path] = digest.digest(), count
        return self._written

    def close(self) -> None:
        """End the threads."""
        self._digester.finish()

    def _copy_large(
        self, descriptor: int, path: str, pieces: Iterator[memoryview], count: int
    ) -> None:
        digest = sha256()
        self._unfinished.append((path, digest, count))
        for piece in pieces:
            self._digester.add(digest, piece)
            write_all(descriptor, piece)


@contextmanager
def _source(chunks: Iterator[bytes]) -> Iterator[ByteSource]:
    yield ByteSource(chunks)


@contextmanager
def _source_ahead(chunks: Iterator[bytes]) -> Iterator[ByteSource]:
    with closing(prefetched(chunks)) as ready:
        yield ByteSource(ready)
