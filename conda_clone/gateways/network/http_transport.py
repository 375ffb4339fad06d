"""`HttpTransport`: http and https by pools of connections (`connections`).

Proxies, credentials and redirections are ours, so that what is sent where does not depend on what a
library finds in the environment. The library `requests` is loaded here for handlers of plugins
only, which change a request of its kind; `proxies` and `credentials` let it read what users have
configured for it.
"""

import re
import threading
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from conda_clone.config.user_agent import requests_version, with_requests
from conda_clone.errors import CondaError
from conda_clone.gateways.log import log
from conda_clone.gateways.network.ahead import DialledAhead
from conda_clone.gateways.network.auth import basic_auth, basic_header, without_secret_headers
from conda_clone.gateways.network.credentials import Credentials, is_open
from conda_clone.gateways.network.errors import (
    CONNECTION_FAILED,
    CondaHTTPError,
    CondaSSLError,
    ProxyError,
    UnusableCertificatesError,
)
from conda_clone.gateways.network.patience import brisk
from conda_clone.gateways.network.proxies import ProxyChooser
from conda_clone.gateways.network.redirections import Redirections, origin
from conda_clone.gateways.network.transport import Request, Response
from conda_clone.models.events import Caution, SilentReporter
from conda_clone.models.url import redact

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

    from conda_clone.config.settings import NetworkSettings
    from conda_clone.gateways.network.connections import Connections
    from conda_clone.models.events import Reporter

__all__ = ["Exchange", "HttpTransport"]

_CONNECTIONS = 32  # kept open per server; as many as the largest pool of threads has
_UNAUTHORIZED = 401
_PROXY_ANSWER = "Tunnel connection failed"  # what the library says when a proxy says no
_VALUE = re.compile(r"(?:\S[^\r\n]*)?")  # of a header; more lines would be more headers


class Exchange(NamedTuple):
    """A request that was answered: the answer, what was sent, and the seconds that it took."""

    answer: "BaseHTTPResponse"
    sent: Mapping[str, str]
    seconds: float


class HttpTransport:
    """Opens http and https URLs with one pool of connections for all threads.

    Args:
        settings: How connections are made.
        reporter: Hears, once each, what is less safe than it could be.
    """

    def __init__(self, settings: "NetworkSettings", reporter: "Reporter | None" = None) -> None:
        self._settings = settings
        self._reporter = reporter or SilentReporter()
        self._told: set[str] = set()
        self._credentials = Credentials(settings)
        self._proxies = ProxyChooser(settings.proxy_servers)
        self._ahead = DialledAhead(settings.connect_timeout)
        self._connections: Connections | None = None
        self._usual: dict[str, str] = {}
        self._lock = threading.Lock()

    def open(self, request: Request) -> Response:
        """Send the request, follow redirections, and return the last answer."""
        try:
            url, auth = self._credentials.for_request(request.url)
        except ValueError as error:
            raise _typed_error(request.url, error) from None
        way = Redirections(url)
        while True:
            if way.at_home:
                exchange = self._send(request, way.url, auth)
            else:
                exchange = self._send(_without_secrets(request), way.url, None)
            answer = exchange.answer
            if answer.status == _UNAUTHORIZED and auth is None and way.at_home:
                auth = self._credentials.from_keyring(way.url)
                if auth is not None:
                    _hang_up(answer)
                    continue
            here = way.url
            try:
                is_last = not way.follow(answer.status, answer.headers.get("location"))
            except CondaHTTPError:
                _hang_up(answer)
                raise
            if is_last:
                return _response(request, here, exchange)
            _hang_up(answer)

    def prepare(self, url: str, connections: int) -> None:
        """Begin to connect, and load the library meanwhile; proxies are left alone."""
        try:
            clean = basic_auth(url)[0]
            _, host, port = origin(clean)
        except ValueError:
            return  # whoever opens it is told
        if host and port and not self._proxies.for_url(clean):
            self._ahead.begin(host, port, connections)
        self._pools()

    def close(self) -> None:
        """Close all connections that nobody is using."""
        self._ahead.close()
        if self._connections is not None:
            self._connections.close()

    def _send(self, request: Request, url: str, auth: Any) -> Exchange:
        """Ask, and return the answer.

        Args:
            request: Its method and headers.
            url: Where.
            auth: User and password, or what `requests` takes as `auth`.
        """
        from urllib3.exceptions import HTTPError  # 45 ms

        self._warn(url, has_credentials=auth is not None or redact(url) != url)
        started = time.monotonic()
        try:
            headers = {**self._usual_headers(), **request.headers}
            if isinstance(auth, tuple):
                headers["Authorization"] = basic_header(auth)
            elif auth is not None:
                url, headers = _handled(request.method, url, headers, auth)
            proxies = self._proxies.for_url(url)
            answer = self._pools().ask(request.method, url, _checked(headers), proxies)
        except UnusableCertificatesError as error:
            raise CondaSSLError(url, str(error)) from error
        except (HTTPError, OSError, ValueError) as error:
            raise _typed_error(url, error) from None
        seconds = time.monotonic() - started
        through = f" through {next(iter(proxies.values()))}" if proxies else ""
        log("network", "%s %s%s: %d, %.3f s", request.method, url, through, answer.status,
            seconds)  # fmt: skip
        return Exchange(answer, headers, seconds)

    def _usual_headers(self) -> dict[str, str]:
        if not self._usual:
            self._usual = {
                "User-Agent": with_requests(self._settings.user_agent, requests_version()),
                "Accept-Encoding": "gzip, deflate",
                "Accept": "*/*",
                "Connection": "keep-alive",
            }
        return self._usual

    def _warn(self, url: str, *, has_credentials: bool) -> None:
        if url.startswith("https:"):
            if self._settings.ssl_verify is False:
                self._tell("Servers are not verified, because `ssl_verify` is false.")
        elif has_credentials and is_open(url):
            host = origin(url)[1]
            self._tell(f"The credentials for `{host}` are sent to it without encryption.")

    def _tell(self, text: str) -> None:
        with self._lock:
            is_new = text not in self._told
            self._told.add(text)
        if is_new:
            self._reporter.report(Caution(text))

    def _pools(self) -> "Connections":
        with self._lock:
            if self._connections is None:
                from conda_clone.gateways.network.connections import Connections  # loads urllib3

                self._connections = Connections(self._settings, _CONNECTIONS, self._ahead)
            return self._connections


