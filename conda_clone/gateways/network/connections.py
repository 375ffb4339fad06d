"""What is changed about the connections of the HTTP library; loaded with the first request."""

import http.client
import ssl
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse

from conda_clone.gateways.network.patience import Watchdog

__all__ = ["WatchedAdapter"]


class WatchedAdapter(HTTPAdapter):
    """An adapter whose connections are watched until an answer begins.

    Args:
        connections: How many are kept open per server.
        watchdog: Who watches.
        use_truststore: Whether the system decides which servers are trusted.
    """

    def __init__(self, connections: int, watchdog: Watchdog, *, use_truststore: bool) -> None:
        self._watchdog = watchdog
        self._use_truststore = use_truststore
        super().__init__(connections, connections)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **{**kwargs, **self._options()})

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Return the pools of connections through a proxy."""
        return super().proxy_manager_for(proxy, **{**kwargs, **self._options()})

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return the pool for a request, its connections watched."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if "watchdog" not in pool.__dict__:
            pool.watchdog = self._watchdog
            pool.ConnectionCls = _watched(pool.ConnectionCls, self._watchdog)
        return pool

    def _options(self) -> dict[str, Any]:
        context = _system_context() if self._use_truststore else None
        return {} if context is None else {"ssl_context": context}


def _watched(
    kind: type[HTTPConnection | HTTPSConnection], watchdog: Watchdog
) -> type[HTTPConnection]:
    class Watched(kind):  # type: ignore[valid-type,misc]  # one of the library's classes
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


def _system_context() -> ssl.SSLContext | None:
    """Return a context that asks the system's store, or one with the system's bundle."""
    try:
        import truststore
    except ImportError:
        paths = ssl.get_default_verify_paths()
        context = ssl.create_default_context()
        if paths.cafile or paths.capath:
            context.load_verify_locations(paths.cafile, paths.capath)
        return context
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
