"""Indexes on this machine; what comes over HTTP is tested in tests/integration."""

import os
from pathlib import Path

import pytest

from conda_clone.core.channels.repodata.fetch import IndexFetcher, Place
from conda_clone.gateways.disk.errors import ParseError
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.models.url import path_to_url
from conda_clone.testing.archives import compress_zstd
from tests.support.channels import Listener, channel_settings, plain_transport
from tests.support.repodata import index_body

FN = "repodata.json"


class Setup:
    """A folder with an index, a cache, and who reads one through the other."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "my channel" / "linux-64"
        self.folder.mkdir(parents=True)
        self.cache = tmp_path / "cache"
        self.listener = Listener()

    def write(self, *fns: str, name: str = FN) -> None:
        (self.folder / name).write_bytes(index_body(*fns))

    def fetcher(self, **settings: object) -> IndexFetcher:
        return IndexFetcher(
            Place(url=path_to_url(str(self.folder)), subdir="linux-64", label="chan/linux-64"),
            channel_settings(**settings),
            plain_transport(),
            str(self.cache),
            self.listener,
        )

    def names(self, **settings: object) -> list[str]:
        return self.fetcher(**settings).open(FN).names()


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(tmp_path)


def test_a_local_body_is_read_where_it_lies(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    assert setup.names() == ["a"]
    assert [Path(name).suffix for name in os.listdir(setup.cache)] == [".names"]


def test_it_is_parsed_once(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    assert setup.fetcher().open_ready(FN) is None
    setup.names()
    index = setup.fetcher().open_ready(FN)
    assert index is not None
    assert list(index.entries("a")) == ["a-1-0.conda"]


def test_another_body_is_parsed_again(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.names()
    setup.write("a-1-0.conda", "b-1-0.conda")
    assert setup.fetcher().open_ready(FN) is None
    assert setup.names() == ["a", "b"]


def test_a_damaged_table_is_built_again(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.names()
    (table,) = setup.cache.iterdir()
    table.write_bytes(table.read_bytes()[:-1])
    assert setup.names() == ["a"]
    assert setup.fetcher().open_ready(FN) is not None


def test_offline_does_not_mean_this_machine(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    assert setup.names(offline=True) == ["a"]
    setup.write("b-1-0.conda")
    assert setup.names(offline=True, use_index_cache=True) == ["b"]


def test_the_choice_of_archives_has_its_own_table(setup: Setup) -> None:
    setup.write("a-1-0.conda", "b-1-0.tar.bz2")
    assert setup.names() == ["a", "b"]
    assert setup.names(use_only_tar_bz2=True) == ["b"]


def test_a_compressed_local_index_is_unpacked_into_the_cache(setup: Setup) -> None:
    (setup.folder / f"{FN}.zst").write_bytes(compress_zstd(index_body("a-1-0.conda")))
    assert setup.names() == ["a"]
    assert sorted("".join(path.suffixes) for path in setup.cache.iterdir()) == [
        ".info.json",
        ".json",
        ".names",
    ]
    before = {path: path.stat().st_mtime_ns for path in setup.cache.glob("*[0-9a-f].json")}
    assert setup.names() == ["a"]
    assert before == {path: path.stat().st_mtime_ns for path in before}
    (setup.folder / f"{FN}.zst").write_bytes(
        compress_zstd(index_body("b-1-0.conda", "c-1-0.conda"))
    )
    assert setup.names(offline=True) == ["b", "c"]


@pytest.mark.parametrize("as_folder", [False, True])
def test_a_missing_index_is_not_found(setup: Setup, as_folder: bool) -> None:
    if as_folder:
        (setup.folder / FN).mkdir()
    with pytest.raises(CondaHTTPError) as raised:
        setup.names()
    assert raised.value.status == 404
    assert raised.value.url.endswith("/linux-64/repodata.json")


def test_what_is_no_index_is_an_error(setup: Setup) -> None:
    (setup.folder / FN).write_bytes(b"<html>")
    with pytest.raises(ParseError, match=r"my%20channel/linux-64/repodata.json"):
        setup.names()


def test_an_index_that_cannot_be_read_is_an_error(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.write("a-1-0.conda")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ParseError, match="Permission denied"):
        setup.names()


def test_entries_that_are_left_out_are_mentioned_once(setup: Setup) -> None:
    (setup.folder / FN).write_bytes(index_body("a-1-0.conda", packages={"b-1-0.tar.bz2": None}))
    assert setup.names() == ["a"]
    assert setup.names() == ["a"]
    (caution,) = setup.listener.cautions
    assert caution.startswith("1 entries of `file:///")


def test_a_cache_that_cannot_be_written_does_not_matter(setup: Setup) -> None:
    setup.write("a-1-0.conda")
    setup.cache.write_text("a file is in the way")
    assert setup.fetcher().open(FN).entries("a").keys() == {"a-1-0.conda"}
    (caution,) = setup.listener.cautions
    assert "is not kept" in caution
