"""What is fuzzed: for each kind of input, how to make one and what must hold for it.

A target's `check` returns whether the input was accepted; it may raise nothing but `CondaError`
(refused) and `AssertionError` (a law is broken).
"""

import json
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.package_files import read_contents
from conda_clone.models.record_json import (
    cache_record_from_json,
    prefix_record_from_json,
    record_from_repodata,
    record_to_json,
)
from conda_clone.models.records import PackageRecord
from conda_clone.models.url import is_package_file, package_stem, redact, url_to_path
from conda_clone.models.version import VersionOrder
from conda_clone.models.version_spec import BuildNumberMatch, VersionSpec
from tests.fuzz import seeds
from tests.fuzz.mutation import Grammar, mutate_bytes, mutate_json

__all__ = ["TARGETS", "Target"]

PLAIN_CONFIG = ChannelConfig()
CONFIG = ChannelConfig(
    channel_alias="https://u:pw@alias.org/t/tk-secret/conda",
    custom_channels={"corp": "https://corp.org/x", "corp/deep": "file:///srv"},
    custom_multichannels={"mine": ("conda-forge", "corp"), "all": ("mine", "defaults")},
    migrated_channel_aliases=("https://old.org",),
    migrated_custom_channels={"corp": "https://former.org"},
    local_roots=("/srv/conda-bld",),
)
CHANNEL = Channel.from_text("conda-forge", PLAIN_CONFIG)
SAMPLES = [VersionOrder(text) for text in ("0", "1.2.3", "1!2.0rc1", "1.0+a.1", "2024.1.post3")]


@dataclass(frozen=True)
class Target:
    """One kind of input.

    Attributes:
        make: Returns an input.
        check: Tells whether an input was accepted; raises as the module says.
    """

    make: Callable[[random.Random], Any]
    check: Callable[[Any], bool]


def package(name: str, version: str, build: str) -> PackageRecord:
    return PackageRecord(
        name=name,
        version=version,
        build=build,
        build_number=3,
        channel=CHANNEL,
        subdir="linux-64",
        fn=f"{name}-{version}-{build}.conda",
        url=f"{CHANNEL.base_url}/linux-64/{name}-{version}-{build}.conda",
        license="MIT",
        track_features=("feat",),
    )


PACKAGES = [package("numpy", "1.26.4", "py312_0"), package("foo", "1", "0")]


def check_version(text: str) -> bool:
    version = VersionOrder(text)
    assert VersionOrder(str(version)) == version, "its text is another version"
    below, equal, above = (
        [version > each for each in SAMPLES],
        [version == each for each in SAMPLES],
        [version < each for each in SAMPLES],
    )
    trios = zip(below, equal, above, strict=True)
    assert all(sum(trio) == 1 for trio in trios), "it is not one of less, equal and greater"
    return True


def check_constraint(text: str) -> bool:
    constraint = VersionSpec(text)
    again = VersionSpec(constraint.text)
    assert again.text == constraint.text, "its canonical text is not a fixed point"
    for version in SAMPLES:
        assert constraint.match(version) is again.match(version), "its canonical text means else"
    return True


def check_build_number(text: str) -> bool:
    return BuildNumberMatch(text).match(3) in {True, False}


def check_spec(text: str) -> bool:
    spec = MatchSpec(text)
    again = MatchSpec(str(spec))
    if spec.url is None or again.url is not None:
        assert again == spec, f"its canonical text {str(spec)!r} is another spec"
    # Else channel, version and build stand for the address of an archive.
    assert str(again) == str(spec), "its canonical text is not a fixed point"
    assert str(again) == str(spec), "its canonical text is not a fixed point"
    for record in PACKAGES:
        assert spec.match(record) is again.match(record), "its canonical text means something else"
    return True


def fresh_config() -> ChannelConfig:
    """Return the configuration without its memo of channels, which would grow without end."""
    return ChannelConfig(
        channel_alias=CONFIG.channel_alias,
        custom_channels=CONFIG.custom_channels,
        custom_multichannels=CONFIG.custom_multichannels,
        migrated_channel_aliases=CONFIG.migrated_channel_aliases,
        migrated_custom_channels=CONFIG.migrated_custom_channels,
        local_roots=CONFIG.local_roots,
    )


