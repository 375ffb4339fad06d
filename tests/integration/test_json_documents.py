"""`--json` writes exactly one document to stdout, however a command ends."""

import json
from pathlib import Path

import pytest

from conda_clone.cli.registry import COMMANDS
from tests.support.cli import Outcome, Program

# What each command does well, and what it cannot do; `{file}` is an environment file.
SUCCESS: dict[str, list[str]] = {
    "clean": ["clean", "--all", "--dry-run"],
    "commands": ["commands"],
    "compare": ["compare", "-n", "e", "{file}"],
    "config": ["config", "--show", "channels"],
    "config --get": ["config", "--get", "channels"],
    "config --set": ["config", "--set", "always_yes", "true"],
    "create": ["create", "-n", "new", "data"],
    "create --dry-run": ["create", "-n", "new", "--dry-run", "data"],
    "create --download-only": ["create", "-n", "new", "--download-only", "data"],
    "create --clone": ["create", "-n", "copy", "--clone", "e"],
    "doctor": ["doctor", "-n", "e"],
    "env config vars list": ["env", "config", "vars", "list", "-n", "e"],
    "env create": ["env", "create", "-n", "new", "-f", "{file}"],
    "env export": ["env", "export", "-n", "e"],
    "env list": ["env", "list", "--size"],
    "env remove": ["env", "remove", "-n", "e"],
    "env update": ["env", "update", "-n", "e", "-f", "{file}"],
    "export": ["export", "-n", "e"],
    "info": ["info", "--all"],
    "info --envs": ["info", "--envs"],
    "init": ["init", "--dry-run", "bash"],
    "install": ["install", "-n", "e", "lib"],
    "install nothing new": ["install", "-n", "e", "data"],
    "list": ["list", "-n", "e"],
    "list --revisions": ["list", "-n", "e", "--revisions"],
    "list --explicit": ["list", "-n", "e", "--explicit"],
    "notices": ["notices"],
    "plugins list": ["plugins", "list"],
    "remove": ["remove", "-n", "e", "data"],
    "remove --all": ["remove", "-n", "e", "--all"],
    "rename": ["rename", "-n", "e", "other"],
    "search": ["search", "lib"],
    "search --info": ["search", "lib", "--info"],
    "search --envs": ["search", "--envs", "data"],
    "update": ["update", "-n", "e", "--all"],
}
FAILURE: dict[str, list[str]] = {
    "activate": ["activate", "e"],
    "compare": ["compare", "-n", "e", "nowhere.yml"],
    "config": ["config", "--set", "nonsense", "1"],
    "create": ["create", "-n", "new", "nothing-like-it"],
    "deactivate": ["deactivate"],
    "doctor": ["doctor", "-n", "nowhere"],
    "env create": ["env", "create", "-n", "new", "-f", "nowhere.yml"],
    "env update": ["env", "update", "-n", "e", "-f", "nowhere.yml"],
    "export": ["export", "-n", "nowhere"],
    "install": ["install", "-n", "e", "needs-gpu"],
    "install fails": ["install", "-n", "e", "fails"],
    "install vanished": ["install", "-n", "e", "vanished"],
    "list": ["list", "-n", "nowhere"],
    "remove": ["remove", "-n", "e", "nothing-like-it"],
    "rename": ["rename", "-n", "nowhere", "x"],
    "run": ["run", "-n", "nowhere", "true"],
    "search": ["search", "nothing-like-it"],
    "update": ["update", "-n", "e", "nothing-like-it"],
}


@pytest.fixture
def e(conda: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    conda.succeed("create", "-y", "-n", "e", "data")
    (tmp_path / "environment.yml").write_text("dependencies: [data]\n")
    monkeypatch.chdir(tmp_path)
    return conda


def run(conda: Program, words: list[str], folder: Path, option: str = "--json") -> Outcome:
    filled = [word.format(file=folder / "environment.yml") for word in words]
    return conda(option, *filled)


@pytest.mark.parametrize("words", SUCCESS.values(), ids=SUCCESS)
def test_success_is_one_document(e: Program, words: list[str], tmp_path: Path) -> None:
    outcome = run(e, words, tmp_path)
    assert outcome.status == 0, outcome.stdout
    document = json.loads(outcome.stdout)
    assert isinstance(document, dict | list)
    if isinstance(document, dict):
        assert "exception_name" not in document


@pytest.mark.parametrize("words", FAILURE.values(), ids=FAILURE)
def test_failure_is_one_document(e: Program, words: list[str], tmp_path: Path) -> None:
    outcome = run(e, words, tmp_path)
    assert outcome.status == 1
    document = json.loads(outcome.stdout)
    assert document["exception_name"]
    assert document["message"]


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_wrong_usage_is_one_document(conda: Program, command: str) -> None:
    outcome = conda("--json", command, "--nonsense")
    if command == "run":  # what follows is the program's
        outcome = conda("--json", command, "--cwd")
    assert outcome.status == 2
    assert json.loads(outcome.stdout)["exception_name"] == "ArgumentError"


@pytest.mark.parametrize("words", [SUCCESS["create"], SUCCESS["search"], FAILURE["install"]])
def test_lines_are_documents_and_the_last_one_is_the_result(
    e: Program, words: list[str], tmp_path: Path
) -> None:
    whole = (
        json.loads(run(e, [*words[:1], "--dry-run", *words[1:]], tmp_path).stdout)
        if (words[0] != "search")
        else json.loads(run(e, words, tmp_path).stdout)
    )
    lines = [
        json.loads(line)
        for line in run(e, words, tmp_path, "--json-lines").stdout.split("\n")
        if line
    ]
    *progress, last = lines
    assert {"stage", "fetch"} & set().union(*progress)
    assert set(last) == set(whole) - {"dry_run"}


def test_json_of_a_file_of_settings_counts_for_errors_too(e: Program) -> None:
    Path(e.environment["HOME"], ".condarc").write_text("json: true\n")
    assert e("list", "-n", "nowhere").document["exception_name"] == "EnvironmentLocationNotFound"
