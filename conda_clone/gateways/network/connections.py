"""What is changed about the connections of the HTTP library; loaded with the first request.

All of them share one TLS context, try the addresses of a host side by side, and are watched until
an answer begins.
"""

import http.client
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any, cast

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
)
from urllib3.response import BaseHTTPResponse

from conda_clone.gateways.network.dialing import dial
from conda_clone.gateways.network.patience import Watchdog
from conda_clone.gateways.network.tls import tls_context

if TYPE_CHECKING:
    from conda_clone.config.settings import NetworkSettings

__all__ = ["WatchedAdapter"]


class WatchedAdapter(HTTPAdapter):
    """An adapter whose connections are watched until an answer begins.

    Args:
        connections: How many are kept open per server.
        watchdog: Who watches.
        settings: Whom to trust, and the certificate to show.
    """

    def __init__(self, connections: int, watchdog: Watchdog, settings: "NetworkSettings") -> None:
        self._watchdog = watchdog
        self._settings = settings
        self._lock = threading.Lock()
        self._made_context: ssl.SSLContext | None = None
        super().__init__(connections, connections)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Return the pools of connections through a proxy."""
        if proxy.lower().startswith("https:"):
            context = self._context()
            # The second one for what is not encrypted on its way from the proxy on.
            kwargs |= {"proxy_ssl_context": context, "ssl_context": context}
        return super().proxy_manager_for(proxy, **kwargs)

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Return what tells one pool from another; the arguments say less than the settings."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] != "https":
            return host, {}
        context = self._context()
        return host, {"ssl_context": context, "cert_reqs": context.verify_mode}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Do nothing: the context knows whom to trust."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return the pool for a request, its connections watched."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if "watchdog" not in pool.__dict__:
            pool.watchdog = self._watchdog
            pool.ConnectionCls = _watched(pool.ConnectionCls, self._watchdog)
        return pool

    def _context(self) -> ssl.SSLContext:
        with self._lock:
            if self._made_context is None:
                self._made_context = tls_context(self._settings)
            return self._made_context


def _watched(
    kind: type[HTTPConnection | HTTPSConnection], watchdog: Watchdog
) -> type[HTTPConnection]:
    # Proxies that speak SOCKS are dialled by what speaks it, too.
    is_plain = kind._new_conn is HTTPConnection._new_conn  # noqa: SLF001 - as its subclasses do

    class Watched(kind):  # type: ignore[valid-type,misc]  # one of the library's classes
        def _new_conn(self) -> socket.socket:
            if not is_plain:
                connection: socket.socket = super()._new_conn()
                return connection
            return _dialled(self)

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


def _dialled(connection: HTTPConnection) -> socket.socket:
    """Connect, with the errors that the library knows."""
    host: str = connection._dns_host  # noqa: SLF001 - as its subclasses do
    options = connection.socket_options or ()
    timeout = cast("float", connection.timeout)  # every request has one
    try:
        return dial(host, connection.port, timeout=timeout, options=options)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "the connection timed out") from error
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error
