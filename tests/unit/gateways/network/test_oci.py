"""Registries that want tokens, and answers that make no sense; real ones are in tests/servers."""

import json

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.network.oci import OciTransport, reference
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.network.transport import Request
from tests.support.raw_server import RawServer, Reply, http

KIND = "application/vnd.conda.package.v2"
MANIFEST = {"layers": [7, {"mediaType": KIND, "digest": "sha256:abc"}]}


def registry(manifest: bytes, realm: str = "{url}/token") -> RawServer:
    """Return a registry that wants a token from `realm`."""

    def answer(path: str, headers: dict[str, str], before: int) -> Reply:
        if path.startswith("/token?"):
            return Reply(http(b'{"access_token": "tk-1"}'))
        if headers.get("authorization") != "Bearer tk-1":
            said = f'Bearer realm="{realm.format(url=server.url)}",service="s"'
            return Reply(http(b"", f"WWW-Authenticate: {said}", status="401 No"))
        return Reply(http(manifest if "/manifests/" in path else b"content"))

    server = RawServer(answer)
    return server


def fetch(server: RawServer) -> tuple[int, bytes]:
    transport = OciTransport(build_transport(NetworkSettings(max_retries=0)))
    url = server.url.replace("http://", "oci://user:pw@")
    with transport.open(Request(f"{url}/team/noarch/x-1-0.conda")) as response:
        return response.status, b"".join(response.iter_bytes())


def test_a_token_is_asked_for_once_where_the_registry_says() -> None:
    with registry(json.dumps(MANIFEST).encode()) as server:
        assert fetch(server) == (200, b"content")
        assert server.paths == [
            "/v2/team/noarch/x/manifests/1-0",
            "/token?scope=repository%3Ateam%2Fnoarch%2Fx%3Apull&service=s",
            "/v2/team/noarch/x/manifests/1-0",
            "/v2/team/noarch/x/blobs/sha256%3Aabc",
        ]


@pytest.mark.parametrize("realm", ["ftp://host/", "http://host.invalid/token", ""])
def test_credentials_do_not_go_just_anywhere(realm: str) -> None:
    with registry(b"{}", realm) as server:
        assert fetch(server)[0] == 401
        assert len(server.paths) == 1


@pytest.mark.parametrize("manifest", [b"nonsense", b"[]", b"{}", b'{"layers": 7}'])
def test_a_manifest_that_makes_no_sense_has_no_such_file(manifest: bytes) -> None:
    with registry(manifest) as server:
        assert fetch(server)[0] == 404


def test_a_manifest_without_an_end_is_refused() -> None:
    with (
        registry(b" " * (5 << 20)) as server,
        pytest.raises(CondaHTTPError, match="larger than 4,194,304 bytes"),
    ):
        fetch(server)


def test_names_and_versions_are_written_in_letters_that_registries_know() -> None:
    assert reference("c/noarch/_x-1!2+a-0.conda") == ("c/noarch/zzz_x", "1__e__2__p__a-0", KIND)
    assert reference("c/noarch/channeldata.json") is None
