import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.core.packages.cache_dirs import CacheDirs
from conda_clone.core.packages.errors import NoWritablePkgsDirError
from conda_clone.core.packages.fetch_extract import ProgressiveFetchExtract
from conda_clone.core.packages.fetch_steps import turn
from conda_clone.errors import (
    CondaError,
    CondaMultiError,
    CondaVerificationError,
    NoSpaceLeftError,
)
from conda_clone.gateways.archives.errors import InvalidArchiveError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.network.errors import ChecksumMismatchError, CondaHTTPError
from conda_clone.gateways.network.session import build_transport
from conda_clone.models.events import (
    Caution,
    Event,
    TransferAdvanced,
    TransferFinished,
    TransferStarted,
)
from conda_clone.models.records import PackageCacheRecord, PackageRecord
from conda_clone.models.values import replace
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer, FaultFields
from tests.support.package_caches import CONFIG, cache_at, forbid_writing, moved, record_of

NETWORK = NetworkSettings(max_retries=0, fetch_threads=2)


def failure(fetch: ProgressiveFetchExtract) -> CondaError:
    """Return why the one package that fails does, which is a list with an entry for each step."""
    with pytest.raises(CondaMultiError) as caught:
        fetch.execute()
    (error,) = set(caught.value.errors)
    return error


