import hashlib
import os
from pathlib import Path

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.errors import NoSpaceLeftError, NotWritableError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.network.download import download
from conda_clone.gateways.network.errors import (
    ChecksumMismatchError,
    CondaHTTPError,
    PathNotFoundError,
)
from conda_clone.gateways.network.session import build_transport
from conda_clone.models.url import path_to_url
from conda_clone.testing.server import ChannelServer
from tests.support.raw_server import RawServer, Reply, http

CONTENT = os.urandom(1_000_000)
SIZE = len(CONTENT)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MD5 = hashlib.md5(CONTENT).hexdigest()
TRANSPORT = build_transport(NetworkSettings(max_retries=0, read_timeout=5))


@pytest.fixture
def url(folder: Path, server: ChannelServer) -> str:
    (folder / "f").write_bytes(CONTENT)
    return server.url("files/f")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "f"


@pytest.fixture
def partial(target: Path) -> Path:
    target.parent.mkdir()
    return target.with_name("f.partial")


def ranges(server: ChannelServer) -> list[str | None]:
    return [request.headers.get("range") for request in server.requests]


def test_a_file_is_brought_and_only_it_stays(url: str, target: Path) -> None:
    download(TRANSPORT, url, str(target), size=SIZE, sha256=SHA256, md5=MD5)
    assert target.read_bytes() == CONTENT
    assert os.listdir(target.parent) == ["f"]


def test_digests_of_what_came_are_told(url: str, target: Path) -> None:
    found = download(TRANSPORT, url, target.as_posix(), md5=MD5, digests=["sha256"])
    assert found == {"md5": MD5, "sha256": SHA256}


def test_a_file_can_come_from_this_machine(folder: Path, url: str, target: Path) -> None:
    download(TRANSPORT, path_to_url(str(folder / "f")), str(target), md5=MD5.upper())
    assert target.read_bytes() == CONTENT


def test_a_file_of_this_machine_that_is_not_there_is_named(folder: Path, target: Path) -> None:
    with pytest.raises(PathNotFoundError) as caught:
        download(TRANSPORT, path_to_url(str(folder / "absent")), str(target))
    assert caught.value.details["path"] == str(folder / "absent")


