"""`Connection` and `Answer`: HTTP/1.1 (RFC 9112) as far as asking for files needs it.

Requests have no body, and go over a connection one after the other. Answers are read with bounds:
a head has its size and its deadline, and nothing counts as whole that is shorter than announced.
The first bytes of a body usually come with the head, so that a small file costs two system calls.
"""

import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from conda_clone.gateways.network.content_coding import Decoder, decoder_for
from conda_clone.gateways.network.patience import brisk

__all__ = ["Answer", "BrokenAnswerError", "Connection"]

_PIECE = 1 << 14  # bytes asked for while a head is expected
_MOST_HEAD = 1 << 16  # bytes
_MOST_LINE = 1 << 10  # bytes of the size of a chunk with its extensions
_MOST_INTERIM = 8  # answers that only say that another one follows
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(r"HTTP/1\.(\d) (\d{3})(?: (.*))?", re.ASCII)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")
_BLANKS = " \t"
_INTERIM = range(100, 200)
_BODILESS = frozenset({204, 304})
_BROKE_OFF = "the connection broke off before the end"
_NO_ANSWER = "the answer is none of a web server"


class BrokenAnswerError(OSError):
    """What came is no answer, or not all of it."""


class Connection:
    """One connection to a server.

    Args:
        opened: It, encrypted already where it shall be.
        read_timeout: Seconds for a head, and of silence within a body, after which the server is
            given up.
    """

    __slots__ = ("_buffer", "_socket", "_timeout")

    def __init__(self, opened: socket.socket, read_timeout: float) -> None:
        opened.settimeout(read_timeout)
        self._socket = opened
        self._timeout = read_timeout
        self._buffer = b""

    def fileno(self) -> int:
        """Return the number of the socket; -1 when it is closed."""
        return self._socket.fileno()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def ask(
        self, request: bytes, *, has_body: bool, release: Callable[["Connection"], None]
    ) -> "Answer":
        """Send a request, and return the answer once its head has come.

        Args:
            request: All of it.
            has_body: Whether a body may follow the head; none does if only the head was wanted.
            release: Takes the connection when the answer has been read and another may follow.

        Raises:
            OSError: The connection failed, or what came is no answer (`BrokenAnswerError`).
        """
        try:
            self._socket.sendall(request)
            head = self._last_head()
            answer = Answer(self, head, release)
            answer.begin(has_body=has_body, is_old=head.minor_version == 0)
        except BaseException:
            self.close()
            raise
        return answer

    @property
    def is_drained(self) -> bool:
        """Whether nothing has come that nobody has read."""
        return not self._buffer

    def take(self, most: int) -> bytes:
        """Return what has come, or what comes next; nothing when the server has hung up."""
        if not self._buffer:
            return self._socket.recv(most)
        piece, self._buffer = self._buffer[:most], self._buffer[most:]
        return piece

    def line(self) -> bytes:
        """Return the next line without its end."""
        while (end := self._buffer.find(b"\n")) < 0:
            self._receive(_MOST_LINE)
        text, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
        return text.removesuffix(b"\r")

    def _last_head(self) -> "_Head":
        deadline = time.monotonic() + self._timeout
        for _ in range(_MOST_INTERIM):
            head = _parsed(self._head(deadline))
            if head.status not in _INTERIM:
                return head
        raise BrokenAnswerError(_NO_ANSWER)

    def _head(self, deadline: float) -> bytes:
        """Return the lines up to an empty one."""
        has_waited = False
        while (found := _HEAD_END.search(self._buffer)) is None:
            if has_waited:  # a byte now and then must not begin the wait anew
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError("timed out")
                self._socket.settimeout(left)
            self._receive(_MOST_HEAD)
            has_waited = True
        if has_waited:
            self._socket.settimeout(self._timeout)
        head, self._buffer = self._buffer[: found.start()], self._buffer[found.end() :]
        return head

    def _receive(self, most: int) -> None:
        """Wait for more, unless that would be more than makes sense."""
        if len(self._buffer) > most:
            raise BrokenAnswerError(_NO_ANSWER)
        piece = self._socket.recv(_PIECE)
        if not piece:
            raise BrokenAnswerError(_BROKE_OFF)
        self._buffer += piece


