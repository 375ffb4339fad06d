"""The examples of docs/explanation/solver.md give the answers that it says."""

import re
from pathlib import Path
from typing import Any

import pytest

from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.models.channel import Channel
from conda_clone.models.records import PackageRecord
from tests.support.records import CONFIG, FakeIndex, record
from tests.support.solver_cases import problem

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "solver.md"
EXAMPLES = re.findall(r"^```solve\n(.*?)^```", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
PACKAGE = re.compile(r"(\S+) (\S+?)(?: ([a-z]\w*_\d+))?(?: \[(.*)\])?(?:: (.*))?")


def parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def channel(name: str) -> Channel:
    return Channel.from_text(f"https://channels.test/{name}", CONFIG)


def package(text: str) -> PackageRecord:
    """Return the record behind a line such as `app 1 h_0 [noarch=generic]: lib >=2, tool`."""
    found = PACKAGE.fullmatch(text.removesuffix(":"))
    assert found, text
    name, version, build, options, depends = found.groups()
    fields: dict[str, Any] = dict(part.split("=") for part in parts(options or "") if part)
    if "timestamp" in fields:
        fields["timestamp"] = int(fields["timestamp"])
    if "track_features" in fields:
        fields["track_features"] = (fields["track_features"],)
    fields["channel"] = channel(fields.pop("channel", "main"))
    build = build or "h_0"
    number = int(build.rpartition("_")[2])
    needed = parts(depends) if depends else []
    return record(name, version, build, needed, build_number=number, **fields)


def answer(packages: list[PackageRecord], roots: str, fields: dict[str, Any]) -> str:
    try:
        found = solve(problem(*parts(roots), **fields), FakeIndex(packages)).records
    except UnsatisfiableError:
        return "none"
    return ", ".join(sorted(f"{each.name} {each.version} {each.build}" for each in found))


def expected(text: str) -> str:
    if text == "none":
        return text
    texts = [part if part.count(" ") > 1 else f"{part} h_0" for part in parts(text)]
    return ", ".join(sorted(texts))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_answer_is_as_told(example: str) -> None:
    packages: list[PackageRecord] = []
    fields: dict[str, Any] = {}
    asked = ""
    for line in example.splitlines():
        word, _, text = line.partition(" ")
        if word == "package":
            packages.append(package(text))
        elif word == "channels":
            fields["channel_order"] = tuple(str(channel(name).base_url) for name in parts(text))
        elif word == "priority":
            fields["channel_priority"] = text
        elif word == "keep":
            fields["favoured"] = {kept.name: kept for kept in map(package, parts(text))}
        elif word == "ask":
            asked = text
        else:
            assert (word, answer(packages, asked, fields)) == ("answer", expected(text)), line
