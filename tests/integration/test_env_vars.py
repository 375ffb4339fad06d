"""`conda env config vars`: what activation sets for an environment."""

import json
from pathlib import Path

import pytest

from tests.support.cli import Program


@pytest.fixture
def prefix(conda: Program) -> Path:
    """Return an environment called `lab`."""
    made = conda.envs / "lab"
    (made / "conda-meta").mkdir(parents=True)
    (made / "conda-meta" / "history").touch()
    return made


def stored(prefix: Path) -> object:
    return json.loads((prefix / "conda-meta" / "state").read_text())


def test_set_list_and_unset(conda: Program, prefix: Path) -> None:
    command = ("env", "config", "vars")

    assert conda(*command, "set", "-n", "lab", "A=1", "B=x y", "c=a=b").status == 0
    assert stored(prefix) == {"env_vars": {"A": "1", "B": "x y", "c": "a=b"}}
    assert conda(*command, "list", "-n", "lab").stdout == "A = 1\nB = x y\nc = a=b\n"
    assert conda(*command, "unset", "-n", "lab", "A", "unknown").status == 0
    listed = conda(*command, "list", "-n", "lab", "--json")
    assert listed.document == {"B": "x y", "c": "a=b"}


def test_a_variable_of_a_package_can_be_masked(conda: Program, prefix: Path) -> None:
    folder = prefix / "etc" / "conda" / "env_vars.d"
    folder.mkdir(parents=True)
    (folder / "pkg.json").write_text('{"FROM_PACKAGE": "1"}')

    conda("env", "config", "vars", "unset", "-n", "lab", "FROM_PACKAGE")

    assert conda("env", "config", "vars", "list", "-n", "lab", "--json").document == {}


def test_what_else_is_in_the_file_stays(conda: Program, prefix: Path) -> None:
    (prefix / "conda-meta" / "state").write_text('{"version": 1, "env_vars": {}}')

    conda("env", "config", "vars", "set", "-n", "lab", "A=1")

    assert stored(prefix) == {"version": 1, "env_vars": {"A": "1"}}


@pytest.mark.parametrize("word", ["1A=x", "A B=x", "$(x)=y", "=x"])
def test_names_that_no_shell_knows_are_refused(conda: Program, prefix: Path, word: str) -> None:
    outcome = conda("env", "config", "vars", "set", "-n", "lab", word)

    assert outcome.error == "CondaValueError"
    assert not (prefix / "conda-meta" / "state").exists()


def test_path_is_accepted_with_a_warning(conda: Program, prefix: Path) -> None:
    outcome = conda("env", "config", "vars", "set", "-n", "lab", "PATH=/x")

    assert outcome.status == 0
    assert "PATH" in outcome.stderr
    assert conda("env", "config", "vars", "list", "-n", "lab", "--json").document == {}
    assert prefix.is_dir()


def test_the_active_environment_is_to_be_activated_again(conda: Program, prefix: Path) -> None:
    conda.environment["CONDA_PREFIX"] = str(prefix)

    outcome = conda("env", "config", "vars", "set", "A=1")

    assert "again" in outcome.stdout


def test_an_environment_that_does_not_exist(conda: Program) -> None:
    outcome = conda("env", "config", "vars", "list", "-n", "nowhere")

    assert outcome.error == "EnvironmentLocationNotFound"


@pytest.mark.parametrize("words", [("config",), ("config", "vars")])
def test_without_an_action_there_is_help(conda: Program, words: tuple[str, ...]) -> None:
    outcome = conda("env", *words)

    assert outcome.status == 0
    assert "usage:" in outcome.stdout
