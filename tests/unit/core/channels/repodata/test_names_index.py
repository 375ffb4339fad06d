from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.core.channels.repodata.names_index import BytesSource, NamesIndex, encode
from conda_clone.core.channels.repodata.parse import Layout, parse
from conda_clone.gateways.disk.random_access import RandomAccessFile
from tests.support.repodata import entry, index_body

URL = "https://host/chan/linux-64"
BODY = index_body("b-1-0.conda", "a-1-0.tar.bz2", "a-2-0.conda", "ä-1-0.conda")


def layout_of(body: bytes) -> Layout:
    return parse(body, source="here", subdir_url=URL, subdir="linux-64")


def opened(body: bytes, table: bytes | None = None) -> NamesIndex:
    if table is None:
        table = encode(layout_of(body), size=len(body), mtime_ns=7)
    return NamesIndex(BytesSource(table), BytesSource(body), size=len(body), mtime_ns=7)


def test_names_are_sorted() -> None:
    assert opened(BODY).names() == ["a", "b", "ä"]


def test_a_name_has_its_entries() -> None:
    index = opened(BODY)
    assert index.entries("a") == {
        "a-1-0.tar.bz2": entry("a-1-0.tar.bz2"),
        "a-2-0.conda": entry("a-2-0.conda"),
    }
    assert index.entries("ä") == {"ä-1-0.conda": entry("ä-1-0.conda")}
    assert index.base_url == URL


def test_an_archive_says_what_the_one_was_that_it_hides() -> None:
    hidden = entry("a-1-0.tar.bz2", md5="0" * 32, size=7)
    body = index_body(
        packages_conda={"a-1-0.conda": entry("a-1-0.conda", md5="1" * 32, size=5)},
        packages={"a-1-0.tar.bz2": hidden, "a-2-0.tar.bz2": entry("a-2-0.tar.bz2")},
    )
    index = opened(body)
    assert index.entries("a") == {
        "a-1-0.conda": entry(
            "a-1-0.conda", md5="1" * 32, size=5, legacy_bz2_md5="0" * 32, legacy_bz2_size=7
        ),
        "a-2-0.tar.bz2": entry("a-2-0.tar.bz2"),
    }
    places = index.places("a")
    assert {fn: index.entry_at(*place)[1] for fn, place in places.items()} == index.entries("a")


def test_what_is_hidden_may_say_nothing() -> None:
    index = opened(index_body("a-1-0.conda", "a-1-0.tar.bz2"))
    assert index.entries("a") == {"a-1-0.conda": entry("a-1-0.conda")}


def test_what_is_hidden_below_another_name_stays_hidden() -> None:
    body = index_body(
        packages_conda={"a-1-0.conda": entry("a-1-0.conda")},
        packages={"a-1-0.tar.bz2": entry("b-1-0.tar.bz2", md5="0" * 32)},
    )
    assert opened(body).entries("b") == {}


@pytest.mark.parametrize("name", ["", "aa", "0", "zzz", "a\nb"])
def test_unknown_names_have_none(name: str) -> None:
    assert opened(BODY).entries(name) == {}


def test_an_empty_index_has_no_names() -> None:
    index = opened(b"{}")
    assert (index.names(), index.entries("a")) == ([], {})


def test_it_can_lie_on_disk(tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(BODY)
    body = RandomAccessFile(str(tmp_path / "body"))
    table = encode(layout_of(BODY), size=body.size, mtime_ns=body.mtime_ns)
    (tmp_path / "table").write_bytes(table)
    index = NamesIndex(
        RandomAccessFile(str(tmp_path / "table")), body, size=body.size, mtime_ns=body.mtime_ns
    )
    assert index.entries("b") == {"b-1-0.conda": entry("b-1-0.conda")}


def test_distant_entries_are_read_apart() -> None:
    class Counting(BytesSource):
        sizes: list[int] = []  # noqa: RUF012 - one object only

        def read(self, offset: int, size: int) -> bytes:
            self.sizes.append(size)
            return super().read(offset, size)

    fns = ["a-1-0.conda", "a-2-0.conda", *(f"b-{n}-0.conda" for n in range(500)), "a-3-0.conda"]
    body = index_body(*fns)
    source = Counting(body)
    table = encode(layout_of(body), size=len(body), mtime_ns=7)
    index = NamesIndex(BytesSource(table), source, size=len(body), mtime_ns=7)
    assert list(index.entries("a")) == ["a-1-0.conda", "a-2-0.conda", "a-3-0.conda"]
    assert len(source.sizes) == 2
    assert sum(source.sizes) < 500


def test_an_entry_that_is_not_text_is_left_out() -> None:
    body = index_body("a-1-0.conda", "a-2-0.conda").replace(b'"2"', b'"\xff"')
    index = opened(body)
    assert index.entries("a") == {"a-1-0.conda": entry("a-1-0.conda")}
    assert index.ignored == 1


def test_a_table_of_another_body_is_refused() -> None:
    table = encode(layout_of(BODY), size=len(BODY), mtime_ns=7)
    for size, mtime_ns in ((len(BODY) + 1, 7), (len(BODY), 8)):
        with pytest.raises(ValueError, match="of something else"):
            NamesIndex(BytesSource(table), BytesSource(BODY), size=size, mtime_ns=mtime_ns)


@given(st.integers(0, 400))
def test_a_table_that_is_cut_short_is_refused(size: int) -> None:
    table = encode(layout_of(BODY), size=len(BODY), mtime_ns=7)
    if size < len(table):
        with pytest.raises(ValueError, match="cut short"):
            opened(BODY, table[:size])


def test_a_table_that_is_too_long_or_no_table_is_refused() -> None:
    table = encode(layout_of(BODY), size=len(BODY), mtime_ns=7)
    with pytest.raises(ValueError, match="cut short"):
        opened(BODY, table + b"x")
    with pytest.raises(ValueError, match="of something else"):
        opened(BODY, b"x" * len(table))


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,3}-[0-9]-[0-9]\.conda", fullmatch=True), st.integers(), max_size=30
    )
)
def test_all_entries_come_back(values: dict[str, int]) -> None:
    packages = {fn: entry(fn, value=value) for fn, value in values.items()}
    body = index_body(packages_conda=packages)
    index = opened(body)
    found: dict[str, dict[str, object]] = {}
    for name in index.names():
        found |= index.entries(name)
    assert found == packages
