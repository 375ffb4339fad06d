import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.core.channels.repodata.cache import CacheEntry, CacheState, is_fresh

URL = "https://conda.anaconda.org/conda-forge/linux-64"
SECOND = 10**9
DAY = 24 * 3600 * SECOND


def name_of(path: str) -> str:
    return os.path.basename(path)


@pytest.mark.parametrize(
    ("url", "fn", "use_only_tar_bz2", "expected"),
    [
        # As every conda program names them.
        (URL, "repodata.json", False, "497deca9.json"),
        (f"{URL}/", "repodata.json", False, "497deca9.json"),
        (URL, "repodata.json", True, "497deca91.json"),
        ("https://conda.anaconda.org/conda-forge/noarch", "repodata.json", False, "09cdf8bf.json"),
    ],
)
def test_the_files_are_named_after_the_address(
    url: str, fn: str, use_only_tar_bz2: bool, expected: str
) -> None:
    entry = CacheEntry("/cache", url, fn, use_only_tar_bz2=use_only_tar_bz2)
    assert name_of(entry.body_path) == expected
    assert name_of(entry.state_path) == expected.replace(".json", ".info.json")
    assert name_of(entry.names_path) == expected.replace(".json", ".names")


def test_other_indexes_and_other_credentials_have_other_files() -> None:
    paths = {
        CacheEntry("/cache", url, fn).body_path
        for url in (URL, URL.replace("//", "//user:pw@"))
        for fn in ("repodata.json", "current_repodata.json")
    }
    assert len(paths) == 4
    assert "pw" not in "".join(paths)


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    entry = CacheEntry(str(tmp_path), URL, "repodata.json")
    state = CacheState(
        url=URL,
        etag='"abc"',
        mod="Fri, 01 Aug 2025 00:00:00 GMT",
        cache_control="public, max-age=1200",
        size=5,
        mtime_ns=123456789012345678,
        refresh_ns=123456789012345679,
        no_zst_ns=1_700_000_000 * SECOND,
        no_shards_ns=1_700_000_001 * SECOND,
        no_jlap_ns=1_700_000_002 * SECOND,
        other={"has_bz2": {"value": True}},
    )
    entry.save_state(state)
    assert entry.state() == state
    assert json.loads(Path(entry.state_path).read_text()) == {
        "url": URL,
        "etag": '"abc"',
        "mod": "Fri, 01 Aug 2025 00:00:00 GMT",
        "cache_control": "public, max-age=1200",
        "size": 5,
        "mtime_ns": 123456789012345678,
        "refresh_ns": 123456789012345679,
        "has_zst": {"value": False, "last_checked": "2023-11-14T22:13:20Z"},
        "has_shards": {"value": False, "last_checked": "2023-11-14T22:13:21Z"},
        "has_jlap": {"value": False, "last_checked": "2023-11-14T22:13:22Z"},
        "has_bz2": {"value": True},
    }


def test_secrets_are_not_written(tmp_path: Path) -> None:
    entry = CacheEntry(str(tmp_path), URL, "repodata.json")
    entry.save_state(CacheState(url="https://user:pw@host/t/tk-1/chan/noarch/repodata.json"))
    assert entry.state().url == "https://host/chan/noarch/repodata.json"


@pytest.mark.parametrize("content", [None, b"", b"{nope", b"[]", b"\xff"])
def test_without_a_usable_state_nothing_is_known(tmp_path: Path, content: bytes | None) -> None:
    entry = CacheEntry(str(tmp_path), URL, "repodata.json")
    if content is not None:
        Path(entry.state_path).write_bytes(content)
    assert entry.state() == CacheState()
    assert not entry.holds_body(entry.state())


@pytest.mark.parametrize(
    "has_zst",
    [None, 5, {}, {"value": True}, {"value": False}, {"value": False, "last_checked": "then"}],
)
def test_values_of_wrong_types_count_as_unknown(has_zst: object) -> None:
    data = {"etag": 5, "size": "x", "refresh_ns": None, "has_zst": has_zst}
    assert CacheState.from_json(data) == CacheState()


def test_a_body_counts_if_size_and_time_agree(tmp_path: Path) -> None:
    entry = CacheEntry(str(tmp_path / "cache"), URL, "repodata.json")
    entry.save_body(b"{}")
    facts = os.stat(entry.body_path)
    assert entry.holds_body(CacheState(size=2, mtime_ns=facts.st_mtime_ns))
    assert not entry.holds_body(CacheState(size=3, mtime_ns=facts.st_mtime_ns))
    assert not entry.holds_body(CacheState(size=2, mtime_ns=facts.st_mtime_ns + 1))


def test_the_lack_of_a_compressed_file_is_remembered_for_a_week() -> None:
    state = CacheState(no_zst_ns=100 * DAY)
    assert state.lacks_zst(100 * DAY)
    assert state.lacks_zst(107 * DAY - 1)
    assert not state.lacks_zst(107 * DAY)
    assert not state.lacks_zst(99 * DAY)
    assert not CacheState().lacks_zst(100 * DAY)


def test_only_known_validators_are_sent() -> None:
    assert CacheState().validators() == {}
    assert CacheState(etag='"x"').validators() == {"If-None-Match": '"x"'}
    assert CacheState(mod="then").validators() == {"If-Modified-Since": "then"}


@pytest.mark.parametrize(
    ("ttl", "cache_control", "age", "expected"),
    [
        (1, "public, max-age=1200", 1199, True),
        (1, "public, max-age=1200", 1200, False),
        (1, "MAX-AGE=1200", 10, True),
        (1, "s-maxage=9, max-age = 30", 29, True),
        (1, "", 0, False),
        (1, "no-cache, max-age=1200", 0, False),
        (1, "max-age=1200, no-store", 0, False),
        (1, "max-age=lots", 0, False),
        (0, "public, max-age=1200", 1, False),
        (600, "", 599, True),
        (600, "max-age=1200", 600, False),
        (600, "", -5, False),
    ],
)
def test_a_body_is_fresh_as_long_as_server_and_settings_say(
    ttl: int, cache_control: str, age: int, expected: bool
) -> None:
    state = CacheState(cache_control=cache_control, refresh_ns=1000 * SECOND)
    assert is_fresh(state, ttl, (1000 + age) * SECOND) is expected


@given(
    st.dictionaries(
        st.sampled_from(["url", "etag", "size", "mtime_ns", "has_zst", "x"]),
        st.none() | st.integers() | st.text() | st.dictionaries(st.text(), st.integers()),
    )
)
def test_any_json_object_is_a_state(data: dict[str, object]) -> None:
    state = CacheState.from_json(data)
    assert CacheState.from_json(state.to_json()).size == state.size