class Answer:
    """An answer whose body has not been read yet.

    Attributes:
        status: Its number.
        reason: Its reason phrase, which may be empty.
        headers: Names in lower case; values of the same name are joined by commas.
    """

    __slots__ = ("_connection", "_decoder", "_is_chunked", "_is_lasting", "_is_over", "_left",
                 "_release", "headers", "reason", "status")  # fmt: skip

    def __init__(
        self, connection: Connection, head: "_Head", release: Callable[[Connection], None]
    ) -> None:
        self.status = head.status
        self.reason = head.reason
        self.headers: Mapping[str, str] = head.headers
        self._connection = connection
        self._release = release
        self._decoder: Decoder | None = None
        self._is_chunked = False
        self._is_lasting = False
        self._is_over = False
        self._left: int | None = 0  # bytes of the chunk or body; None where the end is its end

    def begin(self, *, has_body: bool, is_old: bool) -> None:
        """Find out where the body ends (RFC 9112, section 6.3).

        Args:
            has_body: As for `Connection.ask`.
            is_old: Whether the server speaks HTTP/1.0, which closes connections by default.
        """
        headers = self.headers
        wishes = {each.strip().lower() for each in headers.get("connection", "").split(",")}
        self._is_lasting = "keep-alive" in wishes if is_old else "close" not in wishes
        if not has_body or self.status in _BODILESS:
            self._end()
            return
        coding = headers.get("transfer-encoding", "identity").strip().lower()
        if coding == "chunked":
            self._is_chunked = True
        elif coding != "identity":
            raise BrokenAnswerError(_NO_ANSWER)
        else:
            self._left = _length(headers.get("content-length"))
            self._is_lasting = self._is_lasting and self._left is not None
        self._decoder = decoder_for(headers.get("content-encoding", ""))
        if self._left == 0 and not self._is_chunked:
            self._end()

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield the body, decoded; may be called again for the rest of it.

        Raises:
            OSError: The connection failed, broke off (`BrokenAnswerError`), or is too slow.
        """
        try:
            for piece in brisk(lambda: self._read(size)):
                if self._decoder is None:
                    yield piece
                else:
                    yield from self._decoder.decoded(piece)
            if self._decoder is not None and not self._decoder.is_whole:
                raise BrokenAnswerError(_BROKE_OFF)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Hang up, if not all has been read."""
        if not self._is_over:
            self._is_over = True
            self._connection.close()

    def _read(self, size: int) -> bytes:
        """Return the next bytes as they were sent; nothing at the end of the body."""
        if self._is_chunked and not self._left and not self._is_over:
            self._left = self._next_chunk()
        if self._is_over or self._left == 0:
            self._end()
            return b""
        piece = self._connection.take(size if self._left is None else min(size, self._left))
        if self._left is None:
            if not piece:
                self._end()
            return piece
        if not piece:
            raise BrokenAnswerError(_BROKE_OFF)
        self._left -= len(piece)
        if self._is_chunked:
            if not self._left and self._connection.line():
                raise BrokenAnswerError(_NO_ANSWER)
        elif not self._left:
            self._end()
        return piece

    def _next_chunk(self) -> int:
        """Return the size of the next chunk; what follows the last one, which has 0, is skipped."""
        found = _CHUNK_SIZE.fullmatch(self._connection.line())
        if found is None:
            raise BrokenAnswerError(_NO_ANSWER)
        size = int(found[1], 16)
        if not size:
            skipped = 0
            while line := self._connection.line():
                skipped += len(line)
                if skipped > _MOST_HEAD:
                    raise BrokenAnswerError(_NO_ANSWER)
        return size

    def _end(self) -> None:
        """Give the connection back if it can be used again."""
        if self._is_over:
            return
        self._is_over = True
        if self._is_lasting and self._connection.is_drained:
            self._release(self._connection)
        else:
            self._connection.close()


class _Head(NamedTuple):
    """What comes before a body."""

    minor_version: int
    status: int
    reason: str
    headers: dict[str, str]


def _parsed(head: bytes) -> _Head:
    """Read a head; lines that are no header do not count."""
    first, *lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    found = _STATUS_LINE.fullmatch(first)
    if found is None:
        raise BrokenAnswerError(_NO_ANSWER)
    headers: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith((" ", "\t")):  # goes on with the one before (RFC 9112, section 5.2)
            if name:
                headers[name] = f"{headers[name]} {line.strip(_BLANKS)}"
            continue
        name, colon, value = line.partition(":")
        name = name.strip(_BLANKS).lower() if colon else ""
        if name:
            value = value.strip(_BLANKS)
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return _Head(int(found[1]), int(found[2]), (found[3] or "").strip(_BLANKS), headers)


def _length(text: str | None) -> int | None:
    """Return the announced size; several that are the same are one (RFC 9112, section 6.3)."""
    if text is None:
        return None
    sizes = {each.strip() for each in text.split(",")}
    size = sizes.pop()
    if sizes or not (size.isascii() and size.isdecimal()):
        raise BrokenAnswerError(_NO_ANSWER)
    return int(size)
