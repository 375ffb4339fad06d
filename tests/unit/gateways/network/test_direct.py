"""Which requests go without the HTTP library, and how they share connections."""

import http.server
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.direct import DirectConnections, Target, target_of
from conda_clone.gateways.network.http_transport import HttpTransport
from conda_clone.gateways.network.transport import Request
from conda_clone.testing.server import ChannelServer


class Lasting(http.server.ThreadingHTTPServer):
    """A server that keeps connections, and counts them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hello)
        self.connections: list[socket.socket] = []
        self.has_lost_one = threading.Event()

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        self.connections.append(connection)
        return connection, address

    def shutdown_request(self, request: object) -> None:
        super().shutdown_request(request)  # type: ignore[arg-type]  # as in the base class
        self.has_lost_one.set()

    @property
    def target(self) -> Target:
        return Target("http", "127.0.0.1", self.server_port, "/")


class Hello(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base class
        pass


@pytest.fixture
def lasting() -> Iterator[Lasting]:
    with Lasting() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def body(connections: DirectConnections, target: Target) -> bytes:
    return b"".join(connections.ask("GET", target, {}).chunks(99))


def test_plain_addresses_are_read() -> None:
    assert target_of("https://host/a/b_1.zst?q=1") == Target("https", "host", 443, "/a/b_1.zst?q=1")
    assert target_of("http://127.0.0.1:80/") == Target("http", "127.0.0.1", 80, "/")
    authorities = [target_of(f"http://host{port}/") for port in ("", ":80", ":81")]
    assert [each and each.authority for each in authorities] == ["host", "host", "host:81"]


@pytest.mark.parametrize(
    "url",
    [
        "http://host", "http://Host/", "http://[::1]/", "http://user@host/", "http://host:99999/",
        "http://host:0/", "http://host:x/", "http://-host/", "http://hö.st/", "http://host/a b",
        "http://host/%41", "http://host/a#b", "http://host/a/../b", "ftp://host/", "http://host/\n",
        "http://host_name/",
    ],
)  # fmt: skip
def test_others_are_left_to_the_library(url: str) -> None:
    assert target_of(url) is None


@pytest.mark.parametrize("path", ["with space", "%41bc", "dots/../f", "ümlaut"])
def test_the_library_reads_unusual_addresses(
    folder: Path, server: ChannelServer, path: str
) -> None:
    for name in ("with space", "Abc", "f", "ümlaut"):
        (folder / name).write_bytes(b"content")
    url = f"{server.url('files')}/{path}"
    with HttpTransport(NetworkSettings()).open(Request(url)) as response:
        assert (response.status, response.read(99)) == (200, b"content")


def test_a_plain_request_does_not_load_the_library(folder: Path, server: ChannelServer) -> None:
    (folder / "f").write_bytes(b"content")
    program = (
        "import sys; from conda_clone.config.settings import NetworkSettings; "
        "from conda_clone.gateways.network.session import build_transport; "
        "from conda_clone.gateways.network.transport import Request; "
        f"response = build_transport(NetworkSettings()).open(Request({server.url('files/f')!r})); "
        "loaded = {'requests', 'urllib3', 'http.client', 'ssl', 'logging'} & set(sys.modules); "
        "print(response.read(99), loaded)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={}
    )
    assert done.stdout == "b'content' set()\n"


def test_requests_one_after_the_other_share_a_connection(lasting: Lasting) -> None:
    connections = DirectConnections(NetworkSettings(), 2)
    assert [body(connections, lasting.target) for _ in range(3)] == [b"hello"] * 3
    assert len(lasting.connections) == 1


def test_only_so_many_are_kept(lasting: Lasting) -> None:
    connections = DirectConnections(NetworkSettings(), 1)
    for _ in range(2):
        answers = [connections.ask("GET", lasting.target, {}) for _ in range(2)]
        assert [b"".join(answer.chunks(99)) for answer in answers] == [b"hello"] * 2
    assert len(lasting.connections) == 3


def test_a_connection_that_the_server_has_closed_is_not_used_again(lasting: Lasting) -> None:
    connections = DirectConnections(NetworkSettings(), 2)
    assert body(connections, lasting.target) == b"hello"
    lasting.connections[0].shutdown(socket.SHUT_RDWR)
    assert body(connections, lasting.target) == b"hello"
    assert len(lasting.connections) == 2


def test_connections_are_closed_with_their_pool(lasting: Lasting) -> None:
    connections = DirectConnections(NetworkSettings(), 2)
    body(connections, lasting.target)
    del connections  # a socket that nobody closes would be a warning, which is an error
    assert lasting.has_lost_one.wait(5)


def test_headers_that_can_be_read_in_two_ways_are_left_to_the_library(
    folder: Path, server: ChannelServer
) -> None:
    (folder / "f").write_bytes(b"content")
    transport = HttpTransport(NetworkSettings())
    with transport.open(Request(server.url("files/f"), {"X-A": "ö"})) as response:
        assert response.status == 200
    with pytest.raises(Exception, match="Invalid") as raised:
        transport.open(Request(server.url("files/f"), {"X-A": "a\r\nX-B: c"}))
    assert type(raised.value).__name__ == "CondaHTTPError"
