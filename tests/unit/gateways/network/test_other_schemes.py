"""What FTP and S3 answer when there is no server, no library, or no sense in an address."""

import socket
import sys

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.errors import CondaHTTPError, MissingExtraError
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.network.transport import Request
from tests.support.raw_server import RawServer, Reply, http


def fail(url: str) -> CondaHTTPError:
    with pytest.raises(CondaHTTPError) as raised:
        build_transport(NetworkSettings(max_retries=0, read_timeout=2)).open(Request(url))
    return raised.value


def test_an_ftp_server_that_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = fail(f"ftp://user:canary@127.0.0.1:{taken.getsockname()[1]}/chan/f")
    assert "Connection refused" in error.message
    assert error.is_connection_failure
    assert "canary" not in f"{error!r} {error.message}"


def test_a_line_break_in_an_address_is_no_command() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        error = fail(f"ftp://127.0.0.1:{server.getsockname()[1]}/a%0d%0aDELE%20b")
        assert not error.is_connection_failure
    assert "line break" in error.message


def test_buckets_need_a_package_and_say_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(MissingExtraError) as raised:
        build_transport(NetworkSettings()).open(Request("s3://bucket/chan/f"))
    assert "conda-clone[s3]" in str(raised.value.hint)


def test_buckets_are_asked_through_the_proxy_of_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("boto3")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://s3.invalid")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "canary-1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-2")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with RawServer(lambda *_: Reply(http(b"content"))) as proxy:
        settings = NetworkSettings(max_retries=0, proxy_servers={"all": proxy.url})
        with build_transport(settings).open(Request("s3://bucket/chan/f")) as response:
            assert response.read(100) == b"content"
        assert len(proxy.paths) == 1
        assert proxy.paths[0].endswith("/chan/f")


def test_a_server_of_buckets_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("boto3")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "canary-1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-2")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    error = fail("s3://bucket/chan/f")
    assert error.is_connection_failure
    assert "canary" not in f"{error!r} {error.message} {error.details}"
