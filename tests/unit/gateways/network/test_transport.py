import base64
import http.server
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.errors import (
    CondaHTTPError,
    CondaSSLError,
    MissingExtraError,
    ProxyError,
)
from conda_clone.gateways.network.extended import ExtendedTransport
from conda_clone.gateways.network.http_transport import HttpTransport
from conda_clone.gateways.network.transport import Request
from conda_clone.testing.server import ChannelServer

# A certificate for 127.0.0.1 that nobody trusts, valid until 2120, with its key.
CERTIFICATE = """
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7158+CLpdo+hD0B+
4VePe/Mm5nav6yT7wwQGhV+yrlShRANCAASgnOujbmwFolZFVQOVO4xb9pF6gEJx
9LOTJYiKmJKSWMfjfJHC7RIB65kWtrmcngHMoxjhIDFX+Mi9Mwwqw7X7
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKCc66NubAWiVkVV
A5U7jFv2kXqAQnH0s5MliIqYkpJYx+N8kcLtEgHrmRa2uZyeAcyjGOEgMVf4yL0z
DCrDtfujTjBMMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYcEfwAAAYIJbG9j
YWxob3N0MB0GA1UdDgQWBBTHKdFwoSTxma5kIU66Mleq0k8NYTAKBggqhkjOPQQD
AgNIADBFAiBTBTEJdEb6jrbe+dJ01Cq6jRP/nkSq4r4LWOV/wYLSFQIhAI5EjC3K
sCWksed/teJgMxR55pH9CBvxHxVidiDFvObE
-----END CERTIFICATE-----
"""


def transport(**settings: object) -> HttpTransport:
    return HttpTransport(NetworkSettings(**settings))  # type: ignore[arg-type]  # short for tests


def body_of(url: str, **settings: object) -> bytes:
    with transport(**settings).open(Request(url)) as response:
        response.raise_for_status()
        return b"".join(response.iter_bytes())


def cause_of(url: str, *, is_final: bool = False, **settings: object) -> str:
    with pytest.raises(CondaHTTPError) as raised:
        transport(**settings).open(Request(url))
    assert raised.value.status is None
    assert raised.value.is_connection_failure is not is_final
    return raised.value.message


def test_an_answer_has_status_headers_and_body(folder: Path, server: ChannelServer) -> None:
    (folder / "f").write_bytes(b"content")
    with transport().open(Request(server.url("files/f"))) as response:
        assert (response.status, response.reason) == (200, "OK")
        assert response.headers["accept-ranges"] == "bytes"
        assert response.content_length == 7
        assert response.url == server.url("files/f")
        assert b"".join(response.iter_bytes(3)) == b"content"


def test_who_asks_says_so(folder: Path, server: ChannelServer) -> None:
    (folder / "f").touch()
    body_of(server.url("files/f"), user_agent="conda/1 test")
    agent = f"conda/1 requests/{requests.__version__} test"
    assert server.requests[0].headers["user-agent"] == agent


def test_other_methods_can_be_used(folder: Path, server: ChannelServer) -> None:
    (folder / "f").write_bytes(b"content")
    with transport().open(Request(server.url("files/f"), method="HEAD")) as response:
        assert b"".join(response.iter_bytes()) == b""
    assert server.requests[0].method == "HEAD"


def test_an_error_page_is_part_of_the_report(server: ChannelServer) -> None:
    url = server.url("files/gone").replace("//", "//user:pw@")
    with transport(user_agent="conda").open(Request(url)) as response:
        assert response.status == 404
        with pytest.raises(CondaHTTPError) as raised:
            response.raise_for_status()
    details = str(raised.value.details["response_details"])
    assert details.startswith("\n>>GET /files/gone HTTP\n> User-Agent: conda requests/")
    assert "\n\n<<HTTP 404 Not Found\n" in details
    assert details.endswith("\n\nNot Found\n")
    assert "Authorization" not in details


