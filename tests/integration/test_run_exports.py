"""What packages export (CEP 12, CEP 21): when it is fetched, what is kept, and who sees it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conda_clone.core.channels.index import Index
from conda_clone.core.channels.repodata.run_exports import exports_of
from conda_clone.testing.archives import compress_zstd
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from conda_clone.testing.shards import write_shards
from tests.support.channels import Listener, channel_settings, plain_transport
from tests.support.cli import Program
from tests.support.records import record
from tests.support.repodata import entry, index_body

SECOND = 10**9
START = 1_790_000_000 * SECOND
WEEK = 7 * 24 * 3600 * SECOND
EXPORTS = {
    "info": {"subdir": "noarch", "version": 1},
    "packages": {"a-1-0.tar.bz2": {"run_exports": {"strong": ["a >=1"], "noarch": ["python"]}}},
    "packages.conda": {
        "a-2-0.conda": {"run_exports": {"weak": ["a >=2,<3"], "weak_constrains": ["b <1"]}},
        "b-1-0.conda": {"run_exports": {}},
    },
}


class Setup:
    """A channel of one folder behind a server, a cache and a clock."""

    def __init__(self, tmp_path: Path, server: ChannelServer) -> None:
        self.server = server
        self.folder = tmp_path / "chan" / "noarch"
        self.folder.mkdir(parents=True)
        self.cache = tmp_path / "cache"
        self.listener = Listener()
        self.now = START
        server.mount("chan", tmp_path / "chan")
        body = index_body("a-1-0.tar.bz2", "a-2-0.conda", "b-1-0.conda")
        (self.folder / "repodata.json").write_bytes(body)

    def write(self, exports: Any = EXPORTS, *, zst: bool = False) -> None:
        body = json.dumps(exports).encode()
        (self.folder / "run_exports.json").write_bytes(body)
        if zst:
            (self.folder / "run_exports.json.zst").write_bytes(compress_zstd(body))

    def open(self, url: str = "", **settings: Any) -> Index:
        settings.setdefault("repodata_use_zst", False)
        settings.setdefault("repodata_use_shards", False)
        return Index.open(
            channel_settings(url or self.server.url("chan"), subdirs=("noarch",), **settings),
            plain_transport(offline=bool(settings.get("offline"))),
            str(self.cache),
            self.listener,
            now=lambda: self.now,
        )

    def exports(self, url: str = "", **settings: Any) -> dict[str, dict[str, list[str]]]:
        """Return what all packages export, by file name."""
        index = self.open(url, **settings)
        return {
            record.fn: index.run_exports(record) for name in "ab" for record in index.records(name)
        }

    def asked(self) -> list[tuple[str, int | None]]:
        """Return file and status of the requests for what is exported, since the last call."""
        found = [
            (request.path.rpartition("/")[2], request.status) for request in self.server.requests
        ]
        self.server.requests.clear()
        return [(file, status) for file, status in found if file.startswith("run_exports")]


NOTHING: dict[str, dict[str, list[str]]] = {
    "a-1-0.tar.bz2": {},
    "a-2-0.conda": {},
    "b-1-0.conda": {},
}
ALL = {
    "a-1-0.tar.bz2": {"strong": ["a >=1"], "noarch": ["python"]},
    "a-2-0.conda": {"weak": ["a >=2,<3"], "weak_constrains": ["b <1"]},
    "b-1-0.conda": {},
}


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    with ChannelServer(cache_control="max-age=1200") as server:
        yield Setup(tmp_path, server)


def test_it_is_fetched_when_somebody_asks(setup: Setup) -> None:
    setup.write()
    setup.open().records("a")
    assert setup.asked() == []
    assert setup.exports() == ALL
    assert setup.asked() == [("run_exports.json", 200)]


def test_it_is_cached_as_an_index_is(setup: Setup) -> None:
    setup.write(zst=True)
    assert setup.exports(repodata_use_zst=True) == ALL
    assert setup.exports(repodata_use_zst=True) == ALL
    assert setup.asked() == [("run_exports.json.zst", 200)]
    setup.now += 1200 * SECOND
    assert setup.exports(repodata_use_zst=True) == ALL
    assert setup.asked() == [("run_exports.json.zst", 304)]
    assert setup.exports(offline=True) == ALL
    assert setup.asked() == []


def test_a_damaged_copy_is_fetched_again(setup: Setup) -> None:
    setup.write()
    setup.exports()
    setup.asked()
    (body,) = (path for path in setup.cache.glob("*.json") if b"python" in path.read_bytes())
    content = body.read_bytes()
    facts = body.stat()
    body.write_bytes(b"x" * len(content))
    os.utime(body, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert setup.exports() == ALL
    assert setup.asked() == [("run_exports.json", 304), ("run_exports.json", 200)]


def test_a_channel_without_it_is_not_asked_again_for_a_week(setup: Setup) -> None:
    assert setup.exports() == NOTHING
    assert setup.exports() == NOTHING
    assert setup.asked() == [("run_exports.json", 404)]
    setup.now += WEEK
    setup.write()
    assert setup.exports() == ALL


def test_offline_nothing_is_known_that_is_not_cached(setup: Setup) -> None:
    setup.write()
    setup.open()
    assert setup.exports(offline=True) == NOTHING
    assert setup.listener.cautions == []


@pytest.mark.parametrize("body", [b"", b"[]", b'{"packages": []}', b"\xff"])
def test_what_makes_no_sense_is_told_and_stops_nobody(setup: Setup, body: bytes) -> None:
    (setup.folder / "run_exports.json").write_bytes(body)
    assert setup.exports() == NOTHING
    (caution,) = setup.listener.cautions
    assert caution.startswith("What packages export is not known. ")


def test_a_server_in_trouble_stops_nobody(setup: Setup) -> None:
    setup.server.fail("*/run_exports.json", status=503)
    assert setup.exports() == NOTHING
    assert len(setup.listener.cautions) == 1
    setup.server.heal()
    setup.write()
    assert setup.exports() == ALL


def test_entries_that_make_no_sense_are_left_out(setup: Setup) -> None:
    setup.write({"packages": {"a-1-0.tar.bz2": [], "a-2-0.conda": {}}, "packages.conda": None})
    assert setup.exports() == NOTHING
    assert setup.listener.cautions == []


def test_on_this_machine_it_is_read_where_it_lies(setup: Setup) -> None:
    setup.write()
    url = setup.folder.parent.as_uri()
    assert setup.exports(url, offline=True) == ALL
    assert {path.suffix for path in setup.cache.iterdir()} == {".names"}
    (setup.folder / "run_exports.json").unlink()
    assert setup.exports(url) == NOTHING
    assert {path.suffix for path in setup.cache.iterdir()} == {".names"}


def test_a_cache_that_cannot_be_written_does_not_matter(setup: Setup) -> None:
    setup.write()
    setup.cache.write_text("a file is in the way")
    assert setup.exports() == ALL


def test_shards_say_it_themselves(setup: Setup) -> None:
    exported = entry("a-2-0.conda", run_exports={"strong": ["a"], "weak": []})
    body = index_body(packages_conda={"a-2-0.conda": exported})
    (setup.folder / "repodata.json").write_bytes(body)
    write_shards(setup.folder)
    assert setup.exports(repodata_use_shards=True) == {"a-2-0.conda": {"strong": ["a"]}}
    assert setup.asked() == []


def test_of_packages_of_other_channels_nothing_is_known(setup: Setup) -> None:
    setup.write()
    assert setup.open().run_exports(record("a", "2")) == {}


@pytest.mark.parametrize(
    ("value", "exports"),
    [
        (["a", 1, "b"], {"weak": ["a", "b"]}),
        ("a", {"weak": ["a"]}),
        ({"strong": "a", "later": ["b"]}, {"strong": ["a"]}),
        (None, {}),
        (7, {}),
    ],
)
def test_every_way_to_write_it_is_read(value: object, exports: dict[str, list[str]]) -> None:
    assert exports_of(value) == exports


def test_people_and_programs_see_it_on_request(tmp_path: Path, isolated: Path) -> None:
    channel = ChannelBuilder(tmp_path / "chan")
    channel.add(name="a", version="2", noarch="generic")
    channel.write()
    exports = {"packages.conda": {"a-2-0.conda": {"run_exports": {"weak": ["a >=2"]}}}}
    (channel.root / "noarch" / "run_exports.json").write_text(json.dumps(exports))
    conda = Program(tmp_path / "root", isolated, channel.url)
    lines = conda.succeed("search", "a", "--info").stdout.splitlines()
    assert lines[lines.index("run exports (weak): ") + 1] == "  - a >=2"
    (shown,) = conda.succeed("search", "a", "--info", "--json").document["a"]
    assert shown["run_exports"] == {"weak": ["a >=2"]}
    (shown,) = conda.succeed("search", "a", "--json").document["a"]
    assert "run_exports" not in shown
