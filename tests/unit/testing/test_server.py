import http.client
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conda_clone.testing.server import ChannelServer

if TYPE_CHECKING:
    from email.message import Message


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers: Message = response.headers
        self.body = response.read()


def ask(
    server: ChannelServer,
    path: str,
    headers: Mapping[str, str] | None = None,
    method: str = "GET",
) -> Answer:
    port = int(server.url().rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        return Answer(connection.getresponse())
    finally:
        connection.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChannelServer]:
    folder = tmp_path / "main" / "noarch"
    folder.mkdir(parents=True)
    (folder / "repodata.json").write_bytes(b"0123456789")
    (folder / "a b.conda").write_bytes(b"blank")
    (tmp_path / "secret").write_bytes(b"secret")
    with ChannelServer() as server:
        server.mount("main", tmp_path / "main")
        yield server


def test_serves_files_of_mounted_folders(server: ChannelServer) -> None:
    answer = ask(server, "/main/noarch/repodata.json")
    assert (answer.status, answer.body) == (200, b"0123456789")
    assert answer.headers["Content-Length"] == "10"
    assert ask(server, "/main/noarch/a%20b.conda").body == b"blank"


@pytest.mark.parametrize("path", ["/main/noarch", "/main/x", "/other/x", "/main/../secret"])
def test_everything_else_is_not_found(server: ChannelServer, path: str) -> None:
    assert ask(server, path).status == 404


def test_head_sends_no_body(server: ChannelServer) -> None:
    answer = ask(server, "/main/noarch/repodata.json", method="HEAD")
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "10")


def test_the_longest_mounted_name_wins(server: ChannelServer, tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "x").write_bytes(b"dev")
    server.mount("main/label/dev", tmp_path / "dev")
    assert ask(server, "/main/label/dev/x").body == b"dev"


def test_unchanged_content_is_answered_with_304(server: ChannelServer) -> None:
    first = ask(server, "/main/noarch/repodata.json")
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": f'"x", {first.headers["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        answer = ask(server, "/main/noarch/repodata.json", headers)
        assert (answer.status, answer.body) == (304, b"")


