"""Laws of records, each with the sentence of spec/formats.md (sections 4 and 7) that it checks."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.json_values import milliseconds, noarch_kind, timestamp_of
from conda_clone.models.record_json import (
    cache_record_from_json,
    prefix_record_from_json,
    record_from_repodata,
    record_to_json,
)
from conda_clone.models.records import PackageRecord, PrefixRecord

CONFIG = ChannelConfig()
CHANNEL = Channel.from_text("conda-forge", CONFIG)

HEXADECIMAL = "0123456789abcdef"
WORDS = st.from_regex(r"[a-z][a-z0-9_.]{0,6}", fullmatch=True)
TEXTS = st.text(max_size=8)
SPECS = st.lists(st.builds("{} >={}".format, WORDS, st.integers(0, 9)), max_size=4)
JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)
SHA256 = st.text(HEXADECIMAL, min_size=64, max_size=64)
KNOWN: Mapping[str, st.SearchStrategy[Any]] = {
    "md5": st.text(HEXADECIMAL, min_size=32, max_size=32),
    "sha256": SHA256,
    "size": st.integers(0, 2**40),
    "timestamp": st.integers(253402300800, 2**41),
    "depends": SPECS,
    "constrains": SPECS,
    "license": WORDS,
    "license_family": WORDS,
    "noarch": st.sampled_from(["python", "generic"]),
    "features": st.lists(WORDS, min_size=1, max_size=2).map(" ".join),
    "track_features": st.lists(WORDS, min_size=1, max_size=2).map(" ".join),
    "arch": WORDS,
    "platform": WORDS,
    "python_site_packages_path": WORDS,
    "legacy_bz2_md5": st.text(HEXADECIMAL, min_size=32, max_size=32),
    "legacy_bz2_size": st.integers(1, 2**40),
    "package_type": WORDS,
}
UNKNOWN = st.dictionaries(TEXTS.map("x-{}".format), JSON_VALUES, max_size=3)


@st.composite
def entries(draw: st.DrawFn) -> dict[str, object]:
    """Return an entry of an index in today's spelling, with keys that we do not know."""
    name, version, build = draw(WORDS), draw(st.integers(0, 99)), draw(WORDS)
    keys = draw(st.sets(st.sampled_from(sorted(KNOWN))))
    return {
        "name": name,
        "version": str(version),
        "build": build,
        "build_number": draw(st.integers(0, 999)),
        "subdir": draw(st.sampled_from(["noarch", "linux-64", "newos-128"])),
        "depends": [],
        "constrains": [],
        **{key: draw(KNOWN[key]) for key in sorted(keys)},
        **draw(UNKNOWN),
    }


def read(entry: Mapping[str, object], extension: str = ".conda") -> PackageRecord:
    fn = f"{entry['name']}-{entry['version']}-{entry['build']}{extension}"
    subdir = str(entry["subdir"])
    base_url = CHANNEL.subdir_url(subdir)
    return record_from_repodata(entry, fn=fn, channel=CHANNEL, subdir=subdir, base_url=base_url)


def stored(record: PackageRecord) -> dict[str, Any]:
    """Return what is read from a file that a record was written to."""
    data: dict[str, Any] = json.loads(json.dumps(record_to_json(record)))
    return data


@given(entries(), st.sampled_from([".conda", ".tar.bz2"]))
def test_an_entry_of_an_index_survives(entry: dict[str, object], extension: str) -> None:
    """`packages` map fn -> record (.tar.bz2), `packages.conda` map (.conda)."""
    record = read(entry, extension)
    assert stored(record) == {**entry, "fn": record.fn}
    assert record.fn.endswith(extension)


@given(entries())
def test_a_cached_record_survives(entry: dict[str, object]) -> None:
    """`info/repodata_record.json` (written by the client in the extracted dir)."""
    folders = {"extracted_package_dir": "/p/x", "package_tarball_full_path": "/p/x.conda"}
    data = {
        **entry,
        "fn": "x-1-0.conda",
        "url": f"{CHANNEL.base_url}/{entry['subdir']}/x-1-0.conda",
    }
    record = cache_record_from_json(data, CONFIG, **folders)
    assert stored(record) == {**data, "channel": f"{CHANNEL.base_url}/{entry['subdir']}"}
    again = cache_record_from_json(stored(record), CONFIG, **folders)
    assert again == record
    assert stored(again) == stored(record)


PATHS = st.fixed_dictionaries(
    {"_path": WORDS, "path_type": st.sampled_from(["hardlink", "softlink", "directory"])},
    optional={
        "sha256": SHA256,
        "sha256_in_prefix": SHA256,
        "size_in_bytes": st.integers(0, 2**40),
        "file_mode": st.sampled_from(["text", "binary"]),
        "prefix_placeholder": WORDS,
        "no_link": st.just(value=True),
        "inode_paths": st.lists(WORDS, max_size=2),
    },
)


@given(entries(), st.lists(PATHS, max_size=3), SPECS)
def test_an_installed_record_survives(
    entry: dict[str, object], paths: list[dict[str, object]], requested: list[str]
) -> None:
    """Fields (PrefixRecord): all record fields + channel, url, fn, files[], paths_data, link ..."""
    data = {
        **stored(PrefixRecord.from_record(read(entry))),
        "files": [path["_path"] for path in paths],
        "paths_data": {"paths_version": 1, "paths": paths},
        "link": {"source": "/p/x", "type": 1},
        "requested_spec": requested[0] if requested else "None",
        **({"requested_specs": requested} if requested else {}),
    }
    record = prefix_record_from_json(data, CONFIG)
    assert stored(record) == data
    assert record == read(entry)


@given(entries(), st.data())
def test_unknown_keys_are_kept_in_every_kind_of_record(
    entry: dict[str, object], data: st.DataObject
) -> None:
    """unknown keys preserved byte for byte in meaning (the models)."""
    unknown = data.draw(UNKNOWN)
    record = read({**entry, **unknown})
    for kind in (record, PrefixRecord.from_record(record)):
        written = stored(kind)
        assert {key: written[key] for key in unknown} == unknown


@given(st.one_of(st.integers(1, 2**41), st.floats(0.001, 253402300799, allow_nan=False)))
def test_times_are_milliseconds_whatever_they_were(value: float) -> None:
    """Timestamps: seconds or milliseconds; a value > 253402300799 is ms. Normalise."""
    time = milliseconds(value)
    assert time == int(value if value > 253402300799 else value * 1000)
    assert time == 0 or milliseconds(timestamp_of(time)) == time


@given(st.sampled_from(["python", "generic", "Python", "GENERIC", True, "true", "", None, False]))
def test_old_spellings_of_noarch_become_new_ones(value: object) -> None:
    """noarch (`python`, `generic`, legacy true)."""
    kind = noarch_kind(value)
    assert kind in {"python", "generic", None}
    assert noarch_kind(kind) == kind
    assert (kind is None) is (not value)


@given(entries(), entries())
def test_identity_is_channel_subdir_name_version_and_build(
    one: dict[str, object], other: dict[str, object]
) -> None:
    """Record identity: channel canonical name, subdir, name, version, build_number, build."""
    keys = ("subdir", "name", "version", "build_number", "build")
    changed = {**other, **{key: one[key] for key in keys}}
    assert read(one) == read(changed)
    assert hash(read(one)) == hash(read(changed))
    assert (read(one) == read(other)) is all(one[key] == other[key] for key in keys)
