"""`Transport`: open a URL, get a status, headers and a stream of bytes.

A transport returns every answer that a server gives, whatever its status, and raises a typed error
when there is none. It never shows a secret: `Response.url` and all errors are redacted.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from conda_clone.errors import CondaError
from conda_clone.gateways.network.auth import without_secret_headers
from conda_clone.gateways.network.errors import CONNECTION_FAILED, CondaHTTPError
from conda_clone.models.url import redact, split_secrets

__all__ = [
    "CHUNK",
    "Closing",
    "Preparing",
    "Request",
    "Response",
    "Transport",
    "close",
    "plain_response",
    "prepare",
    "range_start",
]

CHUNK = 1 << 17  # bytes; smaller ones cost system calls, larger ones no longer gain
_SHOWN_BODY = 2000  # characters of an error page that go into the report
_SHOWN_PROBLEM = 500  # characters of what a server says is wrong
_SUCCESS = range(200, 300)
_MOST_DIGITS = 18  # of a number of bytes
_UNAUTHORIZED = 401
_OPEN_HINT = (
    "Check the address: stored credentials are for https, unless `allow_insecure_credentials` is "
    "true."
)
_RANGE = re.compile(r"bytes=(\d+)-")


class Request:
    """What to ask for; the URL may hold credentials and a token."""

    __slots__ = ("headers", "method", "url")

    def __init__(
        self, url: str, headers: Mapping[str, str] | None = None, *, method: str = "GET"
    ) -> None:
        self.url = url
        self.headers = dict(headers or {})
        self.method = method


class Response:
    """An answer whose body has not been read yet; use it as a context manager.

    Attributes:
        url: Where the answer came from, after redirections, without secrets.
        status: Its HTTP status; files have them too (200, 206, 304, 404, 416).
        reason: Its reason phrase.
        headers: Its headers, names in lower case.
        elapsed: Seconds until the headers had come, or None.
        sent: The headers of the request that may be shown.
        is_private: Whether credentials were sent for it, so that it is not for everybody.
    """

    __slots__ = ("_chunks", "_close", "elapsed", "headers", "is_private", "method", "reason",
                 "sent", "status", "url")  # fmt: skip

    def __init__(
        self,
        request: Request,
        status: int,
        *,
        reason: str,
        headers: Mapping[str, str],
        chunks: Callable[[int], Iterator[bytes]],
        close: Callable[[], None],
        elapsed: float | None = None,
        is_private: bool = False,
    ) -> None:
        self.url = redact(request.url)
        self.is_private = is_private or self.url != request.url
        self.method = request.method
        self.sent = without_secret_headers(request.headers)
        self.status = status
        self.reason = reason
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.elapsed = elapsed
        self._chunks = chunks
        self._close = close

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def content_length(self) -> int | None:
        """The announced size of the body in bytes, if it will arrive as announced."""
        text = self.headers.get("content-length", "")
        is_number = text.isdecimal() and len(text) <= _MOST_DIGITS
        return int(text) if is_number and "content-encoding" not in self.headers else None

    def iter_bytes(self, chunk_size: int = CHUNK) -> Iterator[bytes]:
        """Yield the body, decoded if the server compressed it on its own account.

        Raises:
            CondaHTTPError: The connection broke off before the announced end.
        """
        return self._chunks(chunk_size)

    def read(self, most: int) -> bytes:
        """Return the body.

        Args:
            most: The bytes that it may have; whoever sends more wants to fill our memory.

        Raises:
            CondaHTTPError: The connection broke off, or there was no end of it.
        """
        parts: list[bytes] = []
        size = 0
        for chunk in self.iter_bytes():
            parts.append(chunk)
            size += len(chunk)
            if size > most:
                cause = f"the answer is larger than {most:,} bytes"
                raise CondaHTTPError(self.url, None, CONNECTION_FAILED, cause=cause, is_final=True)
        return b"".join(parts)

    def close(self) -> None:
        """Give the connection back."""
        self._close()

    def raise_for_status(self) -> None:
        """Raise `CondaHTTPError` when the status is not one of success."""
        if self.status not in _SUCCESS:
            raise self.error()

    def error(self) -> CondaHTTPError:
        """Return this answer as an error; reads what the server says about it."""
        # With what it needs of the standard library, 4 ms: for errors only.
        from conda_clone.gateways.network.credentials import is_open

        body = self._start_of_body()
        return CondaHTTPError(
            self.url,
            self.status,
            self.reason,
            cause=self._problem(body) or self._wanted_wait(),
            elapsed=self.elapsed,
            response_details=self._details(body),
            hint=_OPEN_HINT if self.status == _UNAUTHORIZED and is_open(self.url) else None,
        )

    def _problem(self, body: bytes) -> str | None:
        """Return what the server says is wrong in a form for programs (RFC 9457)."""
        if not self.headers.get("content-type", "").startswith("application/problem+json"):
            return None
        import json  # 3 ms, and few servers explain themselves

        try:
            problem = json.loads(body)
        except ValueError:
            return None
        if not isinstance(problem, dict):
            return None
        texts = [problem.get(key) for key in ("title", "detail")]
        said = ": ".join(text for text in texts if isinstance(text, str) and text)
        plain = "".join(letter if letter.isprintable() else " " for letter in said)
        return redact(plain)[:_SHOWN_PROBLEM] or None

    def _wanted_wait(self) -> str | None:
        wait = self.headers.get("retry-after", "")
        if wait.isdecimal():
            return f"the server wants us to wait {wait} seconds"
        from email.utils import parsedate_to_datetime  # loaded by the HTTP library

        try:
            until = parsedate_to_datetime(wait)
        except ValueError:
            return None
        return f"the server wants us to wait until {until:%Y-%m-%d %H:%M:%S %Z}".rstrip()

    def _start_of_body(self) -> bytes:
        body = b""
        try:
            for chunk in self.iter_bytes(_SHOWN_BODY):
                body += chunk
                if len(body) >= _SHOWN_BODY:
                    break
        except CondaError:
            return b""
        return body[:_SHOWN_BODY]

    def _details(self, body: bytes) -> str:
        if self.url.startswith("file://"):
            return f"\n<<FILE {self.status} None\n< Elapsed: 00:00.000000\n\n"
        sent = "".join(f"\n> {name}: {value}" for name, value in self.sent.items())
        got = "".join(
            f"\n< {name}: {value}" for name, value in without_secret_headers(self.headers).items()
        )
        text = body.decode("utf-8", "replace")
        path = split_secrets(self.url).path
        return (
            f"\n>>{self.method} {path} HTTP{sent}\n\n<<HTTP {self.status} {self.reason}{got}"
            f"\n\n{text}\n"
        )


def plain_response(request: Request, status: int, reason: str) -> Response:
    """Return an answer without headers and body."""
    return Response(
        request,
        status,
        reason=reason,
        headers={},
        chunks=lambda _size: iter(()),
        close=lambda: None,
    )


def range_start(request: Request) -> int | None:
    """Return where a request for the rest of a file begins; None when all of it is wanted."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    return None if asked is None else int(asked.group(1))


