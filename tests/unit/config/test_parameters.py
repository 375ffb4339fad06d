import json
import sys
from pathlib import Path

import pytest

from conda_clone.config.describe import described
from conda_clone.config.errors import Origin
from conda_clone.config.parameters import GROUPS, PARAMETERS, Parameter, canonical_name, close_names
from conda_clone.config.schema import Node
from conda_clone.config.validate import KEYS_OF_OTHERS

ALL = pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda row: row.name)


@ALL
def test_every_setting_says_what_it_is_for_in_one_sentence(parameter: Parameter) -> None:
    assert parameter.description.endswith(".")
    assert parameter.description[0].isupper()


@ALL
def test_every_default_is_a_value_that_the_setting_can_have(parameter: Parameter) -> None:
    node = parameter.kind.coerce(Node.of(parameter.default), Origin(parameter.name, "default"))
    assert node.plain() == parameter.default


def test_no_name_stands_for_two_settings() -> None:
    names = [name for row in PARAMETERS.values() for name in (row.name, *row.aliases)]
    assert len(names) == len(set(names))


def test_every_setting_belongs_to_one_group() -> None:
    assert sum(map(len, GROUPS.values())) == len(PARAMETERS)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("channels", "channels"),
        ("channel", "channels"),
        ("verify_ssl", "ssl_verify"),
        ("conda-build", "conda_build"),
        ("nope", None),
    ],
)
def test_aliases_stand_for_settings(key: str, name: str | None) -> None:
    assert canonical_name(key) == name


def test_misspelled_names_have_suggestions() -> None:
    assert close_names("chanels")[0] == "channels"
    assert close_names("zzzz") == []


@pytest.mark.shared
@pytest.mark.skipif(sys.platform != "linux", reason="recorded on Linux, where some defaults differ")
def test_settings_are_described_as_conda_describes_them(shared: Path) -> None:
    recorded = (shared / "golden/expected/26.7.1.jsonl").read_text("utf-8").splitlines()
    (theirs,) = (
        json.loads(record["stdout"])
        for record in map(json.loads, recorded)
        if record["id"] == "config/describe.json"
    )
    ours = json.loads(json.dumps([described(PARAMETERS[row["name"]]) for row in theirs]))
    for row in (*ours, *theirs):
        del row["description"]
    assert ours == theirs
    names = {row["name"] for row in theirs}
    assert names == {row.name for row in PARAMETERS.values() if not row.is_hidden | row.is_own}


def test_keys_of_other_programs_are_no_settings_of_ours() -> None:
    assert [key for key in KEYS_OF_OTHERS if canonical_name(key)] == []
