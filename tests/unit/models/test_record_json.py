from typing import Any

import pytest

from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.errors import InvalidRecord
from conda_clone.models.record_json import (
    cache_record_from_json,
    prefix_record_from_json,
    record_from_repodata,
    record_to_json,
)
from conda_clone.models.records import PackageRecord, PrefixRecord

CONFIG = ChannelConfig()
CHANNEL = Channel.from_text("https://h.org/chan", CONFIG)
BARE = {"name": "foo", "version": "1.0"}

ENTRY: dict[str, object] = {
    "name": "foo",
    "version": "1.0",
    "build": "py_2",
    "build_number": 2,
    "subdir": "noarch",
    "fn": "foo-1.0-py_2.conda",
    "md5": "d41d8cd98f00b204e9800998ecf8427e",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "legacy_bz2_md5": "aa",
    "legacy_bz2_size": 12,
    "arch": "x86_64",
    "platform": "linux",
    "depends": ["bar >=1"],
    "constrains": ["baz <2"],
    "track_features": "a b",
    "features": "c",
    "noarch": "python",
    "python_site_packages_path": "lib/python3.12/site-packages",
    "license": "MIT",
    "license_family": "MIT",
    "package_type": "noarch_python",
    "timestamp": 1700000000000,
    "size": 10,
    "purls": ["pkg:pypi/foo"],
    "run_exports": {"weak": ["foo"]},
}

INSTALLED: dict[str, object] = {
    "name": "libz",
    "version": "1.3.1",
    "build": "h2_0",
    "build_number": 0,
    "channel": "file:///chan/linux-64",
    "subdir": "linux-64",
    "fn": "libz-1.3.1-h2_0.conda",
    "md5": "6cd642b593662a38f8d47321b166e8e6",
    "url": "file:///chan/linux-64/libz-1.3.1-h2_0.conda",
    "sha256": "80cf0706d232ff90a72f9c1bc80db879e3a0445467a769aaf6fc5889deb258f6",
    "depends": ["__glibc >=2.17"],
    "constrains": [],
    "license": "Zlib",
    "license_family": "MIT",
    "timestamp": 1700000131000,
    "size": 1564,
    "requested_spec": "libz",
    "package_tarball_full_path": "/pkgs/libz-1.3.1-h2_0.conda",
    "extracted_package_dir": "/pkgs/libz-1.3.1-h2_0",
    "files": ["include/zlib.h", "lib/libz.so", "lib/libz.so.1"],
    "paths_data": {
        "paths_version": 1,
        "paths": [
            {
                "_path": "include/zlib.h",
                "path_type": "hardlink",
                "sha256": "28083c",
                "size_in_bytes": 8,
                "sha256_in_prefix": "28083c",
            },
            {"_path": "lib/libz.so", "path_type": "softlink", "size_in_bytes": 0},
            {"_path": "bin/x", "path_type": "unix_python_entry_point"},
            {
                "_path": "lib/libz.so.1",
                "prefix_placeholder": "/opt/anaconda1anaconda2anaconda3",
                "file_mode": "binary",
                "no_link": True,
                "path_type": "hardlink",
                "sha256": "95314a",
                "size_in_bytes": 821,
                "sha256_in_prefix": "8d4d1a",
                "inode_paths": ["lib/x"],
            },
        ],
    },
    "link": {"source": "/pkgs/libz-1.3.1-h2_0", "type": 1},
    "requested_specs": ["libz"],
}


def from_index(entry: object, fn: str = "foo-1.0-py_2.conda") -> PackageRecord:
    data: Any = entry
    return record_from_repodata(
        data, fn=fn, channel=CHANNEL, subdir="linux-64", base_url="https://h.org/chan/linux-64"
    )


def installed(**changes: object) -> PrefixRecord:
    data = {**INSTALLED, **changes}
    return prefix_record_from_json(
        {key: value for key, value in data.items() if value is not None}, CONFIG
    )


def test_an_entry_of_an_index_survives_the_round_trip() -> None:
    record = from_index(ENTRY)
    assert record_to_json(record) == ENTRY
    assert list(record_to_json(record))[:4] == ["name", "version", "build", "build_number"]
    assert record.url == "https://h.org/chan/linux-64/foo-1.0-py_2.conda"
    assert record.extra == {"purls": ["pkg:pypi/foo"], "run_exports": {"weak": ["foo"]}}


def test_the_smallest_entry_gets_defaults() -> None:
    record = from_index(BARE, "foo-1.0-0.tar.bz2")
    assert record_to_json(record) == {
        "name": "foo",
        "version": "1.0",
        "build": "",
        "build_number": 0,
        "subdir": "linux-64",
        "fn": "foo-1.0-0.tar.bz2",
        "depends": [],
        "constrains": [],
    }
    assert record.size is None
    assert record.timestamp == 0


