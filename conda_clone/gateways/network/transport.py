"""`Transport`: open a URL, get a status, headers and a stream of bytes.

A transport returns every answer that a server gives, whatever its status, and raises a typed error
when there is none. It never shows a secret: `Response.url` and all errors are redacted.
`HttpTransport` is the only place that knows the HTTP library.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from conda_clone.errors import CondaError
from conda_clone.gateways.network.auth import basic_auth, without_secret_headers
from conda_clone.gateways.network.errors import (
    CONNECTION_FAILED,
    CondaHTTPError,
    CondaSSLError,
    ProxyError,
)
from conda_clone.models.url import redact, split_secrets

if TYPE_CHECKING:
    import requests

    from conda_clone.config.settings import NetworkSettings

__all__ = ["CHUNK", "HttpTransport", "Request", "Response", "Transport"]

CHUNK = 1 << 17  # bytes; smaller ones cost system calls, larger ones no longer gain
_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTIONS = 10
_SHOWN_BODY = 2000  # characters of an error page that go into the report
_CONNECTIONS = 32  # kept open per server; more than any pool of threads here
_SUCCESS = range(200, 300)


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
    """

    __slots__ = ("_chunks", "_close", "elapsed", "headers", "method", "reason", "sent", "status",
                 "url")  # fmt: skip

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
    ) -> None:
        self.url = redact(request.url)
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
        return int(text) if text.isdecimal() and "content-encoding" not in self.headers else None

    def iter_bytes(self, chunk_size: int = CHUNK) -> Iterator[bytes]:
        """Yield the body, decoded if the server compressed it on its own account.

        Raises:
            CondaHTTPError: The connection broke off before the announced end.
        """
        return self._chunks(chunk_size)

    def close(self) -> None:
        """Give the connection back."""
        self._close()

    def raise_for_status(self) -> None:
        """Raise `CondaHTTPError` when the status is not one of success."""
        if self.status not in _SUCCESS:
            raise self.error()

    def error(self) -> CondaHTTPError:
        """Return this answer as an error; reads what the server says about it."""
        return CondaHTTPError(
            self.url,
            self.status,
            self.reason,
            elapsed=self.elapsed,
            response_details=self._details(),
        )

    def _details(self) -> str:
        if self.url.startswith("file://"):
            return f"\n<<FILE {self.status} None\n< Elapsed: 00:00.000000\n\n"
        sent = "".join(f"\n> {name}: {value}" for name, value in self.sent.items())
        got = "".join(
            f"\n< {name}: {value}" for name, value in without_secret_headers(self.headers).items()
        )
        body = b""
        try:
            for chunk in self.iter_bytes(_SHOWN_BODY):
                body += chunk
                if len(body) >= _SHOWN_BODY:
                    break
        except CondaError:
            body = b""
        text = body[:_SHOWN_BODY].decode("utf-8", "replace")
        path = split_secrets(self.url).path
        return (
            f"\n>>{self.method} {path} HTTP{sent}\n\n<<HTTP {self.status} {self.reason}{got}"
            f"\n\n{text}\n"
        )


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


class HttpTransport:
    """Opens http and https URLs with one pool of connections for all threads."""

    def __init__(self, settings: "NetworkSettings") -> None:
        self._settings = settings
        self._session: requests.Session | None = None
        self._lock = threading.Lock()

    def open(self, request: Request) -> Response:
        """Send the request, follow redirections, and return the last answer."""
        url, auth = basic_auth(request.url)
        for _ in range(_MAX_REDIRECTIONS + 1):
            answer = self._send(request, url, auth)
            location = answer.headers.get("location")
            if answer.status_code not in _REDIRECTIONS or not location:
                return _response(request, url, answer)
            answer.close()
            target = _target(url, location)
            if _origin(target) != _origin(url):
                auth = None
            url, _ = basic_auth(target)
        raise _bad_redirection(url, "there are too many redirections")

    def _send(
        self, request: Request, url: str, auth: tuple[str, str] | None
    ) -> "requests.Response":
        import requests  # 91 ms

        settings = self._settings
        try:
            return self._shared_session().request(
                request.method,
                url,
                headers=request.headers,
                auth=auth,
                stream=True,
                allow_redirects=False,
                timeout=(settings.connect_timeout, settings.read_timeout),
                # Given per request, because what the library finds in the environment has
                # precedence over what a session says.
                proxies=dict(settings.proxy_servers),
                verify=_verify(settings),
                cert=_client_certificate(settings),
            )
        except (requests.RequestException, OSError, ValueError) as error:
            raise _typed_error(url, error) from None

    def _shared_session(self) -> "requests.Session":
        with self._lock:
            if self._session is None:
                self._session = _new_session(self._settings)
            return self._session


