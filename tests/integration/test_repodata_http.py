"""Channels over HTTP: which requests are made, what is kept, and what every fault leads to."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.core.channels.errors import CondaUpgradeError, UnavailableInvalidChannel
from conda_clone.core.channels.index import Index
from conda_clone.errors import CondaError
from conda_clone.gateways.disk.errors import ParseError
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.models.events import Notice
from conda_clone.testing.archives import compress_zstd
from conda_clone.testing.server import ChannelServer, FaultFields
from tests.support.channels import Listener, channel_settings, plain_transport
from tests.support.repodata import index_body

SECOND = 10**9
START = 1_790_000_000 * SECOND
WEEK = 7 * 24 * 3600


class Setup:
    """A channel behind a server, a cache, and a clock."""

    def __init__(self, tmp_path: Path, server: ChannelServer) -> None:
        self.server = server
        self.root = tmp_path / "chan"
        self.cache = tmp_path / "cache"
        self.listener = Listener()
        self.now = START
        server.mount("chan", self.root)
        server.mount("t/tk-1/chan", self.root)

    def write(
        self, *fns: str, subdir: str = "noarch", zst: bool = True, **sections: object
    ) -> None:
        folder = self.root / subdir
        folder.mkdir(parents=True, exist_ok=True)
        body = index_body(*fns, **sections)
        (folder / "repodata.json").write_bytes(body)
        if zst:
            (folder / "repodata.json.zst").write_bytes(compress_zstd(body))

    def open(
        self,
        *,
        path: str = "chan",
        repodata_fn: str = "repodata.json",
        retries: int = 0,
        **settings: object,
    ) -> Index:
        settings.setdefault("subdirs", ("noarch",))
        settings.setdefault("repodata_use_shards", False)
        offline = bool(settings.get("offline"))
        return Index.open(
            channel_settings(self.server.url(path), **settings),
            plain_transport(offline=offline, retries=retries),
            str(self.cache),
            self.listener,
            repodata_fn,
            now=lambda: self.now,
        )

    def names(self, **settings: object) -> list[str]:
        return self.open(**settings).names()  # type: ignore[arg-type]  # passed on

    def asked(self) -> list[tuple[str, int | None]]:
        """Return file and status of the requests since the last call."""
        found = [
            (request.path.rpartition("/")[2], request.status) for request in self.server.requests
        ]
        self.server.requests.clear()
        return found

    @property
    def state_path(self) -> Path:
        (path,) = self.cache.glob("*.info.json")
        return path

    @property
    def body_path(self) -> Path:
        (path,) = (path for path in self.cache.glob("*.json") if ".info." not in path.name)
        return path


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    with ChannelServer(cache_control="public, max-age=1200") as server:
        yield Setup(tmp_path, server)


def test_the_compressed_index_is_fetched_and_kept_as_other_programs_do(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    index = setup.open()
    assert [record.fn for record in index.records("a")] == ["a-1-0.conda"]
    assert setup.asked() == [("repodata.json.zst", 200)]
    assert setup.body_path.read_bytes() == (setup.root / "noarch" / "repodata.json").read_bytes()
    facts = setup.body_path.stat()
    state = json.loads(setup.state_path.read_text())
    assert state.pop("etag").startswith('"')
    assert state.pop("mod").endswith("GMT")
    assert state == {
        "url": setup.server.url("chan/noarch/repodata.json"),
        "cache_control": "public, max-age=1200",
        "mtime_ns": facts.st_mtime_ns,
        "size": facts.st_size,
        "refresh_ns": START,
    }


def test_downloads_are_reported(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.open()
    size = (setup.root / "noarch" / "repodata.json.zst").stat().st_size
    assert setup.listener.transfers() == [(f"{setup.server.url('chan')}/noarch", size, size, True)]


def test_as_long_as_the_server_allows_nothing_is_asked(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.open()
    setup.asked()
    setup.now += 1199 * SECOND
    assert setup.names() == ["a"]
    assert setup.asked() == []


def test_later_the_server_is_asked_for_something_else(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.open()
    setup.asked()
    setup.now += 1200 * SECOND
    before = setup.body_path.stat().st_mtime_ns
    assert setup.names() == ["a"]
    assert setup.asked() == [("repodata.jlap", 404), ("repodata.json.zst", 304)]
    assert setup.body_path.stat().st_mtime_ns == before
    assert json.loads(setup.state_path.read_text())["refresh_ns"] == setup.now
    assert setup.names() == ["a"]
    assert setup.asked() == []


def test_something_else_replaces_the_old(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.open()
    setup.write("b-1-0.conda", "c-1-0.conda")
    setup.now += 1200 * SECOND
    setup.asked()
    assert setup.names() == ["b", "c"]
    assert setup.asked() == [("repodata.jlap", 404), ("repodata.json.zst", 200)]
    assert len(os.listdir(setup.cache)) == 3


@pytest.mark.parametrize(
    ("ttl", "age", "asked"), [(0, 1, True), (1, 1, False), (3000, 2999, False), (3000, 3000, True)]
)
def test_settings_say_how_long_an_index_is_trusted(
    setup: Setup, ttl: int, age: int, asked: bool
) -> None:
    setup.write("a-1-0.conda")
    setup.open()
    setup.asked()
    setup.now += age * SECOND
    setup.names(local_repodata_ttl=ttl)
    assert (setup.asked() != []) is asked


def test_the_index_cache_can_be_used_however_old(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    assert setup.names(use_index_cache=True) == ["a"]
    setup.write("b-1-0.conda", "c-1-0.conda")
    setup.now += WEEK * SECOND
    setup.asked()
    assert setup.names(use_index_cache=True) == ["a"]
    assert setup.asked() == []


def test_offline_uses_what_is_cached_and_nothing_else(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    assert setup.names(offline=True) == []
    (caution,) = setup.listener.cautions
    assert "is not cached" in caution
    setup.open()
    setup.now += WEEK * SECOND
    setup.asked()
    assert setup.names(offline=True) == ["a"]
    assert setup.asked() == []


def test_without_a_compressed_index_the_plain_one_is_fetched(setup: Setup) -> None:
    setup.write("a-1-0.conda", zst=False)
    assert setup.names() == ["a"]
    assert setup.asked() == [("repodata.json.zst", 404), ("repodata.json", 200)]
    setup.now += 1200 * SECOND
    setup.open()
    assert setup.asked() == [("repodata.jlap", 404), ("repodata.json", 304)]
    setup.write("b-1-0.conda", "c-1-0.conda")
    setup.now += WEEK * SECOND
    assert setup.names() == ["b", "c"]
    assert setup.asked() == [("repodata.jlap", 404), ("repodata.json.zst", 200)]
    assert "has_zst" not in json.loads(setup.state_path.read_text())


def test_the_compressed_index_can_be_turned_off(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    assert setup.names(repodata_use_zst=False) == ["a"]
    assert setup.asked() == [("repodata.json", 200)]


@pytest.mark.parametrize("body", [b"x", compress_zstd(b"<html>"), b""])
def test_a_broken_compressed_index_gives_way_to_the_plain_one(setup: Setup, body: bytes) -> None:
    setup.write("a-1-0.conda")
    setup.server.fail("*.zst", status=200, body=body)
    assert setup.names() == ["a"]
    assert [name for name, _ in setup.asked()] == ["repodata.json.zst", "repodata.json"]


def test_another_index_is_asked_for_and_gives_way_to_the_usual_one(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    assert setup.names(repodata_fn="current_repodata.json") == ["a"]
    assert setup.asked() == [
        ("current_repodata.json.zst", 404),
        ("current_repodata.json", 404),
        ("repodata.json.zst", 200),
    ]
    (setup.root / "noarch" / "current_repodata.json").write_bytes(index_body("b-1-0.conda"))
    assert setup.names(repodata_fn="current_repodata.json") == ["b"]
    assert setup.names() == ["a"]


def test_a_cached_body_that_was_touched_is_fetched_again(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.open()
    setup.asked()
    setup.body_path.write_bytes(b"{}")
    assert setup.names() == ["a"]
    assert setup.asked() == [("repodata.json.zst", 200)]


def test_a_cached_body_that_is_no_index_is_fetched_again(setup: Setup) -> None:
    """Or else a server that says "not modified" would keep it for ever."""
    setup.write("a-1-0.conda")
    for age in (0, 1200):
        setup.now += age * SECOND
        setup.open()
        setup.asked()
        facts = setup.body_path.stat()
        setup.body_path.write_bytes(b"x" * facts.st_size)
        os.utime(setup.body_path, ns=(facts.st_mtime_ns, facts.st_mtime_ns))
        next(setup.cache.glob("*.names")).unlink()
        assert setup.names() == ["a"]
        assert setup.asked()[-1] == ("repodata.json.zst", 200)


def test_offline_a_cached_body_that_is_no_index_is_an_error(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.open()
    facts = setup.body_path.stat()
    setup.body_path.write_bytes(b"x" * facts.st_size)
    os.utime(setup.body_path, ns=(facts.st_mtime_ns, facts.st_mtime_ns))
    next(setup.cache.glob("*.names")).unlink()
    with pytest.raises(ParseError):
        setup.open(offline=True)


def test_the_copy_of_another_program_is_used(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.open()
    next(setup.cache.glob("*.names")).unlink()
    state = json.loads(setup.state_path.read_text())
    state["has_bz2"] = {"value": False, "last_checked": "2026-01-01T00:00:00Z"}
    setup.state_path.write_text(json.dumps(state))
    setup.asked()
    assert setup.names() == ["a"]
    assert setup.asked() == []
    setup.now += 1200 * SECOND
    setup.open()
    assert "has_bz2" in json.loads(setup.state_path.read_text())


def test_a_cache_that_cannot_be_written_does_not_matter(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.cache.write_text("a file is in the way")
    index = setup.open()
    assert [record.fn for record in index.records("a")] == ["a-1-0.conda"]
    assert setup.listener.cautions[0].startswith("The index of ")


@pytest.mark.parametrize("replaced_by", [None, b"{}"])
def test_a_body_that_somebody_takes_away_at_once_is_used_from_memory(
    setup: Setup, monkeypatch: pytest.MonkeyPatch, replaced_by: bytes | None
) -> None:
    from conda_clone.core.channels.repodata.cache import CacheEntry

    save_body = CacheEntry.save_body

    def save_and_lose(entry: CacheEntry, body: bytes) -> None:
        save_body(entry, body)
        if replaced_by is None:
            os.unlink(entry.body_path)
        else:
            Path(entry.body_path).write_bytes(replaced_by)

    monkeypatch.setattr(CacheEntry, "save_body", save_and_lose)
    setup.write("a-1-0.conda")
    assert [record.fn for record in setup.open().records("a")] == ["a-1-0.conda"]


def test_tokens_and_credentials_go_to_the_server_and_nowhere_else(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    with_secrets = setup.server.url("t/tk-1/chan").replace("//", "//user:secret@")
    index = Index.open(
        channel_settings(with_secrets, subdirs=("noarch",)),
        plain_transport(),
        str(setup.cache),
        setup.listener,
    )
    (record,) = index.records("a")
    assert record.url == setup.server.url("chan/noarch/a-1-0.conda")
    assert index.channel_order == (setup.server.url("chan"),)
    assert [request.path for request in setup.server.requests] == [
        "/t/tk-1/chan/noarch/repodata_shards.msgpack.zst",
        "/t/tk-1/chan/noarch/repodata.json.zst",
    ]
    for request in setup.server.requests:
        assert request.headers["authorization"].startswith("Basic ")
    kept = b"".join(path.read_bytes() + path.name.encode() for path in setup.cache.iterdir())
    labels = [label for label, *_ in setup.listener.transfers()]
    shown = kept.decode("latin-1") + record.url + str(labels) + str(setup.listener.cautions)
    assert "tk-1" not in shown
    assert "secret" not in shown


def failure(setup: Setup, **settings: object) -> CondaError:
    with pytest.raises(CondaError) as raised:
        setup.open(**settings)  # type: ignore[arg-type]  # passed on
    return raised.value


@pytest.mark.parametrize(("status", "reason"), [(401, "Unauthorized"), (403, "Forbidden")])
def test_a_server_that_wants_credentials_is_an_error(
    setup: Setup, status: int, reason: str
) -> None:
    setup.server.fail("chan/*", status=status)
    error = failure(setup, repodata_fn="current_repodata.json")
    assert error.exception_name == "CondaHTTPError"
    assert error.details["url"] == setup.server.url("chan/noarch/current_repodata.json")
    assert (error.details["status_code"], error.details["reason"]) == (status, reason)
    assert set(error.details) == {
        "elapsed_time",
        "json",
        "reason",
        "response_details",
        "status_code",
        "url",
    }


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_an_error(setup: Setup, status: int) -> None:
    setup.server.fail("chan/*", status=status)
    error = failure(setup)
    assert error.exception_name == "CondaHTTPError"
    assert error.details["url"] == setup.server.url("chan/noarch/repodata.json")
    assert setup.asked() == [("repodata.json.zst", status)]


def test_a_server_that_hangs_up_is_an_error(setup: Setup) -> None:
    setup.server.fail("chan/*", reset=True)
    error = failure(setup)
    assert error.exception_name == "CondaHTTPError"
    assert error.details == {
        "url": setup.server.url("chan/noarch/repodata.json"),
        "status_code": "000",
        "reason": "CONNECTION FAILED",
        "elapsed_time": "-",
        "response_details": "",
        "json": {},
    }


@pytest.mark.parametrize("fault", [{"status": 503, "times": 2}, {"reset": True, "times": 2}])
def test_a_server_that_recovers_is_asked_again(setup: Setup, fault: FaultFields) -> None:
    setup.write("a-1-0.conda")
    setup.server.fail("chan/*", **fault)
    assert setup.names(retries=2) == ["a"]


@pytest.mark.parametrize("fault", [{"status": 503}, {"reset": True}])
def test_an_older_copy_is_offered_when_the_server_fails(setup: Setup, fault: FaultFields) -> None:
    setup.write("a-1-0.conda")
    setup.open()
    setup.now += 1200 * SECOND
    setup.server.fail("chan/*", **fault)
    hint = failure(setup).hint
    assert hint is not None
    assert "--use-index-cache" in hint
    assert setup.names(use_index_cache=True) == ["a"]


def test_a_channel_that_does_not_exist_is_unavailable(setup: Setup) -> None:
    error = failure(setup, subdirs=("linux-64", "noarch"))
    assert isinstance(error, UnavailableInvalidChannel)
    assert error.details["channel_name"] == "chan"
    assert error.details["channel_url"] == setup.server.url("chan")
    assert (error.details["status_code"], error.details["reason"]) == (404, "Not Found")
    assert error.details["json"] == {}


@pytest.mark.parametrize("subdir", ["linux-64", "noarch"])
def test_a_folder_that_does_not_exist_is_empty(setup: Setup, subdir: str) -> None:
    setup.write("a-1-0.conda", subdir=subdir)
    assert setup.names(subdirs=("linux-64", "noarch")) == ["a"]


@pytest.mark.parametrize("body", [b"{nope", b"<html>Log in</html>", b'{"message": "no"}', b""])
def test_an_answer_that_is_no_index_costs_nothing_but_an_error(setup: Setup, body: bytes) -> None:
    setup.write("a-1-0.conda", zst=False)
    setup.open()
    before = {path: path.read_bytes() for path in setup.cache.iterdir()}
    setup.now += 1200 * SECOND
    setup.server.fail("chan/*", status=200, body=body)
    error = failure(setup)
    assert isinstance(error, ParseError)
    assert error.details == {"path": setup.server.url("chan/noarch/repodata.json")}
    assert {path: path.read_bytes() for path in setup.cache.iterdir()} == before
    assert setup.names(use_index_cache=True) == ["a"]


def test_an_index_that_is_too_large_is_an_error(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conda_clone.core.channels.repodata import formats

    monkeypatch.setattr(formats, "_MAX_BODY", 100)
    setup.write(*(f"a-{number}-0.conda" for number in range(99)))
    with pytest.raises(ParseError, match="larger than 100 bytes"):
        setup.open()
    assert not setup.cache.exists()


def test_a_later_format_is_an_error_and_is_not_kept(setup: Setup) -> None:
    setup.write(repodata_version=3)
    assert isinstance(failure(setup), CondaUpgradeError)
    assert not setup.cache.exists()


@pytest.mark.parametrize("size", [0, 1, 30])
def test_a_body_that_breaks_off_is_fetched_again(setup: Setup, size: int) -> None:
    setup.write("a-1-0.conda")
    setup.server.fail("chan/*", truncate=size, times=2)
    assert setup.names() == ["a"]
    assert len(setup.asked()) == 3


def test_a_body_that_always_breaks_off_is_an_error(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.server.fail("chan/*", truncate=20)
    error = failure(setup)
    assert isinstance(error, CondaHTTPError)
    assert error.is_connection_failure
    assert not setup.cache.exists()


def test_not_modified_without_having_anything_is_an_error(setup: Setup) -> None:
    setup.server.fail("chan/*", status=304)
    assert failure(setup).details["status_code"] == 304


def test_packages_can_be_elsewhere(setup: Setup) -> None:
    setup.write("a-1-0.conda", info={"base_url": "../../files"})
    (record,) = setup.open().records("a")
    assert record.url == setup.server.url("files/a-1-0.conda")


@pytest.mark.shared
def test_a_real_channel_is_read(shared: Path, tmp_path: Path) -> None:
    with ChannelServer() as server:
        server.mount("union", shared / "data" / "repodata" / "conda-forge-union")
        listener = Listener()
        for _ in range(2):
            index = Index.open(
                channel_settings(server.url("union")),
                plain_transport(),
                str(tmp_path / "cache"),
                listener,
            )
            assert len(index.names()) == 6209
            assert len(index.records("python")) == 170
        statuses = sorted(request.status or 0 for request in server.requests)
        # Once: it has neither shards nor lists of changes.
        assert statuses == [200, 200, 304, 304, 404, 404, 404, 404]
        assert listener.cautions == []


def test_offline_an_old_index_tells_its_age_once(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.names()
    setup.now += 9 * 24 * 3600 * SECOND
    assert setup.names(offline=True) == ["a"]
    (notice,) = [event.text for event in setup.listener.events if isinstance(event, Notice)]
    assert "9 days old" in notice
    setup.now = START
    assert setup.names(use_index_cache=True) == ["a"]
    assert sum(isinstance(event, Notice) for event in setup.listener.events) == 1
