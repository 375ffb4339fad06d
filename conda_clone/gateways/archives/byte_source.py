"""Read exact amounts from a sequence of byte chunks, without copying large pieces."""

from collections.abc import Iterable, Iterator

from conda_clone.gateways.archives.errors import MalformedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mmap import mmap

__all__ = ["ByteSource"]


class ByteSource:
    """A stream of chunks that is read by the number of bytes.

    Data that lies within one chunk is handed out as a view of it; only the few headers that cross
    the border between two chunks are copied.

    Attributes:
        consumed: How many bytes were read so far.
    """

    __slots__ = ("_chunk", "_chunks", "_end", "_position", "_view", "consumed")

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        # The same bytes twice: small pieces are copied in less time than views of them take.
        self._chunk: bytes | mmap = b""
        self._view = memoryview(b"")
        self._end = 0
        self._position = 0
        self.consumed = 0

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes; none at the end of the stream.

        Raises:
            MalformedError: The stream ends within them.
        """
        start = self._position
        end = start + count
        if end <= self._end:
            self._position = end
            self.consumed += count
            return self._chunk[start:end]
        data = b"".join([self._chunk[start:end] for start, end in self._spans(count)])
        if data and len(data) < count:
            raise MalformedError("it is truncated")
        return data

    def view(self, count: int) -> memoryview | None:
        """Return a view of the next `count` bytes where they lie in one chunk, or else None."""
        start = self.span(count)
        return None if start is None else self._view[start : start + count]

    def span(self, count: int) -> int | None:
        """Return where the next `count` bytes start where they lie in one chunk, or else None."""
        start = self._position
        end = start + count
        if end > self._end:
            return None
        self._position = end
        self.consumed += count
        return start

    def pieces(self, count: int) -> Iterator[memoryview]:
        """Yield views of the next `count` bytes.

        Raises:
            MalformedError: The stream ends within them.
        """
        for start, end in self.spans(count):
            yield self._view[start:end]

    def spans(self, count: int) -> Iterator[tuple[int, int]]:
        """Yield where the next `count` bytes lie in their chunks: start and end.

        Raises:
            MalformedError: The stream ends within them.
        """
        for start, end in self._spans(count):
            count -= end - start
            yield start, end
        if count:
            raise MalformedError("it is truncated")

    def skip(self, count: int) -> None:
        """Pass over the next `count` bytes.

        Raises:
            MalformedError: The stream ends within them.
        """
        end = self._position + count
        if end <= self._end:
            self._position = end
            self.consumed += count
            return
        for _ in self.spans(count):
            pass

    def rest(self) -> Iterator[memoryview]:
        """Yield views of everything that is left."""
        yield self._view[self._position : self._end]
        while self._next_chunk():
            yield self._view[self._position : self._end]

    def _spans(self, count: int) -> Iterator[tuple[int, int]]:
        while count:
            length = min(self._end - self._position, count)
            if not length:
                if not self._next_chunk():
                    return
                continue
            start = self._position
            self._position += length
            self.consumed += length
            count -= length
            yield start, start + length

    def _next_chunk(self) -> bool:
        """Go on to the next chunk; return whether there is one."""
        chunk = next(self._chunks, None)
        if chunk is None:
            return False
        self._chunk = chunk
        self._view = memoryview(chunk)
        self._end = len(chunk)
        self._position = 0
        return True