class Listener:
    """A reporter that keeps what it hears, and wants to be told by one thread at a time."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._busy = threading.Lock()

    def report(self, event: Event) -> None:
        assert self._busy.acquire(blocking=False)
        self.events.append(event)
        self._busy.release()

    def of(self, label: str) -> list[tuple[str, object]]:
        """Return the events of one package; what advanced is summed up."""
        mine: list[tuple[str, object]] = []
        for event in self.events:
            if isinstance(event, TransferStarted) and event.label == label:
                mine += [("started", event.total), ("advanced", 0)]
            elif isinstance(event, TransferAdvanced) and event.label == label:
                mine[1] = ("advanced", int(str(mine[1][1])) + event.amount)
            elif isinstance(event, TransferFinished) and event.label == label:
                mine.append(("finished", event.ok))
        return mine


def names_in(pkgs: Path) -> list[str]:
    """Return what is in a cache, but for the file that locks are taken on."""
    return sorted(set(os.listdir(pkgs)) - {".lock"})


@pytest.fixture
def channel(tmp_path: Path) -> ChannelBuilder:
    builder = ChannelBuilder(tmp_path / "channel")
    for name in ("a", "b", "c"):
        builder.add(name=name, files={f"share/{name}": name * 1000})
    return builder


@pytest.fixture
def server(channel: ChannelBuilder) -> Iterator[ChannelServer]:
    with ChannelServer() as running:
        running.mount("main", channel.root)
        yield running


@pytest.fixture
def pkgs(tmp_path: Path) -> Path:
    return tmp_path / "pkgs"


def records(channel: ChannelBuilder, url: str) -> list[PackageRecord]:
    return [record_of(package, url) for package in channel.packages["linux-64"].values()]


def fetcher(
    wanted: list[PackageRecord],
    *pkgs_dirs: Path,
    reporter: Listener | None = None,
    read_timeout: float = NETWORK.read_timeout,
) -> ProgressiveFetchExtract:
    caches = CacheDirs([str(path) for path in pkgs_dirs], CONFIG)
    network = replace(NETWORK, read_timeout=read_timeout)
    transport = build_transport(network)
    return ProgressiveFetchExtract(wanted, caches, transport, network, reporter or Listener())


def test_packages_are_brought_in_and_come_back_in_order(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    wanted = records(channel, server.url("main"))[::-1]
    listener = Listener()
    fetch = fetcher(wanted, pkgs, reporter=listener)
    assert fetch.to_fetch == tuple(wanted)
    cached = fetch.execute()
    assert [record.name for record in cached] == ["c", "b", "a"]
    for record in cached:
        assert Path(record.extracted_package_dir, "share", record.name).read_text()
        assert Path(record.package_tarball_full_path).is_file()
        events = [("started", record.size), ("advanced", record.size), ("finished", True)]
        assert listener.of(record.dist_name) == events
    assert sorted((pkgs / "urls.txt").read_text().split()) == sorted(r.url for r in wanted)
    stems = [f"{name}-1.0-0" for name in "abc"]
    assert names_in(pkgs) == sorted(
        [*stems, *(f"{stem}.conda" for stem in stems), "urls", "urls.txt"]
    )


def test_every_package_is_told_when_it_can_be_linked(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    wanted = records(channel, server.url("main"))
    fetcher(wanted[:1], pkgs).execute()
    for lists in (wanted, wanted):  # some are there, and all
        told: list[PackageCacheRecord] = []
        fetched = fetcher(lists, pkgs).execute(told.append)
        assert sorted(told, key=lambda package: package.name) == list(fetched)


def test_python_comes_first_and_then_the_largest(channel: ChannelBuilder) -> None:
    sizes = {"small": 1, "large": 9, "python": 2, "unknown": None}
    like = channel.packages["linux-64"]["a-1.0-0.conda"]
    found = [record_of(like, channel.url, name=name, size=size) for name, size in sizes.items()]
    assert [record.name for record in sorted(found, key=turn)] == [
        "python",
        "large",
        "small",
        "unknown",
    ]


def test_what_is_there_is_not_fetched_again(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    wanted = records(channel, server.url("main"))
    first = fetcher(wanted, pkgs)
    first.execute()
    asked = len(server.requests)
    again = fetcher(wanted, pkgs)
    assert again.to_fetch == ()
    assert again.execute() == tuple(wanted)
    assert first.execute() == tuple(wanted)
    assert len(server.requests) == asked


def test_downloads_that_cannot_fit_are_refused_before_the_first(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    url = server.url("main")
    small, *_ = records(channel, url)
    huge = record_of(channel.packages["linux-64"]["b-1.0-0.conda"], url, size=1 << 60)
    with pytest.raises(NoSpaceLeftError) as caught:
        fetcher([small, huge], pkgs).execute()
    assert caught.value.path == str(pkgs)
    assert caught.value.needed == 2 * ((1 << 60) + (small.size or 0))  # extracted, too
    assert server.requests == []


def test_the_rest_of_a_download_is_tried_whatever_it_takes(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    url = server.url("main")
    huge = record_of(channel.packages["linux-64"]["b-1.0-0.conda"], url, size=1 << 60)
    pkgs.mkdir()
    (pkgs / f"{huge.fn}.partial").write_bytes(b"")
    assert isinstance(failure(fetcher([huge], pkgs)), ChecksumMismatchError)


def test_nothing_to_do_needs_no_cache(tmp_path: Path) -> None:
    forbid_writing(tmp_path / "pkgs")
    assert fetcher([], tmp_path / "pkgs").execute() == ()


def test_packages_of_a_folder_are_copied(channel: ChannelBuilder, pkgs: Path) -> None:
    wanted = records(channel, channel.url)
    cached = fetcher(wanted, pkgs).execute()
    assert cached[0].package_tarball_full_path == str(pkgs / "a-1.0-0.conda")
    assert cached[0].url == f"{channel.url}/linux-64/a-1.0-0.conda"


def test_a_package_asked_for_twice_is_fetched_once(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    wanted = records(channel, server.url("main"))[:1] * 3
    assert [record.name for record in fetcher(wanted, pkgs).execute()] == ["a", "a", "a"]
    assert server.paths() == ["main/linux-64/a-1.0-0.conda"]


def test_an_archive_of_any_cache_is_extracted_without_a_download(
    channel: ChannelBuilder, server: ChannelServer, tmp_path: Path, pkgs: Path
) -> None:
    forbid_writing(tmp_path / "readonly")
    package = next(iter(channel.packages["linux-64"].values()))
    archive = shutil.copy(package.path, tmp_path / "readonly")
    wanted = records(channel, server.url("main"))[:1]
    listener = Listener()
    fetch = fetcher(wanted, tmp_path / "readonly", pkgs, reporter=listener)
    assert fetch.to_fetch == ()
    (cached,) = fetch.execute()
    assert cached.extracted_package_dir == str(pkgs / "a-1.0-0")
    assert cached.package_tarball_full_path == archive
    assert server.requests == []
    size = package.path.stat().st_size
    assert listener.of("a-1.0-0") == [("started", size), ("advanced", size), ("finished", True)]


def test_a_package_in_a_read_only_cache_is_used_where_it_is(
    channel: ChannelBuilder, tmp_path: Path, pkgs: Path
) -> None:
    wanted = records(channel, channel.url)[:1]
    package = channel.packages["linux-64"]["a-1.0-0.conda"]
    (tmp_path / "readonly").mkdir()
    cache_at(tmp_path / "readonly").add(wanted[0], str(package.path))
    forbid_writing(tmp_path / "readonly")
    (cached,) = fetcher(wanted, tmp_path / "readonly", pkgs).execute()
    assert cached.extracted_package_dir == str(tmp_path / "readonly" / "a-1.0-0")
    assert not pkgs.exists()


def test_without_a_writable_cache_missing_packages_are_an_error(
    channel: ChannelBuilder, tmp_path: Path
) -> None:
    forbid_writing(tmp_path / "readonly")
    fetch = fetcher(records(channel, channel.url), tmp_path / "readonly")
    with pytest.raises(NoWritablePkgsDirError):
        fetch.execute()


def test_a_wrong_digest_leaves_the_cache_as_it_was(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    package = channel.packages["linux-64"]["b-1.0-0.conda"]
    wrong = record_of(package, server.url("main"), sha256="0" * 64)
    listener = Listener()
    error = failure(fetcher([wrong], pkgs, reporter=listener))
    assert isinstance(error, ChecksumMismatchError)
    assert error.details["expected_checksum"] == "0" * 64
    assert names_in(pkgs) == ["urls.txt"]
    assert listener.of("b-1.0-0")[-1] == ("finished", False)


def test_a_wrong_archive_in_the_cache_is_replaced(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    pkgs.mkdir()
    (pkgs / "a-1.0-0.conda").write_bytes(b"damaged")
    wanted = records(channel, server.url("main"))[:1]
    (cached,) = fetcher(wanted, pkgs).execute()
    assert os.path.getsize(cached.package_tarball_full_path) == wanted[0].size


def test_an_archive_that_cannot_be_extracted_does_not_stay(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    package = channel.packages["linux-64"]["a-1.0-0.conda"]
    package.path.write_bytes(b"no archive")
    broken = record_of(package, server.url("main"), sha256=None, md5=None, size=None)
    assert isinstance(failure(fetcher([broken], pkgs)), InvalidArchiveError)
    assert names_in(pkgs) == ["urls", "urls.txt"]


def test_an_archive_that_was_there_stays_even_if_it_is_of_no_use(
    channel: ChannelBuilder, pkgs: Path
) -> None:
    pkgs.mkdir()
    package = channel.packages["linux-64"]["a-1.0-0.conda"]
    renamed = Path(package.path).with_name("a-2.0-0.conda")
    archive = shutil.copy(shutil.move(package.path, renamed), pkgs)
    renamed_record = record_of(package, channel.url)
    renamed_record.version = "2.0"
    assert isinstance(failure(fetcher([renamed_record], pkgs)), CondaVerificationError)
    assert os.path.isfile(archive)


def test_packages_that_fail_do_not_stop_the_others(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    for name in "defgh":
        channel.add(name=name, files={f"share/{name}": name * 1000})
    server.fail("main/linux-64/a-*", status=404)
    server.fail("main/linux-64/b-*", body=b"damaged")
    server.fail("main/linux-64/c-*", delay=3)
    listener = Listener()
    fetch = fetcher(records(channel, server.url("main")), pkgs, reporter=listener, read_timeout=0.5)
    with pytest.raises(CondaMultiError) as caught:
        fetch.execute()
    assert {type(error) for error in caught.value.errors} == {CondaHTTPError, ChecksumMismatchError}
    assert len(set(caught.value.errors)) == 3
    assert [name for name in names_in(pkgs) if name.endswith("-1.0-0")] == [
        f"{name}-1.0-0" for name in "defgh"
    ]
    (caution,) = [event.text for event in listener.events if isinstance(event, Caution)]
    assert "cannot be had" in caution


@pytest.mark.parametrize("fields", [{"status": 401}, {"reset": True}])
def test_what_would_hit_all_of_them_stops_the_others(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path, fields: FaultFields
) -> None:
    big = channel.add(name="big", files={"share/big": os.urandom(3 << 20)})
    server.fail("main/linux-64/big-*", rate=300_000)
    server.fail("main/linux-64/*", **fields)
    wanted = [record_of(big, server.url("main")), *records(channel, server.url("main"))[:3]]
    start = time.monotonic()
    with pytest.raises(CondaMultiError) as caught:
        fetcher(wanted, pkgs).execute()
    assert time.monotonic() - start < 5
    assert {type(error) for error in caught.value.errors} == {CondaHTTPError}
    assert not (pkgs / "big-1.0-0").exists()
    assert not (pkgs / "big-1.0-0.conda").exists()
    assert [name for name in names_in(pkgs) if name.endswith(".c~")] == []


def test_errors_that_happen_together_are_reported_together(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    server.fail("main/linux-64/*", status=404, delay=0.3)
    with pytest.raises(CondaMultiError) as caught:
        fetcher(records(channel, server.url("main"))[:2], pkgs).execute()
    first, again, second, _ = caught.value.errors
    assert first is again
    assert first is not second
    assert {type(error) for error in caught.value.errors} == {CondaHTTPError}


def test_errors_of_the_program_itself_are_not_dressed_up(
    channel: ChannelBuilder, pkgs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    fetch = fetcher(records(channel, channel.url), pkgs)
    monkeypatch.setattr(mutations, "make_directory", fail)
    with pytest.raises(RuntimeError, match="a bug"):
        fetch.execute()


def test_a_package_without_address_cannot_be_fetched(channel: ChannelBuilder, pkgs: Path) -> None:
    (record,) = records(channel, channel.url)[:1]
    error = failure(fetcher([moved(record, url="")], pkgs))
    assert isinstance(error, CondaVerificationError)
    assert error.message.startswith("Nothing says where")


def test_credentials_of_the_channel_are_used_and_not_kept(
    channel: ChannelBuilder, pkgs: Path
) -> None:
    with ChannelServer() as server:
        server.mount("t/tk-123/main", channel.root)
        wanted = records(channel, server.url("t/tk-123/main"))[:1]
        assert wanted[0].url == server.url("main/linux-64/a-1.0-0.conda")
        fetcher(wanted, pkgs).execute()
        assert server.paths() == ["t/tk-123/main/linux-64/a-1.0-0.conda"]
    assert (pkgs / "urls.txt").read_text() == f"{wanted[0].url}\n"
    stored = (pkgs / "a-1.0-0" / "info" / "repodata_record.json").read_text()
    assert "tk-123" not in stored


def test_archives_may_lie_elsewhere_than_the_index(
    channel: ChannelBuilder, server: ChannelServer, pkgs: Path
) -> None:
    (record,) = records(channel, "https://channels.test/main")[:1]
    url = server.url("main/linux-64/a-1.0-0.conda")
    (cached,) = fetcher([moved(record, url=url)], pkgs).execute()
    assert cached.url == url
