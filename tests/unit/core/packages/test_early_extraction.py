"""Large archives are extracted while they are downloaded; made in programs of their own, which have
no threads before there are processes."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.gateways.forked_process import cores
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.packages import BuiltPackage
from conda_clone.testing.server import ChannelServer
from tests.support.package_caches import cache_at
from tests.support.python_programs import output_of
from tests.support.raw_server import RawServer, Reply, http

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or cores() == 1, reason="needs two cores of Linux"
)

NOISE = os.urandom(5 << 20).hex()  # compressed, it has half of the size
PROGRAM = """
import json, os, sys
from conda_clone.config.settings import NetworkSettings
from conda_clone.core.packages.cache_dirs import CacheDirs
from conda_clone.core.packages.extraction import Extraction
from conda_clone.core.packages.fetch_extract import ProgressiveFetchExtract
from conda_clone.errors import CondaMultiError
from conda_clone.gateways.network.session import build_transport
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.record_json import record_from_repodata
from conda_clone.models.events import SilentReporter
config = ChannelConfig()
urls, pkgs, entries = json.loads(sys.argv[1])
channel = Channel.from_text(urls[0], config)
records = [
    record_from_repodata(
        entry, fn=fn, channel=channel, subdir="linux-64", base_url=f"{urls[0]}/linux-64"
    )
    for fn, entry in entries.items()
]
mirrors = {urls[0]: tuple(urls)} if len(urls) > 1 else {}
network = NetworkSettings(max_retries=0, fetch_threads=2, mirrors=mirrors)
whole = []
begun = []
extract, begin = Extraction.extract, Extraction.begin
Extraction.extract = lambda self, *given: [whole.append(1), extract(self, *given)][1]
Extraction.begin = lambda self, *given: [begun.append(1), begin(self, *given)][1]
fetch = ProgressiveFetchExtract(
    records, CacheDirs([pkgs], config), build_transport(network), network, SilentReporter()
)
try:
    fetch.execute()
except CondaMultiError as error:
    print(type(error.errors[0]).__name__, end=" ")
