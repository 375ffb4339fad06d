import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.core.channels.errors import CondaUpgradeError
from conda_clone.core.channels.repodata import parse as parse_module
from conda_clone.core.channels.repodata.parse import HIDDEN, Layout, parse
from conda_clone.gateways.disk.errors import ParseError
from tests.support.repodata import entry, index_body

URL = "https://host/chan/linux-64"


def parsed(body: bytes, *, use_only_tar_bz2: bool = False, url: str = URL) -> Layout:
    return parse(
        body,
        source=f"{url}/repodata.json",
        subdir_url=url,
        subdir="linux-64",
        use_only_tar_bz2=use_only_tar_bz2,
    )


def entries(body: bytes, layout: Layout) -> dict[str, dict[str, object]]:
    """Return what the spans of a layout hold: by name, the entries by file name."""
    found = {}
    for name, spans in layout.names.items():
        pieces = [
            body[start : start + length]
            for start, length in zip(spans[::2], spans[1::2], strict=True)
            if length < HIDDEN
        ]
        found[name] = json.loads(b"{" + b",".join(pieces) + b"}")
    return found


def files(body: bytes, *, use_only_tar_bz2: bool = False) -> list[str]:
    found = entries(body, parsed(body, use_only_tar_bz2=use_only_tar_bz2))
    return sorted(fn for of_name in found.values() for fn in of_name)


def test_entries_are_found_by_name() -> None:
    body = index_body("a-1-0.conda", "a-2-0.tar.bz2", "b-c-1-0.conda")
    assert entries(body, parsed(body)) == {
        "a": {"a-1-0.conda": entry("a-1-0.conda"), "a-2-0.tar.bz2": entry("a-2-0.tar.bz2")},
        "b-c": {"b-c-1-0.conda": entry("b-c-1-0.conda")},
    }


@pytest.mark.parametrize("body", [b"{}", b'{"packages": null, "info": null}', index_body()])
def test_an_index_may_be_empty(body: bytes) -> None:
    assert parsed(body) == Layout({}, URL)


def test_a_conda_archive_hides_the_tar_bz2_of_the_same_stem() -> None:
    body = index_body("a-1-0.conda", "a-1-0.tar.bz2", "a-2-0.tar.bz2")
    assert files(body) == ["a-1-0.conda", "a-2-0.tar.bz2"]
    assert files(body, use_only_tar_bz2=True) == ["a-1-0.tar.bz2", "a-2-0.tar.bz2"]


@pytest.mark.parametrize("indent", [None, 1])
def test_what_is_hidden_is_noted_unless_the_index_says_what_it_was(indent: int | None) -> None:
    body = index_body("a-1-0.conda", "a-1-0.tar.bz2", "a-2-0.tar.bz2", removed=["a-3-0.tar.bz2"])
    body = json.dumps(json.loads(body), indent=indent).encode()
    assert [length >= HIDDEN for length in parsed(body).names["a"][1::2]] == [False, True, False]
    told = body.replace(b'"name"', b'"legacy_bz2_md5": "x", "name"', 1)
    assert [length >= HIDDEN for length in parsed(told).names["a"][1::2]] == [False, False]


def with_newer(body: bytes, **kinds: object) -> bytes:
    return json.dumps({**json.loads(body), "v3": kinds}, indent=1).encode()


def test_archives_of_the_newer_section_go_before_older_entries_of_their_stem() -> None:
    newer = {
        "a-1-0": entry("a-1-0.conda", depends=["b[version='>=1']"]),
        "a-3-0": entry("a-3-0.conda"),
    }
    body = with_newer(index_body("a-1-0.conda", "a-1-0.tar.bz2", "a-2-0.conda"), conda=newer)
    assert entries(body, parsed(body)) == {
        "a": {**newer, "a-2-0.conda": entry("a-2-0.conda")},
    }
    assert files(body, use_only_tar_bz2=True) == ["a-1-0.tar.bz2"]


def test_wheels_stay_out() -> None:
    kinds = {"whl": {"a-1-py3-none-any": entry("a-1-0.conda")}, "tar.bz2": {}, "conda": None}
    body = with_newer(index_body("b-1-0.conda"), **kinds)
    assert files(body) == ["b-1-0.conda"]


