"""What a web server of the world wants: certificates, passwords, ranges."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.download import download
from conda_clone.gateways.network.errors import CondaHTTPError, CondaSSLError
from conda_clone.gateways.network.session import build_transport
from conda_clone.testing.channels import ChannelBuilder
from tests.servers.conftest import Fetch
from tests.servers.running import nginx, password_file

trustme = pytest.importorskip("trustme")

pytestmark = pytest.mark.servers


class Authority:
    """A certificate authority that only its own certificate makes trusted."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.bundle = str(folder / "authority.pem")
        self._authority.cert_pem.write_to_path(self.bundle)
        server = self._authority.issue_cert("localhost", "127.0.0.1")
        self.server = str(folder / "server.pem")
        server.private_key_and_cert_chain_pem.write_to_path(self.server)
        client = self._authority.issue_cert("client@host.test")
        self.client = str(folder / "client.pem")
        client.private_key_and_cert_chain_pem.write_to_path(self.client)

    def directives(self) -> str:
        return f"ssl_certificate {self.server}; ssl_certificate_key {self.server};"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def tls_port(tmp_path: Path, channel: ChannelBuilder, authority: Authority) -> Iterator[int]:
    directives = authority.directives()
    with nginx(
        tmp_path / "nginx", channel.root.parent, server=directives, listen=" ssl http2"
    ) as port:
        yield port


def test_plain(tmp_path: Path, channel: ChannelBuilder, fetch: Fetch) -> None:
    with nginx(tmp_path / "nginx", channel.root.parent) as port:
        assert fetch(f"http://127.0.0.1:{port}/chan") == "Hello"
        assert fetch(f"http://127.0.0.1:{port}/chan", shards=False) == "Hello"
    log = (tmp_path / "nginx" / "access.log").read_text()
    assert "repodata_shards.msgpack.zst" in log
    assert "repodata.json.zst" in log


def test_an_own_authority_is_trusted_where_the_settings_say_so(
    tls_port: int, authority: Authority, fetch: Fetch
) -> None:
    url = f"https://localhost:{tls_port}/chan"
    assert fetch(url, ssl_verify=authority.bundle) == "Hello"
    assert fetch(url, ssl_verify=False) == "Hello"
    for untrusting in (True, "truststore"):
        with pytest.raises(CondaSSLError):
            fetch(url, ssl_verify=untrusting)


def test_the_store_of_the_system_is_asked(
    tls_port: int, authority: Authority, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", authority.bundle)
    assert fetch(f"https://localhost:{tls_port}/chan", ssl_verify="truststore") == "Hello"


def test_another_host_is_not_trusted(
    tmp_path: Path, channel: ChannelBuilder, authority: Authority, fetch: Fetch
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(other))
    directives = f"ssl_certificate {other}; ssl_certificate_key {other};"
    with (
        nginx(tmp_path / "nginx", channel.root.parent, server=directives, listen=" ssl") as port,
        pytest.raises(CondaSSLError),
    ):
        fetch(f"https://localhost:{port}/chan", ssl_verify=authority.bundle)


@pytest.mark.parametrize(
    ("names", "end"),
    [(["localhost"], datetime(2020, 1, 2, tzinfo=UTC)), (["other.test"], None)],
    ids=["expired", "of another host"],
)
def test_a_certificate_that_does_not_fit_is_not_trusted(
    tmp_path: Path,
    channel: ChannelBuilder,
    fetch: Fetch,
    names: list[str],
    end: datetime | None,
) -> None:
    authority = trustme.CA()
    bundle = tmp_path / "bundle.pem"
    authority.cert_pem.write_to_path(str(bundle))
    file = tmp_path / "server.pem"
    start = None if end is None else datetime(2020, 1, 1, tzinfo=UTC)
    made = authority.issue_cert(*names, not_before=start, not_after=end)
    made.private_key_and_cert_chain_pem.write_to_path(str(file))
    directives = f"ssl_certificate {file}; ssl_certificate_key {file};"
    with (
        nginx(tmp_path / "nginx", channel.root.parent, server=directives, listen=" ssl") as port,
        pytest.raises(CondaSSLError),
    ):
        fetch(f"https://localhost:{port}/chan", ssl_verify=str(bundle))


def test_a_client_certificate_is_shown(
    tmp_path: Path, channel: ChannelBuilder, authority: Authority, fetch: Fetch
) -> None:
    directives = (
        f"{authority.directives()} ssl_client_certificate {authority.bundle}; ssl_verify_client on;"
    )
    with nginx(tmp_path / "nginx", channel.root.parent, server=directives, listen=" ssl") as port:
        url = f"https://localhost:{port}/chan"
        bundle = authority.bundle
        assert fetch(url, ssl_verify=bundle, client_ssl_cert=authority.client) == "Hello"
        with pytest.raises(CondaHTTPError) as raised:
            fetch(url, ssl_verify=bundle)
        assert raised.value.status == 400


def test_passwords_of_the_url_and_of_the_netrc_file(
    tmp_path: Path, channel: ChannelBuilder, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = password_file(tmp_path, "user", "p@ss:word")
    directives = f'auth_basic "channel"; auth_basic_user_file {file};'
    with nginx(tmp_path / "nginx", channel.root.parent, server=directives) as port:
        assert fetch(f"http://user:p%40ss%3Aword@127.0.0.1:{port}/chan") == "Hello"
        with pytest.raises(CondaHTTPError) as raised:
            fetch(f"http://user:wrong@127.0.0.1:{port}/chan")
        assert raised.value.status == 401
        assert "wrong" not in raised.value.message
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login user password p@ss:word\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        assert fetch(f"http://127.0.0.1:{port}/chan") == "Hello"


def test_a_download_is_resumed_by_a_range(tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "f").write_bytes(content)
    target = tmp_path / "f"
    (tmp_path / "f.partial").write_bytes(content[:100_000])
    received: list[int] = []
    with nginx(tmp_path / "nginx", tmp_path / "served") as port:
        download(
            build_transport(NetworkSettings()),
            f"http://127.0.0.1:{port}/f",
            str(target),
            sha256=hashlib.sha256(content).hexdigest(),
            on_progress=received.append,
        )
    assert target.read_bytes() == content
    assert '" 206 156000 ' in (tmp_path / "nginx" / "access.log").read_text()


def test_a_mirror_that_is_gone_or_incomplete_is_passed_over(
    tmp_path: Path, channel: ChannelBuilder, fetch: Fetch
) -> None:
    (tmp_path / "empty").mkdir()
    with (
        nginx(tmp_path / "a", tmp_path / "empty") as empty,
        nginx(tmp_path / "b", channel.root.parent) as whole,
    ):
        mirrors = (
            "http://127.0.0.1:9/chan",
            f"http://127.0.0.1:{empty}/chan",
            f"http://127.0.0.1:{whole}/chan",
        )
        channel_url = "https://nowhere.invalid/chan"
        assert fetch(channel_url, mirrors={channel_url: mirrors}) == "Hello"
