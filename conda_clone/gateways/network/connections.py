"""`Connections`: urllib3's pools, straight or through proxies; loaded with the first request.

All connections share one TLS context, are dialled by `dialing` or were dialled `ahead`, and are
watched until an answer begins (docs/development/decisions/0014-connections-are-urllib3s.md).
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
)
from urllib3.poolmanager import PoolManager, ProxyManager
from urllib3.response import BaseHTTPResponse

from conda_clone.gateways.network.ahead import DialledAhead
from conda_clone.gateways.network.auth import basic_header
from conda_clone.gateways.network.dialing import dial
from conda_clone.gateways.network.errors import MissingExtraError
from conda_clone.gateways.network.patience import Watchdog
from conda_clone.gateways.network.tls import tls_context

if TYPE_CHECKING:
    from conda_clone.config.settings import NetworkSettings

__all__ = ["Connections"]

_GRACE = 1.0  # seconds for which the socket's own time-out, which says more, goes first


class Connections:
    """Pools of connections for all threads.

    Args:
        settings: How connections are made.
        most: How many are kept open per server.
        ahead: Those that are opened already.
    """

    def __init__(self, settings: "NetworkSettings", most: int, ahead: DialledAhead) -> None:
        self._settings = settings
        self._ahead = ahead
        self._most = most
        self._watchdog = Watchdog(settings.read_timeout + _GRACE)
        seconds = settings.connect_timeout, settings.read_timeout
        self._timeout = urllib3.Timeout(connect=seconds[0], read=seconds[1])
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None
        self._managers: dict[tuple[str, str], PoolManager] = {}
        if settings.ssl_verify is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], proxies: Mapping[str, str]
    ) -> BaseHTTPResponse:
        """Send a request without a body, and return the answer, its body unread.

        Args:
            method: Of HTTP.
            url: What to ask for, without credentials.
            headers: All that are sent.
            proxies: As `ProxyChooser` chooses them.

        Raises:
            UnusableCertificatesError: Those of the settings are missing, or are none.
            MissingExtraError: What speaks SOCKS is missing.
            urllib3.exceptions.HTTPError, OSError, ValueError: There is no answer.
        """
        scheme = url.partition(":")[0].lower()
        manager = self._manager(scheme, next(iter(proxies.values()), ""), url)
        with self._watchdog:
            return manager.urlopen(
                method,
                url,
                headers=dict(headers),
                redirect=False,
                retries=False,
                timeout=self._timeout,
                preload_content=False,
                decode_content=False,
            )

    def close(self) -> None:
        """Close the connections that nobody is using."""
        with self._lock:
            for manager in self._managers.values():
                for key in manager.pools.keys():  # noqa: SIM118 - it cannot be iterated over
                    pool = manager.pools.get(key)  # a thread may be replacing it
                    if pool is not None:
                        pool.close()

    def _manager(self, scheme: str, proxy: str, url: str) -> PoolManager:
        with self._lock:
            manager = self._managers.get((scheme, proxy))
            if manager is None:
                manager = self._managers[scheme, proxy] = self._new_manager(scheme, proxy, url)
            return manager

    def _new_manager(self, scheme: str, proxy: str, url: str) -> PoolManager:
        options: dict[str, Any] = {"num_pools": self._most, "maxsize": self._most}
        kind = proxy.partition(":")[0].lower()
        if "https" in {scheme, kind}:
            context = self._shared_context()
            options |= {"ssl_context": context, "cert_reqs": context.verify_mode}
        if not proxy:
            manager = PoolManager(**options)
        elif kind.startswith("socks"):
            manager = _socks_manager(proxy, url, options)
        else:
            if kind == "https":
                options["proxy_ssl_context"] = self._shared_context()
            manager = _proxy_manager(proxy, options)
        pools: dict[str, Any] = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {
            scheme: type("WatchedPool", (pool,), {"ConnectionCls": self._watched(pool)})
            for scheme, pool in pools.items()
        }
        return manager

    def _watched(self, pool: Any) -> type[HTTPConnection]:
        return _watched(pool.ConnectionCls, self._watchdog, self._ahead)

    def _shared_context(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = tls_context(self._settings)
        return self._context


def _proxy_manager(proxy: str, options: dict[str, Any]) -> PoolManager:
    user, password = _credentials_of(proxy)
    headers = {"Proxy-Authorization": basic_header((user, password))} if user else {}
    if not urllib3.util.parse_url(proxy).host:
        raise LocationValueError("the proxy has no host")
    return ProxyManager(proxy, proxy_headers=headers, **options)


def _socks_manager(proxy: str, url: str, options: dict[str, Any]) -> PoolManager:
    try:
        import_module("socks")  # where it is missing, what follows warns as well
    except ImportError:
        what = "a SOCKS proxy"
        raise MissingExtraError(url, what=what, extra="socks", package="PySocks") from None
    from urllib3.contrib.socks import SOCKSProxyManager

    user, password = _credentials_of(proxy)
    return SOCKSProxyManager(proxy, username=user or None, password=password or None, **options)


def _credentials_of(proxy: str) -> tuple[str, str]:
    parts = urlsplit(proxy)
    return unquote(parts.username or ""), unquote(parts.password or "")


def _watched(
    kind: type[HTTPConnection | HTTPSConnection], watchdog: Watchdog, ahead: DialledAhead
) -> type[HTTPConnection]:
    # Proxies that speak SOCKS are dialled by what speaks it, too.
    is_plain = kind._new_conn is HTTPConnection._new_conn  # noqa: SLF001 - as its subclasses do

    class Watched(kind):  # type: ignore[valid-type,misc]  # one of the library's classes
        def _new_conn(self) -> socket.socket:
            if not is_plain:
                connection: socket.socket = super()._new_conn()
                return connection
            return _dialled(self, ahead)

        def _tunnel(self) -> None:
            try:
                super()._tunnel()
            except (OSError, http.client.HTTPException) as error:
                # The library takes it for the server's fault once it has reached the proxy.
                raise ProxyError("there is no way through the proxy", error) from error

        def getresponse(self) -> BaseHTTPResponse:
            if self.sock is not None:
                watchdog.watch(self.sock)
            made: list[http.client.HTTPResponse] = []

            def note(*args: Any, **kwargs: Any) -> http.client.HTTPResponse:
                made.append(http.client.HTTPResponse(*args, **kwargs))
                return made[-1]

            self.response_class = note
            try:
                answer: BaseHTTPResponse = super().getresponse()
            except BaseException:
                # An answer whose headers make no sense would keep its connection open.
                for response in made:
                    response.close()
                raise
            return answer

    return Watched


def _dialled(connection: HTTPConnection, ahead: DialledAhead) -> socket.socket:
    """Connect, with the errors that the library knows."""
    host: str = connection._dns_host  # noqa: SLF001 - as its subclasses do
    options = connection.socket_options or ()
    timeout = cast("float", connection.timeout)  # every request has one
    try:
        return ahead.take(host, connection.port) or dial(
            host, connection.port, timeout=timeout, options=options
        )
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "the connection timed out") from error
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error
