"""Connects to a host by the first of its addresses that answers (RFC 8305, "happy eyeballs").

A network whose IPv6 leads nowhere would otherwise cost the whole time-out for every connection.
"""

import errno
import os
import selectors
import socket
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from time import monotonic
from types import TracebackType
from typing import Any, Self

__all__ = ["HEAD_START", "Address", "dial", "dial_several", "first_address"]

HEAD_START = 0.25  # seconds for an address before the next one is tried too (RFC 8305, section 5)
# How often the preferred address is tried once more while none answers. What a server drops because
# too many want to connect at once, the system itself tries again after a whole second only.
_TRIES_AGAIN = 3
_UNDER_WAY = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK})
Address = tuple[Any, ...]  # as `socket.getaddrinfo` returns it
_Options = tuple[tuple[int, int, Any], ...]


def dial(
    host: str, port: int, *, timeout: float, options: Iterable[tuple[int, int, Any]] = ()
) -> socket.socket:
    """Return a connection; while no address answers, the preferred one is tried again.

    Args:
        host: Name or address.
        port: Where it listens.
        timeout: Seconds for all addresses together; afterwards, the time-out of the connection.
        options: Options of its socket: level, name, value.

    Raises:
        socket.gaierror: The host has no address.
        TimeoutError: None of its addresses answers in time.
        OSError: None of them lets us in; what the last one said.
    """
    addresses = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    with _Race(timeout, tuple(options)) as race:
        connection = race.winner(_by_turns(addresses))
    connection.settimeout(timeout)
    return connection


def first_address(host: str, port: int) -> Address:
    """Return the address that a connection to a host is tried with first.

    Raises:
        socket.gaierror: The host has no address.
        ValueError: It cannot be one.
    """
    return socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]


def dial_several(
    address: Address, count: int, *, timeout: float, options: Iterable[tuple[int, int, Any]] = ()
) -> Iterator[socket.socket]:
    """Yield connections to one address as they are made, all of them begun at once.

    Args:
        address: As `first_address` returns it.
        count: How many at most.
        timeout: Seconds for all together; afterwards, the time-out of each.
        options: As for `dial`.
    """
    with _Race(timeout, tuple(options)) as race:
        for connection in race.finishers([address] * count):
            connection.settimeout(timeout)
            yield connection


def _by_turns(addresses: Sequence[Address]) -> list[Address]:
    """Return the addresses so that families take turns, the preferred one first."""
    families = [each[0] for each in addresses]
    first = [each for each in addresses if each[0] == families[0]]
    others = [each for each in addresses if each[0] != families[0]]
    pairs = chain.from_iterable(zip_longest(first, others))
    return [address for address in pairs if address is not None]


class _Race:
    """Attempts to connect, of which one wins; the others are given up at the end."""

    def __init__(self, timeout: float, options: _Options) -> None:
        self._deadline = monotonic() + timeout
        self._options = options
        self._selector = selectors.DefaultSelector()
        self._failure = OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for key in list(self._selector.get_map().values()):
            _socket_of(key).close()
        self._selector.close()

    def winner(self, addresses: list[Address]) -> socket.socket:
        """Return the first connection that is made."""
        again = addresses[:1] * _TRIES_AGAIN
        while addresses or self._selector.get_map():
            if addresses:
                self._start(addresses.pop(0))
            left = self._deadline - monotonic()
            if left <= 0:
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            others = addresses or again
            answers = self._selector.select(min(left, HEAD_START) if others else left)
            for key, _ in answers:
                if self._is_made(key):
                    return _socket_of(key)
            if again and not answers and not addresses:
                addresses.append(again.pop())
        raise self._failure

    def finishers(self, addresses: list[Address]) -> Iterator[socket.socket]:
        """Yield every connection that is made in time."""
        for address in addresses:
            self._start(address)
        while self._selector.get_map():
            left = self._deadline - monotonic()
            if left <= 0:
                return
            for key, _ in self._selector.select(left):
                if self._is_made(key):
                    yield _socket_of(key)

    def _start(self, address: Address) -> None:
        family, kind, protocol, _, place = address
        try:
            connection = socket.socket(family, kind, protocol)
        except OSError as error:  # this machine does not know the family
            self._failure = error
            return
        try:
            for option in self._options:
                connection.setsockopt(*option)
            connection.settimeout(0)
            code = connection.connect_ex(place)
        except OSError as error:
            code = error.errno or errno.EIO
        if code in _UNDER_WAY:
            self._selector.register(connection, selectors.EVENT_WRITE)
        else:
            connection.close()
            self._failure = OSError(code, os.strerror(code))

    def _is_made(self, key: selectors.SelectorKey) -> bool:
        connection = _socket_of(key)
        self._selector.unregister(connection)
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            connection.close()
            self._failure = OSError(code, os.strerror(code))
        return not code


def _socket_of(key: selectors.SelectorKey) -> socket.socket:
    connection = key.fileobj
    assert isinstance(connection, socket.socket)  # noqa: S101 - only these are registered
    return connection
