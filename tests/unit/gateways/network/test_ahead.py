"""Connections that are opened before there is a request for them."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.ahead import DialledAhead
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.network.transport import Request, close, prepare
from conda_clone.testing.server import ChannelServer
from tests.support.blackhole import blackhole

Place = tuple[str, int]
_LONG = 60.0  # seconds


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        server.settimeout(_LONG)
        yield server


@pytest.fixture
def ahead() -> DialledAhead:
    return DialledAhead(_LONG, patience=_LONG)


def test_what_was_begun_can_be_taken_once(ahead: DialledAhead, listener: socket.socket) -> None:
    place: Place = listener.getsockname()
    ahead.begin(*place, 2)
    taken = [ahead.take(*place) for _ in range(3)]
    assert [each and each.getpeername() for each in taken] == [place, place, None]
    for each in taken:
        if each is not None:
            assert each.gettimeout() == _LONG
            each.close()


def test_a_host_is_looked_up_once(
    ahead: DialledAhead, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, port = listener.getsockname()
    look_up, asked = socket.getaddrinfo, []

    def noted(*arguments: Any, **options: Any) -> Any:
        asked.append(arguments)
        return look_up(*arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    for _ in range(3):
        ahead.begin(host, port, 2)
    taken = [ahead.take(host, port) for _ in range(6)]
    assert asked == [(host, port)]
    for each in taken:
        assert each is not None
        each.close()


def test_each_place_has_its_own(ahead: DialledAhead, listener: socket.socket) -> None:
    host, port = listener.getsockname()
    ahead.begin(host, port, 1)
    assert ahead.take("localhost", port) is None
    assert ahead.take(host, 1) is None


def test_one_that_has_been_closed_is_not_handed_out(
    ahead: DialledAhead, listener: socket.socket
) -> None:
    place: Place = listener.getsockname()
    ahead.begin(*place, 1)
    connection, _ = listener.accept()
    connection.close()
    assert ahead.take(*place) is None


def test_nobody_waits_where_nobody_listens(ahead: DialledAhead) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        place: Place = taken.getsockname()
        ahead.begin(*place, 3)
        assert ahead.take(*place) is None


def test_that_a_host_has_no_address_is_said_once(
    ahead: DialledAhead, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "this name is not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for _ in range(2):
        ahead.begin("host.invalid", 80, 1)
    with pytest.raises(socket.gaierror):
        ahead.take("host.invalid", 80)
    assert ahead.take("host.invalid", 80) is None


def test_a_host_that_can_be_none_is_left_to_the_request(ahead: DialledAhead) -> None:
    ahead.begin("a..b", 80, 1)
    assert ahead.take("a..b", 80) is None


def test_nobody_waits_for_long() -> None:
    ahead = DialledAhead(_LONG)
    with blackhole() as place:
        ahead.begin(*place, 1)
        assert ahead.take(*place) is None


def test_there_is_a_limit(ahead: DialledAhead, listener: socket.socket) -> None:
    place: Place = listener.getsockname()
    ahead.begin(*place, 1000)
    ahead.begin(*place, 1)
    taken = [ahead.take(*place) for _ in range(33)]
    assert sum(each is not None for each in taken) == 32
    for each in taken:
        if each is not None:
            each.close()


def test_who_closes_leaves_nothing_open(ahead: DialledAhead, listener: socket.socket) -> None:
    place: Place = listener.getsockname()
    ahead.begin(*place, 1)
    connection, _ = listener.accept()
    ahead.close()
    connection.settimeout(_LONG)
    assert connection.recv(1) == b""
    ahead.begin(*place, 1)
    later, _ = listener.accept()
    later.settimeout(_LONG)
    assert later.recv(1) == b""
    connection.close()
    later.close()


def test_a_prepared_connection_carries_the_request(listener: socket.socket) -> None:
    host, port = listener.getsockname()
    transport = build_transport(NetworkSettings())
    prepare(transport, f"http://user:pw@{host}:{port}/chan", 1)
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(_LONG)
        # What has an answer before a request is no connection to ask on.
        with ThreadPoolExecutor(1) as pool:
            connected = pool.submit(_answer, listener)
            with transport.open(Request(f"http://{host}:{port}/chan/x")) as response:
                assert response.read(99) == b"yes"
            connected.result().close()


def test_a_transport_that_is_closed_keeps_no_connection(listener: socket.socket) -> None:
    host, port = listener.getsockname()
    transport = build_transport(NetworkSettings())
    with ThreadPoolExecutor(1) as pool:
        connected = pool.submit(_answer, listener, "keep-alive")
        with transport.open(Request(f"http://{host}:{port}/chan/x")) as response:
            assert response.read(99) == b"yes"
        with connected.result() as connection:
            connection.settimeout(_LONG)
            close(transport)
            assert connection.recv(1) == b""


def _answer(listener: socket.socket, wish: str = "close") -> socket.socket:
    """Answer one request; return the connection."""
    connection, _ = listener.accept()
    connection.recv(9999)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: {wish}\r\n\r\n"
    connection.sendall(head.encode() + b"yes")
    return connection


@pytest.mark.parametrize(
    "url", ["http://[::1/x", "http://", "file:///x", "gopher://host/x", "http://host:x/"]
)
def test_what_cannot_be_prepared_is_left_to_the_request(url: str) -> None:
    prepare(build_transport(NetworkSettings()), url, 1)
    prepare(build_transport(NetworkSettings(offline=True)), url, 1)


def test_proxies_are_left_alone(listener: socket.socket) -> None:
    host, port = listener.getsockname()
    transport = build_transport(NetworkSettings(proxy_servers={"all": "http://proxy.invalid:1"}))
    prepare(transport, f"http://{host}:{port}/x", 1)
    listener.settimeout(0.1)
    with pytest.raises(TimeoutError):
        listener.accept()


@pytest.mark.parametrize("channel", ["https://main.invalid/chan", "{mirror}"])
def test_of_mirrors_the_first_one_is_prepared(listener: socket.socket, channel: str) -> None:
    host, port = listener.getsockname()
    mirror = f"http://{host}:{port}/chan"
    mirrors = {"https://main.invalid/chan": (mirror, "https://mirror.invalid/chan")}
    transport = build_transport(NetworkSettings(mirrors=mirrors))
    prepare(transport, f"{channel.format(mirror=mirror)}/noarch", 1)
    listener.accept()[0].close()
    close(transport)


def test_requests_use_what_was_prepared(server: ChannelServer) -> None:
    transport = build_transport(NetworkSettings())
    prepare(transport, server.url("files"), 3)
    for _ in range(3):
        transport.open(Request(server.url("files/none"))).close()
    assert [request.status for request in server.requests] == [404] * 3
