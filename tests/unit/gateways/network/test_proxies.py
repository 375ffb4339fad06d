import ssl
from pathlib import Path

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.errors import CondaSSLError, ProxyError
from conda_clone.gateways.network.proxies import ProxyChooser
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.network.transport import Request
from tests.support.raw_server import RawServer, Reply, http
from tests.unit.gateways.network.test_transport import CERTIFICATE

URL = "https://host.test:8443/x"


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ({}, {}),
        ({"https": "http://p:1"}, {"https": "http://p:1"}),
        ({"https": "p:1"}, {"https": "http://p:1"}),
        ({"http": "http://p:1"}, {}),
        ({"all": "socks5h://p:1", "http": "http://q:1"}, {"https": "socks5h://p:1"}),
        ({"https": "http://p:1", "https://host.test": "http://q:1"}, {"https": "http://q:1"}),
        ({"https": "http://p:1", "https://host.tes": "http://q:1"}, {"https": "http://p:1"}),
        ({"all": "http://p:1", "all://host.test": "http://q:1"}, {"https": "http://q:1"}),
    ],
)
def test_the_narrowest_setting_counts(configured: dict[str, str], expected: dict[str, str]) -> None:
    assert ProxyChooser(configured).for_url(URL) == expected


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"HTTPS_PROXY": "http://e:1"}, {"https": "http://e:1"}),
        ({"https_proxy": "e:1"}, {"https": "http://e:1"}),
        ({"ALL_PROXY": "socks5://e:1"}, {"https": "socks5://e:1"}),
        ({"HTTP_PROXY": "http://e:1"}, {}),
        ({"HTTPS_PROXY": "http://e:1", "NO_PROXY": "host.test"}, {}),
        ({"HTTPS_PROXY": "http://e:1", "NO_PROXY": ".test"}, {}),
        ({"HTTPS_PROXY": "http://e:1", "NO_PROXY": "other"}, {"https": "http://e:1"}),
    ],
)
def test_variables_count_where_settings_say_nothing(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ProxyChooser({}).for_url(URL) == expected
    assert ProxyChooser({"https": "http://p:1"}).for_url(URL) == {"https": "http://p:1"}


def test_a_proxy_may_be_encrypted_itself(tmp_path: Path) -> None:
    certificate = tmp_path / "certificate.pem"
    certificate.write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with RawServer(lambda *_: Reply(http(b"through it")), context=context) as proxy:
        trusting = NetworkSettings(
            proxy_servers={"all": proxy.url}, ssl_verify=str(certificate), max_retries=0
        )
        with build_transport(trusting).open(Request("http://host.invalid/f")) as response:
            assert response.read(100) == b"through it"
        untrusting = NetworkSettings(proxy_servers={"all": proxy.url}, max_retries=0)
        with pytest.raises((CondaSSLError, ProxyError)):
            build_transport(untrusting).open(Request("http://host.invalid/f"))
        assert proxy.paths == ["http://host.invalid/f"]
