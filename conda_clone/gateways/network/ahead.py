"""`DialledAhead`: connections that are opened before there is a request for them.

Opening one takes a round trip. Who knows that requests will follow begins with it while something
else has to be waited for, or worked out.
"""

import socket
import threading
import weakref
from collections import defaultdict, deque
from collections.abc import Mapping

from conda_clone.gateways.network.dialing import HEAD_START, dial_several

__all__ = ["DialledAhead"]

_MOST = 32  # per server, under way or unused
_NO_DELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
_Place = tuple[str, int]  # host, port


class DialledAhead:
    """Unused connections by host and port, for all threads.

    Args:
        timeout: Seconds that opening may take.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._changed = threading.Condition()
        self._places: defaultdict[_Place, _Unused] = defaultdict(_Unused)
        weakref.finalize(self, _close, self._places)

    def begin(self, host: str, port: int, count: int) -> None:
        """Begin to open so many; errors are left to whoever needs a connection."""
        with self._changed:
            unused = self._places[host, port]
            count = min(count, _MOST - unused.coming - len(unused.opened))
            unused.coming += max(count, 0)
        if count > 0:
            arguments = (host, port, count)
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
                    self._changed.wait_for(unused.is_settled, HEAD_START)
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

    def _open(self, host: str, port: int, count: int) -> None:
        unused = self._places[host, port]
        try:
            for opened in dial_several(host, port, count, timeout=self._timeout, options=_NO_DELAY):
                with self._changed:
                    count -= 1
                    unused.coming -= 1
                    unused.opened.append(opened)
                    self._changed.notify_all()
        except socket.gaierror as error:
            unused.failure = error
        except (OSError, ValueError):
            pass  # other addresses may do
        with self._changed:
            unused.coming -= count
            self._changed.notify_all()


class _Unused:
    """What is there for one place.

    Attributes:
        opened: Connections.
        coming: How many more are being opened.
        waiting: How many of these somebody waits for.
        failure: Why there is nothing, and nothing could be.
    """

    __slots__ = ("coming", "failure", "opened", "waiting")

    def __init__(self) -> None:
        self.opened: deque[socket.socket] = deque()
        self.coming = 0
        self.waiting = 0
        self.failure: socket.gaierror | None = None

    def is_settled(self) -> bool:
        """Tell whether waiting any longer is of no use."""
        return bool(self.opened) or not self.coming


def _close(places: Mapping[_Place, _Unused]) -> None:
    for unused in places.values():
        for opened in unused.opened:
            opened.close()


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
