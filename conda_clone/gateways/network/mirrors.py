"""`MirrorTransport`: several servers for one channel, asked in order until one has what is wanted.

A mirror that cannot be reached, is broken, or delivered something damaged goes to the end of the
line for the rest of the run. Digests decide what is damaged, never the mirrors among themselves.
"""

import threading
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from conda_clone.errors import CondaError
from conda_clone.gateways.log import log
from conda_clone.gateways.network.transport import Request, Response, Transport, close, prepare
from conda_clone.models.url import redact

__all__ = ["MirrorTransport", "Rejecting"]

_FIRST_ERROR = 400
_FIRST_SERVER_ERROR = 500
_PRECONDITION = frozenset({412, 416})


@runtime_checkable
class Rejecting(Protocol):
    """A transport that can be told that what came was damaged."""

    def reject(self, url: str) -> bool:
        """Take note of it; tell whether what is wanted may come from elsewhere."""


class MirrorTransport:
    """Opens URLs below a channel at its mirrors.

    Args:
        transport: How to open a URL.
        mirrors: Address of a channel, without secrets and trailing slash, to the addresses that are
            asked in its place; the channel's own only if it is among them.
    """

    def __init__(self, transport: Transport, mirrors: Mapping[str, tuple[str, ...]]) -> None:
        self._transport = transport
        self._mirrors = {
            channel: [mirror.rstrip("/") for mirror in places]
            for channel, places in mirrors.items()
            if places
        }
        self._sources: dict[str, str] = {}
        self._rejections: dict[str, int] = {}
        self._lock = threading.Lock()

    def open(self, request: Request) -> Response:
        """Return the first good answer of the mirrors, or else the last one.

        Raises:
            CondaError: What the last mirror failed with.
        """
        plain = redact(request.url)
        channel = self._channel_of(plain)
        if channel is None:
            return self._transport.open(request)
        places = self._places(channel)
        rest = plain[len(channel) :]
        for place in places[:-1]:
            try:
                response = self._ask(request, plain, place, rest)
            except CondaError:
                self._demote(channel, place)
                continue
            if response.status < _FIRST_ERROR or response.status in _PRECONDITION:
                return response
            response.close()
            if response.status >= _FIRST_SERVER_ERROR:
                self._demote(channel, place)
        return self._ask(request, plain, places[-1], rest)

    def reject(self, url: str) -> bool:
        """Take note that what came from this URL was damaged; tell whether another mirror is left.

        Each URL is given up after as many rejections as its channel has mirrors.
        """
        plain = redact(url)
        channel = self._channel_of(plain)
        place = self._sources.get(plain)
        if channel is None or place is None:
            return False
        self._demote(channel, place)
        with self._lock:
            times = self._rejections[plain] = self._rejections.get(plain, 0) + 1
            return times < len(self._mirrors[channel])

    def prepare(self, url: str, connections: int) -> None:
        """Prepare the transport below for the mirror that is asked first."""
        plain = redact(url)
        channel = self._channel_of(plain)
        if channel is not None:
            url = f"{self._places(channel)[0]}{plain[len(channel) :]}"
        prepare(self._transport, url, connections)

    def close(self) -> None:
        """Close the transport below."""
        close(self._transport)

    def _ask(self, request: Request, plain: str, place: str, rest: str) -> Response:
        with self._lock:
            self._sources[plain] = place
        return self._transport.open(
            Request(f"{place}{rest}", request.headers, method=request.method)
        )

    def _channel_of(self, url: str) -> str | None:
        return next((channel for channel in self._mirrors if url.startswith(f"{channel}/")), None)

    def _places(self, channel: str) -> list[str]:
        with self._lock:
            return list(self._mirrors[channel])

    def _demote(self, channel: str, place: str) -> None:
        log("network", "%s is the last mirror to be asked from now on", place, is_detail=False)
        with self._lock:
            places = self._mirrors[channel]
            places.remove(place)
            places.append(place)
