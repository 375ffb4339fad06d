"""Sharded indexes (CEP 16) over HTTP: what is fetched, what is kept, and what faults lead to."""

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from conda_clone.core.channels.errors import CondaUpgradeError
from conda_clone.core.channels.index import Index
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import Origin, Problem, Requirement
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.network.transport import Request, Response, Transport
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.testing.archives import compress_zstd
from conda_clone.testing.server import ChannelServer
from conda_clone.testing.shards import write_shards
from tests.support.channels import Listener, channel_settings, plain_transport
from tests.support.repodata import entry, index_body

SECOND = 10**9
START = 1_790_000_000 * SECOND
TABLE = "repodata_shards.msgpack.zst"
WHOLE = ["repodata.json.zst", "repodata.json"]


class Setup:
    """A channel of one folder behind a server, with a cache and a clock."""

    def __init__(self, tmp_path: Path, server: ChannelServer) -> None:
        self.server = server
        self.root = tmp_path / "chan"
        self.folder = self.root / "noarch"
        self.folder.mkdir(parents=True)
        self.cache = tmp_path / "cache"
        self.listener = Listener()
        self.now = START
        self.digests: dict[str, bytes] = {}
        server.mount("chan", self.root)
        server.mount("t/tk-1/chan", self.root)

    def write(self, *fns: str, shards: bool = True, **depends: list[str]) -> None:
        """Write an index; keywords say what a name depends on."""
        packages = {}
        for fn in fns:
            name = fn.partition("-")[0]
            packages[fn] = entry(fn, depends=depends.get(name, []))
        (self.folder / "repodata.json").write_bytes(index_body(packages_conda=packages))
        if shards:
            self.digests = write_shards(self.folder)

    def open(
        self, *, path: str = "chan", transport: Transport | None = None, **settings: object
    ) -> Index:
        settings.setdefault("subdirs", ("noarch",))
        return Index.open(
            channel_settings(self.server.url(path), **settings),
            transport or plain_transport(offline=bool(settings.get("offline"))),
            str(self.cache),
            self.listener,
            now=lambda: self.now,
        )

    def fns(self, name: str, **settings: object) -> list[str]:
        return [record.fn for record in self.open(**settings).records(name)]  # type: ignore[arg-type]  # passed on

    def asked(self) -> list[str]:
        """Return the files that were asked for since the last call, shards by their name."""
        names = {digest.hex(): name for name, digest in self.digests.items()}
        files = [request.path.rpartition("/")[2] for request in self.server.requests]
        self.server.requests.clear()
        return [names.get(file.partition(".")[0], file) for file in files]

    def shard(self, name: str) -> Path:
        return self.folder / "shards" / f"{self.digests[name].hex()}.msgpack.zst"


class Held:
    """A transport whose requests for shards wait for each other."""

    def __init__(self, transport: Transport, everybody: threading.Barrier) -> None:
        self._transport = transport
        self._everybody = everybody

    def open(self, request: Request) -> Response:
        if "/shards/" in request.url:
            self._everybody.wait(timeout=60)
        return self._transport.open(request)


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    with ChannelServer() as server:
        yield Setup(tmp_path, server)


