"""`LaterTransport`: a transport that is made when it is first used.

Making the usual one takes 15 ms, and a command whose indexes are all cached fetches nothing; what
speaks FTP, S3 or to registries is needed by few. So this module loads nothing by itself.
"""

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from conda_clone.gateways.network.transport import Request, Response, Transport

__all__ = ["LaterTransport"]


class LaterTransport:
    """A `Transport` that makes another one.

    Args:
        build: Makes it; called once.
    """

    def __init__(self, build: "Callable[[], Transport]") -> None:
        self._build = build
        self._lock = threading.Lock()
        self._transport: Transport | None = None

    def open(self, request: "Request") -> "Response":
        """Return the answer, as the transport does that is made now at the latest."""
        return self._made().open(request)

    def prepare(self, url: str, connections: int) -> None:
        """Begin to connect, because requests will follow."""
        from conda_clone.gateways.network.transport import prepare  # loaded with the transport

        prepare(self._made(), url, connections)

    def close(self) -> None:
        """Close the transport, if one has been made."""
        if self._transport is not None:
            from conda_clone.gateways.network.transport import close  # loaded with the transport

            close(self._transport)

    def reject(self, url: str) -> bool:
        """Pass on that what came from this URL was damaged; see `mirrors`."""
        from conda_clone.gateways.network.mirrors import Rejecting  # loaded with the first request

        return isinstance(self._transport, Rejecting) and self._transport.reject(url)

    def _made(self) -> "Transport":
        with self._lock:
            if self._transport is None:
                self._transport = self._build()
            return self._transport
