"""`HttpTransport`: http and https by pools of connections.

Plain requests go over connections of our own (`direct`). Those that need a proxy, a plugin's
handler of credentials or the reading of an unusual address go through the HTTP library (`library`),
which is not loaded before. Proxies, credentials and redirections are decided here for both.
"""

import re
import threading
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from conda_clone.config.user_agent import requests_version, with_requests
from conda_clone.gateways.log import log
from conda_clone.gateways.network.auth import basic_header, without_secret_headers
from conda_clone.gateways.network.credentials import Credentials, is_open
from conda_clone.gateways.network.direct import DirectConnections, target_of
from conda_clone.gateways.network.errors import (
    CondaHTTPError,
    CondaSSLError,
    UnusableCertificatesError,
)
from conda_clone.gateways.network.failures import typed_error
from conda_clone.gateways.network.proxies import ProxyChooser
from conda_clone.gateways.network.redirections import Redirections, origin
from conda_clone.gateways.network.transport import Request, Response
from conda_clone.models.events import Caution, SilentReporter
from conda_clone.models.url import redact

if TYPE_CHECKING:
    from conda_clone.config.settings import NetworkSettings
    from conda_clone.gateways.network.library import LibraryAnswer, LibraryConnections
    from conda_clone.gateways.network.wire import Answer
    from conda_clone.models.events import Reporter

__all__ = ["Exchange", "HttpTransport"]

_CONNECTIONS = 32  # kept open per server; as many as the largest pool of threads has
_UNAUTHORIZED = 401
_PLAIN_VALUE = re.compile(r"(?:[!-~][\t -~]*)?")


class Exchange(NamedTuple):
    """A request that was answered: the answer, all headers of the request, and the time it took."""

    answer: "Answer | LibraryAnswer"
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
        self._direct = DirectConnections(settings, _CONNECTIONS)
        self._library: LibraryConnections | None = None
        self._headers: dict[str, str] = {}
        self._lock = threading.Lock()

    def open(self, request: Request) -> Response:
        """Send the request, follow redirections, and return the last answer."""
        try:
            url, auth = self._credentials.for_request(request.url)
        except ValueError as error:
            raise typed_error(request.url, error) from None
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
                    answer.close()
                    continue
            here = way.url
            try:
                is_last = not way.follow(answer.status, answer.headers.get("location"))
            except CondaHTTPError:
                answer.close()
                raise
            if is_last:
                return _response(request, here, exchange)
            answer.close()

    def _send(self, request: Request, url: str, auth: Any) -> Exchange:
        """Ask, and return the answer.

        Args:
            request: Its method and headers.
            url: Where.
            auth: User and password, or what the HTTP library takes as `auth`.
        """
        self._warn(url, has_credentials=auth is not None or redact(url) != url)
        headers = {**self._usual_headers(), **request.headers}
        started = time.monotonic()
        try:
            proxies = self._proxies.for_url(url)
            target = None if proxies else target_of(url)
            is_plain = auth is None or isinstance(auth, tuple)
            if target is not None and is_plain and _are_plain(headers):
                if auth is not None:
                    headers["Authorization"] = basic_header(auth)
                direct = self._direct.ask(request.method, target, headers)
                exchange = Exchange(direct, headers, time.monotonic() - started)
            else:
                answer = self._shared_library().ask(
                    request.method, url, headers, auth=auth, proxies=proxies
                )
                exchange = Exchange(answer, answer.sent, time.monotonic() - started)
        except UnusableCertificatesError as error:
            raise CondaSSLError(url, str(error)) from error
        except (OSError, ValueError) as error:
            raise typed_error(url, error) from None
        through = f" through {next(iter(proxies.values()))}" if proxies else ""
        log("network", "%s %s%s: %d, %.3f s", request.method, url, through, exchange.answer.status,
            exchange.seconds)  # fmt: skip
        return exchange

    def _usual_headers(self) -> dict[str, str]:
        if not self._headers:
            self._headers = {
                "User-Agent": with_requests(self._settings.user_agent, requests_version()),
                "Accept-Encoding": "gzip, deflate",
                "Accept": "*/*",
                "Connection": "keep-alive",
            }
        return self._headers

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

    def _shared_library(self) -> "LibraryConnections":
        with self._lock:
            if self._library is None:
                from conda_clone.gateways.network.library import LibraryConnections  # 66 ms

                self._library = LibraryConnections(self._settings, _CONNECTIONS)
            return self._library


def _are_plain(headers: Mapping[str, str]) -> bool:
    """Tell whether nobody can read headers in two ways."""
    return all(map(_PLAIN_VALUE.fullmatch, headers.values()))


def _response(request: Request, url: str, exchange: Exchange) -> Response:
    answer = exchange.answer

    def chunks(size: int) -> Iterator[bytes]:
        try:
            yield from answer.chunks(size)
        except OSError as error:
            raise typed_error(url, error) from None

    return Response(
        Request(url, exchange.sent, method=request.method),
        answer.status,
        reason=answer.reason,
        headers=answer.headers,
        chunks=chunks,
        close=answer.close,
        elapsed=exchange.seconds,
        is_private="Authorization" in exchange.sent,
    )


def _without_secrets(request: Request) -> Request:
    """Return what is asked elsewhere: credentials are for the server that was asked first."""
    headers = without_secret_headers(request.headers)
    return Request(request.url, headers, method=request.method)
