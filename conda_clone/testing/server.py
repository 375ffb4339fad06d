"""Serves folders over HTTP on this machine, as a channel's web server would, or worse.

Answers carry ETag, Last-Modified and, if wished, Cache-Control; conditional and range requests are
understood (RFC 9110, sections 13 and 14). Every request is recorded. Faults are switched on per
path pattern, in code, while the server runs.
"""

import contextlib
import fnmatch
import hashlib
import posixpath
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypedDict, Unpack
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

__all__ = ["ChannelServer", "Fault", "FaultFields", "RecordedRequest"]

_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request that has been answered; names of headers are in lower case."""

    method: str
    path: str
    headers: "Mapping[str, str]"
    status: int | None
    """What the answer said; None when the connection was reset instead."""


class FaultFields(TypedDict, total=False):
    """What can go wrong with an answer; see `Fault`."""

    status: int | None
    headers: "Mapping[str, str]"
    body: bytes | None
    times: int | None
    delay: float
    rate: float | None
    truncate: int | None
    reset: bool


@dataclass(slots=True)
class Fault:
    """A way in which answers to some paths go wrong.

    Attributes:
        status: Answer with this status in place of the file.
        headers: Further headers of the answer.
        body: Send these bytes in place of the right ones.
        times: How many requests it hits before all is well again; None for every one.
        delay: Seconds before the answer begins.
        rate: Bytes per second at which the body is sent.
        truncate: Close the connection after so many bytes of the announced body.
        reset: Reset the connection; with `truncate`, after so many bytes of the body.
    """

    status: int | None = None
    headers: "Mapping[str, str]" = field(default_factory=dict)
    body: bytes | None = None
    times: int | None = None
    delay: float = 0.0
    rate: float | None = None
    truncate: int | None = None
    reset: bool = False


@dataclass(slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes = b""


class ChannelServer:
    """A web server with mounted folders; use it as a context manager.

    >>> import pathlib, tempfile, urllib.request
    >>> folder = tempfile.TemporaryDirectory()
    >>> _ = pathlib.Path(folder.name, "hello").write_text("Hello")
    >>> with ChannelServer() as server:
    ...     server.mount("main", pathlib.Path(folder.name))
    ...     with urllib.request.urlopen(server.url("main/hello")) as response:
    ...         response.read()
    b'Hello'
    >>> [request.path for request in server.requests]
    ['/main/hello']
    >>> folder.cleanup()
    """

    def __init__(self, *, cache_control: str | None = None) -> None:
        self.cache_control = cache_control
        self.requests: list[RecordedRequest] = []
        self._mounts: dict[str, Path] = {}
        self._faults: list[tuple[str, Fault]] = []
        self._lock = threading.Lock()
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), name="channel-server", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: "TracebackType | None",
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def mount(self, name: str, directory: Path) -> None:
        """Serve `directory` at `/name`; the name may have several parts (`t/token/main`)."""
        self._mounts[name.strip("/")] = directory

    def url(self, path: str = "") -> str:
        """Return the address of a mounted folder or of something in it."""
        return f"http://127.0.0.1:{self._server.server_port}/{path}".rstrip("/")

    def fail(self, pattern: str, **fields: Unpack[FaultFields]) -> None:
        """Let answers to paths like `main/noarch/*` go wrong; `Fault` tells how they can.

        The first fault that fits and is not used up is the one that acts.
        """
        with self._lock:
            self._faults.append((pattern.lstrip("/"), Fault(**fields)))

    def heal(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()

    def paths(self, pattern: str = "*") -> list[str]:
        """Return the paths that were asked for, in order, if they fit the pattern."""
        asked = [request.path.lstrip("/") for request in self.requests]
        return [path for path in asked if fnmatch.fnmatchcase(path, pattern)]

    def take_fault(self, path: str) -> Fault | None:
        """Return the fault that acts on a request for `path`, and count it as used."""
        with self._lock:
            for pattern, fault in self._faults:
                if fault.times != 0 and fnmatch.fnmatchcase(path, pattern):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def find_file(self, path: str) -> Path | None:
        """Return the file behind a path; nothing outside the mounted folders is ever served."""
        if ".." in path.split("/"):
            return None
        for name in sorted(self._mounts, key=len, reverse=True):
            if path.startswith(f"{name}/"):
                found = self._mounts[name] / path[len(name) + 1 :]
                return found if found.is_file() else None
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, owner: ChannelServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: that clients go away is what tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without it, every answer on a kept connection waits 40 ms for a delayed acknowledgement.
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._handle(with_body=True)

    def do_HEAD(self) -> None:
        self._handle(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name of the base class
        """Stay silent: requests are recorded instead."""

    def _handle(self, *, with_body: bool) -> None:
        owner = self.server.owner
        path = unquote(urlsplit(self.path).path)
        fault = owner.take_fault(path.lstrip("/")) or Fault()
        answer = self._answer(posixpath.normpath(path).lstrip("/"), fault)
        reset_at_once = fault.reset and fault.truncate is None
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = None if reset_at_once else answer.status
        owner.requests.append(RecordedRequest(self.command, path, headers, status))
        time.sleep(fault.delay)
        if reset_at_once:
            self._reset()
            return
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in {**answer.headers, **fault.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self._send_body(answer.body, fault)

    def _answer(self, path: str, fault: Fault) -> _Answer:
        if fault.status is not None:
            phrase = HTTPStatus(fault.status).phrase.encode()
            return _Answer(fault.status, {}, phrase if fault.body is None else fault.body)
        file = self.server.owner.find_file(path)
        if file is None:
            return _Answer(HTTPStatus.NOT_FOUND, {}, b"Not Found")
        body = file.read_bytes()
        headers = {
            # Of the content, not of the time: a file can be rewritten within one clock tick.
            "ETag": f'"{hashlib.md5(body).hexdigest()}"',
            "Last-Modified": formatdate(file.stat().st_mtime, usegmt=True),
            "Accept-Ranges": "bytes",
        }
        if self.server.owner.cache_control is not None:
            headers["Cache-Control"] = self.server.owner.cache_control
        if self._client_has(headers):
            return _Answer(HTTPStatus.NOT_MODIFIED, headers)
        return self._part(
            _Answer(HTTPStatus.OK, headers, body if fault.body is None else fault.body)
        )

    def _client_has(self, headers: "Mapping[str, str]") -> bool:
        """Tell whether a conditional request is to be answered with 304."""
        wanted = self.headers.get("If-None-Match")
        if wanted is not None:
            return wanted == "*" or headers["ETag"] in re.split(r"\s*,\s*", wanted)
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        with contextlib.suppress(ValueError):
            modified = parsedate_to_datetime(headers["Last-Modified"])
            return modified <= parsedate_to_datetime(since)
        return False

    def _part(self, whole: _Answer) -> _Answer:
        """Cut an answer down to the one range that was asked for, if any."""
        condition = self.headers.get("If-Range")
        validators = (None, whole.headers["ETag"], whole.headers["Last-Modified"])
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if condition not in validators or match is None or not any(match.groups()):
            return whole
        first, last = match.groups()
        size = len(whole.body)
        start = int(first) if first else max(size - int(last), 0)
        end = min(int(last), size - 1) if first and last else size - 1
        if start > end:
            headers = {"Content-Range": f"bytes */{size}"}
            return _Answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers)
        headers = {**whole.headers, "Content-Range": f"bytes {start}-{end}/{size}"}
        return _Answer(HTTPStatus.PARTIAL_CONTENT, headers, whole.body[start : end + 1])

    def _send_body(self, body: bytes, fault: Fault) -> None:
        sent = body if fault.truncate is None else body[: fault.truncate]
        piece = _PIECE if fault.rate is None else max(int(fault.rate / 20), 1)
        for start in range(0, len(sent), piece):
            if fault.rate is not None:
                time.sleep(piece / fault.rate)
            self.wfile.write(sent[start : start + piece])
        if fault.truncate is None:
            return
        self.wfile.flush()
        if fault.reset:
            self._reset()
        else:
            self.close_connection = True

    def _reset(self) -> None:
        """Close with a reset in place of an orderly end (linger for 0 seconds)."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
