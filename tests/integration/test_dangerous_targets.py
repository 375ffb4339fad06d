"""Targets that nobody means: empty ones of scripts, and folders that a person lives in."""

import os
from pathlib import Path

import pytest

from tests.support.cli import Program


@pytest.mark.parametrize("option", ["-n", "-p"])
@pytest.mark.parametrize(
    "words",
    [
        ["list"],
        ["install", "--yes", "data"],
        ["remove", "--all", "--yes"],
        ["env", "remove", "--yes"],
        ["create", "--yes", "data"],
        ["run", "true"],
        ["rename", "new"],
    ],
)
def test_an_empty_name_does_not_mean_the_active_environment(
    conda: Program, words: list[str], option: str
) -> None:
    conda.succeed("create", "--yes", "-n", "active", "data")
    active = {"CONDA_PREFIX": str(conda.prefix("active"))}
    command, *others = words
    if command == "env":
        command, others = "env", [others[0], option, "", *others[1:]]
    else:
        others = [option, "", *others]
    outcome = conda(command, *others, env=active)
    assert outcome.status == 2
    assert "it is empty" in outcome.stderr
    assert conda.installed("active") == ["data-1.0-0"]


def test_renaming_to_nothing_does_not_replace_all_environments(conda: Program) -> None:
    for name in ("one", "two"):
        conda.succeed("create", "--yes", "-n", name, "data")
    outcome = conda("rename", "-n", "one", "", "--yes", "--json")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")
    assert [conda.installed(name) for name in ("one", "two")] == [["data-1.0-0"]] * 2


def home_as_environment(conda: Program) -> Path:
    """Make an environment of the home folder, as whoever creates one with `-p .` there has."""
    home = Path(conda.environment["HOME"])
    (home / "letter").write_text("Dear ...")
    conda.succeed("create", "--yes", "-p", home, "data")
    return home


def test_a_home_is_not_deleted_with_its_environment(conda: Program) -> None:
    home = home_as_environment(conda)
    for words in (["remove", "--all"], ["env", "remove"], ["create"], ["rename", "elsewhere"]):
        outcome = conda(*words, "--yes", "--json", "-p", home)
        assert (outcome.status, outcome.error) == (1, "CondaEnvironmentError")
        assert "--keep-env" in outcome.document["message"]
    conda.succeed("remove", "--all", "--keep-env", "--yes", "-p", home)
    assert (home / "letter").read_text() == "Dear ..."
    assert not (home / "conda-meta/data-1.0-0.json").exists()


@pytest.mark.parametrize("place", ["{home}", "{home}/..", "/"])
def test_no_environment_takes_the_place_of_a_home(conda: Program, place: str) -> None:
    conda.succeed("create", "--yes", "-n", "one", "data")
    home = conda.environment["HOME"]
    target = os.path.join(place.format(home=home), "")
    outcome = conda("rename", "-n", "one", target, "--yes", "--json")
    assert (outcome.status, outcome.error) == (1, "CondaEnvException")
    assert conda.installed("one") == ["data-1.0-0"]


def test_the_root_of_all_folders_becomes_no_environment(conda: Program) -> None:
    outcome = conda("create", "--yes", "-p", "/", "--dry-run", "--json", "data")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")


@pytest.mark.parametrize("name", ["", "a\nb", "a\tb", "\x1b[31mred", "b\udcff"])
def test_names_can_be_printed(conda: Program, name: str) -> None:
    outcome = conda("rename", "-n", "base", name) if not name else conda("create", "-n", name)
    assert outcome.status == 1
    assert conda.succeed("env", "list", "--json").document["envs"] in ([], [str(conda.root)])


def test_a_path_is_one_line(conda: Program, tmp_path: Path) -> None:
    outcome = conda("create", "--yes", "-p", tmp_path / "a\nb", "--json")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")
    assert not (tmp_path / "a\nb").exists()
