"""Incremental updates (JLAP) over HTTP: what is asked for and kept, and what faults lead to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conda_clone.core.channels.index import Index
from conda_clone.core.channels.repodata.jlap import nominal_digest
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.network.transport import Request, Response, Transport
from conda_clone.testing.server import ChannelServer
from tests.support.channels import Listener, channel_settings, plain_transport
from tests.support.jlap import jlap_bytes, write_jlap
from tests.support.repodata import index_body

SECOND = 10**9
START = 1_790_000_000 * SECOND
HOUR = 3600 * SECOND
WEEK = 7 * 24 * HOUR


class Setup:
    """A channel of one folder whose index changes, a cache and a clock."""

    def __init__(self, tmp_path: Path, server: ChannelServer) -> None:
        self.server = server
        self.folder = tmp_path / "chan" / "noarch"
        self.folder.mkdir(parents=True)
        self.cache = tmp_path / "cache"
        self.listener = Listener()
        self.now = START
        self.bodies: list[bytes] = []
        server.mount("chan", tmp_path / "chan")

    def change(self, *fns: str, **options: Any) -> None:
        """Let the index hold these files from now on, and note the change."""
        self.bodies.append(index_body(*fns, info={"subdir": "noarch"}))
        write_jlap(self.folder, self.bodies, **options)

    def open(self, *, transport: Transport | None = None, **settings: Any) -> Index:
        """Open the index an hour later, when it is no longer fresh."""
        self.now += HOUR
        settings.setdefault("subdirs", ("noarch",))
        settings.setdefault("repodata_use_zst", False)
        settings.setdefault("repodata_use_shards", False)
        return Index.open(
            channel_settings(self.server.url("chan"), **settings),
            transport or plain_transport(),
            str(self.cache),
            self.listener,
            now=lambda: self.now,
        )

    def names(self, **settings: Any) -> list[str]:
        return self.open(**settings).names()

    def asked(self) -> list[tuple[str, int | None]]:
        """Return file and status of the requests since the last call."""
        found = [
            (request.path.rpartition("/")[2], request.status) for request in self.server.requests
        ]
        self.server.requests.clear()
        return found

    @property
    def state(self) -> dict[str, Any]:
        (path,) = self.cache.glob("*.info.json")
        state: dict[str, Any] = json.loads(path.read_text())
        return state

    @property
    def body(self) -> Any:
        (path,) = (path for path in self.cache.glob("*.json") if ".info." not in path.name)
        return json.loads(path.read_bytes())


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    with ChannelServer(cache_control="public, max-age=60") as server:
        setup = Setup(tmp_path, server)
        setup.change("a-1-0.conda")
        assert setup.names() == ["a"]
        assert setup.asked() == [("repodata.json", 200)]
        yield setup


def test_an_index_that_is_cached_is_brought_up_to_date(setup: Setup) -> None:
    setup.change("a-1-0.conda", "b-1-0.tar.bz2")
    setup.change("b-1-0.tar.bz2", "c-1-0.conda")
    assert setup.names() == ["b", "c"]
    assert setup.asked() == [("repodata.jlap", 200)]
    assert setup.body == json.loads(setup.bodies[-1])


def test_records_are_those_of_the_whole_index(setup: Setup) -> None:
    setup.change("a-1-0.conda", "a-2-0.conda", "a-2-0.tar.bz2")
    index = setup.open()
    assert [record.fn for record in index.records("a")] == ["a-1-0.conda", "a-2-0.conda"]
    assert setup.asked() == [("repodata.jlap", 200)]


def test_what_was_read_is_remembered(setup: Setup) -> None:
    setup.change("a-1-0.conda", "b-1-0.conda")
    setup.names()
    state = setup.state
    footer = json.dumps({"url": "repodata.json", "latest": nominal_digest(setup.bodies[-1])})
    history = (setup.folder / "repodata.jlap").read_bytes()
    assert state["blake2_256_nominal"] == nominal_digest(setup.bodies[-1])
    assert state["jlap"].pop("headers")["etag"].startswith('"')
    assert len(state["jlap"].pop("iv")) == 64
    assert state["jlap"] == {
        "pos": history.index(footer.encode()),
        "footer": {"latest": nominal_digest(setup.bodies[-1])},
        "mtime_ns": state["mtime_ns"],
    }
    assert (state["etag"], state["mod"]) == ("", "")
    assert (state["cache_control"], state["refresh_ns"]) == ("public, max-age=60", setup.now)


def test_afterwards_only_what_was_added_is_asked_for(setup: Setup) -> None:
    for fns in (("b-1-0.conda",), ("c-1-0.conda",), ("c-1-0.conda", "d-1-0.conda")):
        setup.change(*fns)
        assert setup.names() == [fn[0] for fn in fns]
    assert setup.asked() == [
        ("repodata.jlap", 200),
        ("repodata.jlap", 206),
        ("repodata.jlap", 206),
    ]


def test_where_nothing_changed_nothing_is_sent(setup: Setup) -> None:
    setup.names()
    size = setup.state["size"]
    assert setup.names() == ["a"]
    assert setup.asked() == [("repodata.jlap", 200), ("repodata.jlap", 304)]
    assert (setup.state["size"], setup.state["refresh_ns"]) == (size, setup.now)
    setup.now -= HOUR - SECOND
    assert setup.names(local_repodata_ttl=7200) == ["a"]
    assert setup.asked() == []


def test_a_server_that_knows_no_ranges_sends_all(setup: Setup) -> None:
    setup.change("b-1-0.conda")
    setup.names()
    setup.change("b-1-0.conda", "c-1-0.conda")
    body = (setup.folder / "repodata.jlap").read_bytes()
    setup.server.fail("*.jlap", status=200, body=body)
    assert setup.names() == ["b", "c"]
    assert setup.asked() == [("repodata.jlap", 200)] * 2


def test_a_file_that_was_written_anew_is_read_from_its_start(setup: Setup) -> None:
    setup.change("b-1-0.conda")
    setup.change("b-1-0.conda", "c-1-0.conda")
    setup.names()
    setup.asked()
    letters = list("cdefghijkl")
    setup.change(*(f"{name}-1-0.conda" for name in letters), drop=2)
    assert setup.names() == letters
    # What lies behind the known position now does not continue the chain.
    assert setup.asked() == [("repodata.jlap", 206), ("repodata.jlap", 200)]


def test_a_file_that_became_shorter_is_read_from_its_start(setup: Setup) -> None:
    setup.change("b-1-0.conda")
    setup.change(*(f"{name}-1-0.conda" for name in "bcdefghijklmnopqrstuvwxyz"))
    setup.names()
    setup.asked()
    setup.change("c-1-0.conda", drop=3)
    assert setup.names() == ["c"]
    assert setup.asked() == [
        ("repodata.jlap", 416),
        ("repodata.jlap", 200),
        ("repodata.json", 200),
    ]


def test_who_was_away_for_too_long_fetches_the_whole_index(setup: Setup) -> None:
    setup.change("b-1-0.conda")
    setup.change("c-1-0.conda", drop=1)
    assert setup.names() == ["c"]
    assert setup.asked() == [("repodata.jlap", 200), ("repodata.json", 200)]
    setup.change("d-1-0.conda", drop=1)
    assert setup.names() == ["d"]
    assert setup.asked() == [("repodata.jlap", 200)]


def test_a_whole_index_forgets_what_was_read(setup: Setup) -> None:
    setup.change("b-1-0.conda")
    setup.names()
    setup.change("c-1-0.conda", drop=2)
    assert setup.names() == ["c"]
    assert "jlap" not in setup.state
    assert "blake2_256_nominal" not in setup.state


def test_after_an_update_the_whole_index_is_asked_for_without_condition(setup: Setup) -> None:
    setup.change("b-1-0.conda")
    setup.names()
    setup.asked()
    setup.server.fail("*.jlap", status=404)
    # Back to what the validators of the first index were about.
    (setup.folder / "repodata.json").write_bytes(setup.bodies[0])
    assert setup.names() == ["a"]
    assert setup.asked() == [("repodata.jlap", 404), ("repodata.json", 200)]


def test_that_there_are_none_is_remembered_for_a_week(setup: Setup) -> None:
    (setup.folder / "repodata.jlap").unlink()
    for _ in range(2):
        assert setup.names() == ["a"]
    assert setup.asked() == [
        ("repodata.jlap", 404),
        ("repodata.json", 304),
        ("repodata.json", 304),
    ]
    assert setup.state["has_jlap"]["value"] is False
    setup.now += WEEK
    setup.change("b-1-0.conda")
    assert setup.names() == ["b"]
    assert setup.asked() == [("repodata.jlap", 200)]


@pytest.mark.parametrize("body", [b"", b"<html>Log in</html>", b'{"error": "no longer supported"}'])
def test_something_else_at_the_address_counts_as_none(setup: Setup, body: bytes) -> None:
    (setup.folder / "repodata.jlap").write_bytes(body)
    assert setup.names() == ["a"]
    assert setup.asked() == [("repodata.jlap", 200), ("repodata.json", 304)]
    assert setup.state["has_jlap"]["value"] is False


def test_a_list_longer_than_the_index_is_not_read(setup: Setup) -> None:
    history = jlap_bytes(setup.bodies)
    (setup.folder / "repodata.jlap").write_bytes(b"0" * (20 << 10) + history)
    assert setup.names() == ["a"]
    assert setup.asked() == [("repodata.jlap", 200), ("repodata.json", 304)]
    assert [size for _, size, _, _ in setup.listener.transfers()] == [len(setup.bodies[0])]


def test_a_list_that_unpacks_to_more_than_it_saves_is_not_read_on(setup: Setup) -> None:
    import gzip

    bomb = gzip.compress(b" " * (1 << 20))
    setup.server.fail("*.jlap", status=200, headers={"Content-Encoding": "gzip"}, body=bomb)
    assert setup.names() == ["a"]
    assert setup.state["has_jlap"]["value"] is False


@pytest.mark.parametrize("status", [500, 429])
def test_a_server_in_trouble_is_asked_again_the_next_time(setup: Setup, status: int) -> None:
    setup.server.fail("*.jlap", status=status, times=1)
    setup.change("b-1-0.conda")
    assert setup.names() == ["b"]
    assert setup.asked() == [("repodata.jlap", status), ("repodata.json", 200)]
    setup.change("c-1-0.conda")
    assert setup.names() == ["c"]
    assert setup.asked() == [("repodata.jlap", 200)]


def test_a_list_that_breaks_off_ends_in_the_whole_index(setup: Setup) -> None:
    setup.change("b-1-0.conda")
    setup.server.fail("*.jlap", truncate=100)
    assert setup.names() == ["b"]
    assert setup.asked() == [("repodata.jlap", 200), ("repodata.json", 200)]


def test_patches_that_do_not_fit_end_in_the_whole_index(setup: Setup) -> None:
    before, wrong = setup.bodies[-1], index_body("x-1-0.conda", "y-1-0.conda")
    setup.change("b-1-0.conda")
    history = jlap_bytes([wrong, setup.bodies[-1]])
    swapped = history.replace(nominal_digest(wrong).encode(), nominal_digest(before).encode())
    lines = swapped.split(b"\n")[1:-1]
    (setup.folder / "repodata.jlap").write_bytes(_chained(lines))
    assert setup.names() == ["b"]
    assert setup.asked() == [("repodata.jlap", 200), ("repodata.json", 200)]


def test_patches_that_leave_no_index_end_in_the_whole_index(setup: Setup) -> None:
    change = {
        "from": nominal_digest(setup.bodies[-1]),
        "to": "0" * 64,
        "patch": [{"op": "add", "path": "/repodata_version", "value": "seven"}],
    }
    lines = [json.dumps(change).encode(), json.dumps({"latest": "0" * 64}).encode()]
    (setup.folder / "repodata.jlap").write_bytes(_chained(lines))
    assert setup.names() == ["a"]
    assert setup.asked() == [("repodata.jlap", 200), ("repodata.json", 304)]


def test_a_copy_that_another_program_has_replaced_is_not_patched(setup: Setup) -> None:
    setup.change("b-1-0.conda")
    setup.names()
    setup.asked()
    # A program that knows of no lists of changes: body and state are new, further keys stay.
    (path,) = (path for path in setup.cache.glob("*.json") if ".info." not in path.name)
    path.write_bytes(index_body("x-1-0.conda"))
    facts = path.stat()
    state = {**setup.state, "size": facts.st_size, "mtime_ns": facts.st_mtime_ns, "etag": ""}
    next(setup.cache.glob("*.info.json")).write_text(json.dumps(state))
    setup.change("b-1-0.conda", "c-1-0.conda")
    assert setup.names() == ["b", "c"]
    assert setup.asked() == [("repodata.jlap", 200), ("repodata.json", 200)]


def test_a_copy_that_is_replaced_meanwhile_is_not_patched(setup: Setup) -> None:
    (path,) = (path for path in setup.cache.glob("*.json") if ".info." not in path.name)
    real = plain_transport()

    class Meddling:
        def open(self, request: Request) -> Response:
            if request.url.endswith(".jlap"):
                path.write_bytes(index_body("x-1-0.conda"))
            return real.open(request)

    setup.change("b-1-0.conda")
    assert setup.open(transport=Meddling()).names() == ["b"]
    assert setup.asked() == [("repodata.jlap", 200), ("repodata.json", 200)]


def test_a_server_that_cannot_be_reached_is_told_at_once(setup: Setup) -> None:
    setup.server.fail("*", reset=True)
    with pytest.raises(CondaHTTPError) as caught:
        setup.names()
    assert setup.asked() == [("repodata.jlap", None)]
    assert "--offline" in (caught.value.hint or "")


@pytest.mark.parametrize("key", ["iv", "pos"])
@pytest.mark.parametrize("value", ["nonsense", "00", 0, -1, None])
def test_a_damaged_memory_counts_as_none(setup: Setup, key: str, value: Any) -> None:
    setup.change("b-1-0.conda")
    setup.names()
    state = setup.state
    state["jlap"][key] = value
    state["jlap"]["headers"] = value
    next(setup.cache.glob("*.info.json")).write_text(json.dumps(state))
    setup.asked()
    setup.change("c-1-0.conda")
    assert setup.names() == ["c"]
    assert setup.asked() == [("repodata.jlap", 200)]


def test_a_cache_that_cannot_be_written_does_not_matter(setup: Setup) -> None:
    setup.change("b-1-0.conda")
    for path in setup.cache.iterdir():
        path.chmod(0o444)
    (path,) = (path for path in setup.cache.glob("*.json") if ".info." not in path.name)
    blocked = path.with_suffix(".names")
    blocked.unlink()
    blocked.mkdir()
    assert setup.names() == ["b"]


def test_an_index_of_another_name_has_its_own_list(setup: Setup) -> None:
    newer = [setup.bodies[0], index_body("b-1-0.conda")]
    for number in (1, 2):
        (setup.folder / "current_repodata.json").write_bytes(newer[number - 1])
        (setup.folder / "current_repodata.jlap").write_bytes(jlap_bytes(newer[:number]))
        setup.now += HOUR
        index = Index.open(
            channel_settings(setup.server.url("chan"), subdirs=("noarch",), repodata_use_zst=False),
            plain_transport(),
            str(setup.cache),
            setup.listener,
            "current_repodata.json",
            now=lambda: setup.now,
        )
    assert index.names() == ["b"]
    assert setup.asked() == [("current_repodata.json", 200), ("current_repodata.jlap", 200)]


def _chained(lines: list[bytes]) -> bytes:
    from hashlib import blake2b

    digest = bytes(32)
    for line in lines:
        digest = blake2b(line, digest_size=32, key=digest).digest()
    return b"\n".join([b"0" * 64, *lines, digest.hex().encode()])