def test_only_names_that_are_asked_for_are_fetched(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda", "c-1-0.conda")
    assert setup.fns("b") == ["b-1-0.conda"]
    assert setup.asked() == [TABLE, "b"]


def test_records_are_those_of_the_whole_index(setup: Setup) -> None:
    details = {"md5": "0" * 32, "sha256": "ab" * 32, "size": 7, "timestamp": 1_700_000_000_000}
    packages = {"a-1-0.conda": entry("a-1-0.conda", depends=["b >=1"], **details)}
    (setup.folder / "repodata.json").write_bytes(index_body(packages_conda=packages))
    write_shards(setup.folder)
    (sharded,) = setup.open().records("a")
    (whole,) = setup.open(repodata_use_shards=False).records("a")
    assert sharded == whole
    assert (sharded.md5, sharded.sha256, sharded.url) == (whole.md5, whole.sha256, whole.url)
    assert (sharded.size, sharded.timestamp, sharded.depends) == (7, 1_700_000_000_000, ("b >=1",))


def test_an_archive_says_what_the_one_was_that_it_hides(setup: Setup) -> None:
    body = index_body(
        packages_conda={"a-1-0.conda": entry("a-1-0.conda", md5="1" * 32)},
        packages={"a-1-0.tar.bz2": entry("a-1-0.tar.bz2", md5="ab" * 16, size=7)},
    )
    (setup.folder / "repodata.json").write_bytes(body)
    write_shards(setup.folder)
    for use_shards in (True, False):
        (record,) = setup.open(repodata_use_shards=use_shards).records("a")
        assert (record.fn, record.legacy_bz2_md5) == ("a-1-0.conda", "ab" * 16)
        assert record.legacy_bz2_size == 7


def test_reaching_follows_the_newest_that_match(setup: Setup) -> None:
    fns = [f"{name}-1-0.conda" for name in "abcd"]
    setup.write(*fns, a=["b >=1", "__unix"], b=["c"])
    index = setup.open()
    index.reach([MatchSpec("a"), MatchSpec("unknown"), MatchSpec("*")])
    assert sorted(setup.asked()) == ["a", "b", "c", TABLE]
    assert [record.fn for record in index.records("c")] == ["c-1-0.conda"]
    assert setup.asked() == []


def test_what_has_changed_on_the_way_is_asked_for_at_once(setup: Setup) -> None:
    old, new = ([f"{name}-{version}-0.conda" for name in "abcd"] for version in (1, 2))
    setup.write(*old, a=["b"], b=["c >=1", "__unix"], c=["chan::x", "d"])
    setup.open().reach([MatchSpec("a")])
    setup.asked()
    setup.write(old[0], *new[1:], a=["b"], b=["c >=1", "__unix"], c=["chan::x", "d"])
    # None of these is answered before all of them have been asked for.
    everybody = threading.Barrier(3)
    index = setup.open(transport=Held(plain_transport(), everybody))
    index.reach([MatchSpec("a")])
    assert sorted(setup.asked()) == ["b", "c", "d", TABLE]
    assert [record.fn for record in index.records("d")] == ["d-2-0.conda"]
    assert setup.asked() == []


def write_builds(setup: Setup) -> None:
    """Write packages for two versions of Python that depend on different names."""
    depends = {
        "a-2-py313.conda": ["python", "python_abi 3.13.*", "new"],
        "a-1-py311.conda": ["python >=3.11,<3.12", "old"],
        "new-1-0.conda": ["deep"],
    }
    constrains = {f"python_abi-3.{minor}-0.conda": [f"python 3.{minor}.*"] for minor in (11, 13)}
    fns = ["python-3.11-0.conda", "python-3.13-0.conda", "old-1-0.conda", "deep-1-0.conda"]
    packages = {
        fn: entry(fn, depends=depends.get(fn, []), constrains=constrains.get(fn, []))
        for fn in (*fns, *depends, *constrains)
    }
    (setup.folder / "repodata.json").write_bytes(index_body(packages_conda=packages))
    setup.digests = write_shards(setup.folder)


def test_packages_that_fit_what_is_wanted_are_followed_too(setup: Setup) -> None:
    write_builds(setup)
    index = setup.open()
    index.reach([MatchSpec("a"), MatchSpec("python=3.11")])
    assert all(subdir.has("old") for subdir in index.subdirs)


class Holding:
    """A transport that holds the requests for one shard back."""

    def __init__(self, digest: bytes) -> None:
        self.may_go_on, self.has_come = threading.Event(), threading.Event()
        self._transport = plain_transport()
        self._file = f"/{digest.hex()}.msgpack.zst"

    def open(self, request: Request) -> Response:
        if not request.url.endswith(self._file):
            return self._transport.open(request)
        self.may_go_on.wait(timeout=60)
        try:
            return self._transport.open(request)
        finally:
            self.has_come.set()


def test_nobody_waits_for_what_is_not_probable(setup: Setup) -> None:
    write_builds(setup)
    transport = Holding(setup.digests["new"])
    index = setup.open(transport=transport)
    index.reach([MatchSpec("a"), MatchSpec("python=3.11")])
    assert not transport.has_come.is_set()
    assert all(subdir.has("old") for subdir in index.subdirs)
    transport.may_go_on.set()
    assert [record.fn for record in index.records("new")] == ["new-1-0.conda"]


def test_what_is_not_needed_in_the_end_may_be_missing(setup: Setup) -> None:
    write_builds(setup)
    setup.shard("new").unlink()
    transport = Holding(setup.digests["new"])
    index = setup.open(transport=transport)
    index.reach([MatchSpec("a"), MatchSpec("python=3.11")])
    transport.may_go_on.set()
    assert transport.has_come.wait(timeout=60)
    assert [subdir.is_sharded for subdir in index.subdirs] == [True]
    assert [record.fn for record in index.records("new")] == ["new-1-0.conda"]
    assert [subdir.is_sharded for subdir in index.subdirs] == [False]


def test_what_was_fetched_last_is_remembered_over_many_changes(setup: Setup) -> None:
    def change(version: int) -> None:
        fns = [f"{name}-{version}-0.conda" for name in "abcd"]
        setup.write(*fns, a=["b"], b=["c"], c=["d"])

    change(1)
    setup.open().reach([MatchSpec("a")])
    change(2)
    setup.open()  # the table is kept, and nobody asks for these names
    change(3)
    index = setup.open(transport=Held(plain_transport(), threading.Barrier(4)))
    index.reach([MatchSpec("a")])
    assert [record.fn for record in index.records("d")] == ["d-3-0.conda"]


def test_names_that_nothing_led_to_are_not_asked_for(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda", "c-1-0.conda", a=["b"])
    setup.open().reach([MatchSpec("a")])
    setup.asked()
    setup.write("a-2-0.conda", "b-2-0.conda", "c-2-0.conda", a=["b"])
    setup.open().reach([MatchSpec("a")])
    assert sorted(setup.asked()) == ["a", "b", TABLE]


@pytest.mark.parametrize("damage", ["names", "shards"])
def test_without_what_was_there_before_nothing_is_foreseen(setup: Setup, damage: str) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda", a=["b"])
    setup.open().reach([MatchSpec("a")])
    for path in setup.cache.glob("*.names" if damage == "names" else "shards/*"):
        path.write_bytes(b"x" * path.stat().st_size)
    setup.asked()
    setup.write("a-2-0.conda", "b-2-0.conda", a=["b"])
    setup.open().reach([MatchSpec("a")])
    assert setup.asked() == [TABLE, "a", "b"]


def test_a_name_that_was_not_foreseen_is_followed_too(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda", a=["b"])
    index = setup.open()
    index.records("a")
    assert setup.asked() == [TABLE, "a", "b"]


def test_shards_are_kept_for_ever_and_the_table_is_revalidated(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda")
    setup.fns("a")
    setup.asked()
    assert setup.fns("a") == ["a-1-0.conda"]
    assert [request.status for request in setup.server.requests] == [304]
    assert setup.asked() == [TABLE]


def test_a_fresh_table_is_not_asked_for(setup: Setup) -> None:
    setup.server.cache_control = "public, max-age=60"
    setup.write("a-1-0.conda")
    setup.fns("a")
    setup.asked()
    assert setup.fns("a") == ["a-1-0.conda"]
    assert setup.asked() == []
    setup.now += 61 * SECOND
    setup.fns("a")
    assert setup.asked() == [TABLE]


def test_a_new_table_brings_only_changed_names(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda")
    setup.fns("a")
    setup.fns("b")
    setup.write("a-1-0.conda", "b-2-0.conda")
    setup.asked()
    assert setup.fns("a") == ["a-1-0.conda"]
    assert setup.fns("b") == ["b-2-0.conda"]
    assert setup.asked() == [TABLE, TABLE, "b"]


def test_offline_the_shards_that_are_kept_count(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda")
    setup.fns("a")
    setup.asked()
    assert setup.fns("a", offline=True) == ["a-1-0.conda"]
    assert setup.fns("b", offline=True) == []
    assert setup.asked() == []


def test_a_channel_without_shards_is_asked_for_them_once_a_week(setup: Setup) -> None:
    setup.write("a-1-0.conda", shards=False)
    assert setup.fns("a") == ["a-1-0.conda"]
    assert setup.asked() == [TABLE, *WHOLE]
    (state,) = setup.cache.glob("*.info.json")
    assert json.loads(state.read_bytes())["has_shards"]["value"] is False
    setup.fns("a")
    assert TABLE not in setup.asked()
    setup.now += 8 * 24 * 3600 * SECOND
    setup.write("a-2-0.conda")
    assert setup.fns("a") == ["a-2-0.conda"]
    assert setup.asked() == [TABLE, "a"]


def test_a_whole_index_that_is_fresh_is_enough(setup: Setup) -> None:
    setup.server.cache_control = "max-age=60"
    setup.write("a-1-0.conda")
    setup.fns("a", repodata_use_shards=False)
    setup.asked()
    assert setup.fns("a") == ["a-1-0.conda"]
    assert setup.asked() == []


def test_patterns_that_fit_many_names_take_the_whole_index(setup: Setup) -> None:
    setup.write(*[f"a{number}-1-0.conda" for number in range(60)])
    assert len(setup.open().query(MatchSpec("a*"))) == 60
    assert setup.asked() == [TABLE, *WHOLE]
    assert len(setup.open(offline=True).query(MatchSpec("a1*"))) == 11


def test_patterns_that_fit_few_names_do_not(setup: Setup) -> None:
    setup.write("a-1-0.conda", "ab-1-0.conda", "b-1-0.conda")
    assert len(setup.open().query(MatchSpec("a*"))) == 2
    assert setup.asked() == [TABLE, "a", "ab"]


@pytest.mark.parametrize(
    "body",
    [b"", b"no zstd", compress_zstd(b"no shard")],
    ids=["empty", "not compressed", "other content"],
)
def test_a_shard_that_is_not_the_one_is_never_used(setup: Setup, body: bytes) -> None:
    setup.write("a-1-0.conda")
    setup.server.fail("chan/noarch/shards/*", body=body)
    assert setup.fns("a") == ["a-1-0.conda"]
    assert setup.asked() == [TABLE, "a", "a", "a", *WHOLE]
    assert "does not have the digest" in setup.listener.cautions[0]
    setup.server.heal()
    assert not list(setup.cache.glob("shards/*"))


def test_a_damaged_shard_is_asked_for_again(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.server.fail("chan/noarch/shards/*", body=b"damaged", times=1)
    setup.server.fail("chan/noarch/shards/*", truncate=10, times=1)
    assert setup.fns("a") == ["a-1-0.conda"]
    assert setup.asked() == [TABLE, "a", "a", "a"]


def test_a_shard_that_is_damaged_in_the_cache_is_fetched_again(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.fns("a")
    (kept,) = setup.cache.glob("shards/*")
    kept.write_bytes(kept.read_bytes()[:-1] + b"\0")
    setup.asked()
    assert setup.fns("a") == ["a-1-0.conda"]
    assert setup.asked() == [TABLE, "a"]
    assert hashlib.sha256(kept.read_bytes()).digest() == setup.digests["a"]


def test_where_a_shard_is_missing_the_whole_index_is_read(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda")
    setup.shard("b").unlink()
    index = setup.open()
    assert [record.fn for record in index.records("a")] == ["a-1-0.conda"]
    assert [record.fn for record in index.records("b")] == ["b-1-0.conda"]
    assert setup.asked() == [TABLE, "a", "b", *WHOLE]


def test_a_server_that_goes_away_is_an_error(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    index = setup.open()
    setup.server.fail("chan/noarch/shards/*", reset=True)
    with pytest.raises(CondaHTTPError, match="CONNECTION FAILED"):
        index.records("a")


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500, 503])
def test_a_server_that_refuses_the_table_may_have_the_whole_index(
    setup: Setup, status: int
) -> None:
    setup.write("a-1-0.conda")
    setup.server.fail(f"*/{TABLE}", status=status)
    assert setup.fns("a") == ["a-1-0.conda"]
    assert setup.asked() == [TABLE, *WHOLE]
    setup.fns("a")
    assert (TABLE in setup.asked()) == (status >= 500)


@pytest.mark.parametrize(
    "content",
    [
        {"version": 1, "info": {"subdir": "linux-64"}, "shards": {}},
        {"version": 1, "info": {}, "shards": {"a": b"short"}},
        {"version": 1, "info": {"shards_base_url": "file:///etc"}, "shards": {}},
        {"version": 9, "info": {}, "shards": {}},
        {"shards": {}},
        ["no", "table"],
    ],
    ids=["other folder", "digest", "place", "version", "no info", "list"],
)
def test_a_table_that_makes_no_sense_is_not_used(setup: Setup, content: object) -> None:
    setup.write("a-1-0.conda")
    (setup.folder / TABLE).write_bytes(compress_zstd(msgspec.msgpack.encode(content)))
    assert setup.fns("a") == ["a-1-0.conda"]
    assert setup.asked() == [TABLE, *WHOLE]


def test_an_index_that_is_too_new_is_refused_in_every_form(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    (setup.folder / "repodata.json").write_bytes(b'{"repodata_version": 9, "packages": {}}')
    content = {"version": 9, "info": {}, "shards": {}}
    (setup.folder / TABLE).write_bytes(compress_zstd(msgspec.msgpack.encode(content)))
    with pytest.raises(CondaUpgradeError):
        setup.fns("a")


def test_bombs_are_not_unpacked(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    bomb = compress_zstd(bytes(17 << 20))
    digest = hashlib.sha256(bomb).digest()
    (setup.folder / "shards" / f"{digest.hex()}.msgpack.zst").write_bytes(bomb)
    content = {"version": 1, "info": {"shards_base_url": "shards"}, "shards": {"a": digest}}
    (setup.folder / TABLE).write_bytes(compress_zstd(msgspec.msgpack.encode(content)))
    assert setup.fns("a") == ["a-1-0.conda"]
    assert "larger than" in setup.listener.cautions[0]


def test_the_whole_index_takes_no_conda_archives_where_they_do_not_count(setup: Setup) -> None:
    packages = {"a-1-0.tar.bz2": entry("a-1-0.tar.bz2")}
    conda = {"a-1-0.conda": entry("a-1-0.conda")}
    (setup.folder / "repodata.json").write_bytes(
        index_body(packages=packages, packages_conda=conda)
    )
    write_shards(setup.folder)
    assert setup.fns("a") == ["a-1-0.conda"]
    assert setup.fns("a", use_only_tar_bz2=True) == ["a-1-0.tar.bz2"]


def test_tokens_go_to_shards_of_the_channel_only(setup: Setup, tmp_path: Path) -> None:
    with ChannelServer() as other:
        other.mount("elsewhere", setup.folder)
        setup.write("a-1-0.conda")
        setup.fns("a", path="t/tk-1/chan")
        assert {request.path for request in setup.server.requests} == {
            f"/t/tk-1/chan/noarch/{TABLE}",
            f"/t/tk-1/chan/noarch/shards/{setup.digests['a'].hex()}.msgpack.zst",
        }
        write_shards(setup.folder, below="s", shards_base_url=other.url("elsewhere/s"))
        (setup.cache / "shards").rename(tmp_path / "aside")
        assert setup.fns("a", path="t/tk-1/chan") == ["a-1-0.conda"]
        assert all("tk-1" not in request.path for request in other.requests)
        assert len(other.requests) == 1


def test_a_cache_that_cannot_be_written_stops_nobody(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda", a=["b"])
    setup.cache.write_text("in the way")
    assert setup.fns("a") == ["a-1-0.conda"]
    assert sum("is not kept" in text for text in setup.listener.cautions) <= 3


def solved(setup: Setup, *specs: str, **settings: object) -> list[str]:
    """Solve as a command does, with what earlier ones have worked out."""
    index = setup.open(**settings)  # type: ignore[arg-type]  # passed on
    wishes = [MatchSpec(spec) for spec in specs]
    index.reach(wishes)
    problem = Problem(
        roots=tuple(Requirement(wish, Origin.REQUESTED) for wish in wishes),
        channel_order=index.channel_order,
    )
    return sorted(record.fn for record in solve(problem, index).records)


def test_what_a_solve_has_worked_out_holds_until_a_shard_changes(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda", "b-2-0.conda", a=["b"])
    assert solved(setup, "a") == ["a-1-0.conda", "b-2-0.conda"]

    index = setup.open()
    assert index.recall("a") is not None
    assert index.recall("b") is not None
    assert solved(setup, "a") == ["a-1-0.conda", "b-2-0.conda"]

    setup.write("a-1-0.conda", "b-1-0.conda", "b-2-0.conda", "b-3-0.conda", a=["b"])
    setup.now += 2 * 3600 * SECOND
    index = setup.open()
    assert index.recall("a") is not None
    assert index.recall("b") is None
    assert solved(setup, "a") == ["a-1-0.conda", "b-3-0.conda"]


def test_of_what_is_remembered_only_what_is_taken_is_read(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda", "c-1-0.conda", a=["b"])
    solved(setup, "a", "c")
    shutil.rmtree(setup.cache / "shards")
    setup.asked()

    assert solved(setup, "a", "c") == ["a-1-0.conda", "b-1-0.conda", "c-1-0.conda"]
    assert sorted(setup.asked()) == ["a", "b", "c", TABLE]
    shutil.rmtree(setup.cache / "shards")
    assert solved(setup, "c") == ["c-1-0.conda"]
    assert setup.asked() == [TABLE, "c"]


def test_what_was_not_at_hand_is_not_remembered(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.conda", a=["b"])
    solved(setup, "b")
    for path in setup.cache.glob("*.solve"):
        path.unlink()

    with pytest.raises(UnsatisfiableError):
        solved(setup, "a", "b", offline=True)

    assert setup.open().recall("a") is None
    assert solved(setup, "a") == ["a-1-0.conda", "b-1-0.conda"]


def test_records_are_found_in_the_whole_index_where_shards_are_gone(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    solved(setup, "a")
    shutil.rmtree(setup.cache / "shards")
    setup.shard("a").write_bytes(b"damaged")

    assert solved(setup, "a") == ["a-1-0.conda"]
    assert any("The whole index of" in text for text in setup.listener.cautions)
    assert setup.open(repodata_use_shards=False).recall("a") is None
