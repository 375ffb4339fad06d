"""A server that answers with exactly the bytes that a test says, and then does what it says."""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

__all__ = ["RawServer", "Reply", "http"]

_DRIP = 0.2  # seconds between two bytes


@dataclass(frozen=True)
class Reply:
    """What a server sends, and how it ends.

    Attributes:
        data: The bytes, status line and headers included.
        end: "close" after the bytes; "reset"; or "stall", which keeps the connection open.
        dripped: How many of the bytes come one by one, five a second, at the end.
    """

    data: bytes
    end: str = "close"
    dripped: int = 0


def http(body: bytes, *headers: str, status: str = "200 OK", length: bool = True) -> bytes:
    """Return the bytes of an answer."""
    lines = [f"HTTP/1.1 {status}", *headers, "Connection: close"]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class RawServer:
    """Answers each request by `answer`, which gets path, headers (names in lower case), and how
    many requests for the path there were before; use it as a context manager.

    Args:
        answer: Says what is sent.
        context: Makes it a server of https; a handshake that fails is the client's business.
        name: Its host in `url`.

    Attributes:
        paths: What was asked for, in order.
        headers: The headers of these requests.
    """

    def __init__(
        self,
        answer: Callable[[str, dict[str, str], int], Reply],
        *,
        context: ssl.SSLContext | None = None,
        name: str = "127.0.0.1",
    ) -> None:
        self.answer = answer
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._context = context
        self._name = name
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._accepted: list[socket.socket] = []
        self._stalled: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        for connection in self._accepted:  # as the system does for a program that has ended
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for connection in self._stalled:
            connection.close()

    @property
    def url(self) -> str:
        scheme = "http" if self._context is None else "https"
        return f"{scheme}://{self._name}:{self.port}"

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._accepted.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            reply = self._reply(connection)
            if reply is None:
                connection.close()
                return
            _send(connection, reply)
            if reply.end == "stall":
                self._stalled.append(connection)
                return
            if reply.end == "reset":
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            else:
                connection.shutdown(socket.SHUT_WR)
        connection.close()

    def _reply(self, connection: socket.socket) -> Reply | None:
        """Return the answer to what comes; None when nothing does."""
        request = b""
        while b"\r\n\r\n" not in request:
            chunk = connection.recv(65536)
            if not chunk:
                return None
            request += chunk
        first, *rest = request.decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in rest if line)
        }
        before = self.paths.count(path)
        self.paths.append(path)
        self.headers.append(headers)
        return self.answer(path, headers, before)


def _send(connection: socket.socket, reply: Reply) -> None:
    at_once = len(reply.data) - reply.dripped
    connection.sendall(reply.data[:at_once])
    for position in range(at_once, len(reply.data)):
        time.sleep(_DRIP)
        connection.sendall(reply.data[position : position + 1])
