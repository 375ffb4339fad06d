"""A transport is made for the first request, and then used for all."""

from pathlib import Path

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.later_transport import LaterTransport
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.network.transport import Request, Transport


def test_the_first_request_makes_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("content")
    made: list[Transport] = []

    def build() -> Transport:
        made.append(build_transport(NetworkSettings()))
        return made[-1]

    transport = LaterTransport(build)
    assert made == []
    for _ in range(2):
        with transport.open(Request((tmp_path / "a").as_uri())) as response:
            assert b"".join(response.iter_bytes()) == b"content"
    assert len(made) == 1


def test_what_was_damaged_is_told_to_who_may_have_it_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "chan").mkdir()
    (tmp_path / "chan" / "a").write_text("content")
    url = "https://main.invalid/chan/a"
    mirrors = {"https://main.invalid/chan": (tmp_path.as_uri(), (tmp_path / "chan").as_uri())}
    plain = LaterTransport(lambda: build_transport(NetworkSettings()))
    assert plain.reject(url) is False
    mirrored = LaterTransport(lambda: build_transport(NetworkSettings(mirrors=mirrors)))
    with mirrored.open(Request(url)):
        assert mirrored.reject(url) is True