def _checked(headers: dict[str, str]) -> dict[str, str]:
    """Return headers that may be sent.

    Raises:
        ValueError: One of them cannot.
    """
    for name, value in headers.items():
        if not _VALUE.fullmatch(value):
            raise ValueError(f"the header {name} has an invalid value")
    return headers


def _handled(
    method: str, url: str, headers: Mapping[str, str], handler: Any
) -> tuple[str, dict[str, str]]:
    """Return the address and headers that a handler of a plugin makes of these."""
    import requests  # 22 ms, and few plugins have a handler

    ready = requests.Request(method, url, headers=dict(headers), auth=handler).prepare()
    return ready.url or url, dict(ready.headers)


def _response(request: Request, url: str, exchange: Exchange) -> Response:
    answer = exchange.answer

    def chunks(size: int) -> Iterator[bytes]:
        import urllib3  # loaded already

        try:
            yield from brisk(lambda: answer.read1(size, decode_content=True))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _typed_error(url, error) from None

    return Response(
        Request(url, exchange.sent, method=request.method),
        answer.status,
        reason=answer.reason or "",
        headers=answer.headers,
        chunks=chunks,
        close=lambda: _hang_up(answer),
        elapsed=exchange.seconds,
        is_private="Authorization" in exchange.sent,
    )


def _hang_up(answer: "BaseHTTPResponse") -> None:
    """Close the connection if not all has been read; its place in the pool is free again."""
    answer.close()
    answer.release_conn()


def _without_secrets(request: Request) -> Request:
    """Return what is asked elsewhere: credentials are for the server that was asked first."""
    headers = without_secret_headers(request.headers)
    return Request(request.url, headers, method=request.method)


def _typed_error(url: str, error: Exception) -> CondaError:
    import ssl  # loaded already

    from urllib3 import exceptions

    cause = _innermost_reason(error)
    if isinstance(error, exceptions.ProxyError):
        is_answer = cause.startswith(_PROXY_ANSWER)
        return ProxyError(url, cause, is_connection_failure=not is_answer)
    if isinstance(error, (exceptions.SSLError, ssl.SSLError)):
        return CondaSSLError(url, cause)
    # A ValueError is about a URL that is none: ours, or the one that a server redirects to.
    is_final = isinstance(error, ValueError)
    return CondaHTTPError(url, None, CONNECTION_FAILED, cause=cause, is_final=is_final)


def _innermost_reason(error: BaseException) -> str:
    """Say why, in words of the cause that knows no URL."""
    import http.client  # loaded already

    seen: BaseException | None = error
    while seen is not None:
        error = seen
        inner = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
        reason = getattr(error, "reason", None)
        seen = reason if isinstance(reason, BaseException) else inner or error.__context__
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, http.client.IncompleteRead):
        return "the connection broke off before the end"
    if isinstance(error, http.client.BadStatusLine) and not isinstance(error, OSError):
        return "the answer is none of a web server"
    text = redact(str(error.args[-1] if error.args else ""))
    # It may be what a server has sent.
    return "".join(letter for letter in text if letter.isprintable()) or type(error).__name__
