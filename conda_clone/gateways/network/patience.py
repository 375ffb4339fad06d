"""How slow a server may be: `Watchdog` for the start of an answer, `brisk` for its body.

The time-out of a socket begins anew with every byte, so that a server which sends one byte now and
then would hold us for ever.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator

__all__ = ["LEAST_RATE", "WINDOW", "Watchdog", "brisk"]

LEAST_RATE = 1024  # bytes per second, over a window
WINDOW = 30.0  # seconds
_LOOK = 0.5  # seconds between two looks of the watchdog


class Watchdog:
    """Hangs up on servers whose answer does not begin in time.

    Its thread lives as long as requests do: a process without threads can be copied.

    Around each request, in any thread: `with watchdog:`; whoever opens the connection for it calls
    `watch` with its socket.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._changed = threading.Condition()
        self._deadlines: dict[int, tuple[float, socket.socket]] = {}
        self._is_looking = False

    def __enter__(self) -> None:
        """Begin a request."""

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._deadlines.pop(threading.get_ident(), None)
            if not self._deadlines:
                self._changed.notify()

    def watch(self, connection: socket.socket) -> None:
        """Hang up on this connection if the request of this thread takes too long."""
        with self._changed:
            deadline = time.monotonic() + self._seconds
            self._deadlines[threading.get_ident()] = (deadline, connection)
            if not self._is_looking:
                self._is_looking = True
                threading.Thread(target=self._look, name="watchdog", daemon=True).start()

    def _look(self) -> None:
        with self._changed:
            while self._deadlines:
                self._changed.wait(min(_LOOK, self._seconds))
                now = time.monotonic()
                for thread, (deadline, connection) in list(self._deadlines.items()):
                    if deadline < now:
                        del self._deadlines[thread]
                        _hang_up(connection)
            self._is_looking = False


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is closed already


def brisk(
    read: Callable[[], bytes], clock: Callable[[], float] = time.monotonic
) -> Iterator[bytes]:
    """Yield what `read` returns until that is empty.

    Raises:
        TimeoutError: Less than `LEAST_RATE` bytes per second came during a whole `WINDOW`. The time
            that the consumer takes does not count.
    """
    waited = 0.0
    received = 0
    while True:
        before = clock()
        chunk = read()
        waited += clock() - before
        if not chunk:
            return
        received += len(chunk)
        if waited >= WINDOW:
            if received < LEAST_RATE * waited:
                raise TimeoutError(f"less than {LEAST_RATE} bytes per second came")
            waited, received = 0.0, 0
        yield chunk
