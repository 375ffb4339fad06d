import socket
import threading
from collections.abc import Iterator

import pytest

from conda_clone.gateways.network.patience import LEAST_RATE, WINDOW, Watchdog, brisk


class Slow:
    """A source of pieces that each take a while, by a clock of its own."""

    def __init__(self, *pieces: tuple[float, int]) -> None:
        self.pieces = list(pieces)
        self.now = 0.0

    def read(self) -> bytes:
        if not self.pieces:
            return b""
        seconds, size = self.pieces.pop(0)
        self.now += seconds
        return b"x" * size

    def sizes(self) -> Iterator[int]:
        return (len(piece) for piece in brisk(self.read, lambda: self.now))


def wait_for_watchdogs() -> None:
    for thread in threading.enumerate():
        if thread.name == "watchdog":
            thread.join(5)


def test_what_comes_fast_enough_comes_whole() -> None:
    slow = Slow(*[(10.0, LEAST_RATE * 11)] * 9)
    assert list(slow.sizes()) == [LEAST_RATE * 11] * 9


def test_a_byte_now_and_then_is_not_enough() -> None:
    sizes = Slow(*[(1.0, 1)] * 100).sizes()
    with pytest.raises(TimeoutError, match="1024 bytes per second"):
        assert len(list(sizes)) < WINDOW


def test_each_window_counts_for_itself() -> None:
    sizes = Slow((1.0, 10**7), *[(1.0, 1)] * 100).sizes()
    with pytest.raises(TimeoutError):
        list(sizes)


def test_the_time_of_the_consumer_does_not_count() -> None:
    slow = Slow(*[(0.0, 1)] * 5)
    received = 0
    for size in slow.sizes():
        slow.now += 3600
        received += size
    assert received == 5


def test_a_connection_that_is_waited_for_too_long_is_hung_up() -> None:
    watchdog = Watchdog(0.05)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        with watchdog:
            watchdog.watch(ours)
            assert ours.recv(1) == b""


def test_a_request_that_has_ended_is_left_alone() -> None:
    watchdog = Watchdog(0.05)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        with watchdog:
            watchdog.watch(ours)
        wait_for_watchdogs()
        theirs.send(b"x")
        assert ours.recv(1) == b"x"


def test_a_connection_that_is_closed_already_is_no_problem() -> None:
    watchdog = Watchdog(0.01)
    ours, theirs = socket.socketpair()
    theirs.close()
    ours.close()
    with watchdog:
        watchdog.watch(ours)
        wait_for_watchdogs()


def test_nobody_looks_any_more_when_no_request_is_left() -> None:
    watchdog = Watchdog(3600)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for _ in range(2):
            with watchdog:
                watchdog.watch(ours)
                assert any(thread.name == "watchdog" for thread in threading.enumerate())
            wait_for_watchdogs()
