import json
import sys
from pathlib import Path

import pytest

from conda_clone.config.errors import Origin
from conda_clone.config.parameters import GROUPS, PARAMETERS, Parameter, canonical_name, close_names
from conda_clone.config.schema import ListOf, MapOf, Node, Scalar

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


# Where our default is another one on purpose: we need no second index, imply one channel, ask for
# nothing on behalf of a solver by name, and send no reports.
OTHER_DEFAULTS = {"channels", "repodata_fns", "default_channels"}


@pytest.mark.shared
def test_names_kinds_defaults_and_aliases_are_those_that_conda_describes(shared: Path) -> None:
    recorded = (shared / "golden/expected/26.7.1.jsonl").read_text("utf-8").splitlines()
    (described,) = (
        json.loads(record["stdout"])
        for record in map(json.loads, recorded)
        if record["id"] == "config/describe.json"
    )
    ours = {row["name"]: _description(PARAMETERS[row["name"]]) for row in described}
    theirs = {
        row["name"]: (
            row["parameter_type"],
            None if row["name"] in OTHER_DEFAULTS else row["default_value"],
            row["aliases"],
            row.get("string_delimiter"),
        )
        for row in described
    }
    if sys.platform == "linux":
        assert ours == theirs


def _description(row: Parameter) -> tuple[str, object, list[str], str | None]:
    kinds = {Scalar: "primitive", ListOf: "sequence", MapOf: "map"}
    default = json.loads(json.dumps(row.default))
    return (
        kinds[type(row.kind)],
        None if row.name in OTHER_DEFAULTS else default,
        list(row.aliases),
        row.kind.separator if isinstance(row.kind, ListOf) else None,
    )