def check_channel(text: str) -> bool:
    config = fresh_config()
    channel = Channel.from_text(text, config)
    assert channel.urls(with_credentials=True) is not None
    if channel.base_url is not None:
        address = channel.subdir_url("noarch")
        assert Channel.from_text(address, config) == channel, f"{address!r} is another channel"
        by_name = Channel.from_text(f"{channel.canonical_name}/noarch", config)
        assert channel in by_name.members, f"{channel.canonical_name!r} is another channel"
    shown = [str(channel), repr(channel), channel.name, channel.location or "", *channel.urls()]
    for part in shown:
        assert redact(part) == part or channel.scheme == "file", f"it shows a secret: {part!r}"
    return True


def check_url(text: str) -> bool:
    shown = redact(text)
    assert redact(shown) == shown, "what is redacted can be redacted again"
    return url_to_path(text) != text


def check_index_entry(entry: Any) -> bool:
    record = record_from_repodata(
        entry,
        fn="pandas-2.3.1-py312h8a5da7c_0.conda",
        channel=CHANNEL,
        subdir="linux-64",
        base_url="https://h.org/c/linux-64",
    )
    written = record_to_json(record)
    again = record_from_repodata(
        as_read(written), fn=record.fn, channel=CHANNEL, subdir="linux-64", base_url="https://h"
    )
    assert_same(record_to_json(again), written)
    unknown = entry.keys() - seeds.INSTALLED.keys() - {"arch", "platform", "auth", "schannel"}
    kept = {key: entry[key] for key in unknown - {"with_features_depends"}}
    assert_same({key: written.get(key) for key in kept}, kept)
    return True


def check_installed(data: Any) -> bool:
    config = fresh_config()
    written = record_to_json(prefix_record_from_json(data, config))
    again = record_to_json(prefix_record_from_json(as_read(written), config))
    assert_same(again, written)
    return True


def check_cached(data: Any) -> bool:
    config = fresh_config()
    folders = {"extracted_package_dir": "/p/x", "package_tarball_full_path": "/p/x.conda"}
    written = record_to_json(cache_record_from_json(data, config, **folders))
    again = record_to_json(cache_record_from_json(as_read(written), config, **folders))
    assert_same(again, written)
    return True


def as_read(written: dict[str, object]) -> Mapping[str, object]:
    """Return what a file with this content gives when it is read."""
    read: Mapping[str, object] = json.loads(json.dumps(written))
    return read


def assert_same(one: object, other: object) -> None:
    place = difference(one, other)
    assert place is None, f"it changes on the way to a file and back: {place}"


def difference(one: object, other: object, place: str = "") -> str | None:
    """Return where two JSON values differ; not-a-number, which JSON can hold, equals itself."""
    parts: list[str | None] = []
    match one, other:
        case dict(), dict() if one.keys() != other.keys():
            parts = [f"{place} has other keys: {sorted(one.keys() ^ other.keys())}"]
        case dict(), dict():
            parts = [difference(one[key], other[key], f"{place}.{key}") for key in one]
        case list(), list() if len(one) == len(other):
            parts = [difference(*pair, f"{place}[]") for pair in zip(one, other, strict=True)]
        case float(), float() if math.isnan(one) and math.isnan(other):
            pass
        case _ if one != other:
            parts = [f"{place}: {one!r} and {other!r}"]
    return next((part for part in parts if part is not None), None)


def check_file_name(text: str) -> bool:
    stem = package_stem(text)
    if stem is None:
        return False
    assert "-".join(stem) == text.removesuffix(".conda").removesuffix(".tar.bz2") or (
        is_package_file(text)
    ), "its parts are not those of its name"
    assert package_stem("-".join(stem)) == stem or is_package_file("-".join(stem))
    return True


def check_contents(files: Mapping[str, bytes]) -> bool:
    contents = read_contents(files.get)
    for path in contents.paths:
        parts = path.path.split("/")
        assert not path.path.startswith("/"), f"{path.path!r} is absolute"
        assert not {"", ".", ".."} & set(parts), f"{path.path!r} leads out"
    for entry_point in contents.entry_points:
        assert "/" not in entry_point.command, f"{entry_point.command!r} is a path"
        names = f"{entry_point.module}.{entry_point.function}".split(".")
        assert all(map(str.isidentifier, names)), f"{names} cannot be Python source"
    return True


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


