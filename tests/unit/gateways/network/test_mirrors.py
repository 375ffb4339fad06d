"""Several servers for one channel: who is asked, and who is not asked again."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.download import download
from conda_clone.gateways.network.errors import ChecksumMismatchError, CondaHTTPError
from conda_clone.gateways.network.mirrors import MirrorTransport
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.network.transport import Request
from conda_clone.testing.server import ChannelServer

CHANNEL = "https://main.invalid/chan"
URL = f"{CHANNEL}/noarch/f"
GOOD = b"x" * 1000


class Mirrors:
    """Three servers with one file each."""

    def __init__(self, servers: list[ChannelServer]) -> None:
        self.servers = servers
        places = tuple(server.url("chan/") for server in servers)
        settings = NetworkSettings(max_retries=0, read_timeout=5, mirrors={CHANNEL: places})
        self.transport = build_transport(settings)

    def status(self, url: str = URL) -> int:
        with self.transport.open(Request(url)) as response:
            return response.status

    def asked(self) -> list[int]:
        """Return how many requests each server had since the last call."""
        counts = [len(server.requests) for server in self.servers]
        for server in self.servers:
            server.requests.clear()
        return counts


@pytest.fixture
def mirrors(tmp_path: Path) -> Iterator[Mirrors]:
    (tmp_path / "noarch").mkdir()
    (tmp_path / "noarch" / "f").write_bytes(GOOD)
    with ChannelServer() as one, ChannelServer() as two, ChannelServer() as three:
        for server in (one, two, three):
            server.mount("chan", tmp_path)
        yield Mirrors([one, two, three])


def test_the_first_one_is_asked(mirrors: Mirrors) -> None:
    assert mirrors.status() == 200
    assert mirrors.asked() == [1, 0, 0]


def test_what_one_lacks_another_may_have(mirrors: Mirrors) -> None:
    mirrors.servers[0].fail("*", status=404)
    for _ in range(2):
        assert mirrors.status() == 200
        assert mirrors.asked() == [1, 1, 0]


@pytest.mark.parametrize("fault", [{"status": 500}, {"reset": True}])
def test_one_that_is_broken_is_not_asked_again(mirrors: Mirrors, fault: dict[str, object]) -> None:
    mirrors.servers[0].fail("*", **fault)  # type: ignore[arg-type]  # passed on
    assert mirrors.status() == 200
    assert mirrors.asked() == [1, 1, 0]
    assert mirrors.status() == 200
    assert mirrors.asked() == [0, 1, 0]


def test_the_answer_of_the_last_one_counts(mirrors: Mirrors) -> None:
    for server in mirrors.servers:
        server.fail("*", status=404)
    assert mirrors.status() == 404
    assert mirrors.asked() == [1, 1, 1]
    mirrors.servers[2].fail("*", reset=True)
    mirrors.servers[2].heal()
    mirrors.servers[2].fail("*", reset=True)
    with pytest.raises(CondaHTTPError):
        mirrors.status()


def test_other_addresses_are_opened_where_they_are(mirrors: Mirrors) -> None:
    url = mirrors.servers[2].url("chan/noarch/f")
    assert mirrors.status(url) == 200
    assert mirrors.asked() == [0, 0, 1]
    with pytest.raises(CondaHTTPError):
        mirrors.status("https://main.invalid/channel/noarch/f")


def test_credentials_of_the_channel_stay_with_it(mirrors: Mirrors) -> None:
    assert mirrors.status("https://user:canary-1@main.invalid/t/canary-2/chan/noarch/f") == 200
    (request,) = mirrors.servers[0].requests
    assert "canary" not in f"{request.path} {request.headers}"
    assert "authorization" not in request.headers


def test_the_digest_decides_which_one_is_right(mirrors: Mirrors, tmp_path: Path) -> None:
    for server in mirrors.servers[:2]:
        server.fail("*", body=b"y" * 1000)
    target = tmp_path / "target"
    digest = hashlib.sha256(GOOD).hexdigest()
    download(mirrors.transport, URL, str(target), sha256=digest)
    assert target.read_bytes() == GOOD
    assert mirrors.asked() == [1, 1, 1]
    target.unlink()
    download(mirrors.transport, URL, str(target), sha256=digest)
    assert mirrors.asked() == [0, 0, 1]


def test_where_all_are_wrong_the_download_fails(mirrors: Mirrors, tmp_path: Path) -> None:
    with pytest.raises(ChecksumMismatchError):
        download(mirrors.transport, URL, str(tmp_path / "target"), sha256="0" * 64)
    assert mirrors.asked() == [1, 1, 1]


def test_a_channel_without_mirrors_has_none_to_reject() -> None:
    transport = MirrorTransport(build_transport(NetworkSettings()), {CHANNEL: ()})
    assert transport.reject(URL) is False