@pytest.mark.parametrize(
    ("key", "value", "attribute", "expected"),
    [
        ("timestamp", 1700000000, "timestamp", 1700000000000),
        ("timestamp", 253402300799, "timestamp", 253402300799000),
        ("timestamp", 253402300800, "timestamp", 253402300800),
        ("timestamp", 1700000000.5, "timestamp", 1700000000500),
        ("timestamp", "2020-01-01", "timestamp", 0),
        ("timestamp", None, "timestamp", 0),
        ("timestamp", -1, "timestamp", 0),
        ("timestamp", float("nan"), "timestamp", 0),
        ("timestamp", 10**400, "timestamp", 0),
        ("track_features", ["a b", "c"], "track_features", ("a", "b", "c")),
        ("subdir", "newos-64", "subdir", "newos-64"),
        ("noarch", True, "noarch", "generic"),
        ("noarch", "generic", "noarch", "generic"),
        ("noarch", "Python", "noarch", "python"),
        ("noarch", "true", "noarch", "generic"),
        ("noarch", False, "noarch", None),
        ("noarch", "", "noarch", None),
        ("features", "a b", "features", ("a", "b")),
        ("features", ["a", "b"], "features", ("a", "b")),
        ("track_features", "a,b, c", "track_features", ("a", "b", "c")),
        ("track_features", "", "track_features", ()),
        ("track_features", None, "track_features", ()),
        ("depends", None, "depends", ()),
        ("depends", "bar", "depends", ("bar",)),
        ("build_number", "3", "build_number", 3),
        ("build_number", 3.0, "build_number", 3),
        ("license", ["MIT", "BSD"], "license", "MIT, BSD"),
        ("size", 0, "size", 0),
        ("subdir", "noarch", "subdir", "noarch"),
    ],
)
def test_old_spellings_are_understood(
    key: str, value: object, attribute: str, expected: object
) -> None:
    assert getattr(from_index({**BARE, key: value}), attribute) == expected


@pytest.mark.parametrize("timestamp", [500, 0.5, 253402300, 253402300.8, 1700000000, 1700000000000])
def test_a_point_in_time_survives_whatever_its_unit(timestamp: float) -> None:
    record = from_index({**BARE, "timestamp": timestamp})
    assert from_index(record_to_json(record)).timestamp == record.timestamp


def test_platforms_that_we_do_not_know_stay_apart_from_the_channel() -> None:
    record = installed(
        subdir="newos-64",
        channel="https://h.org/c/newos-64/",
        url="https://h.org/c/newos-64/libz-1.3.1-h2_0.conda",
    )
    assert record.channel.base_url == "https://h.org/c"
    assert record_to_json(record)["channel"] == "https://h.org/c/newos-64"
    by_url = installed(
        subdir="newos-64", channel=None, url="https://h.org/c/newos-64/libz-1.3.1-h2_0.conda"
    )
    assert by_url.channel.base_url == "https://h.org/c"


