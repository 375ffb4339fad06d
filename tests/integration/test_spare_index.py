"""What stands in for an index that a server withholds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.core.channels.index import Index
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.testing.server import ChannelServer
from tests.support.channels import Listener, channel_settings, plain_transport
from tests.support.repodata import index_body

SPARE = "current_repodata.json"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChannelServer]:
    folder = tmp_path / "chan" / "noarch"
    folder.mkdir(parents=True)
    (folder / "repodata.json").write_bytes(index_body("old-1-0.conda", "new-1-0.conda"))
    (folder / SPARE).write_bytes(index_body("new-1-0.conda"))
    with ChannelServer() as server:
        server.mount("chan", tmp_path / "chan")
        yield server


def opened(server: ChannelServer, cache: Path, listener: Listener, **settings: object) -> Index:
    return Index.open(
        channel_settings(
            server.url("chan"),
            subdirs=("noarch",),
            **{"repodata_use_shards": False, "spare_repodata_fn": SPARE, **settings},
        ),
        plain_transport(retries=0),
        str(cache),
        listener,
    )


def asked(server: ChannelServer) -> list[str]:
    return [request.path.rpartition("/")[2] for request in server.requests]


def failure(server: ChannelServer, cache: Path, **settings: object) -> CondaHTTPError:
    with pytest.raises(CondaHTTPError) as caught:
        opened(server, cache, Listener(), **settings)
    return caught.value


def test_nobody_asks_for_it_while_the_whole_index_can_be_had(
    server: ChannelServer, tmp_path: Path
) -> None:
    assert opened(server, tmp_path / "cache", Listener()).names() == ["new", "old"]
    assert asked(server) == ["repodata.json.zst", "repodata.json"]


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_the_index_of_newest_packages_stands_in_with_a_caution(
    server: ChannelServer, tmp_path: Path, status: int
) -> None:
    server.fail("chan/noarch/repodata.json*", status=status)
    listener = Listener()
    assert opened(server, tmp_path / "cache", listener).names() == ["new"]
    (caution,) = listener.cautions
    assert f"`{SPARE}`, which lists the newest packages only" in caution
    assert f"HTTP {status}" in caution


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_errors_name_the_file_that_was_asked_for_last(
    server: ChannelServer, tmp_path: Path, status: int
) -> None:
    server.fail("chan/*", status=status)
    error = failure(server, tmp_path / "cache")
    assert (error.status, error.url) == (status, server.url(f"chan/noarch/{SPARE}"))
    details = str(error.details["response_details"])
    assert details.startswith(f"\n>>GET /chan/noarch/{SPARE}")


def test_a_spare_index_that_is_not_there_changes_nothing(
    server: ChannelServer, tmp_path: Path
) -> None:
    server.fail("chan/noarch/repodata.json*", status=503)
    error = failure(server, tmp_path / "cache", spare_repodata_fn="other.json")
    assert (error.status, error.url) == (503, server.url("chan/noarch/repodata.json"))
    error = failure(server, tmp_path / "cache", spare_repodata_fn="")
    assert (error.status, error.url) == (503, server.url("chan/noarch/repodata.json"))


def test_a_server_that_hangs_up_is_not_asked_again(server: ChannelServer, tmp_path: Path) -> None:
    server.fail("chan/*", reset=True)
    error = failure(server, tmp_path / "cache")
    assert error.is_connection_failure
    assert error.url == server.url(f"chan/noarch/{SPARE}")
    assert error.hint is not None
    assert set(asked(server)) == {"repodata.json.zst"}


def test_a_server_that_hangs_up_on_a_sharded_index_is_told_by_the_whole_one(
    server: ChannelServer, tmp_path: Path
) -> None:
    server.fail("chan/*", reset=True)
    settings = {"repodata_use_shards": True, "spare_repodata_fn": ""}
    error = failure(server, tmp_path / "cache", **settings)
    assert error.url == server.url("chan/noarch/repodata.json")
    assert set(asked(server)) == {"repodata_shards.msgpack.zst"}


def test_a_server_that_wants_fewer_requests_gets_no_more(
    server: ChannelServer, tmp_path: Path
) -> None:
    server.fail("chan/*", status=429)
    assert failure(server, tmp_path / "cache").status == 429
    assert set(asked(server)) == {"repodata.json.zst"}