VERSION_TOKENS = words("! + _ - . dev post rc a 0 00 1 99999999999999999999 *")
CONSTRAINT_TOKENS = VERSION_TOKENS + words(
    "== != <= >= < > = ~= .* , | ( ) ^ $ (a+)+ (a|a)* [0-9]{1,9} \\1 (?i) (?=a) .*.*"
)
SPEC_TOKENS = (
    *CONSTRAINT_TOKENS,
    *words("[ ] :: : / @ # .conda https:// optional version= build= name= channel= features="),
    *words("build_number= track_features= md5= url= license= fn= subdir=linux-64 extras=[a]"),
    *("flags=[b]", 'when="python >=3"', " if "),
)
CHANNEL_TOKENS = words(
    """
    / // \\ : @ u:pw@ /t/tk-secret/ /t/ https:// file:// file:/// C: linux-64 noarch label/x
    repodata.json foo-1-0.conda ?q=1 #f .. . ~ [::1] defaults local mine corp
    https://corp.org/x/corp https://former.org/corp https://old.org/a https://alias.org/conda/b
    """
)
FILE_TOKENS = words("- -- .conda .tar.bz2 / \\ .. . conda-meta : = \0 CON [x]")
RECORD_KEYS = (*seeds.INSTALLED, "auth", "schannel", "with_features_depends", "arch", "platform")

VERSIONS = Grammar(seeds.VERSIONS, VERSION_TOKENS)
CONSTRAINTS = Grammar(seeds.CONSTRAINTS, CONSTRAINT_TOKENS)
SPECS = Grammar(seeds.SPECS, SPEC_TOKENS)
CHANNELS = Grammar(seeds.CHANNELS, CHANNEL_TOKENS)
FILES = Grammar(seeds.FILES, FILE_TOKENS)
RECORDS = Grammar([*seeds.CHANNELS, *seeds.SPECS], (*RECORD_KEYS, *CHANNEL_TOKENS))

PATHS = {"paths_version": 1, "paths": [{"_path": name, "sha256": "00"} for name in ("a/b", "c")]}
LINK = {"noarch": {"type": "python", "entry_points": ["app = my.cli:main"]}}


def make_contents(rng: random.Random) -> Mapping[str, bytes]:
    """Return files below `info/`, one of them changed; half of them are of the old kind."""
    as_json = {
        "info/index.json": {"name": "foo", "version": "1", "build": "0", "noarch": "python"},
        "info/link.json": LINK,
        "info/paths.json": PATHS,
    }
    changed = rng.choice(list(as_json))
    value = mutate_json(as_json[changed], FILES, rng)
    files = {name: json.dumps(item).encode() for name, item in as_json.items()}
    files[changed] = json.dumps(value).encode()
    if rng.random() < 0.5:
        del files["info/paths.json"]
        for name in ("info/files", "info/has_prefix", "info/no_link"):
            lines = [rng.choice((FILES.text(rng), rng.choice(FILES.seeds))) for _ in range(2)]
            files[name] = "\n".join(lines).encode("utf-8", "surrogatepass")
    if rng.random() < 0.2:
        changed = rng.choice(list(files))
        files[changed] = mutate_bytes(files[changed], rng)
    return files


TARGETS: dict[str, Target] = {
    "version": Target(VERSIONS.text, check_version),
    "version spec": Target(CONSTRAINTS.text, check_constraint),
    "build number": Target(
        Grammar(["3", ">=3", "<2", "*"], CONSTRAINT_TOKENS).text, check_build_number
    ),
    "match spec": Target(SPECS.text, check_spec),
    "channel": Target(CHANNELS.text, check_channel),
    "url": Target(CHANNELS.text, check_url),
    "index entry": Target(
        lambda rng: mutate_json(seeds.INDEX_ENTRY, RECORDS, rng), check_index_entry
    ),
    "installed record": Target(
        lambda rng: mutate_json(seeds.INSTALLED, RECORDS, rng), check_installed
    ),
    "cached record": Target(lambda rng: mutate_json(seeds.INSTALLED, RECORDS, rng), check_cached),
    "file name": Target(FILES.text, check_file_name),
    "package contents": Target(make_contents, check_contents),
}