def test_long_and_broken_error_pages_are_cut(server: ChannelServer) -> None:
    server.fail("files/long", status=500, body=b"x" * 9000)
    server.fail("files/broken", status=500, body=b"y" * 9000, truncate=10)
    for name, shown in (("long", "x" * 2000), ("broken", "")):
        with transport().open(Request(server.url(f"files/{name}"))) as response:
            details = response.error().details["response_details"]
        assert str(details).endswith(f"\n\n{shown}\n")


def test_credentials_of_the_url_are_sent_as_a_header(folder: Path, server: ChannelServer) -> None:
    (folder / "f").touch()
    body_of(server.url("files/f").replace("//", "//user:p%C3%A4@"))
    sent = server.requests[0].headers["authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == "user:pä".encode()


def test_credentials_of_the_netrc_file_are_used_for_urls_without(
    folder: Path, server: ChannelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "f").touch()
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    body_of(server.url("files/f"))
    body_of(server.url("files/f").replace("//", "//user:pw@"))
    sent = [request.headers["authorization"] for request in server.requests]
    assert [base64.b64decode(text.removeprefix("Basic ")) for text in sent] == [
        b"me:secret",
        b"user:pw",
    ]


def test_redirections_are_followed(folder: Path, server: ChannelServer) -> None:
    (folder / "f").write_bytes(b"content")
    server.fail("files/old", status=302, headers={"Location": "/files/f"})
    with transport().open(Request(server.url("files/old"))) as response:
        assert response.url == server.url("files/f")
        assert b"".join(response.iter_bytes()) == b"content"


def test_credentials_stay_with_their_server(folder: Path, server: ChannelServer) -> None:
    (folder / "f").touch()
    server.fail("files/here", status=307, headers={"Location": "/files/f"})
    with ChannelServer() as other:
        other.mount("files", folder)
        server.fail("files/there", status=307, headers={"Location": other.url("files/f")})
        body_of(server.url("files/here").replace("//", "//user:pw@"))
        body_of(server.url("files/there").replace("//", "//user:pw@"))
        assert "authorization" in server.requests[1].headers
        assert "authorization" in server.requests[2].headers
        assert "authorization" not in other.requests[0].headers


def test_a_circle_of_redirections_ends(server: ChannelServer) -> None:
    server.fail("files/loop", status=301, headers={"Location": "/files/loop"})
    assert "too many redirections" in cause_of(server.url("files/loop"), is_final=True)
    assert len(server.requests) == 11


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://host/x", "http://host:x/"])
def test_a_redirection_out_of_the_web_is_refused(server: ChannelServer, target: str) -> None:
    server.fail("files/away", status=302, headers={"Location": target})
    assert "not safe to follow" in cause_of(server.url("files/away"), is_final=True)


def test_a_redirection_to_no_url_is_an_error(server: ChannelServer) -> None:
    server.fail("files/away", status=302, headers={"Location": "http://[::1/"})
    assert "not safe to follow" in cause_of(server.url("files/away"), is_final=True)


def test_a_redirection_without_a_target_is_the_answer(server: ChannelServer) -> None:
    server.fail("files/x", status=302)
    with (
        transport().open(Request(server.url("files/x"))) as response,
        pytest.raises(CondaHTTPError),
    ):
        response.raise_for_status()


def test_a_connection_that_breaks_off_is_an_error(folder: Path, server: ChannelServer) -> None:
    (folder / "f").write_bytes(b"x" * 1000)
    server.fail("files/f", truncate=400, times=1)
    server.fail("files/f", truncate=400, reset=True, times=1)
    for _ in range(2):
        with (
            transport().open(Request(server.url("files/f"))) as response,
            pytest.raises(CondaHTTPError) as raised,
        ):
            b"".join(response.iter_bytes())
        assert raised.value.is_connection_failure


def test_a_server_that_hangs_up_is_an_error(server: ChannelServer) -> None:
    server.fail("files/f", reset=True)
    assert "CONNECTION FAILED" in cause_of(server.url("files/f"))


def test_a_server_that_says_nothing_is_given_up(server: ChannelServer) -> None:
    server.fail("files/f", delay=1.0)
    assert "timed out" in cause_of(server.url("files/f"), read_timeout=0.05)


def test_nobody_there_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        message = cause_of(f"http://127.0.0.1:{port}/t/tk-1/x")
    assert message == (
        f"HTTP 000 CONNECTION FAILED (Connection refused) for `http://127.0.0.1:{port}/x`."
    )


@pytest.mark.parametrize("url", ["http://", "http://ho st/x", "http://[::1/x"])
def test_a_url_without_a_host_is_an_error(url: str) -> None:
    assert "CONNECTION FAILED" in cause_of(url, is_final=True)


@pytest.mark.parametrize("path", ["with space", "%41bc", "dots/../f", "ümlaut"])
def test_addresses_may_be_written_in_many_ways(
    folder: Path, server: ChannelServer, path: str
) -> None:
    for name in ("with space", "Abc", "f", "ümlaut"):
        (folder / name).write_bytes(b"content")
    assert body_of(f"{server.url('files')}/{path}") == b"content"


@pytest.mark.parametrize("value", ["a\r\nX-B: c", "a\nb", " a", "\u2603"])
def test_a_header_that_may_not_be_sent_is_refused(server: ChannelServer, value: str) -> None:
    with pytest.raises(CondaHTTPError) as raised:
        transport().open(Request(server.url("files/f"), {"X-A": value}))
    assert not raised.value.is_connection_failure
    assert server.requests == []


class Signed(requests.auth.AuthBase):
    """What a plugin has: changes the address and the headers of a request."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["X-Signature"] = f"{request.method} {request.path_url}"
        request.prepare_url(request.url, {"signed": "1"})
        return request


class Extras:
    def headers(self, url: str) -> dict[str, str]:
        return {"X-Asked": url}

    def auth(self, url: str) -> Signed:
        assert url
        return Signed()


def test_a_handler_of_a_plugin_may_change_the_whole_request(
    folder: Path, server: ChannelServer
) -> None:
    (folder / "f").write_bytes(b"content")
    url = server.url("files/f")
    extended = ExtendedTransport(NetworkSettings(), Extras())
    with extended.open(Request(url)) as response:
        assert response.read(99) == b"content"
        assert response.sent["X-Signature"] == "GET /files/f"
    (request,) = server.requests
    assert request.path == "/files/f"
    assert (request.headers["x-asked"], request.headers["x-signature"]) == (url, "GET /files/f")


def test_a_plain_request_does_not_load_requests(folder: Path, server: ChannelServer) -> None:
    (folder / "f").write_bytes(b"content")
    program = (
        "import sys; from conda_clone.config.settings import NetworkSettings; "
        "from conda_clone.gateways.network.session import build_transport; "
        "from conda_clone.gateways.network.transport import Request; "
        f"response = build_transport(NetworkSettings()).open(Request({server.url('files/f')!r})); "
        "print(response.read(99), 'requests' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={}
    )
    assert done.stdout == "b'content' False\n"


def test_the_proxy_of_the_settings_is_used(folder: Path, server: ChannelServer) -> None:
    (folder / "f").write_bytes(b"through the proxy")
    proxies = {"http": server.url()}
    assert body_of("http://channel.invalid/files/f", proxy_servers=proxies) == b"through the proxy"


def test_the_proxy_of_the_environment_is_used(
    folder: Path, server: ChannelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "f").write_bytes(b"through the proxy")
    monkeypatch.setenv("http_proxy", server.url())
    assert body_of("http://channel.invalid/files/f") == b"through the proxy"
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert body_of(server.url("files/f")) == b"through the proxy"


def test_the_proxy_of_the_settings_wins(
    folder: Path, server: ChannelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "f").write_bytes(b"x")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert body_of("http://channel.invalid/files/f", proxy_servers={"http": server.url()}) == b"x"


def test_a_proxy_that_cannot_be_reached_is_named_as_the_problem() -> None:
    proxies = {"http": "http://user:pw@127.0.0.1:1"}
    with pytest.raises(ProxyError) as raised:
        transport(proxy_servers=proxies).open(Request("http://channel.invalid/x"))
    assert "Connection refused" in raised.value.message
    assert "pw" not in str(raised.value)


@pytest.mark.parametrize("proxy", ["http://", "http://user:pw@", "gopher://127.0.0.1:1"])
def test_a_proxy_that_can_be_none_is_a_final_error(proxy: str) -> None:
    message = cause_of("http://channel.invalid/x", is_final=True, proxy_servers={"http": proxy})
    assert "pw" not in message


def test_without_pysocks_a_socks_proxy_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "socks", None)
    with pytest.raises(MissingExtraError, match="PySocks"):
        body_of("http://channel.invalid/x", proxy_servers={"all": "socks5://127.0.0.1:1"})


@pytest.fixture
def certificate(tmp_path: Path) -> str:
    path = tmp_path / "certificate.pem"
    path.write_text(CERTIFICATE)
    return str(path)


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(302 if self.path == "/down" else 200)
        self.send_header("Location", "http://127.0.0.1:1/x")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base class
        pass


class Quiet(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        pass


@pytest.fixture
def https_url(certificate: str) -> Iterator[str]:
    server = Quiet(("127.0.0.1", 0), Hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("ssl_verify", [True, "truststore"])
def test_an_untrusted_server_is_refused(https_url: str, ssl_verify: object) -> None:
    with pytest.raises(CondaSSLError, match=r"self-signed|self signed|unable to get"):
        transport(ssl_verify=ssl_verify).open(Request(https_url))


def test_the_bundle_of_the_settings_is_trusted(https_url: str, certificate: str) -> None:
    assert body_of(https_url, ssl_verify=certificate) == b"hello"


def test_verification_can_be_turned_off(https_url: str) -> None:
    assert body_of(https_url, ssl_verify=False) == b"hello"


def test_a_bundle_that_does_not_exist_is_an_error(https_url: str, tmp_path: Path) -> None:
    with pytest.raises(CondaSSLError, match="bundle"):
        transport(ssl_verify=str(tmp_path / "none.pem")).open(Request(https_url))


def test_a_client_certificate_is_shown(https_url: str, certificate: str) -> None:
    for key in (None, certificate):
        assert (
            body_of(
                https_url,
                ssl_verify=certificate,
                client_ssl_cert=certificate,
                client_ssl_cert_key=key,
            )
            == b"hello"
        )


def test_encryption_is_never_given_up(https_url: str, certificate: str) -> None:
    assert "not safe" in cause_of(f"{https_url}down", is_final=True, ssl_verify=certificate)


def test_several_threads_share_connections(folder: Path, server: ChannelServer) -> None:
    (folder / "f").write_bytes(b"x" * 100_000)
    shared = transport()
    bodies: list[bytes] = []

    def work() -> None:
        for _ in range(5):
            with shared.open(Request(server.url("files/f"))) as response:
                bodies.append(b"".join(response.iter_bytes()))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bodies == [b"x" * 100_000] * 30


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"title": "No seat", "detail": "Ask\\u0007 again"}', "(No seat: Ask  again)"),
        (b'{"detail": "see https://u:pw@h/t/tk-1/c"}', "(see https://h/c)"),
        (b"{", "Forbidden for"),
        (b"[]", "Forbidden for"),
    ],
)
def test_what_a_server_explains_is_told(server: ChannelServer, body: bytes, said: str) -> None:
    kind = {"Content-Type": "application/problem+json"}
    server.fail("files/f", status=403, body=body, headers=kind)
    with (
        transport().open(Request(server.url("files/f"))) as response,
        pytest.raises(CondaHTTPError) as raised,
    ):
        response.raise_for_status()
    assert said in raised.value.message