@runtime_checkable
class Preparing(Protocol):
    """A transport that can connect before it is asked for anything."""

    def prepare(self, url: str, connections: int) -> None:
        """Begin to open so many further connections, if that is known to be of use there."""


def prepare(transport: "Transport", url: str, connections: int) -> None:
    """Begin to open connections for requests that will follow; never wait, and never fail.

    Args:
        transport: That of the requests.
        url: One of those that will be asked for, or the beginning of them.
        connections: How many, beside those that are under way already.
    """
    if isinstance(transport, Preparing):
        transport.prepare(url, connections)


@runtime_checkable
class Closing(Protocol):
    """A transport that keeps something open."""

    def close(self) -> None:
        """Close it; whoever asks for something afterwards is in the wrong."""


def close(transport: "Transport") -> None:
    """Close the connections that a transport keeps for requests that might follow."""
    if isinstance(transport, Closing):
        transport.close()


class Transport(Protocol):
    """A way to open URLs; may be used from several threads at once."""

    def open(self, request: Request) -> Response:
        """Return the answer, which the caller closes.

        Raises:
            CondaHTTPError: No connection, or no answer in time.
            CondaSSLError: The server is not trusted.
            ProxyError: The proxy is in the way.
            OfflineError: The network would be needed, and is not to be used.
        """
