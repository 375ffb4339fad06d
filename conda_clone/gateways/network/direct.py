"""`DirectConnections`: requests that need neither a proxy nor anything unusual, without a library.

Loading the HTTP library takes 66 ms, and each request through it half a millisecond: more than all
else about a file of a few kilobytes. What is not plain is refused here (`target_of`), and left to
the library, which knows all the ways to write an address.
"""

import re
import selectors
import socket
import threading
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from conda_clone.gateways.network.dialing import dial
from conda_clone.gateways.network.wire import Answer, Connection

if TYPE_CHECKING:
    import ssl

    from conda_clone.config.settings import NetworkSettings

__all__ = ["DirectConnections", "Target", "target_of"]

_PLAIN = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::([0-9]{1,5}))?"
    r"(/[A-Za-z0-9._~!$&'()*+,;=:@/-]*(?:\?[A-Za-z0-9._~!$&'()*+,;=:@/?-]*)?)"
)
_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535
_NO_DELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)  # Windows has no poll


class Target(NamedTuple):
    """What a plain address says."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the header Host says."""
        is_usual = self.port == _PORTS[self.scheme]
        return self.host if is_usual else f"{self.host}:{self.port}"


def target_of(url: str) -> Target | None:
    """Return what an address says if nobody can read it in two ways; None otherwise.

    >>> target_of("http://host:8080/a/b.zst")
    Target(scheme='http', host='host', port=8080, path='/a/b.zst')
    >>> target_of("http://host/a%41"), target_of("http://host/../a"), target_of("http://[::1]/a")
    (None, None, None)
    """
    found = _PLAIN.fullmatch(url)
    if found is None or "/." in url:
        return None
    scheme, host, port, path = found.groups()
    number = int(port) if port else _PORTS[scheme]
    return Target(scheme, host, number, path) if 0 < number <= _LAST_PORT else None


class DirectConnections:
    """A pool of connections for all threads; those that can be used again are kept.

    Args:
        settings: How connections are made.
        most: How many are kept open per server.
    """

    def __init__(self, settings: "NetworkSettings", most: int) -> None:
        self._settings = settings
        self._most = most
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, str, int], list[Connection]] = {}
        self._context: ssl.SSLContext | None = None
        weakref.finalize(self, _close, self._idle)

    def ask(self, method: str, target: Target, headers: Mapping[str, str]) -> Answer:
        """Send a request without a body, and return the answer.

        Raises:
            UnusableCertificatesError: Those of the settings are missing, or are none.
            OSError: The server cannot be reached, is not trusted, or does not answer.
            ValueError: The host cannot be one.
        """
        lines = [f"{method} {target.path} HTTP/1.1", f"Host: {target.authority}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        request = "\r\n".join([*lines, "", ""]).encode("latin-1")
        origin = target[:3]

        def release(connection: Connection) -> None:
            with self._lock:
                idle = self._idle.setdefault(origin, [])
                if len(idle) < self._most:
                    idle.append(connection)
                    return
            connection.close()

        connection = self._kept(origin) or self._opened(*origin)
        return connection.ask(request, has_body=method != "HEAD", release=release)

    def _kept(self, origin: tuple[str, str, int]) -> Connection | None:
        """Return an open connection, if there is one that the server has not closed."""
        while True:
            with self._lock:
                idle = self._idle.get(origin)
                if not idle:
                    return None
                connection = idle.pop()
            if _is_quiet(connection):
                return connection
            connection.close()

    def _opened(self, scheme: str, host: str, port: int) -> Connection:
        settings = self._settings
        opened = dial(host, port, timeout=settings.connect_timeout, options=_NO_DELAY)
        if scheme == "https":
            try:
                opened = self._shared_context().wrap_socket(opened, server_hostname=host)
            except BaseException:
                opened.close()
                raise
        return Connection(opened, settings.read_timeout)

    def _shared_context(self) -> "ssl.SSLContext":
        with self._lock:
            if self._context is None:
                from conda_clone.gateways.network.tls import tls_context  # 10 ms, for https only

                self._context = tls_context(self._settings)
            return self._context


def _close(idle: dict[tuple[str, str, int], list[Connection]]) -> None:
    for connections in idle.values():
        for connection in connections:
            connection.close()


def _is_quiet(connection: Connection) -> bool:
    """Tell whether nothing comes from there, not even the end: nothing has been asked."""
    with _Selector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return not selector.select(0)
