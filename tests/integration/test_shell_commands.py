"""`conda shell.NAME COMMAND`, as programs call it."""

import json
from pathlib import Path

import pytest

from conda_clone.cli.registry import COMMANDS
from conda_clone.shells.dialects import SHELLS
from tests.support.cli import Program


@pytest.fixture
def prefix(conda: Program) -> Path:
    """Return an environment called `lab`."""
    made = conda.envs / "lab"
    (made / "conda-meta").mkdir(parents=True)
    (made / "conda-meta" / "history").touch()
    return made


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_every_shell_has_a_hook_without_gaps(conda: Program, shell: str) -> None:
    outcome = conda(f"shell.{shell}", "hook")

    assert outcome.status == 0
    assert "@CONDA" not in outcome.stdout
    assert "@FORMAT" not in outcome.stdout
    assert str(conda.root) in outcome.stdout.replace("^", "")


def test_json_for_programs(conda: Program, prefix: Path) -> None:
    document = json.loads(conda("shell.posix+json", "activate", "lab").stdout)

    assert document["path"]["PATH"][:2] == [f"{prefix}/bin", f"{conda.root}/condabin"]
    assert document["vars"]["export"]["CONDA_PREFIX"] == str(prefix)
    assert document["vars"]["export"]["CONDA_SHLVL"] == 1
    assert document["vars"]["set"] == {"PS1": "(lab) "}
    assert document["vars"]["unset"] == ["_CE_M", "_CE_CONDA"]
    assert document["scripts"] == {"activate": [], "deactivate": []}


def test_a_reactivation_brings_shells_the_variables_and_programs_what_conda_tells_them(
    conda: Program, prefix: Path
) -> None:
    (prefix / "conda-meta" / "state").write_text(json.dumps({"env_vars": {"FOO": "new"}}))
    conda.environment |= {"CONDA_PREFIX": str(prefix), "CONDA_SHLVL": "1", "FOO": "old"}

    code = conda("shell.posix", "reactivate").stdout
    document = json.loads(conda("shell.posix+json", "reactivate").stdout)

    assert " FOO='new'" in code
    assert "FOO" not in document["vars"]["export"]
    assert document["vars"]["export"]["CONDA_SHLVL"] == 1


def test_commands_for_completion(conda: Program) -> None:
    words = conda("shell.posix", "commands").stdout.split()

    assert words == conda("commands").stdout.split() == sorted(words)
    assert {command.name for command in COMMANDS} <= set(words)
    assert "is not a supported shell" in conda("shell.nope", "commands").stderr


@pytest.mark.parametrize("words", [["--help"], ["activate", "--help"], ["hook", "-h"]])
def test_help(conda: Program, words: list[str]) -> None:
    outcome = conda("shell.posix", *words)

    assert outcome.status == 0
    assert outcome.stdout.startswith("usage: conda shell.posix")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["bogus"],
        ["activate", "a", "b"],
        ["activate", "--nonsense"],
        ["activate", "--stack", "--no-stack", "a"],
        ["deactivate", "x"],
        ["reactivate", "x"],
        ["hook", "x"],
    ],
)
def test_wrong_usage(conda: Program, words: list[str]) -> None:
    outcome = conda("shell.posix", *words)

    assert (outcome.status, outcome.error) == (2, "ArgumentError")


def test_an_unknown_shell(conda: Program) -> None:
    outcome = conda("shell.nope", "hook")

    assert (outcome.status, outcome.error) == (1, "CondaError")
    assert "bash" in outcome.stderr


def test_environments_that_do_not_exist(conda: Program) -> None:
    assert conda("shell.posix", "activate", "nowhere").error == "EnvironmentNameNotFound"
    assert conda("shell.posix", "activate", "./nowhere").error == "EnvironmentLocationNotFound"


def test_a_level_that_is_no_number(conda: Program, prefix: Path) -> None:
    conda.environment |= {"CONDA_SHLVL": "x", "CONDA_PREFIX": str(prefix)}

    outcome = conda("shell.posix", "deactivate")

    assert (outcome.status, outcome.error) == (1, "CondaValueError")
    assert "CONDA_SHLVL" in outcome.stderr


def test_stacking_by_default(conda: Program, prefix: Path) -> None:
    conda.environment |= {
        "CONDA_SHLVL": "1",
        "CONDA_PREFIX": "/other",
        "CONDA_AUTO_STACK": "1",
        "PATH": "/other/bin:/usr/bin",
    }

    document = json.loads(conda("shell.posix+json", "activate", "lab").stdout)

    assert document["path"]["PATH"] == [f"{prefix}/bin", "/other/bin", "/usr/bin"]
    assert document["vars"]["export"]["CONDA_STACKED_2"] == "true"


def test_the_prompt_can_be_left_alone(conda: Program, prefix: Path) -> None:
    conda.environment["CONDA_CHANGEPS1"] = "false"

    document = json.loads(conda("shell.posix+json", "activate", "lab").stdout)

    assert document["vars"]["export"]["CONDA_PREFIX"] == str(prefix)
    assert document["vars"]["export"]["CONDA_PROMPT_MODIFIER"] == ""
    assert document["vars"]["set"] == {}


def test_a_damaged_file_of_variables_is_named(conda: Program, prefix: Path) -> None:
    (prefix / "conda-meta" / "state").write_text("{nope")

    outcome = conda("shell.posix", "activate", "lab")

    assert outcome.error == "CorruptedEnvironmentError"
    assert "conda-meta/state" in outcome.stderr


def test_an_installation_renews_what_was_prepared(conda: Program, prefix: Path) -> None:
    conda("shell.posix", "activate", "lab")
    prepared = prefix / "conda-meta" / "activation.sh"
    assert "FOO" not in prepared.read_text()

    conda("env", "config", "vars", "set", "-n", "lab", "FOO=1")

    assert r"FOO='\''1'\''" in prepared.read_text()
