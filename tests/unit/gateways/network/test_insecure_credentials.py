"""Credentials where nothing encrypts them (S12): refused, unless the user trusts the network."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.errors import CondaHTTPError, InsecureCredentialsError
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.network.transport import Request
from conda_clone.models.values import replace
from tests.support.channels import Listener
from tests.support.raw_server import RawServer, Reply, http
from tests.unit.gateways.network.test_transport import CERTIFICATE


@pytest.fixture
def server() -> Iterator[RawServer]:
    """Return a server that is reached by its name through a proxy, which it is itself."""
    with RawServer(lambda *_: Reply(http(b"content"))) as running:
        yield running


def ask(server: RawServer, url: str, listener: Listener | None = None, **settings: object) -> int:
    network = NetworkSettings(
        max_retries=0,
        proxy_servers={"all": server.url},
        **settings,  # type: ignore[arg-type]  # passed on
    )
    with build_transport(network, reporter=listener).open(Request(url)) as response:
        return response.status


@pytest.mark.parametrize(
    "url", ["http://user:canary@host.invalid/c", "http://host.invalid/t/canary/c"]
)
def test_they_are_refused_and_nothing_is_sent(server: RawServer, url: str) -> None:
    with pytest.raises(InsecureCredentialsError) as raised:
        ask(server, url)
    assert "canary" not in f"{raised.value!r} {raised.value.details} {raised.value.hint}"
    assert "allow_insecure_credentials" in str(raised.value.hint)
    assert server.paths == []


def test_ftp_does_not_encrypt_either() -> None:
    transport = build_transport(NetworkSettings(max_retries=0))
    with pytest.raises(InsecureCredentialsError):
        transport.open(Request("ftp://user:canary@host.invalid/c"))


def test_the_setting_lets_them_go_with_one_warning_for_each_host(server: RawServer) -> None:
    listener = Listener()
    network = NetworkSettings(
        proxy_servers={"all": server.url}, allow_insecure_credentials=True, max_retries=0
    )
    transport = build_transport(network, reporter=listener)
    for url in ("http://user:canary@one.invalid/a", "http://one.invalid/t/canary/b",
                "http://user:canary@two.invalid/a", "http://three.invalid/a"):  # fmt: skip
        transport.open(Request(url)).close()
    assert listener.texts == [
        "The credentials for `one.invalid` are sent to it without encryption.",
        "The credentials for `two.invalid` are sent to it without encryption.",
    ]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "a.localhost"])
def test_what_stays_within_the_machine_may_be_open(server: RawServer, host: str) -> None:
    listener = Listener()
    assert ask(server, f"http://user:canary@{host}:1/c", listener) == 200
    assert "authorization" in server.headers[0]
    assert listener.texts == []


class Extras:
    """What a plugin adds: a header for everybody, and credentials."""

    def headers(self, url: str) -> dict[str, str]:
        return {"X-Asked": url.partition("://")[0]}

    def auth(self, url: str) -> tuple[str, str]:
        assert url
        return "user", "canary"


def test_those_of_plugins_are_refused_too(server: RawServer) -> None:
    settings = NetworkSettings(max_retries=0, proxy_servers={"all": server.url})
    with pytest.raises(InsecureCredentialsError):
        build_transport(settings, Extras()).open(Request("http://host.invalid/c"))
    assert server.paths == []
    listener = Listener()
    allowed = replace(settings, allow_insecure_credentials=True)
    build_transport(allowed, Extras(), listener).open(Request("http://host.invalid/c")).close()
    assert "authorization" in server.headers[0]
    assert server.headers[0]["x-asked"] == "http"
    assert listener.texts == [
        "The credentials for `host.invalid` are sent to it without encryption."
    ]


def test_stored_ones_are_not_sent_and_the_refusal_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine host.invalid login user password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with RawServer(lambda *_: Reply(http(b"", status="401 Unauthorized"))) as server:
        network = NetworkSettings(max_retries=0, proxy_servers={"all": server.url})
        with build_transport(network).open(Request("http://host.invalid/c")) as response:
            error = response.error()
        assert "authorization" not in server.headers[0]
        assert isinstance(error, CondaHTTPError)
        assert "allow_insecure_credentials" in str(error.hint)
        assert len(server.paths) == 1
        assert ask(server, "http://host.invalid/c", allow_insecure_credentials=True) == 401
        assert "authorization" in server.headers[1]


@pytest.fixture
def https_server(tmp_path: Path) -> Iterator[RawServer]:
    (tmp_path / "certificate.pem").write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem")
    with RawServer(lambda *_: Reply(http(b"x")), context=context) as running:
        yield running


def test_every_run_that_verifies_nobody_says_so_once(https_server: RawServer) -> None:
    for _ in range(2):
        listener = Listener()
        transport = build_transport(NetworkSettings(ssl_verify=False), reporter=listener)
        for _ in range(2):
            transport.open(Request(f"{https_server.url}/x")).close()
        assert listener.texts == ["Servers are not verified, because `ssl_verify` is false."]


def test_one_context_serves_all_connections(
    https_server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[object] = []
    load = ssl.SSLContext.load_verify_locations

    def count(context: ssl.SSLContext, cafile: str | None = None, **rest: str) -> None:
        loaded.append(cafile)
        load(context, cafile, **rest)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", count)
    bundle = str(tmp_path / "certificate.pem")
    transport = build_transport(NetworkSettings(ssl_verify=bundle))
    for _ in range(3):
        transport.open(Request(f"{https_server.url}/x")).close()
    assert loaded == [bundle]