def test_an_old_file_is_replaced(url: str, target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(b"old")
    download(TRANSPORT, url, str(target))
    assert target.read_bytes() == CONTENT


def test_an_empty_file_can_be_brought(folder: Path, server: ChannelServer, target: Path) -> None:
    (folder / "empty").touch()
    download(TRANSPORT, server.url("files/empty"), str(target), size=0)
    assert target.read_bytes() == b""


@pytest.mark.parametrize("size", [SIZE, None])
def test_the_size_is_told_before_the_first_bytes(url: str, target: Path, size: int | None) -> None:
    told: list[object] = []
    download(
        TRANSPORT,
        url,
        target.as_posix(),
        size=size,
        on_progress=lambda _: told.append("bytes"),
        on_size=told.append,
    )
    assert told[:2] == [SIZE, "bytes"]
    assert set(told) == {SIZE, "bytes"}


def test_the_size_of_the_whole_is_told_when_the_rest_is_asked_for(
    url: str, target: Path, partial: Path
) -> None:
    partial.write_bytes(CONTENT[:1000])
    told: list[int] = []
    download(TRANSPORT, url, target.as_posix(), sha256=SHA256, on_size=told.append)
    assert told == [SIZE]


def test_progress_adds_up_to_the_size(url: str, target: Path) -> None:
    amounts: list[int] = []
    download(TRANSPORT, url, str(target), on_progress=amounts.append)
    assert sum(amounts) == SIZE
    assert len(amounts) > 1


@pytest.mark.parametrize(
    ("kind", "expected"), [("sha256", "0" * 64), ("md5", "0" * 32), ("size", SIZE + 1)]
)
def test_wrong_content_is_refused_and_nothing_stays(
    url: str, target: Path, kind: str, expected: str | int
) -> None:
    actual = {"sha256": SHA256, "md5": MD5, "size": str(SIZE)}[kind]
    with pytest.raises(ChecksumMismatchError) as raised:
        download(TRANSPORT, url, str(target), **{kind: expected})  # type: ignore[arg-type]  # by name
    assert raised.value.details["checksum_type"] == kind
    assert raised.value.details["expected_checksum"] == str(expected)
    assert raised.value.details["actual_checksum"] == actual
    assert os.listdir(target.parent) == []


def test_more_than_announced_is_not_even_read(
    url: str, target: Path, server: ChannelServer
) -> None:
    amounts: list[int] = []
    with pytest.raises(ChecksumMismatchError, match="more than 1000"):
        download(TRANSPORT, url, str(target), size=1000, on_progress=amounts.append)
    assert sum(amounts) < SIZE


def test_the_old_file_stays_when_the_new_one_is_wrong(url: str, target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(b"old")
    with pytest.raises(ChecksumMismatchError):
        download(TRANSPORT, url, str(target), sha256="0" * 64)
    assert target.read_bytes() == b"old"


def test_a_broken_connection_is_resumed_where_it_broke(
    url: str, target: Path, server: ChannelServer
) -> None:
    server.fail("files/f", truncate=600_000, times=1)
    amounts: list[int] = []
    download(TRANSPORT, url, str(target), size=SIZE, sha256=SHA256, on_progress=amounts.append)
    assert target.read_bytes() == CONTENT
    assert sum(amounts) == SIZE
    first, second = ranges(server)
    assert first is None
    assert second is not None
    assert 0 < int(second.removeprefix("bytes=").removesuffix("-")) <= 600_000


def test_without_a_digest_a_broken_download_starts_again(
    url: str, target: Path, server: ChannelServer
) -> None:
    server.fail("files/f", truncate=600_000, times=1)
    amounts: list[int] = []
    download(TRANSPORT, url, str(target), size=SIZE, on_progress=amounts.append)
    assert target.read_bytes() == CONTENT
    assert sum(amounts) == SIZE
    assert min(amounts) < 0
    assert ranges(server) == [None, None]


def test_a_server_that_brings_nothing_is_given_up_and_the_part_is_kept(
    url: str, target: Path, server: ChannelServer
) -> None:
    server.fail("files/f", truncate=600_000, times=1)
    server.fail("files/f", reset=True)
    with pytest.raises(CondaHTTPError) as raised:
        download(TRANSPORT, url, str(target), sha256=SHA256)
    assert raised.value.is_connection_failure
    assert os.listdir(target.parent) == ["f.partial"]
    part = (target.parent / "f.partial").read_bytes()
    assert part == CONTENT[: len(part)]
    server.heal()
    download(TRANSPORT, url, str(target), sha256=SHA256)
    assert ranges(server)[-1] == f"bytes={len(part)}-"
    assert target.read_bytes() == CONTENT


def test_a_connection_that_breaks_again_and_again_is_given_up(
    url: str, target: Path, server: ChannelServer
) -> None:
    server.fail("files/f", truncate=140_000)
    with pytest.raises(CondaHTTPError):
        download(TRANSPORT, url, str(target), sha256=SHA256)
    assert len(server.requests) == 6


def test_an_old_part_counts_as_progress(url: str, target: Path, partial: Path) -> None:
    partial.write_bytes(CONTENT[:400_000])
    amounts: list[int] = []
    download(TRANSPORT, url, str(target), sha256=SHA256, on_progress=amounts.append)
    assert target.read_bytes() == CONTENT
    assert sum(amounts) == SIZE


def test_a_part_that_is_the_whole_is_not_asked_for(
    url: str, target: Path, partial: Path, server: ChannelServer
) -> None:
    partial.write_bytes(CONTENT)
    download(TRANSPORT, url, str(target), size=SIZE, sha256=SHA256)
    assert target.read_bytes() == CONTENT
    assert server.requests == []


@pytest.mark.parametrize("size", [None, SIZE])
def test_a_part_of_something_else_is_thrown_away(
    url: str, target: Path, partial: Path, size: int | None
) -> None:
    partial.write_bytes(b"x" * 1000)
    download(TRANSPORT, url, str(target), size=size, sha256=SHA256)
    assert target.read_bytes() == CONTENT


def test_a_part_that_is_too_long_is_thrown_away(
    url: str, target: Path, partial: Path, server: ChannelServer
) -> None:
    partial.write_bytes(CONTENT + b"x")
    amounts: list[int] = []
    download(TRANSPORT, url, str(target), sha256=SHA256, on_progress=amounts.append)
    assert target.read_bytes() == CONTENT
    assert [request.status for request in server.requests] == [416, 200]
    assert sum(amounts) == SIZE
    partial.write_bytes(CONTENT + b"x")
    download(TRANSPORT, url, str(target), size=SIZE, sha256=SHA256)
    assert target.read_bytes() == CONTENT


def test_without_a_digest_an_old_part_is_not_trusted(
    url: str, target: Path, partial: Path, server: ChannelServer
) -> None:
    partial.write_bytes(CONTENT[:400_000])
    download(TRANSPORT, url, str(target), size=SIZE)
    assert target.read_bytes() == CONTENT
    assert ranges(server) == [None]


def test_a_server_without_ranges_sends_all_again(
    url: str, target: Path, partial: Path, server: ChannelServer
) -> None:
    partial.write_bytes(CONTENT[:400_000])
    server.fail("files/f", status=200, body=CONTENT)
    download(TRANSPORT, url, str(target), size=SIZE, sha256=SHA256)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("headers", [{}, {"Content-Range": "bytes 5-9/10"}])
def test_a_wrong_range_is_not_joined(
    url: str, target: Path, partial: Path, server: ChannelServer, headers: dict[str, str]
) -> None:
    partial.write_bytes(CONTENT[:400_000])
    server.fail("files/f", status=206, headers=headers, body=CONTENT, times=1)
    download(TRANSPORT, url, str(target), sha256=SHA256)
    assert target.read_bytes() == CONTENT


def test_a_range_of_something_else_is_thrown_away(
    url: str, target: Path, server: ChannelServer
) -> None:
    """What is on the server changes while it is downloaded, and it does not say so."""
    server.fail("files/f", status=200, body=b"x" * SIZE, truncate=400_000, times=1)
    download(TRANSPORT, url, str(target), size=SIZE, sha256=SHA256)
    assert target.read_bytes() == CONTENT
    assert ranges(server) == [None, "bytes=400000-", None]


def test_numbers_of_any_length_may_be_stated(target: Path) -> None:
    digits = "9" * 5000

    def answer(_: str, headers: dict[str, str], __: int) -> Reply:
        if "range" in headers:
            stated = f"Content-Range: bytes {digits}-/{digits}"
            return Reply(http(CONTENT, stated, status="206 Partial Content"))
        return Reply(http(CONTENT, f"Content-Length: {digits}", length=False))

    with RawServer(answer) as server:
        download(TRANSPORT, f"{server.url}/f", str(target), sha256=SHA256)
        target.rename(f"{target}.partial")
        Path(f"{target}.partial").write_bytes(CONTENT[:9])
        download(TRANSPORT, f"{server.url}/f", str(target), sha256=SHA256)
    assert target.read_bytes() == CONTENT


def test_wrong_content_after_a_fresh_start_is_an_error(
    url: str, target: Path, partial: Path, server: ChannelServer
) -> None:
    partial.write_bytes(b"x" * 1000)
    with pytest.raises(ChecksumMismatchError):
        download(TRANSPORT, url, str(target), sha256="0" * 64)
    assert ranges(server) == ["bytes=1000-", None]
    assert os.listdir(target.parent) == []


@pytest.mark.parametrize(("status", "left"), [(404, []), (403, []), (500, ["f.partial"])])
def test_a_part_is_removed_when_the_server_refuses_for_good(
    url: str, target: Path, partial: Path, server: ChannelServer, status: int, left: list[str]
) -> None:
    partial.write_bytes(CONTENT[:1000])
    server.fail("files/f", status=status)
    with pytest.raises(CondaHTTPError) as raised:
        download(TRANSPORT, url, str(target), sha256=SHA256)
    assert raised.value.status == status
    assert os.listdir(target.parent) == left


def test_a_folder_that_cannot_be_made_is_an_error(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotWritableError):
        download(TRANSPORT, url, str(tmp_path / "file" / "f"))


def test_a_full_disk_is_an_error_and_gets_its_room_back(
    url: str, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_write = os.write

    def small_disk(descriptor: int, data: bytes) -> int:
        real_write(descriptor, data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mutations, "write", small_disk)
    with pytest.raises(NoSpaceLeftError):
        download(TRANSPORT, url, str(target), sha256=SHA256)
    monkeypatch.undo()
    assert os.listdir(target.parent) == []
