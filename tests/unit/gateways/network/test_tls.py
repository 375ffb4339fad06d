"""Whom connections trust, and what they say of files that cannot be used."""

import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.errors import CondaSSLError, UnusableCertificatesError
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.network.tls import tls_context
from conda_clone.gateways.network.transport import Request
from tests.support.raw_server import RawServer, Reply, http
from tests.unit.gateways.network.test_transport import CERTIFICATE


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "certificate.pem"
    path.write_text(CERTIFICATE)
    return path


@pytest.fixture
def server(certificate: Path) -> Iterator[RawServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with RawServer(lambda *_: Reply(http(b"content")), context=context) as running:
        yield running


def body(server: RawServer, **settings: object) -> bytes:
    network = NetworkSettings(max_retries=0, **settings)  # type: ignore[arg-type]  # passed on
    with build_transport(network).open(Request(f"{server.url}/f")) as response:
        return response.read(100)


def openssl(*words: str | Path) -> str:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")
    done = subprocess.run([program, *words], capture_output=True, text=True, check=True)
    return done.stdout


def test_a_folder_of_authorities_is_searched_by_their_names(
    server: RawServer, certificate: Path, tmp_path: Path
) -> None:
    name = openssl("x509", "-in", certificate, "-noout", "-subject_hash").strip()
    folder = tmp_path / "authorities"
    folder.mkdir()
    shutil.copy(certificate, folder / f"{name}.0")
    assert body(server, ssl_verify=str(folder)) == b"content"


@pytest.mark.parametrize("content", [None, b"", b"nonsense"], ids=["missing", "empty", "text"])
def test_a_bundle_that_is_none_is_named(
    server: RawServer, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CondaSSLError, match=f"the bundle of certificates `{path}` is unusable"):
        body(server, ssl_verify=str(path))
    assert server.paths == []


def test_a_client_certificate_that_is_missing_is_named(tmp_path: Path) -> None:
    settings = NetworkSettings(ssl_verify=False, client_ssl_cert=str(tmp_path / "me.pem"))
    with pytest.raises(UnusableCertificatesError, match=r"client certificate `.*me\.pem`"):
        tls_context(settings)


def test_nobody_is_asked_for_the_password_of_a_key(certificate: Path, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    openssl("pkey", "-in", certificate, "-out", key, "-aes256", "-passout", "pass:canary")
    settings = NetworkSettings(client_ssl_cert=str(certificate), client_ssl_cert_key=str(key))
    with pytest.raises(UnusableCertificatesError, match="its key is encrypted"):
        tls_context(settings)


def test_without_truststore_the_bundle_of_the_system_counts(
    server: RawServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "truststore", None)
    with pytest.raises(CondaSSLError):
        body(server, ssl_verify="truststore")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert body(server, ssl_verify="truststore") == b"content"


def test_nothing_older_than_tls_1_2_is_spoken() -> None:
    for settings in (NetworkSettings(), NetworkSettings(ssl_verify=False)):
        assert tls_context(settings).minimum_version >= ssl.TLSVersion.TLSv1_2