def test_what_is_removed_is_left_out_of_the_newer_section_too() -> None:
    body = with_newer(index_body(removed=["a-1-0.conda"]), conda={"a-1-0": entry("a-1-0.conda")})
    assert files(body) == []


def test_what_is_removed_is_left_out() -> None:
    body = index_body("a-1-0.conda", "a-1-0.tar.bz2", removed=["a-1-0.conda"])
    assert files(body) == ["a-1-0.tar.bz2"]


def test_entries_of_another_platform_are_left_out() -> None:
    packages = {
        "a-1-0.conda": entry("a-1-0.conda", subdir="linux-64"),
        "b-1-0.conda": entry("b-1-0.conda", subdir="noarch"),
    }
    body = index_body(packages_conda=packages)
    assert files(body) == ["a-1-0.conda"]
    assert parsed(body).ignored == 1


@pytest.mark.parametrize("broken", [None, 7, [], {}, {"name": 7}, {"name": ""}, {"name": "a\nb"}])
def test_broken_entries_are_left_out_and_counted(broken: object) -> None:
    body = index_body(packages={"a-1-0.tar.bz2": entry("a-1-0.tar.bz2"), "b-1-0.tar.bz2": broken})
    assert files(body) == ["a-1-0.tar.bz2"]
    assert parsed(body).ignored == 1


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        (None, URL),
        ("https://other/files/", "https://other/files"),
        ("../../pkgs", "https://host/pkgs"),
        ("/pkgs/", "https://host/pkgs"),
        ("https://user:pw@other/t/tk-1/files", "https://other/files"),
    ],
)
def test_the_folder_of_the_archives_can_be_elsewhere(base_url: str | None, expected: str) -> None:
    assert parsed(index_body(info={"base_url": base_url})).base_url == expected


def test_the_folder_of_the_archives_can_be_on_this_machine_only_for_a_local_index() -> None:
    body = index_body(info={"base_url": "file:///pkgs"})
    assert parsed(body, url="file:///chan/linux-64").base_url == "file:///pkgs"
    with pytest.raises(ParseError, match=re.escape("file:///pkgs")):
        parsed(body)


@pytest.mark.parametrize("version", [1, 2, None])
def test_known_formats_are_read(version: int | None) -> None:
    assert files(index_body("a-1-0.conda", repodata_version=version)) == ["a-1-0.conda"]


