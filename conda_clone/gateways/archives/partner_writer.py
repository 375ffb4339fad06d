"""Write regular files of an archive by a second process, while this one goes on reading it.

Decompression and headers take about as long as writing and digests. Threads would share one
interpreter, and take a third more processor time and half more time by the clock for handing it
from one to the other. The two processes share a ring of memory:

1. What is decompressed is copied into a slot of the ring.
2. The headers in it are read and judged here. Folders are made here.
3. The partner is told what to write from where in the slot, in one message for each slot.
4. It says when it is through with a slot, and in the end all digests.

A slot is filled again when the partner is through with it, so that memory stays bounded. Errors of
the partner are raised here. It ends when this process does.
"""

import errno
import marshal
import mmap
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256

from conda_clone.gateways.archives.byte_source import ByteSource
from conda_clone.gateways.archives.errors import PartnerLostError
from conda_clone.gateways.archives.file_writer import FileWriter, Written
from conda_clone.gateways.archives.output_folder import OutputFolder, name_taken, write_all
from conda_clone.gateways.archives.tar_members import TarMember
from conda_clone.gateways.forked_process import ForkedProcess, read_exactly

__all__ = ["PartnerWriter"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import _Hash
    from typing import NoReturn

    # Path (None: the next part of the same file), mode, time and size of a file; start and end of
    # a part of its content in the ring.
    Operation = tuple[str | None, int, int, int, int, int]

SLOT = 1 << 19
SLOTS = 8
_LENGTH = 4  # bytes before a message that say how long it is
_DONE, _FAILED = b".", b"!"
_DIGEST = 32


class PartnerWriter(FileWriter):
    """Has another process write; see `start`."""

    # What is copied at once is still in the fastest cache.
    step = 1 << 15

    def __init__(self, folder: OutputFolder, ring: mmap.mmap, partner: ForkedProcess) -> None:
        super().__init__(folder)
        self._ring = ring
        self._view = memoryview(ring)
        self._partner = partner
        self._operations: list[Operation] = []
        self._files: list[tuple[str, int]] = []
        self._sent = 0
        self._done = 0

    @classmethod
    def start(cls, folder: OutputFolder) -> "PartnerWriter | None":
        """Return a writer with a partner; None where the system has no room for one."""
        try:
            ring = mmap.mmap(-1, SLOT * SLOTS)
        except OSError:
            return None
        partner = ForkedProcess.start(lambda *pipes: serve(folder, ring, *pipes))
        return None if partner is None else cls(folder, ring, partner)

    @contextmanager
    def source(self, chunks: Iterator[bytes]) -> Iterator[ByteSource]:
        """Return what to read a stream through: its content lies in the ring."""
        yield _RingSource(self._ring, self._view, self._slots(chunks))

    def write(self, path: str, mode: int, member: TarMember, source: ByteSource) -> None:
        """Have a file written."""
        size = member.stored
        self._files.append((path, size))
        whole = source.span(size)
        if whole is not None:
            self._operations.append((path, mode, member.mtime, size, whole, whole + size))
            return
        name: str | None = path
        for start, end in source.spans(size):
            self._operations.append((name, mode, member.mtime, size, start, end))
            name = None

    def finish(self) -> Mapping[str, Written]:
        """Wait until everything is written; return what the partner says of it."""
        while self._done < self._sent:
            self._wait()
        self._tell(None)
        digests = read_exactly(self._partner.answers, _DIGEST * len(self._files))
        if digests is None:
            self._fail(b"")
        return {
            path: (digests[number * _DIGEST : (number + 1) * _DIGEST], size)
            for number, (path, size) in enumerate(self._files)
        }

    def close(self) -> None:
        """End the partner."""
        self._partner.end()
        self._partner.forget()

    def _slots(self, chunks: Iterator[bytes]) -> Iterator[tuple[int, int]]:
        """Copy chunks into slots; yield where each slot starts and ends."""
        start = end = self._free_slot()
        for chunk in chunks:
            rest: bytes | memoryview = chunk
            while len(rest) > (room := start + SLOT - end):
                self._view[end : end + room] = rest[:room]
                yield start, start + SLOT
                self._send()
                rest = memoryview(rest)[room:]
                start = end = self._free_slot()
            self._view[end : end + len(rest)] = rest
            end += len(rest)
        yield start, end
        self._send()

    def _free_slot(self) -> int:
        """Return where the next slot starts, as soon as it may be filled."""
        while self._sent - self._done >= SLOTS:
            self._wait()
        return self._sent % SLOTS * SLOT

    def _send(self) -> None:
        """Tell the partner what to do with the slot that is full."""
        self._tell(self._operations)
        self._operations = []
        self._sent += 1

    def _tell(self, operations: "list[Operation] | None") -> None:
        message = marshal.dumps(operations)
        with suppress(BrokenPipeError):  # it has failed, and has said why before
            _say(self._partner.jobs, len(message).to_bytes(_LENGTH, "big") + message)

    def _wait(self) -> None:
        """Wait until the partner is through with something."""
        answer = os.read(self._partner.answers, SLOTS)
        done = len(answer) - len(answer.lstrip(_DONE))
        self._done += done
        if done < len(answer) or not answer:
            self._fail(answer[done:])

    def _fail(self, beginning: bytes) -> "NoReturn":
        """Raise what the partner says."""
        said = bytearray(beginning)
        while piece := os.read(self._partner.answers, 1 << 12):
            said += piece
        if not said.startswith(_FAILED):
            raise PartnerLostError
        path, number = marshal.loads(said[1:])  # noqa: S302 - a copy of this process has made it
        if number == errno.EEXIST:
            raise name_taken(path)
        raise OSError(number, os.strerror(number), path)


class _RingSource(ByteSource):
    """Reads what lies in the slots of a ring; places in it are places in the ring."""

    __slots__ = ("_slots",)

    def __init__(self, ring: mmap.mmap, view: memoryview, slots: Iterator[tuple[int, int]]) -> None:
        super().__init__(())
        self._chunk = ring
        self._view = view
        self._slots = slots

    def _next_chunk(self) -> bool:
        slot = next(self._slots, None)
        if slot is None:
            return False
        self._position, self._end = slot
        return True


def serve(folder: OutputFolder, ring: mmap.mmap, jobs: int, answers: int) -> None:
    """Be the partner: write what is told, until there is no more of it, or until it fails."""
    files = _Files(folder, memoryview(ring))
    while (length := read_exactly(jobs, _LENGTH)) is not None:
        message = read_exactly(jobs, int.from_bytes(length, "big"))
        if message is None:
            return
        operations = marshal.loads(message)  # noqa: S302 - see above
        if operations is None:
            _say(answers, b"".join(files.digests))
            return
        try:
            for operation in operations:
                files.write(operation)
        except OSError as error:
            _say(answers, _FAILED + marshal.dumps((files.path, error.errno)))
            return
        _say(answers, _DONE)


class _Files:
    """What the partner writes: one file after the other, each in one or several parts.

    Attributes:
        path: Of the file at hand.
        digests: Of all complete files.
    """

    def __init__(self, folder: OutputFolder, ring: memoryview) -> None:
        self._folder = folder
        self._ring = ring
        self._descriptor = -1
        self._left = 0
        self._digest: _Hash = sha256()
        self.path = ""
        self.digests: list[bytes] = []

    def write(self, operation: "Operation") -> None:
        """Carry out one operation."""
        path, mode, mtime, size, start, end = operation
        content = self._ring[start:end]
        if path is None:
            self._digest.update(content)
        else:
            self.path = path
            self._descriptor = self._folder.create(path, mode)
            self._left = size
            self._digest = sha256(content)
        write_all(self._descriptor, content)
        self._left -= end - start
        if not self._left:
            self._folder.date_file(self._descriptor, mtime)
            os.close(self._descriptor)
            self.digests.append(self._digest.digest())


def _say(descriptor: int, message: bytes) -> None:
    while message:
        message = message[os.write(descriptor, message) :]