def test_derived_keys_of_old_tools_are_dropped() -> None:
    record = from_index({**BARE, "with_features_depends": {}, "auth": "secret", "schannel": "x"})
    assert record.extra == {}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"version": "1"}, "it has no `name`"),
        ({"name": "foo"}, "it has no `version`"),
        ({"name": 1, "version": "1"}, "its name, version or build is not a text"),
        ({"name": "", "version": "1"}, "its name or version is empty"),
        ({**BARE, "depends": 3}, "its `depends` is not a list of texts"),
        ({**BARE, "depends": [3]}, "its `depends` holds something else than texts"),
        ({**BARE, "md5": 3}, "its `md5` is not a text"),
        ({**BARE, "size": []}, "`[]` is not a whole number"),
        ({**BARE, "noarch": "java"}, "`java` is not a kind of noarch package"),
        ({**BARE, "build_number": float("inf")}, "`inf` is not a whole number"),
        ({**BARE, "build_number": 1.5}, "`1.5` is not a whole number"),
        ({**BARE, "build_number": True}, "`True` is not a whole number"),
        ({**BARE, "subdir": "../x"}, "its `subdir` is not the name of a folder"),
        ([], "it is not a JSON object"),
        (None, "it is not a JSON object"),
    ],
)
def test_a_broken_entry_is_named_with_the_reason(entry: object, reason: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        from_index(entry)
    assert caught.value.what == "foo-1.0-py_2.conda"
    assert caught.value.reason == reason


def test_an_installed_package_survives_the_round_trip() -> None:
    record = installed()
    data = record_to_json(record)
    assert data == INSTALLED
    assert list(data) == list(INSTALLED)
    assert record.dist_str == "file:///chan/linux-64::libz-1.3.1-h2_0"
    assert record.link is not None
    assert (record.link.source, record.link.type) == ("/pkgs/libz-1.3.1-h2_0", 1)


def test_a_dependency_is_requested_by_nobody() -> None:
    record = installed(requested_specs=None, requested_spec="None")
    assert record.requested_specs == ()
    data = record_to_json(record)
    assert data["requested_spec"] == "None"
    assert "requested_specs" not in data


def test_the_single_spec_of_older_tools_is_read() -> None:
    assert installed(requested_specs=None).requested_specs == ("libz",)


def test_a_noarch_package_says_so_for_older_tools() -> None:
    assert record_to_json(installed(noarch="python"))["package_type"] == "noarch_python"


def test_secrets_are_neither_kept_nor_written() -> None:
    record = installed(
        channel="https://u:pw@h/t/tk-1/c/linux-64",
        url="https://u:pw@h/t/tk-1/c/linux-64/libz-1.3.1-h2_0.conda",
        auth="tk-1",
    )
    assert record.url == "https://h/c/linux-64/libz-1.3.1-h2_0.conda"
    text = str(record_to_json(record))
    assert "tk-1" not in text
    assert "pw" not in text


@pytest.mark.parametrize(
    ("changes", "channel", "url"),
    [
        (
            {"url": None},
            "file:///chan",
            "file:///chan/linux-64/libz-1.3.1-h2_0.conda",
        ),
        ({"channel": None}, "file:///chan", "file:///chan/linux-64/libz-1.3.1-h2_0.conda"),
        (
            {"channel": "defaults", "url": "https://repo.anaconda.com/pkgs/main/linux-64/l.conda"},
            "defaults",
            "https://repo.anaconda.com/pkgs/main/linux-64/l.conda",
        ),
        ({"channel": None, "url": None}, "<unknown>", ""),
        (
            {"channel": None, "url": "/old/linux-64/l.conda"},
            "file:///old",
            "file:///old/linux-64/l.conda",
        ),
    ],
)
def test_channel_and_address_complete_each_other(
    changes: dict[str, object], channel: str, url: str
) -> None:
    record = installed(**changes)
    assert record.channel.canonical_name == channel
    assert record.url == url


def test_missing_subdir_and_file_name_are_derived() -> None:
    record = installed(subdir=None, fn=None)
    assert record.subdir == "linux-64"
    assert record.fn == "libz-1.3.1-h2_0.tar.bz2"
    assert installed(subdir=None, channel="file:///chan", url=None).subdir == CONFIG.subdir
    other = installed(
        subdir=None, channel="file:///chan", url="file:///chan/osx-64/libz-1.3.1-h2_0.conda"
    )
    assert other.subdir == "osx-64"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"paths_data": []}, None),
        ({"paths_data": {"paths": {}}}, "its `paths_data` is not an object with a list of `paths`"),
        ({"paths_data": {"paths": [{}]}}, "it has no `_path`"),
        ({"paths_data": {"paths": [{"_path": 1}]}}, "one of its paths is not a text"),
        ({"files": 1}, "its `files` is not a list of texts"),
        ({"channel": ""}, None),
        ({"channel": "a\nb"}, "Cannot use `a\nb` as a channel: it is not a name, URL or path"),
    ],
)
def test_a_broken_file_is_named_with_the_reason(
    changes: dict[str, object], reason: str | None
) -> None:
    if reason is None:
        assert installed(**changes).name == "libz"
        return
    with pytest.raises(InvalidRecord) as caught:
        installed(**changes)
    assert caught.value.what == "libz"
    assert caught.value.reason.startswith(reason)


def test_what_is_no_object_is_refused() -> None:
    data: Any = ["libz"]
    with pytest.raises(InvalidRecord, match="`a package` is broken: it is not a JSON object"):
        prefix_record_from_json(data, CONFIG)


def test_a_record_of_an_old_tool_without_details_is_read() -> None:
    record = installed(paths_data=None, link="hard")
    assert record.paths == ()
    assert record.files == ("include/zlib.h", "lib/libz.so", "lib/libz.so.1")
    assert record.link is None
    assert "link" not in record_to_json(record)
    linked = installed(link={"type": "hard-link"})
    assert linked.link is not None
    assert (linked.link.source, linked.link.type) == ("", 1)


def test_a_cached_package_survives_the_round_trip() -> None:
    entry = {**ENTRY, "channel": "https://h.org/chan/noarch"}
    entry["url"] = "https://h.org/chan/noarch/foo-1.0-py_2.conda"
    record = cache_record_from_json(
        entry, CONFIG, extracted_package_dir="/p/foo", package_tarball_full_path="/p/foo.conda"
    )
    assert record.extracted_package_dir == "/p/foo"
    assert record_to_json(record) == entry


def test_a_channel_without_address_is_written_by_name() -> None:
    record = installed(channel="<unknown>", url=None)
    assert record_to_json(record)["channel"] == "<unknown>"
