"""`LibraryConnections`: requests through proxies, with plugins' handlers, or to unusual addresses.

The only place that knows requests. Of the library's session nothing is used: proxies, credentials
and redirections are ours, so that what is sent where does not depend on what it finds in the
environment.
"""

import http.client
from collections.abc import Iterator, Mapping
from typing import Any

import requests
import urllib3

from conda_clone.config.settings import NetworkSettings
from conda_clone.errors import CondaError
from conda_clone.gateways.network.connections import WatchedAdapter
from conda_clone.gateways.network.errors import CondaSSLError, MissingExtraError, ProxyError
from conda_clone.gateways.network.failures import innermost, reason_of, typed_error
from conda_clone.gateways.network.patience import Watchdog, brisk

__all__ = ["LibraryAnswer", "LibraryConnections"]

_PROXY_ANSWER = "Tunnel connection failed"  # what the library says when a proxy says no
_GRACE = 1.0  # seconds for which the socket's own time-out, which says more, goes first


class LibraryAnswer:
    """An answer of the library, as `wire.Answer` is one.

    Attributes:
        sent: The headers of the request, with those that a handler has added.
    """

    __slots__ = ("_answer", "_url", "headers", "reason", "sent", "status")

    def __init__(self, url: str, answer: requests.Response) -> None:
        self._url = url
        self._answer = answer
        self.status = answer.status_code
        self.reason = answer.reason or ""
        self.headers: Mapping[str, str] = answer.headers
        self.sent: Mapping[str, str] = answer.request.headers

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield the body, decoded.

        Raises:
            CondaHTTPError, CondaSSLError: The connection failed, or is too slow.
        """
        try:
            yield from brisk(lambda: self._answer.raw.read1(size, decode_content=True))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _library_error(self._url, error) from None

    def close(self) -> None:
        """Hang up, if not all has been read."""
        self._answer.close()


class LibraryConnections:
    """The library's pool of connections.

    Args:
        settings: How connections are made.
        most: How many are kept open per server.
    """

    def __init__(self, settings: NetworkSettings, most: int) -> None:
        self._timeout = (settings.connect_timeout, settings.read_timeout)
        self._watchdog = Watchdog(settings.read_timeout + _GRACE)
        self._adapter = WatchedAdapter(most, self._watchdog, settings)
        if settings.ssl_verify is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        auth: Any = None,
        proxies: Mapping[str, str],
    ) -> LibraryAnswer:
        """Send a request, and return the answer.

        Args:
            method: Of HTTP.
            url: What to ask for.
            headers: All that are sent.
            auth: Credentials in one of the library's forms.
            proxies: As `ProxyChooser` chooses them.

        Raises:
            UnusableCertificatesError: Those of the settings are missing, or are none.
            CondaHTTPError, CondaSSLError, ProxyError, MissingExtraError: There is no answer.
        """
        try:
            ready = requests.Request(method, url, headers=dict(headers)).prepare()
            if auth is not None:
                ready.prepare_auth(auth)
            with self._watchdog:
                answer = self._adapter.send(
                    ready, stream=True, timeout=self._timeout, proxies=dict(proxies)
                )
        except (requests.RequestException, OSError, ValueError) as error:
            raise _library_error(url, error) from None
        return LibraryAnswer(url, answer)


def _library_error(url: str, error: Exception) -> CondaError:
    """Return the error for what the library says has happened at a URL."""
    cause = _reason(error)
    if isinstance(error, (requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL)):
        is_answer = cause.startswith(_PROXY_ANSWER)
        return ProxyError(url, cause, is_connection_failure=not is_answer)
    if isinstance(error, requests.exceptions.InvalidSchema) and "SOCKS" in str(error):
        return MissingExtraError(url, what="a SOCKS proxy", extra="socks", package="PySocks")
    if isinstance(error, (requests.exceptions.SSLError, urllib3.exceptions.SSLError)):
        return CondaSSLError(url, cause)
    return typed_error(url, error, cause)


def _reason(error: Exception) -> str:
    inner = innermost(error)
    if isinstance(inner, http.client.IncompleteRead):
        return "the connection broke off before the end"
    if isinstance(inner, http.client.BadStatusLine) and not isinstance(inner, OSError):
        return "the answer is none of a web server"
    return reason_of(inner)
