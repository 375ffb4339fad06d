"""`DialledAhead`: connections that are opened before there is a request for them.

Opening one takes a round trip. Who knows that requests will follow begins with it while something
else has to be waited for, or worked out.
"""

import socket
import threading
import weakref
from collections import defaultdict, deque
from collections.abc import Mapping

from conda_clone.gateways.network.dialing import (
    HEAD_START,
    Address,
    dial_several,
    first_address,
)

__all__ = ["DialledAhead"]

_MOST = 32  # per server, under way or unused
_NO_DELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
_Place = tuple[str, int]  # host, port


class DialledAhead:
    """Unused connections by host and port, for all threads.

    Args:
        timeout: Seconds that opening may take.
        patience: Seconds to wait for a connection that is on its way, before one is opened anew.
    """

    def __init__(self, timeout: float, patience: float = HEAD_START) -> None:
        self._timeout = timeout
        self._patience = patience
        self._changed = threading.Condition()
        self._places: defaultdict[_Place, _Unused] = defaultdict(_Unused)
        self._is_closed = False
        weakref.finalize(self, _close, self._places)

    def begin(self, host: str, port: int, count: int) -> None:
        """Begin to open so many; errors are left to whoever needs a connection."""
        with self._changed:
            unused = self._places[host, port]
            count = min(count, _MOST - unused.coming - len(unused.opened))
            if count <= 0 or unused.failure is not None:
                return
            unused.coming += count
            if unused.is_looked_up:
                unused.wanted += count
                return
            unused.is_looked_up = unused.address is None
        arguments = (unused, host, port, count)
        threading.Thread(target=self._open, args=arguments, name="ahead", daemon=True).start()

    def take(self, host: str, port: int) -> socket.socket | None:
        """Return a connection that is open, or will be in a moment; None where there is none.

        Raises:
            socket.gaierror: The host was found to have no address; said once.
        """
        unused = self._places.get((host, port))
        while unused is not None:
            with self._changed:
                if not unused.opened and unused.coming > unused.waiting:
                    unused.waiting += 1
                    self._changed.wait_for(unused.is_settled, self._patience)
                    unused.waiting -= 1
                failure, unused.failure = unused.failure, None
                if failure is not None:
                    raise failure
                if not unused.opened:
                    return None
                opened = unused.opened.popleft()  # the one that the server has known for longest
            if _is_quiet(opened):
                opened.settimeout(self._timeout)
                return opened
            opened.close()
        return None

    def close(self) -> None:
        """Close all that are unused, and those that are on their way when they come."""
        with self._changed:
            self._is_closed = True
            _close(self._places)

    def _open(self, unused: "_Unused", host: str, port: int, count: int) -> None:
        failure = None
        try:
            address = unused.address or first_address(host, port)
            count += self._looked_up(unused, address)
            for opened in dial_several(address, count, timeout=self._timeout, options=_NO_DELAY):
                count -= 1
                self._settle(unused, 1, opened)
        except socket.gaierror as error:
            failure = error
        except (OSError, ValueError):
            pass  # who needs a connection is told
        count += self._looked_up(unused, unused.address, failure)
        self._settle(unused, count)

    def _looked_up(
        self, unused: "_Unused", address: Address | None, failure: socket.gaierror | None = None
    ) -> int:
        """Note what the host's address is; return how many were asked for meanwhile."""
        with self._changed:
            unused.address = address
            unused.failure = failure or unused.failure
            unused.is_looked_up = False
            count, unused.wanted = unused.wanted, 0
            return count

    def _settle(self, unused: "_Unused", count: int, *opened: socket.socket) -> None:
        """Note that so many are no longer on their way, and which of them are there."""
        with self._changed:
            unused.coming -= count
            unused.opened += opened
            self._changed.notify_all()
            if self._is_closed:
                _close(self._places)


class _Unused:
    """What is there for one place.

    Attributes:
        opened: Connections, the oldest first.
        coming: How many more there will be.
        address: Of the place, once it is known.
        is_looked_up: Whether somebody is finding it out.
        wanted: How many more of those that come were asked for meanwhile.
        waiting: How many of these somebody waits for.
        failure: Why there is nothing, and nothing could be.
    """

    __slots__ = ("address", "coming", "failure", "is_looked_up", "opened", "waiting", "wanted")

    def __init__(self) -> None:
        self.opened: deque[socket.socket] = deque()
        self.address: Address | None = None
        self.coming = 0
        self.wanted = 0
        self.is_looked_up = False
        self.waiting = 0
        self.failure: socket.gaierror | None = None

    def is_settled(self) -> bool:
        """Tell whether waiting any longer is of no use."""
        return bool(self.opened) or not self.coming


def _close(places: Mapping[_Place, _Unused]) -> None:
    for unused in places.values():
        while unused.opened:
            unused.opened.popleft().close()


def _is_quiet(opened: socket.socket) -> bool:
    """Tell whether nothing has come from there, not even the end: nothing has been asked."""
    opened.settimeout(0)
    try:
        opened.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
