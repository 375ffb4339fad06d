"""An address that never answers who wants to connect, as a network that leads nowhere."""

import contextlib
import select
import socket
from collections.abc import Iterator

import pytest

__all__ = ["blackhole"]


@contextlib.contextmanager
def blackhole(family: socket.AddressFamily = socket.AF_INET) -> Iterator[tuple[str, int]]:
    """Yield the address of a listener whose queue is full, so that nobody hears from it."""
    host = "127.0.0.1" if family == socket.AF_INET else "::1"
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket(family))
        listener.bind((host, 0))
        listener.listen(0)
        place = listener.getsockname()[:2]
        for _ in range(4):
            waiting = stack.enter_context(socket.socket(family))
            waiting.setblocking(False)
            waiting.connect_ex(place)
            if not select.select([], [waiting], [], 0.1)[1]:
                yield place
                return
        pytest.skip("this system keeps on accepting connections that nobody takes")