def test_changed_content_is_sent_again(server: ChannelServer, tmp_path: Path) -> None:
    tag = ask(server, "/main/noarch/repodata.json").headers["ETag"]
    (tmp_path / "main" / "noarch" / "repodata.json").write_bytes(b"9876543210")
    for headers in (
        {"If-None-Match": tag},
        {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If-Modified-Since": "nonsense"},
    ):
        answer = ask(server, "/main/noarch/repodata.json", headers)
        assert (answer.status, answer.body) == (200, b"9876543210")


def test_cache_control_is_sent_when_wished(server: ChannelServer) -> None:
    assert ask(server, "/main/noarch/repodata.json").headers["Cache-Control"] is None
    server.cache_control = "max-age=30"
    assert ask(server, "/main/noarch/repodata.json").headers["Cache-Control"] == "max-age=30"


@pytest.mark.parametrize(
    ("wanted", "body", "content_range"),
    [
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=2-3", b"23", "bytes 2-3/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
    ],
)
def test_ranges_are_answered_in_part(
    server: ChannelServer, wanted: str, body: bytes, content_range: str
) -> None:
    answer = ask(server, "/main/noarch/repodata.json", {"Range": wanted})
    assert (answer.status, answer.body) == (206, body)
    assert answer.headers["Content-Range"] == content_range


def test_a_range_behind_the_end_is_refused(server: ChannelServer) -> None:
    answer = ask(server, "/main/noarch/repodata.json", {"Range": "bytes=10-"})
    assert (answer.status, answer.headers["Content-Range"]) == (416, "bytes */10")


@pytest.mark.parametrize("wanted", ["bytes=-", "lines=1-2", "bytes=1-2,4-5"])
def test_a_range_that_is_not_understood_gives_the_whole(server: ChannelServer, wanted: str) -> None:
    assert ask(server, "/main/noarch/repodata.json", {"Range": wanted}).status == 200


def test_a_range_of_other_content_gives_the_whole(server: ChannelServer) -> None:
    path = "/main/noarch/repodata.json"
    tag = ask(server, path).headers["ETag"]
    assert ask(server, path, {"Range": "bytes=4-", "If-Range": tag}).status == 206
    assert ask(server, path, {"Range": "bytes=4-", "If-Range": '"old"'}).status == 200


def test_requests_are_recorded_with_their_headers(server: ChannelServer) -> None:
    ask(server, "/main/noarch/repodata.json", {"User-Agent": "me"})
    ask(server, "/main/nothing?x=1", method="HEAD")
    first, second = server.requests
    assert (first.method, first.path, first.status) == ("GET", "/main/noarch/repodata.json", 200)
    assert first.headers["user-agent"] == "me"
    assert (second.method, second.path, second.status) == ("HEAD", "/main/nothing", 404)
    assert server.paths("main/noarch/*") == ["main/noarch/repodata.json"]


def test_a_status_fault_ends_after_so_many_requests(server: ChannelServer) -> None:
    server.fail("main/noarch/*", status=503, times=2, headers={"Retry-After": "1"})
    answers = [ask(server, "/main/noarch/repodata.json") for _ in range(3)]
    assert [answer.status for answer in answers] == [503, 503, 200]
    assert answers[0].headers["Retry-After"] == "1"
    assert answers[0].body == b"Service Unavailable"


def test_faults_hit_only_paths_that_fit_and_can_be_taken_back(server: ChannelServer) -> None:
    server.fail("/main/noarch/*.json", status=500, body=b"oops")
    assert ask(server, "/main/noarch/a%20b.conda").status == 200
    assert ask(server, "/main/noarch/repodata.json").body == b"oops"
    server.heal()
    assert ask(server, "/main/noarch/repodata.json").status == 200


def test_wrong_bytes_are_sent_under_the_right_tag(server: ChannelServer) -> None:
    tag = ask(server, "/main/noarch/repodata.json").headers["ETag"]
    server.fail("*", body=b"wrong")
    answer = ask(server, "/main/noarch/repodata.json")
    assert (answer.status, answer.body, answer.headers["ETag"]) == (200, b"wrong", tag)


def test_a_truncated_body_ends_early(server: ChannelServer) -> None:
    server.fail("*", truncate=4)
    with pytest.raises(http.client.IncompleteRead) as caught:
        ask(server, "/main/noarch/repodata.json")
    assert caught.value.partial == b"0123"


def test_a_connection_can_be_reset_at_once(server: ChannelServer) -> None:
    server.fail("*", reset=True, times=1)
    with pytest.raises(ConnectionResetError):
        ask(server, "/main/noarch/repodata.json")
    assert server.requests[0].status is None
    assert ask(server, "/main/noarch/repodata.json").status == 200


def test_a_connection_can_be_reset_within_the_body(server: ChannelServer) -> None:
    server.fail("*", reset=True, truncate=4)
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        ask(server, "/main/noarch/repodata.json")


def test_answers_can_be_late_and_slow(server: ChannelServer) -> None:
    server.fail("*.json", delay=0.1)
    server.fail("*.conda", rate=50)
    start = time.monotonic()
    assert ask(server, "/main/noarch/repodata.json").status == 200
    assert time.monotonic() - start >= 0.1
    start = time.monotonic()
    assert ask(server, "/main/noarch/a%20b.conda").body == b"blank"
    assert time.monotonic() - start >= 0.1


def test_a_connection_is_kept_for_several_requests(server: ChannelServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url().rpartition(":")[2]))
    for _ in range(3):
        connection.request("GET", "/main/noarch/repodata.json")
        assert connection.getresponse().read() == b"0123456789"
    connection.close()


def test_nothing_listens_after_the_end(tmp_path: Path) -> None:
    with ChannelServer() as server:
        port = int(server.url().rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_a_client_that_goes_away_is_no_trouble(server: ChannelServer, tmp_path: Path) -> None:
    (tmp_path / "main" / "big").write_bytes(bytes(20_000_000))
    port = int(server.url().rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET /main/big HTTP/1.1\r\nHost: x\r\n\r\n")
        client.recv(10)
    assert ask(server, "/main/noarch/repodata.json").status == 200
