import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.package_record import PackageRecord
from tests.support.audit import REPORT

CHANNEL = Channel.from_text("conda-forge", ChannelConfig())
MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
REPOSITORY = Path(__file__).parents[3]
MOST_BYTES = 600

# In a process of its own, where the interpreter's table of texts has room: what that takes when it
# grows must count, but not what other tests put into it.
MEASURE = """
import gc, json, sys, tracemalloc
import msgspec
from conda_clone.gateways.archives.decompress import zstd_chunks
from conda_clone.gateways.archives.limits import Limits
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.record_json import record_from_repodata

path, slices = sys.argv[1], json.loads(sys.argv[2])
with open(path, "rb") as file:
    body = b"".join(zstd_chunks([file.read()], Limits()))
data = msgspec.json.decode(body)
found = [(fn, entry) for name in ("packages", "packages.conda") for fn, entry in data[name].items()]
found.sort(key=lambda item: (item[1]["name"], item[0]))
by_name = {}
for fn, entry in found[slice(*slices)][:10_000]:
    by_name.setdefault(entry["name"], {})[fn] = entry
packed = [msgspec.json.encode(entries) for entries in by_name.values()]
del body, data, found, by_name, entry
channel = Channel.from_text("conda-forge", ChannelConfig())
place = {"channel": channel, "subdir": "linux-64", "base_url": channel.subdir_url("linux-64")}
decode = msgspec.json.Decoder(dict[str, object]).decode
gc.collect()
tracemalloc.start()
records = [
    record_from_repodata(entry, fn=fn, **place)
    for entries in packed
    for fn, entry in decode(entries).items()
]
gc.collect()
print(len(records), tracemalloc.get_traced_memory()[0] // len(records))
"""


@pytest.mark.shared
@pytest.mark.skipif(REPORT in os.environ, reason="what watches effects keeps something of each")
@pytest.mark.parametrize("part", [[0, None, 1], [0, None, 2]], ids=["first names", "every other"])
def test_ten_thousand_records_of_an_index_take_little_memory(shared: Path, part: list[int]) -> None:
    index = shared / "data/repodata/conda-forge-union/linux-64/repodata.json.zst"
    process = subprocess.run(
        [sys.executable, "-c", MEASURE, str(index), json.dumps(part)],
        cwd=REPOSITORY,
        # What coverage keeps of each line is not part of the records.
        env={key: value for key, value in os.environ.items() if not key.startswith("COV")},
        capture_output=True,
        text=True,
        check=True,
    )
    count, average = map(int, process.stdout.split())
    assert count == 10_000
    assert average < MOST_BYTES


def record(fn: str, url: str, **fields: str | None) -> PackageRecord:
    return PackageRecord(
        name="foo",
        version="1",
        build="0",
        build_number=0,
        channel=CHANNEL,
        subdir="noarch",
        fn=fn,
        url=url,
        md5=fields.get("md5"),
        sha256=fields.get("sha256"),
    )


@pytest.mark.parametrize("fn", ["foo-1-0.conda", "foo-1-0.tar.bz2", "foo-1-0.zip", "bar.conda", ""])
@pytest.mark.parametrize("folder", ["https://h.org/c/noarch/", "https://h.org/c/", ""])
def test_file_names_and_addresses_are_kept(fn: str, folder: str) -> None:
    built = record(fn, f"{folder}{fn}")
    assert (built.fn, built.url) == (fn, f"{folder}{fn}")


@pytest.mark.parametrize("md5", [MD5, MD5.upper(), None, "", "short", "g" * 32, "  " * 16])
@pytest.mark.parametrize("sha256", [SHA256, SHA256.upper(), None, "", MD5, "short"])
def test_digests_are_kept(md5: str | None, sha256: str | None) -> None:
    built = record("foo-1-0.conda", "", md5=md5, sha256=sha256)
    assert (built.md5, built.sha256) == (md5, sha256)


def test_fields_can_be_had_by_their_names() -> None:
    channel = Channel.from_text("main", ChannelConfig())
    one = PackageRecord(
        name="a",
        version="1.0",
        build="h_0",
        build_number=0,
        channel=channel,
        subdir="noarch",
        fn="a-1.0-h_0.conda",
        url="",
        depends=("b",),
    )
    assert (one.get("version"), one.get("license"), one.get("no_such", 7)) == ("1.0", None, 7)
    dumped = one.dump()
    assert dumped["depends"] == ("b",)
    assert dumped["channel"] == "main"
    assert "constrains" not in dumped
