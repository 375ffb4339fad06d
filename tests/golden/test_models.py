"""Versions, specs and channels give the recorded answers of the reference, or a listed reason."""

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.errors import InvalidMatchSpec, InvalidVersionSpec
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.record_json import prefix_record_from_json, record_to_json
from conda_clone.models.records import PackageRecord
from conda_clone.models.url import package_stem
from conda_clone.models.version import VersionOrder
from conda_clone.models.version_spec import VersionSpec

pytestmark = pytest.mark.shared

CONFIG = ChannelConfig()
DEVIATIONS = tomllib.loads((Path(__file__).parent / "deviations.toml").read_text("utf-8"))["models"]


def recording(shared: Path, name: str) -> Any:
    return json.loads((shared / "golden" / "models" / f"{name}.json").read_bytes())


def is_listed(kind: str, text: str, field: str) -> bool:
    return any(
        deviation["kind"] == kind
        and deviation.get("field", field) == field
        and (
            re.fullmatch(deviation["input"], text)
            if deviation.get("regex")
            else deviation["input"] == text
        )
        for deviation in DEVIATIONS
    )


def test_every_deviation_has_a_reason() -> None:
    assert [deviation for deviation in DEVIATIONS if not deviation["reason"].strip()] == []


def test_versions_have_the_recorded_order(shared: Path) -> None:
    data = recording(shared, "version_order")
    classes = [
        [VersionOrder(text) for text in texts]
        for texts in data["classes, lowest first, equal versions together"]
    ]
    assert [equal for equal in classes if len(set(equal)) != 1] == []
    assert [(low, high) for (low, *_), (high, *_) in pairwise(classes) if not low < high] == []
    for text in data["invalid"]:
        with pytest.raises(InvalidVersionSpec):
            VersionOrder(text)


def constraint_answer(spec: VersionSpec | None, version: str) -> object:
    return {"error": "InvalidVersionSpec"} if spec is None else spec.match(version)


def test_constraints_match_the_recorded_versions(shared: Path) -> None:
    wrong: list[tuple[str, str, object]] = []
    for text, canonical, answers in recording(shared, "version_match"):
        try:
            spec = VersionSpec(text)
        except InvalidVersionSpec:
            spec = None
        shown: object = {"error": "InvalidVersionSpec"} if spec is None else spec.text
        if shown != canonical and not is_listed("version_match", text, "canonical"):
            wrong.append((text, "canonical", shown))
        for version, expected in answers.items():
            answer = constraint_answer(spec, version)
            if answer != expected and not is_listed("version_match", text, version):
                wrong.append((text, version, answer))
    assert wrong == []


def spec_answer(text: str) -> dict[str, object]:
    try:
        spec = MatchSpec(text)
    except InvalidMatchSpec:
        return {"error": "InvalidMatchSpec"}
    fields = dict(spec.fields)
    if spec.channel is not None:
        # The recording has the channel's address where the spec has its name.
        fields["channel"] = str(Channel.from_text(spec.channel, CONFIG).base_url)
    return {"fields": fields, "str": str(spec)}


def test_specs_have_the_recorded_fields_and_texts(shared: Path) -> None:
    data = recording(shared, "spec_parse")
    answers = {text: spec_answer(text) for text in data}
    assert {
        text: answer
        for text, answer in answers.items()
        if answer != data[text] and not is_listed("spec_parse", text, "")
    } == {}


def archive(fn: str) -> PackageRecord:
    stem = package_stem(fn)
    assert stem is not None
    name, version, build = stem
    return PackageRecord(
        name=name,
        version=version,
        build=build,
        build_number=0,
        channel=Channel.from_text("conda-forge", CONFIG),
        subdir="linux-64",
        fn=fn,
        url=f"https://conda.anaconda.org/conda-forge/linux-64/{fn}",
    )


def test_specs_match_the_recorded_packages(shared: Path) -> None:
    wrong = [
        (text, fn, expected)
        for text, answers in recording(shared, "spec_match")
        for fn, expected in answers.items()
        if MatchSpec(text).match(archive(fn)) is not expected
        and not is_listed("spec_match", text, fn)
    ]
    assert wrong == []


def channel_answer(text: str | None) -> dict[str, object]:
    channel = Channel.from_text(text, CONFIG)
    subdirs = ["linux-64", "noarch"]
    return {
        "auth": channel.auth and channel.auth.reveal(),
        "base_url": channel.base_url,
        "base_urls": [member.base_url for member in channel.members],
        "canonical_name": channel.canonical_name,
        "channel_location": channel.location,
        "channel_name": channel.name,
        "location": channel.location,
        "name": channel.name,
        "package_filename": channel.package_filename,
        "platform": channel.platform,
        "scheme": channel.scheme,
        "subdir": channel.platform,
        "token": channel.token and channel.token.reveal(),
        "url_channel_wtf": [channel.base_url, channel.canonical_name],
        "urls": channel.urls(subdirs),
        "urls with credentials": channel.urls(subdirs, with_credentials=True),
    }


def test_channels_have_the_recorded_names_and_addresses(shared: Path) -> None:
    wrong = [
        (text, field, answer)
        for text, expected in recording(shared, "channel").items()
        for field, answer in channel_answer(None if text == "None" else text).items()
        if answer != expected[field] and not is_listed("channel", text, field)
    ]
    assert wrong == []


def recorded_installations(shared: Path, version: str) -> list[dict[str, object]]:
    """Return the `conda-meta` files that the reference wrote."""
    places = {"<CHAN>": "file:///chan", "<HTTP>": "http://127.0.0.1:80", "<W>": "/work"}
    found: list[dict[str, object]] = []
    recorded = (shared / "golden" / "expected" / f"{version}.jsonl").read_text("utf-8")
    for line in recorded.splitlines():
        for path, text in (json.loads(line).get("files") or {}).items():
            if "/conda-meta/" in path and path.endswith(".json"):
                filled = re.sub("<CHAN>|<HTTP>|<W>", lambda m: places[m.group()], text)
                found.append(json.loads(filled))
    return found


def test_installed_packages_are_written_as_recorded(shared: Path) -> None:
    recorded = recorded_installations(shared, "26.7.1")
    written = [record_to_json(prefix_record_from_json(data, CONFIG)) for data in recorded]
    assert written == recorded
    assert [list(data) for data in written] == [list(data) for data in recorded]
    assert recorded


def test_installed_packages_of_the_older_version_lose_nothing(shared: Path) -> None:
    for data in recorded_installations(shared, "25.1.1"):
        written = record_to_json(prefix_record_from_json(data, CONFIG))
        assert written == {**data, "requested_specs": [data["requested_spec"]]}
