import json
from pathlib import Path
from typing import Any

from backports import zstd

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.packages import build_package


def index_of(channel: ChannelBuilder, subdir: str) -> dict[str, Any]:
    data = (channel.root / subdir / "repodata.json").read_bytes()
    assert zstd.decompress((channel.root / subdir / "repodata.json.zst").read_bytes()) == data
    value: dict[str, Any] = json.loads(data)
    return value


def test_an_empty_channel_has_both_indexes(tmp_path: Path) -> None:
    channel = ChannelBuilder(tmp_path / "main")
    channel.write()
    for subdir in ("linux-64", "noarch"):
        assert index_of(channel, subdir) == {
            "info": {"subdir": subdir},
            "packages": {},
            "packages.conda": {},
            "removed": [],
            "repodata_version": 1,
        }
    assert channel.url == f"file://{tmp_path}/main"


def test_packages_are_listed_by_subdir_and_format(tmp_path: Path) -> None:
    channel = ChannelBuilder(tmp_path, subdir="osx-arm64")
    native = channel.add(name="a")
    old = channel.add(name="b", format="tar.bz2", subdir="win-64")
    pure = channel.add(name="c", noarch="generic")
    channel.write()
    assert index_of(channel, "osx-arm64")["packages.conda"] == {native.fn: native.record}
    assert index_of(channel, "win-64")["packages"] == {old.fn: old.record}
    assert index_of(channel, "win-64")["packages.conda"] == {}
    assert index_of(channel, "noarch")["packages.conda"] == {pure.fn: pure.record}
    assert (tmp_path / "noarch" / pure.fn).is_file()


def test_archives_that_exist_are_copied_and_listed(tmp_path: Path) -> None:
    built = build_package(tmp_path / "elsewhere", name="a", format="tar.bz2", noarch="python")
    channel = ChannelBuilder(tmp_path / "main")
    added = channel.add_archive(built.path)
    channel.write()
    assert added.path.read_bytes() == built.path.read_bytes()
    assert index_of(channel, "noarch")["packages"] == {built.fn: built.record}


def test_records_need_no_archive(tmp_path: Path) -> None:
    channel = ChannelBuilder(tmp_path)
    channel.add_record("a-1-0.conda", {"name": "a", "version": "1"})
    channel.add_record("a-1-0.tar.bz2", {"name": "a", "subdir": "win-32"})
    channel.write()
    assert index_of(channel, "linux-64")["packages.conda"] == {
        "a-1-0.conda": {"name": "a", "subdir": "linux-64", "version": "1"}
    }
    assert index_of(channel, "win-32")["packages"]["a-1-0.tar.bz2"]["name"] == "a"


def test_the_index_can_differ_from_the_archives(tmp_path: Path) -> None:
    channel = ChannelBuilder(tmp_path)
    package = channel.add(name="a")
    channel.amend(package, depends=["b"], sha256="0" * 64)
    channel.set_info("linux-64", base_url="https://example.org/pool")
    channel.write()
    index = index_of(channel, "linux-64")
    assert index["packages.conda"][package.fn]["depends"] == ["b"]
    assert index["packages.conda"][package.fn]["sha256"] == "0" * 64
    assert index["info"] == {"base_url": "https://example.org/pool", "subdir": "linux-64"}
    assert index["repodata_version"] == 2


def test_a_removed_package_is_gone(tmp_path: Path) -> None:
    channel = ChannelBuilder(tmp_path)
    package = channel.add(name="a")
    channel.remove(package)
    channel.write()
    assert index_of(channel, "linux-64")["packages.conda"] == {}
    assert not package.path.exists()