print(len(begun), len(whole))
"""


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> ChannelBuilder:
    builder = ChannelBuilder(tmp_path_factory.mktemp("channel") / "main")
    builder.add(name="large", files={"share/large": NOISE, "share/small": "text"})
    return builder


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> ChannelBuilder:
    """Return a channel with something else of the same name."""
    builder = ChannelBuilder(tmp_path_factory.mktemp("channel") / "wrong")
    builder.add(name="large", files={"share/large": NOISE[::-1], "share/small": "TEXT"})
    return builder


@pytest.fixture
def own(channel: ChannelBuilder, tmp_path: Path) -> ChannelBuilder:
    """Return a channel to change."""
    (package,) = channel.packages["linux-64"].values()
    builder = ChannelBuilder(tmp_path / "own")
    copy = builder.root / "linux-64" / package.fn
    copy.parent.mkdir(parents=True)
    shutil.copy(package.path, copy)
    builder.packages["linux-64"][package.fn] = BuiltPackage(copy, package.fn, {**package.record})
    return builder


@pytest.fixture
def server(channel: ChannelBuilder) -> Iterator[ChannelServer]:
    with ChannelServer() as running:
        running.mount("main", channel.root)
        yield running


def program(channel: ChannelBuilder, pkgs: Path, *urls: str, without: str = "") -> list[str]:
    """Return a program in Python that fetches all packages, and what it is called with."""
    entries = {
        fn: {key: value for key, value in package.record.items() if key not in without.split()}
        for fn, package in channel.packages["linux-64"].items()
    }
    return [PROGRAM, json.dumps([urls, str(pkgs), entries])]


def fetched(channel: ChannelBuilder, pkgs: Path, *urls: str, without: str = "") -> str:
    """Fetch all packages; return the error, how many were begun early, and how many when whole."""
    (line,) = output_of(*program(channel, pkgs, *urls, without=without))
    return line


def left_over(pkgs: Path) -> list[str]:
    return [name for name in os.listdir(pkgs) if name.endswith("~")]


def test_a_large_package(channel: ChannelBuilder, server: ChannelServer, tmp_path: Path) -> None:
    pkgs = tmp_path / "pkgs"
    assert fetched(channel, pkgs, server.url("main")) == "1 0"
    assert (pkgs / "large-1.0-0/share/large").read_text() == NOISE
    assert (pkgs / "large-1.0-0/info/repodata_record.json").exists()
    assert left_over(pkgs) == []


def test_a_size_that_only_the_server_knows(
    channel: ChannelBuilder, server: ChannelServer, tmp_path: Path
) -> None:
    assert fetched(channel, tmp_path / "pkgs", server.url("main"), without="size") == "1 0"


def test_without_a_digest_the_whole_is_waited_for(
    channel: ChannelBuilder, server: ChannelServer, tmp_path: Path
) -> None:
    found = fetched(channel, tmp_path / "pkgs", server.url("main"), without="md5 sha256")
    assert found == "0 1"


def test_while_others_are_waited_for_whole_archives_come_first(
    own: ChannelBuilder, server: ChannelServer, tmp_path: Path
) -> None:
    server.mount("own", own.root)
    for number in range(cores() + 1):
        own.add(name=f"small{number}", files={"share/text": f"{number}"})
    # The large one is through before the others are.
    server.fail("/own/linux-64/small*", delay=1.0)
    found = fetched(own, tmp_path / "pkgs", server.url("own"))
    assert found == f"0 {cores() + 2}"


def test_wrong_content_does_not_stay(
    channel: ChannelBuilder, wrong: ChannelBuilder, server: ChannelServer, tmp_path: Path
) -> None:
    (package,) = wrong.packages["linux-64"].values()
    server.fail("/main/linux-64/large*", body=package.path.read_bytes())
    pkgs = tmp_path / "pkgs"
    found = fetched(channel, pkgs, server.url("main"), without="size")
    assert found == "ChecksumMismatchError 1 0"
    assert left_over(pkgs) == []
    assert not (pkgs / "large-1.0-0").exists()


def test_what_another_mirror_had_is_forgotten(
    channel: ChannelBuilder, wrong: ChannelBuilder, server: ChannelServer, tmp_path: Path
) -> None:
    """What comes from the first is a whole package, and wrong."""
    server.mount("wrong", wrong.root)
    pkgs = tmp_path / "pkgs"
    found = fetched(channel, pkgs, server.url("wrong"), server.url("main"), without="size")
    assert found == "2 1"  # the process that was at the first one has been ended
    assert (pkgs / "large-1.0-0/share/large").read_text() == NOISE
    assert (pkgs / "large-1.0-0/share/small").read_text() == "text"
    assert left_over(pkgs) == []


def test_a_connection_that_breaks_off_goes_on_in_the_middle(
    channel: ChannelBuilder, server: ChannelServer, tmp_path: Path
) -> None:
    server.fail("/main/linux-64/large*", truncate=2 << 20, times=1)
    pkgs = tmp_path / "pkgs"
    assert fetched(channel, pkgs, server.url("main")) == "1 0"
    assert (pkgs / "large-1.0-0/share/large").read_text() == NOISE


@pytest.mark.parametrize("more", [1 << 20, -(1 << 20)])
def test_the_end_that_counts_is_what_the_server_says_last(
    channel: ChannelBuilder, tmp_path: Path, more: int
) -> None:
    """It states another size at first, and breaks off."""
    (package,) = channel.packages["linux-64"].values()
    body = package.path.read_bytes()

    def answer(_: str, headers: dict[str, str], __: int) -> Reply:
        if "range" not in headers:
            stated = f"Content-Length: {len(body) + more}"
            return Reply(http(body[: 3 << 20], stated, length=False))
        start = int(headers["range"].removeprefix("bytes=").removesuffix("-"))
        stated = f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}"
        return Reply(http(body[start:], stated, status="206 Partial Content"))

    pkgs = tmp_path / "pkgs"
    with RawServer(answer) as server:
        assert fetched(channel, pkgs, server.url, without="size") == "2 1"
    assert (pkgs / "large-1.0-0/share/large").read_text() == NOISE
    assert left_over(pkgs) == []


def test_a_download_that_fails_leaves_its_beginning_and_nothing_else(
    channel: ChannelBuilder, server: ChannelServer, tmp_path: Path
) -> None:
    server.fail("/main/linux-64/large*", truncate=1 << 20, times=1)
    server.fail("/main/linux-64/large*", reset=True)
    pkgs = tmp_path / "pkgs"
    assert fetched(channel, pkgs, server.url("main")) == "CondaHTTPError 1 0"
    assert left_over(pkgs) == []
    assert (pkgs / "large-1.0-0.conda.partial").exists()
    server.heal()
    assert fetched(channel, pkgs, server.url("main")) == "1 0"


def test_who_is_killed_meanwhile_leaves_nobody_at_work(
    channel: ChannelBuilder, server: ChannelServer, tmp_path: Path
) -> None:
    server.fail("/main/linux-64/large*", rate=float(1 << 20))
    pkgs = tmp_path / "pkgs"
    with subprocess.Popen(
        [sys.executable, "-c", *program(channel, pkgs, server.url("main"))]
    ) as killed:
        while not (pkgs.exists() and left_over(pkgs)):
            time.sleep(0.01)
        children = Path(f"/proc/{killed.pid}/task/{killed.pid}/children").read_text().split()
        killed.kill()
    assert children
    while any(is_running(child) for child in children):
        time.sleep(0.01)
    server.heal()
    cache_at(pkgs).sweep()
    assert left_over(pkgs) == []
    assert fetched(channel, pkgs, server.url("main")) == "1 0"


def is_running(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_damaged_archive_is_told_as_ever(
    own: ChannelBuilder, server: ChannelServer, tmp_path: Path
) -> None:
    (package,) = own.packages["linux-64"].values()
    damaged = bytearray(package.path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    package.path.write_bytes(damaged)
    server.mount("own", own.root)
    package.record["sha256"] = hashlib.sha256(damaged).hexdigest()
    pkgs = tmp_path / "pkgs"
    assert fetched(own, pkgs, server.url("own")) == "InvalidArchiveError 1 1"
    assert left_over(pkgs) == []
