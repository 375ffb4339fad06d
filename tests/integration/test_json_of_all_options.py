"""With `--json`, every command writes one document, whichever of its options it is given.

Commands and options come from the parsers, so that nothing new is forgotten: each option is given
to a command that would succeed, and to one that fails.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.cli.parser import command_parser
from conda_clone.cli.registry import COMMANDS
from conda_clone.cli.usage import CommandParser
from tests.support.cli import Outcome, Program

# What each command is given beside the option, to succeed; `{name}` stands for what `given` has.
SUCCEEDS = {
    "clean": "--dry-run --index-cache",
    "compare": "-n e {file}",
    "config": "",
    "create": "-n new --dry-run data",
    "doctor": "-n e",
    "env create": "-n new -f {file} --dry-run",
    "env update": "-n e -f {file} --dry-run",
    "env remove": "-n e --dry-run",
    "env export": "-n e",
    "env config vars list": "-n e",
    "env config vars set": "-n e A=1",
    "env config vars unset": "-n e A",
    "export": "-n e",
    "init": "--dry-run",
    "install": "-n e --dry-run lib",
    "list": "-n e",
    "package": "-n e -u",
    "remove": "-n e --dry-run data",
    "rename": "-n e other --dry-run",
    "search": "data",
    "update": "-n e --dry-run data",
}
# What makes each fail that can.
FAILS = {
    "compare": "-n nowhere {file}",
    "config": "--set nonsense 1",
    "create": "-n new nothing-like-it",
    "doctor": "-n nowhere",
    "env create": "-n new -f nowhere.yml",
    "env update": "-n e -f nowhere.yml",
    "env remove": "-n nowhere",
    "env export": "-n nowhere",
    "env config vars list": "-n nowhere",
    "env config vars set": "-n nowhere A=1",
    "env config vars unset": "-n nowhere A",
    "export": "-n nowhere",
    "init": "nothing-like-it",
    "install": "-n e nothing-like-it",
    "list": "-n nowhere",
    "package": "-n nowhere -u",
    "remove": "-n e nothing-like-it",
    "rename": "-n nowhere other",
    "search": "nothing-like-it",
    "update": "-n e nothing-like-it",
}
# Values of options, by what they are stored as; others take `x`.
VALUES = {
    "add": ["channels", "x"],
    "changes": ["channels", "x"],
    "channel": ["{channel}"],
    "channels": ["{channel}"],
    "clone": ["e"],
    "cwd": ["."],
    "env_files": ["{file}"],
    "environment_format": ["environment-yaml"],
    "exclude_newer": ["2030-01-01"],
    "file": ["{file}"],
    "fields": ["name"],
    "format": ["environment-json"],
    "lock_timeout": ["1"],
    "name": ["e"],
    "prefix": ["{prefix}"],
    "repodata_fns": ["repodata.json"],
    "revision": ["0"],
    "save_solve": ["{folder}/solve.json"],
    "tempfiles": ["{folder}"],
    "timeout": ["60"],
    "which": ["{prefix}/share/data.txt"],
}
# What says by itself what the output is, or that there is to be none.
NOT_JSON = {"--help", "--version", "--console"}


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command that does something, with its parser."""
    for command in COMMANDS:
        if command.name != "run":  # its output is that of a program
            _, parser = command_parser(command)
            yield from _with_subcommands(command.name, parser)


def _with_subcommands(
    name: str, parser: argparse.ArgumentParser
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    if isinstance(parser, CommandParser):
        parser.declare()
    inner = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    yield name, parser
    for action in inner:
        for word, each in action.choices.items():
            yield from _with_subcommands(f"{name} {word}", each)


def options(parser: argparse.ArgumentParser) -> Iterator[list[str]]:
    """Yield each option with its values."""
    for action in parser._actions:
        if not action.option_strings or not NOT_JSON.isdisjoint(action.option_strings):
            continue
        flag = action.option_strings[0]
        if action.nargs == 0:
            yield [flag]
        elif action.choices:
            yield [flag, str(next(iter(action.choices)))]
        else:
            yield [flag, *VALUES.get(action.dest, ["x"])]


@pytest.fixture
def given(conda: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return what stands for the names in the tables; there is an environment `e`."""
    conda.succeed("create", "-y", "-n", "e", "data")
    file = tmp_path / "environment.yml"
    file.write_text("dependencies: [data]\n")
    monkeypatch.chdir(tmp_path)
    return {
        "channel": conda.channel,
        "file": str(file),
        "folder": str(tmp_path),
        "prefix": str(conda.prefix("e")),
    }


def problem_of(outcome: Outcome, *, lines: bool) -> str:
    """Return what is wrong with an outcome, or nothing."""
    try:
        texts = outcome.stdout.splitlines() if lines else [outcome.stdout]
        document = [json.loads(text) for text in texts][-1]
    except (json.JSONDecodeError, IndexError) as error:
        return f"no document: {error}: {outcome.stdout[:200]!r} {outcome.stderr[-300:]!r}"
    failed = isinstance(document, dict) and "exception_name" in document
    if failed != (outcome.status != 0) and not isinstance(document, list):
        return f"status {outcome.status}: {document}"
    return ""


ALL = dict(parsers())


@pytest.mark.parametrize("command", ALL)
def test_every_option_leaves_one_document(
    conda: Program, given: dict[str, str], command: str
) -> None:
    problems = []
    for table in (SUCCEEDS, FAILS):
        base = table.get(command, "").format(**given).split()
        for option in ([], *options(ALL[command])):
            words = [*command.split(), *base, *(word.format(**given) for word in option)]
            problem = problem_of(conda("--json", *words), lines="--json-lines" in words)
            if problem:
                problems.append(f"{' '.join(words)}: {problem}")
    assert problems == []
