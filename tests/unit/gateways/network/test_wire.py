"""What counts as an answer of HTTP/1.1, and when a connection may be used again."""

import socket
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.gateways.network.wire import Answer, BrokenAnswerError, Connection

REQUEST = b"GET / HTTP/1.1\r\n\r\n"


class Server:
    """The other end of a connection, and who gets it back."""

    def __init__(self, patience: float = 5) -> None:
        ours, self.socket = socket.socketpair()
        self.connection = Connection(ours, patience)
        self.released: list[Connection] = []

    def answer(self, data: bytes, *, is_last: bool = True, has_body: bool = True) -> Answer:
        """Return what these bytes are read as."""
        self.socket.sendall(data)
        if is_last:
            self.socket.shutdown(socket.SHUT_WR)
        return self.connection.ask(REQUEST, has_body=has_body, release=self.released.append)

    def close(self) -> None:
        self.connection.close()
        self.socket.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def body(answer: Answer, size: int = 1 << 16) -> bytes:
    return b"".join(answer.chunks(size))


def test_an_announced_body_is_read_and_the_connection_given_back(server: Server) -> None:
    answer = server.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-A: 1\r\nx-a:2\r\n\r\nbody")
    assert (answer.status, answer.reason) == (200, "OK")
    assert answer.headers == {"content-length": "4", "x-a": "1, 2"}
    assert list(answer.chunks(3)) == [b"bod", b"y"]
    assert server.released == [server.connection]
    answer.close()
    assert server.connection.fileno() >= 0


def test_a_body_can_be_read_in_two_goes(server: Server) -> None:
    answer = server.answer(b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\nbody")
    assert next(answer.chunks(1)) == b"b"
    assert body(answer) == b"ody"


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: x, Close\r\n\r\nbody",
        b"HTTP/1.1 200 OK\r\n\r\nbody",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nbody",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody and more",
    ],
    ids=["old", "wanted", "no length", "identity", "too much"],
)
def test_a_connection_that_is_of_no_more_use_is_closed(server: Server, data: bytes) -> None:
    assert body(server.answer(data)) == b"body"
    assert server.released == []
    assert server.connection.fileno() == -1


def test_an_old_server_can_keep_connections_too(server: Server) -> None:
    lines = b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n"
    assert body(server.answer(lines, is_last=False)) == b""
    assert server.released == [server.connection]


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_answers_without_a_body_end_with_their_head(server: Server, status: bytes) -> None:
    answer = server.answer(b"HTTP/1.1 %b\r\nContent-Length: 9\r\n\r\n" % status, is_last=False)
    assert server.released == [server.connection]
    assert body(answer) == b""


def test_an_answer_to_head_has_no_body(server: Server) -> None:
    lines = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    assert body(server.answer(lines, is_last=False, has_body=False)) == b""


def test_interim_answers_are_passed_over(server: Server) -> None:
    lines = b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 404 Gone\r\n\r\n"
    answer = server.answer(lines)
    assert (answer.status, answer.reason, answer.headers) == (404, "Gone", {})


def test_a_head_may_be_sloppy(server: Server) -> None:
    answer = server.answer(b"HTTP/1.1 200\nnonsense\n goes on\nA: b\n\tc\nContent-Length: 1\n\nx")
    assert answer.headers == {"a": "b c", "content-length": "1"}
    assert body(answer) == b"x"


def test_an_answer_that_is_closed_early_costs_the_connection(server: Server) -> None:
    server.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo", is_last=False).close()
    assert server.connection.fileno() == -1
    assert server.released == []


@given(st.lists(st.binary(min_size=1, max_size=3000), max_size=5), st.integers(1, 5000))
def test_chunks_are_put_together(pieces: list[bytes], size: int) -> None:
    server = Server()
    chunks = b"".join(b"%x;a=b\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = server.answer(head + chunks + b"0\r\nTrailer: x\r\n\r\n", is_last=False)
    assert body(answer, size) == b"".join(pieces)
    assert server.released == [server.connection]
    server.close()


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
@pytest.mark.parametrize(
    ("coding", "window"),
    [(b"gzip", 31), (b"X-GZIP", 31), (b"deflate", 15), (b"deflate", -15)],
)
def test_what_a_server_has_encoded_is_decoded(
    server: Server, coding: bytes, window: int, size: int
) -> None:
    packer = zlib.compressobj(wbits=window)
    content = b"content" * 999
    packed = packer.compress(content) + packer.flush()
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %b\r\nContent-Length: %d\r\n\r\n"
    answer = server.answer(head % (coding, len(packed)) + packed)
    assert body(answer, size) == content


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 9,
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    ],
    ids=["nothing", "ssh", "2", "half", "long", "interim", "lengths", "negative", "coding"],
)
def test_a_head_that_is_none_is_refused(server: Server, data: bytes) -> None:
    with pytest.raises(BrokenAnswerError):
        server.answer(data)
    assert server.connection.fileno() == -1


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Length: 9\r\n\r\nbody",
        b"Transfer-Encoding: chunked\r\n\r\n9\r\nbody",
        b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n4\r\nbodyX\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"T: x\r\n" * 20_000,
        b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 5000,
        b"Content-Encoding: gzip\r\n\r\n" + zlib.compress(b"body", wbits=31)[:-3],
    ],
    ids=["short", "short chunk", "no last", "long chunk", "no size", "trailers", "line", "packed"],
)
def test_a_body_that_is_not_whole_is_refused(server: Server, data: bytes) -> None:
    answer = server.answer(b"HTTP/1.1 200 OK\r\n" + data)
    with pytest.raises(BrokenAnswerError):
        body(answer)
    assert server.connection.fileno() == -1


def test_a_body_in_another_encoding_than_announced_is_refused(server: Server) -> None:
    answer = server.answer(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain")
    with pytest.raises(OSError, match="not encoded as its header says"):
        body(answer)


def test_a_head_has_a_deadline(server: Server) -> None:
    server.close()
    slow = Server(patience=0.05)
    with pytest.raises(TimeoutError):
        slow.answer(b"HTTP/1.1 200 OK\r\n", is_last=False)
    slow.close()