def _new_session(settings: "NetworkSettings") -> "requests.Session":
    import http.cookiejar

    import requests  # 91 ms
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.headers["User-Agent"] = settings.user_agent
    # No cookies: nothing in a session then changes after this function, so threads can share it.
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=()))
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(_CONNECTIONS, _CONNECTIONS))
    if settings.ssl_verify is False:
        import urllib3  # loaded by requests

        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return session


def _verify(settings: "NetworkSettings") -> bool | str:
    """Return the library's form of `ssl_verify`; `truststore` means what the system trusts."""
    if settings.ssl_verify != "truststore":
        return settings.ssl_verify
    import ssl  # loaded by requests

    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or True


def _client_certificate(settings: "NetworkSettings") -> str | tuple[str, str] | None:
    if settings.client_ssl_cert and settings.client_ssl_cert_key:
        return settings.client_ssl_cert, settings.client_ssl_cert_key
    return settings.client_ssl_cert


def _origin(url: str) -> tuple[str, str | None, int | None]:
    from urllib.parse import urlsplit  # loaded already

    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _target(source: str, location: str) -> str:
    """Return where a redirection leads; never out of the web or of encryption."""
    from urllib.parse import urljoin  # loaded already

    allowed = ("https",) if _origin(source)[0] == "https" else ("http", "https")
    try:
        target = urljoin(source, location)
        if _origin(target)[0] in allowed:
            return target
    except ValueError:  # a port or an address that is none
        target = location
    raise _bad_redirection(
        source, f"the server redirects to `{redact(target)}`, which is not safe to follow"
    )


def _bad_redirection(url: str, cause: str) -> CondaHTTPError:
    return CondaHTTPError(url, None, CONNECTION_FAILED, cause=cause, is_final=True)


def _response(request: Request, url: str, answer: "requests.Response") -> Response:
    def chunks(size: int) -> Iterator[bytes]:
        import requests  # loaded already

        try:
            yield from answer.iter_content(size)
        except (requests.RequestException, OSError) as error:
            raise _typed_error(url, error) from None

    return Response(
        Request(url, answer.request.headers, method=request.method),
        answer.status_code,
        reason=answer.reason or "",
        headers=answer.headers,
        chunks=chunks,
        close=answer.close,
        elapsed=answer.elapsed.total_seconds(),
    )


def _typed_error(url: str, error: Exception) -> CondaError:
    import requests  # loaded already

    cause = _innermost_reason(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return ProxyError(url, cause)
    # A bundle of certificates that does not exist is a plain OSError.
    if isinstance(error, requests.exceptions.SSLError) or type(error) is OSError:
        return CondaSSLError(url, cause)
    # A ValueError is about a URL that is none: ours, or the one that a server redirects to.
    is_final = isinstance(error, ValueError)
    return CondaHTTPError(url, None, CONNECTION_FAILED, cause=cause, is_final=is_final)


def _innermost_reason(error: BaseException) -> str:
    """Say why, in words of the cause that knows no URL."""
    seen: BaseException | None = error
    while seen is not None:
        error = seen
        inner = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
        reason = getattr(error, "reason", None)
        seen = reason if isinstance(reason, BaseException) else inner or error.__context__
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return redact(str(error.args[-1] if error.args else "")) or type(error).__name__
