"""`HttpTransport`: http and https by one pool of connections; the only place that knows requests.

Of the library's session nothing is used: proxies, credentials and redirections are ours, so that
what is sent where does not depend on what it finds in the environment.
"""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from conda_clone.config.user_agent import with_requests
from conda_clone.errors import CondaError
from conda_clone.gateways.log import log
from conda_clone.gateways.network.auth import without_secret_headers
from conda_clone.gateways.network.credentials import Credentials, is_open
from conda_clone.gateways.network.errors import (
    CONNECTION_FAILED,
    CondaHTTPError,
    CondaSSLError,
    MissingExtraError,
    ProxyError,
    UnusableCertificatesError,
)
from conda_clone.gateways.network.patience import Watchdog, brisk
from conda_clone.gateways.network.proxies import ProxyChooser
from conda_clone.gateways.network.redirections import Redirections, origin
from conda_clone.gateways.network.transport import Request, Response
from conda_clone.models.events import Caution, SilentReporter
from conda_clone.models.url import redact

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter

    from conda_clone.config.settings import NetworkSettings
    from conda_clone.models.events import Reporter

__all__ = ["HttpTransport"]

_CONNECTIONS = 32  # kept open per server; as many as the largest pool of threads has
_UNAUTHORIZED = 401
_PROXY_ANSWER = "Tunnel connection failed"  # what the library says when a proxy says no
_GRACE = 1.0  # seconds for which the socket's own time-out, which says more, goes first


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
        self._watchdog = Watchdog(settings.read_timeout + _GRACE)
        self._adapter: HTTPAdapter | None = None
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
                answer = self._send(request, way.url, auth)
            else:
                answer = self._send(_without_secrets(request), way.url, None)
            if answer.status_code == _UNAUTHORIZED and auth is None and way.at_home:
                auth = self._credentials.from_keyring(way.url)
                if auth is not None:
                    answer.close()
                    continue
            here = way.url
            try:
                is_last = not way.follow(answer.status_code, answer.headers.get("location"))
            except CondaHTTPError:
                answer.close()
                raise
            if is_last:
                return self._response(request, here, answer)
            answer.close()

    def _send(self, request: Request, url: str, auth: Any) -> "requests.Response":
        import requests  # 91 ms

        settings = self._settings
        self._warn(url, has_credentials=auth is not None or redact(url) != url)
        try:
            prepared = requests.Request(request.method, url, headers=self._headers(request))
            ready = prepared.prepare()
            if auth is not None:
                ready.prepare_auth(auth)
            proxies = self._proxies.for_url(url)
            with self._watchdog:
                answer = self._shared_adapter().send(
                    ready,
                    stream=True,
                    timeout=(settings.connect_timeout, settings.read_timeout),
                    proxies=proxies,
                )
        except UnusableCertificatesError as error:
            raise CondaSSLError(url, str(error)) from error
        except (requests.RequestException, OSError, ValueError) as error:
            raise _typed_error(url, error) from None
        through = f" through {next(iter(proxies.values()))}" if proxies else ""
        seconds = answer.elapsed.total_seconds()
        log("network", "%s %s%s: %d, %.3f s", request.method, url, through, answer.status_code,
            seconds)  # fmt: skip
        return answer

    def _headers(self, request: Request) -> dict[str, str]:
        import requests  # loaded already

        return {
            "User-Agent": with_requests(self._settings.user_agent, requests.__version__),
            "Accept-Encoding": "gzip, deflate",
            "Accept": "*/*",
            "Connection": "keep-alive",
            **request.headers,
        }

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

    def _shared_adapter(self) -> "HTTPAdapter":
        with self._lock:
            if self._adapter is None:
                self._adapter = _new_adapter(self._settings, self._watchdog)
            return self._adapter

    def _response(self, request: Request, url: str, answer: "requests.Response") -> Response:
        def chunks(size: int) -> Iterator[bytes]:
            import urllib3  # loaded already

            try:
                yield from brisk(lambda: answer.raw.read1(size, decode_content=True))
            except (urllib3.exceptions.HTTPError, OSError) as error:
                raise _typed_error(url, error) from None

        return Response(
            Request(url, answer.request.headers, method=request.method),
            answer.status_code,
            reason=answer.reason or "",
            headers=answer.headers,
            chunks=chunks,
            close=answer.close,
            elapsed=answer.elapsed.total_seconds(),
            is_private="Authorization" in answer.request.headers,
        )


def _without_secrets(request: Request) -> Request:
    """Return what is asked elsewhere: credentials are for the server that was asked first."""
    headers = without_secret_headers(request.headers)
    return Request(request.url, headers, method=request.method)


def _new_adapter(settings: "NetworkSettings", watchdog: Watchdog) -> "HTTPAdapter":
    from conda_clone.gateways.network.connections import WatchedAdapter  # loads requests

    adapter = WatchedAdapter(_CONNECTIONS, watchdog, settings)
    if settings.ssl_verify is False:
        import urllib3  # loaded by requests

        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return adapter


def _typed_error(url: str, error: Exception) -> CondaError:
    import requests  # loaded already
    import urllib3

    cause = _innermost_reason(error)
    if isinstance(error, (requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL)):
        is_answer = cause.startswith(_PROXY_ANSWER)
        return ProxyError(url, cause, is_connection_failure=not is_answer)
    if isinstance(error, requests.exceptions.InvalidSchema) and "SOCKS" in str(error):
        return MissingExtraError(url, what="a SOCKS proxy", extra="socks", package="PySocks")
    ssl_errors = (requests.exceptions.SSLError, urllib3.exceptions.SSLError)
    if isinstance(error, ssl_errors):
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
