"""Decompress a bzip2 stream by several threads, each of which has a block at a time.

Bzip2 takes ten times as long as everything else that extraction does, and its blocks of 900 kB
know nothing of each other. They start at any bit:

1. The 48 bits that every block starts with are looked for in the eight ways in which they can lie.
2. What lies between two of them is moved to whole bytes, and decompressed as if it were the first
   block of a stream. The bits that the next block starts with come along, so that whatever else
   lies between the two is noticed.
3. The checksum of the stream, which is made of those of the blocks, is compared in the end.

Where this does not work (several streams in one file; 48 bits that mean something else, once in a
million archives; damage; no room for threads), everything is decompressed anew as `bz2_chunks` does
it, which says what is wrong, and what has been handed out already is left out.
"""

from collections import deque
from collections.abc import Iterator

from conda_clone.gateways.archives.decompress import BLOCK, CHUNK, bz2_chunks, check_ratio
from conda_clone.gateways.archives.limits import Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bz2 import BZ2Decompressor
    from concurrent.futures import Future, ThreadPoolExecutor
    from typing import BinaryIO

    # Bytes that hold a block and the mark after it, the bit at which it starts, and where in the
    # file the bytes end.
    Block = tuple[bytes, int, int]
    Decompressed = tuple[BZ2Decompressor, bytes]

__all__ = ["parallel_bz2_chunks"]

_BLOCK_MARK, _END_MARK = 0x314159265359, 0x177245385090
_MARK, _CHECKSUM = 48, 32  # bits
_HEADER = 4  # bytes
_READ = 1 << 20
# A block of 900 kB grows by a hundredth at most.
_LARGEST = 1 << 20
# Of a block of equal bytes come 46 MB; what is more than this is left to whoever asks for it.
_AT_ONCE = 1 << 22


def _pattern(shift: int) -> tuple[int, bytes]:
    """Return the whole bytes of a mark that starts at this bit, and how many are before them."""
    edge = 1 if shift else 0
    return edge, (_BLOCK_MARK << (8 - shift)).to_bytes(7, "big")[edge:6]


# Whole bytes are found fast; the bits around them are compared afterwards.
_PATTERNS = [_pattern(shift) for shift in range(8)]


class _NotPlainError(Exception):
    """The stream cannot be taken apart."""


def parallel_bz2_chunks(stream: "BinaryIO", limits: Limits, *, threads: int) -> Iterator[bytes]:
    """Decompress a file into chunks of 4 MiB at most, of which one more than threads are waiting.

    Raises:
        MalformedError: It is damaged, cut short, or asks for too much.
    """
    done = 0
    try:
        for chunk, consumed in _in_threads(stream, threads):
            done += len(chunk)
            check_ratio(done, consumed, limits)
            yield chunk
    except _NotPlainError:
        stream.seek(0)
        for chunk in bz2_chunks(iter(lambda: stream.read(BLOCK), b""), limits):
            known = min(done, len(chunk))
            done -= known
            if known < len(chunk):
                yield chunk[known:]


def _in_threads(stream: "BinaryIO", threads: int) -> Iterator[tuple[bytes, int]]:
    """Yield chunks, each with how much of the file it and those before it take."""
    from concurrent.futures import ThreadPoolExecutor  # 3 ms

    header = stream.read(_HEADER)
    waiting: deque[tuple[Future[Decompressed], int]] = deque()
    pool = ThreadPoolExecutor(threads, "bzip2")
    try:
        for data, shift, end in _blocks(stream, header):
            waiting.append((_submit(pool, header, data, shift), end))
            if len(waiting) > threads:
                yield from _chunks(*waiting.popleft())
        while waiting:
            yield from _chunks(*waiting.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(
    pool: "ThreadPoolExecutor", header: bytes, data: bytes, shift: int
) -> "Future[Decompressed]":
    try:
        return pool.submit(_decompress, header, data, shift)
    except RuntimeError as error:  # the system has no room for one more thread
        raise _NotPlainError from error


def _decompress(header: bytes, data: bytes, shift: int) -> "Decompressed":
    """Decompress one block, as if it were the first of a stream; runs in a thread."""
    from bz2 import BZ2Decompressor  # 2 ms

    moved = (int.from_bytes(data, "big") << shift).to_bytes(len(data) + 1, "big")[1:]
    decompressor = BZ2Decompressor()
    return decompressor, decompressor.decompress(header + moved, _AT_ONCE)


def _chunks(future: "Future[Decompressed]", end: int) -> Iterator[tuple[bytes, int]]:
    """Yield what comes of a block, if it is a whole one."""
    try:
        decompressor, chunk = future.result()
        if not chunk:
            raise _NotPlainError
        yield chunk, end
        while not decompressor.needs_input:
            if decompressor.eof:
                raise _NotPlainError
            yield decompressor.decompress(b"", CHUNK), end
    except OSError as error:
        raise _NotPlainError from error


def _blocks(stream: "BinaryIO", header: bytes) -> "Iterator[Block]":
    """Yield the blocks that follow the header.

    Raises:
        _NotPlainError: There are none, they are too large, or something else comes after them.
    """
    data, start = header, -1  # in bits, of a block in the data
    offset = checksum = 0
    while more := stream.read(_READ):
        known = max(0, len(data) - _MARK // 8 - 1)
        data += more
        for mark in _marks(data, max(known, start // 8 + 1)):
            if start < 0 and mark != 8 * _HEADER:
                raise _NotPlainError
            if start >= 0:
                yield _block(data, start, mark, offset)
                checksum = _combined(checksum, data, start)
            start = mark
        if start < 0 or len(data) - start // 8 > _LARGEST + _READ:
            raise _NotPlainError
        offset += start // 8
        data, start = data[start // 8 :], start % 8
    end = _end(data)
    yield _block(data, start, end, offset)
    if _combined(checksum, data, start) != _bits(data, end + _MARK, _CHECKSUM):
        raise _NotPlainError


def _marks(data: bytes, known: int) -> list[int]:
    """Return at which bits blocks start that do not lie in the first `known` bytes."""
    found = []
    for shift, (edge, whole) in enumerate(_PATTERNS):
        position = data.find(whole, known + edge)
        while position >= 0:
            mark = 8 * (position - edge) + shift
            if mark + _MARK <= 8 * len(data) and _bits(data, mark, _MARK) == _BLOCK_MARK:
                found.append(mark)
            position = data.find(whole, position + 1)
    return sorted(found)


def _block(data: bytes, start: int, end: int, offset: int) -> "Block":
    last = (end + _MARK + 7) // 8
    return data[start // 8 : last], start % 8, offset + last


def _end(data: bytes) -> int:
    """Return the bit at which the mark of the end lies: it fills the last byte at most."""
    for padding in range(8):
        end = 8 * len(data) - padding - _CHECKSUM - _MARK
        if end >= 0 and _bits(data, end, _MARK) == _END_MARK:
            return end
    raise _NotPlainError


def _combined(checksum: int, data: bytes, start: int) -> int:
    """Return the checksum of a stream after one more block, which states its own."""
    turned = (checksum << 1 | checksum >> 31) & 0xFFFFFFFF
    return turned ^ _bits(data, start + _MARK, _CHECKSUM)


def _bits(data: bytes, start: int, count: int) -> int:
    """Return some bits as a number."""
    end = start + count
    number = int.from_bytes(data[start // 8 : (end + 7) // 8], "big") >> -end % 8
    return number & ((1 << count) - 1)
