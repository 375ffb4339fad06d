"""Behind proxies: squid and SOCKS, with and without a password."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from conda_clone.errors import CondaError
from conda_clone.gateways.network.errors import CondaHTTPError, ProxyError
from conda_clone.testing.channels import ChannelBuilder
from tests.servers.conftest import Fetch
from tests.servers.running import nginx, socks_proxy, squid
from tests.servers.test_nginx import Authority

pytestmark = pytest.mark.servers

PASSWORD = "canary-1@%/x"
QUOTED = quote(PASSWORD, safe="")


@pytest.fixture
def urls(tmp_path: Path, channel: ChannelBuilder) -> Iterator[dict[str, str]]:
    """Serve the channel with and without encryption; trust by the bundle."""
    authority = Authority(tmp_path)
    root = channel.root.parent
    with (
        nginx(tmp_path / "plain", root) as plain,
        nginx(tmp_path / "tls", root, server=authority.directives(), listen=" ssl") as tls,
    ):
        yield {
            "http": f"http://127.0.0.1:{plain}/chan",
            "https": f"https://127.0.0.1:{tls}/chan",
            "bundle": authority.bundle,
        }


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_squid(urls: dict[str, str], fetch: Fetch, scheme: str) -> None:
    with squid() as port:
        servers = {"all": f"http://127.0.0.1:{port}"}
        answer = fetch(urls[scheme], proxy_servers=servers, ssl_verify=urls["bundle"])
        assert answer == "Hello"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_squid_with_a_password(urls: dict[str, str], fetch: Fetch, scheme: str) -> None:
    with squid("user", PASSWORD) as port:
        good = {scheme: f"http://user:{QUOTED}@127.0.0.1:{port}"}
        assert fetch(urls[scheme], proxy_servers=good, ssl_verify=urls["bundle"]) == "Hello"
        bad = {scheme: f"http://user:canary-2@127.0.0.1:{port}"}
        with pytest.raises(CondaError) as raised:
            fetch(urls[scheme], proxy_servers=bad, ssl_verify=urls["bundle"])
        error = raised.value
        assert isinstance(error, (ProxyError, CondaHTTPError))
        assert "407" in error.message
        assert "canary" not in f"{error!r} {error.message} {error.hint} {error.details}"


def test_a_proxy_of_the_environment_and_a_host_without(
    urls: dict[str, str], fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(ProxyError):
        fetch(urls["http"])
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert fetch(urls["http"], fetch_threads=1) == "Hello"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("kind", ["socks5", "socks5h"])
def test_socks(urls: dict[str, str], fetch: Fetch, scheme: str, kind: str) -> None:
    with socks_proxy() as port:
        servers = {"all": f"{kind}://127.0.0.1:{port}"}
        answer = fetch(urls[scheme], proxy_servers=servers, ssl_verify=urls["bundle"])
        assert answer == "Hello"


def test_socks_with_a_password(urls: dict[str, str], fetch: Fetch) -> None:
    with socks_proxy(f"user:{PASSWORD}") as port:
        # First, because this proxy knows again whom it has let in.
        bad = {"http": f"socks5://user:canary-2@127.0.0.1:{port}"}
        with pytest.raises(CondaError) as raised:
            fetch(urls["http"], proxy_servers=bad)
        assert "canary" not in f"{raised.value!r} {raised.value.message} {raised.value.details}"
        good = {"http": f"socks5://user:{QUOTED}@127.0.0.1:{port}"}
        assert fetch(urls["http"], proxy_servers=good) == "Hello"
