"""Connections to hosts with several addresses, of which some lead nowhere."""

import contextlib
import errno
import select
import socket
import threading
import time
from collections.abc import Iterator
from unittest import mock

import pytest

from conda_clone.gateways.network.dialing import HEAD_START, dial
from tests.support.blackhole import blackhole

Place = tuple[str, int]


@pytest.fixture
def listener() -> Iterator[Place]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


@pytest.fixture
def refusing() -> Iterator[Place]:
    """Return where nobody listens, and nobody else can."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()


@pytest.fixture
def silent() -> Iterator[Place]:
    with blackhole() as place:
        yield place


def connected(*places: Place, timeout: float = 5) -> Place:
    """Return where a host with these addresses is reached."""
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
    with (
        mock.patch("socket.getaddrinfo", return_value=rows),
        dial("host", 1, timeout=timeout) as connection,
    ):
        assert connection.gettimeout() == timeout
        reached: Place = connection.getpeername()
        return reached


def test_the_first_address_is_taken(listener: Place, refusing: Place) -> None:
    assert connected(listener, refusing) == listener


def test_one_that_refuses_is_passed_over(listener: Place, refusing: Place) -> None:
    assert connected(refusing, refusing, listener) == listener


def test_one_that_is_silent_costs_a_moment(listener: Place, silent: Place) -> None:
    begun = time.monotonic()
    assert connected(silent, listener) == listener
    assert time.monotonic() - begun >= HEAD_START


def test_where_all_refuse_that_is_the_error(refusing: Place) -> None:
    with pytest.raises(ConnectionRefusedError):
        connected(refusing, refusing)


def test_where_all_are_silent_the_time_is_up(silent: Place) -> None:
    with pytest.raises(TimeoutError):
        connected(silent, timeout=0.1)


def test_a_silent_one_is_tried_again_sooner_than_by_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect, tries = socket.socket.connect_ex, 0

    def counted(connection: socket.socket, where: Place) -> int:
        nonlocal tries
        tries += 1
        return connect(connection, where)

    with (
        socket.create_server(("127.0.0.1", 0), backlog=1) as server,
        contextlib.ExitStack() as stack,
    ):
        place = server.getsockname()
        while _enters(stack, place):
            pass  # until the queue is full

        def make_room() -> None:
            while select.select([server], [], [], 0)[0]:
                server.accept()[0].close()

        monkeypatch.setattr(socket.socket, "connect_ex", counted)
        with running(threading.Timer(HEAD_START / 2, make_room)):
            assert connected(place, timeout=60) == place
    # The system, which tries again after a second, does so with the same socket.
    assert tries > 1


def _enters(stack: contextlib.ExitStack, place: Place) -> bool:
    """Wait in the queue of a listener; return whether there was room."""
    waiting = stack.enter_context(socket.socket())
    waiting.setblocking(False)
    waiting.connect_ex(place)
    return bool(select.select([], [waiting], [], 0.1)[1])


@contextlib.contextmanager
def running(timer: threading.Timer) -> Iterator[None]:
    timer.start()
    try:
        yield
    finally:
        timer.join()


def test_a_family_that_the_machine_lacks_is_passed_over(listener: Place) -> None:
    rows = [
        (12345, socket.SOCK_STREAM, 6, "", ("::1", 1)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", listener),
    ]
    with (
        mock.patch("socket.getaddrinfo", return_value=rows),
        dial("host", 1, timeout=5) as connection,
    ):
        assert connection.getpeername() == listener


def test_a_host_without_addresses_is_an_error() -> None:
    with (
        mock.patch("socket.getaddrinfo", return_value=[]),
        pytest.raises(OSError) as raised,  # noqa: PT011 - its number says more than its text
    ):
        dial("host", 1, timeout=5)
    assert raised.value.errno == errno.EADDRNOTAVAIL


def test_options_are_set(listener: Place) -> None:
    option = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with dial(*listener, timeout=5, options=[option]) as connection:
        assert connection.getsockopt(*option[:2]) == 1