def test_a_later_format_is_refused() -> None:
    with pytest.raises(CondaUpgradeError) as raised:
        parsed(index_body("a-1-0.conda", repodata_version=3))
    assert raised.value.details == {"repodata_version": 3}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{nope",
        b"<html><body>Please log in</body></html>",
        b"[]",
        b'"text"',
        b'{"message": "log in"}',
        b'{"packages": []}',
        b'{"packages": {}',
        b'{"packages": {}, "removed": 5}',
        b'{"packages": {}, "repodata_version": "x"}',
        b"\xef\xbb\xbf{}",
        '{"packages": {}}'.encode("utf-16"),
        b'{"packages": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_index_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError) as raised:
        parsed(body)
    assert raised.value.details == {"path": f"{URL}/repodata.json"}


@pytest.mark.parametrize("indent", [None, 0, 1, 4])
def test_the_layout_of_the_text_does_not_matter(indent: int | None) -> None:
    data = {
        "packages": {f"a-{n}-0.tar.bz2": entry(f"a-{n}-0.tar.bz2") for n in range(5)},
        "info": {"base_url": "https://other", "text": '"packages": {'},
        "packages.conda": {'b"ü-1-0.conda': entry("b-1-0.conda", depends=["x", '{"'])},
    }
    for ascii_only in (True, False):
        body = json.dumps(data, indent=indent, ensure_ascii=ascii_only).encode()
        assert entries(body, parsed(body)) == {
            "a": data["packages"],
            "b": data["packages.conda"],
        }


def test_mixed_white_space_is_understood() -> None:
    body = (
        b' {\n"packages" :\t{ "a-1-0.tar.bz2":{"name":"a"},"a-2-0.tar.bz2" : {"name":"a" } \r\n,\n'
        b' "a-3-0.tar.bz2":\n{ "name" :"a"} } } '
    )
    assert entries(body, parsed(body)) == {
        "a": {f"a-{n}-0.tar.bz2": {"name": "a"} for n in (1, 2, 3)}
    }


def test_of_keys_that_occur_twice_the_last_counts() -> None:
    body = (
        b'{"packages": {"a-1-0.tar.bz2": {"name": "old"}, "b-1-0.tar.bz2": {"name": "b"},'
        b' "a-1-0.tar.bz2": {"name": "a"}, "c-1-0.tar.bz2": {"name": "c"}}}'
    )
    assert entries(body, parsed(body)) == {
        "a": {"a-1-0.tar.bz2": {"name": "a"}},
        "b": {"b-1-0.tar.bz2": {"name": "b"}},
        "c": {"c-1-0.tar.bz2": {"name": "c"}},
    }


def test_a_key_that_occurs_twice_in_two_spellings_is_left_out() -> None:
    body = (
        b'{"packages": {"a-1-0.tar.bz2": {"name": "old"}, "b-1-0.tar.bz2": {"name": "b"},'
        b' "\\u0061-1-0.tar.bz2": {"name": "a"}}}'
    )
    assert entries(body, parsed(body)) == {"b": {"b-1-0.tar.bz2": {"name": "b"}}}
    assert parsed(body).ignored == 1


def test_keys_that_occur_twice_cost_nothing_but_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parse_module, "_MAX_SEARCHES", 6)
    a_and_b = ['"a-0-0.conda": {"name": "a", "x": %d}', '"b-0-0.conda": {"name": "b", "x": %d}']
    others = [f'"c-{number}-0.conda": {{"name": "c"}}' for number in range(50)]
    members = [*(text % 1 for text in a_and_b), *others, *(text % 2 for text in a_and_b), *others]
    body = ('{"packages.conda": {' + ", ".join(members) + "}}").encode()
    found = entries(body, parsed(body))
    assert found["a"] == {"a-0-0.conda": {"name": "a", "x": 2}}
    assert found["b"] == {"b-0-0.conda": {"name": "b", "x": 2}}
    assert len(found["c"]) == 50


def test_searching_for_keys_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_module, "_MAX_SEARCHES", 3)
    members = [f'"a-{n}-0.conda": {{"name": "a", "x": {x}}}' for x in (1, 2) for n in range(9)]
    body = ('{"packages.conda": {' + ", ".join(members) + "}}").encode()
    layout = parsed(body)
    assert len(entries(body, layout)["a"]) + layout.ignored == 9
    assert layout.ignored > 0


def test_a_section_that_occurs_twice_counts_once() -> None:
    body = b'{"packages": {"a-1-0.tar.bz2": {"name": "a"}}, "packages": {}}'
    assert parsed(body) == Layout({}, URL)
    body = b'{"packages": {}, "packages": {"a-1-0.tar.bz2": {"name": "a"}}}'
    assert files(body) == ["a-1-0.tar.bz2"]


names = st.text('abc-"\\ü', min_size=1, max_size=4)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab"\\{}[],: ', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(names, st.fixed_dictionaries({"name": st.sampled_from("xyz"), "v": values})),
    st.sampled_from([None, 0, 2]),
)
def test_every_entry_is_found_where_it_lies(
    packages: dict[str, dict[str, object]], indent: int | None
) -> None:
    body = json.dumps({"packages": packages}, indent=indent).encode()
    found = entries(body, parsed(body))
    assert {fn: value for of_name in found.values() for fn, value in of_name.items()} == packages


@given(st.binary(max_size=60) | st.text('{}[]":,packges.conda01 ', max_size=60).map(str.encode))
def test_any_bytes_are_an_index_or_an_error(body: bytes) -> None:
    try:
        layout = parsed(body)
    except ParseError:
        return
    assert set(layout.names) == set(entries(body, layout))
