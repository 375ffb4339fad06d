import argparse
import contextlib
import json
import re
import shlex
from collections.abc import Iterator

import pytest

from conda_clone.cli.examples import EXAMPLES
from conda_clone.cli.main import main
from conda_clone.cli.parser import command_parser
from conda_clone.cli.registry import COMMANDS, Command
from conda_clone.cli.usage import CommandParser, WrongUsage

Captured = pytest.CaptureFixture[str]


def wrong(parser: CommandParser, *words: str) -> WrongUsage:
    with pytest.raises(WrongUsage) as caught:
        parser.parse_args(words)
    return caught.value


@pytest.fixture
def parser() -> CommandParser:
    parser = CommandParser(prog="conda tool", description="Do things.")
    parser.add_argument("item", nargs="*", help="What to do.")
    parser.add_argument("--channel", help="Where to look.")
    group = parser.add_argument_group("solver")
    group.add_argument("--strategy", choices=("highest", "lowest"), help="How to choose.")
    commands = parser.add_subparsers()
    commands.add_parser("inner").add_argument("--colour")
    return parser


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--chanel"], "did you mean `--channel`?"),
        (["--chanel=x"], "did you mean `--channel`?"),
        (["inner", "--color"], "did you mean `--colour`?"),
        (["--strategy", "hihgest"], "did you mean `highest`?"),
        (["inne"], "did you mean `inner`?"),
        (["--nothing-like-it"], "`conda tool -h` shows how it is used."),
    ],
)
def test_what_may_have_been_meant_is_said(
    parser: CommandParser, words: list[str], hint: str
) -> None:
    if words[0] == "inne":
        parser = CommandParser(prog="conda tool")
        parser.add_subparsers().add_parser("inner")
    assert wrong(parser, *words).hint == hint


def test_one_dash_for_two_is_a_mistake_that_is_known() -> None:
    parser = CommandParser(prog="conda tool")
    parser.add_argument("--name")
    parser.add_argument("-n", dest="name")
    for words in (["-name"], ["-name", "x"], ["x", "-name", "y"]):
        assert wrong(parser, *words).hint == "did you mean `--name`?"
    assert parser.parse_args(["-nx"]).name == "x"


def test_flags_together_may_spell_the_name_of_another() -> None:
    parser = CommandParser(prog="conda tool")
    parser.add_argument("-a", "--all", action="store_true")
    parser.add_argument("-l", "--logs", action="store_true")
    assert vars(parser.parse_args(["-all"])) == {"all": True, "logs": True}
    assert wrong(parser, "-logs").hint == "did you mean `--logs`?"


def test_words_after_two_dashes_and_of_programs_are_not_ours() -> None:
    parser = CommandParser(prog="conda tool")
    parser.add_argument("--name")
    parser.add_argument("words", nargs="*")
    assert parser.parse_args(["--", "-name"]).words == ["-name"]
    runner = CommandParser(prog="conda tool")
    runner.add_argument("--name")
    runner.add_argument("words", nargs=argparse.REMAINDER)
    assert runner.parse_args(["find", "-name"]).words == ["find", "-name"]


def test_what_others_say_for_a_choice_is_known() -> None:
    parser = CommandParser(prog="conda tool")
    parser.add_subparsers().add_parser("remove")
    assert wrong(parser, "rm").hint == "did you mean `remove`?"


def test_wrong_usage_ends_with_status_two() -> None:
    error = wrong(CommandParser(prog="conda tool"), "--nonsense")
    assert error.code == 2
    assert error.text() == (
        "usage: conda tool [-h]\nconda tool: error: unrecognized arguments: --nonsense\n"
        "hint: `conda tool -h` shows how it is used.\n"
    )


def test_a_missing_argument_leads_to_the_help() -> None:
    parser = CommandParser(prog="conda tool")
    parser.add_argument("word")
    assert wrong(parser).hint == "`conda tool -h` shows how it is used."


@pytest.mark.parametrize("words", [["env", "remove", "sci"], ["rename", "sci", "new"]])
def test_an_environment_without_its_option_is_told_where_it_goes(
    words: list[str], capsys: Captured
) -> None:
    assert main(words) == 2
    assert "hint: an environment is named with -n NAME." in capsys.readouterr().err


def test_long_messages_are_wrapped_at_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "42")
    parser = CommandParser(prog="conda tool")
    parser.add_argument("--side", choices=[f"choice-{n}" for n in range(9)])
    lines = wrong(parser, "--side", "x").text().splitlines()
    assert max(map(len, lines)) <= 40
    assert not any(line.endswith("choice-") for line in lines)


def test_short_help_leaves_out_what_few_need(parser: CommandParser) -> None:
    brief, full = parser.format_help(brief=True), parser.format_help()
    assert "--strategy" not in brief
    assert "--strategy" in full
    assert brief.endswith("\n`conda tool --help` has everything: solver.\n")
    assert "-h, --help" not in brief


def test_options_with_several_names_take_one_line() -> None:
    parser = CommandParser(prog="conda tool")
    parser.add_argument("-n", "--name", "--names", metavar="NAME", help="What to call it.")
    assert "\n  -n, --name NAME  What to call it.\n" in parser.format_help(brief=True)
    assert "\n  -n, --name, --names NAME  What to call it.\n" in parser.format_help()


def test_usage_lists_options_only_if_they_are_few() -> None:
    parser = CommandParser(prog="conda tool")
    parser.add_argument("word", nargs="?")
    assert parser.format_usage() == "usage: conda tool [-h] [word]\n"
    for number in range(9):
        parser.add_argument(f"--option-{number}")
    parser.add_argument("--secret", help=argparse.SUPPRESS)
    assert parser.format_usage() == "usage: conda tool [OPTIONS] [word]\n"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_short_help_fits_a_screen_and_its_width(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, parser = command_parser(command)
    for each in (parser, *subcommands(parser)):
        brief, full = each.format_help(brief=True), each.format_help()
        assert len(brief.splitlines()) <= 30
        assert max(map(len, [*brief.splitlines(), *full.splitlines()])) <= 80


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_examples_that_it_understands(command: Command) -> None:
    _, parser = command_parser(command)
    for each in (parser, *subcommands(parser)):
        assert EXAMPLES.get(each.prog), each.prog
        for line, _ in EXAMPLES[each.prog]:
            words = shlex.split(re.split(r" >>? ", line)[0])
            assert parser.parse_args(words[2:]) is not None


def subcommands(parser: CommandParser) -> Iterator[CommandParser]:
    parser.declare()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield inner
                yield from subcommands(inner)


@pytest.mark.parametrize(("words", "usual"), [([], True), (["-h"], True), (["--help"], False)])
def test_help_of_the_program_fits_a_screen(
    words: list[str], usual: bool, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PATH", "")
    with contextlib.suppress(SystemExit):
        assert main(words) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    assert ("further commands: clean, commands," in shown) is usual
    assert ("  clean  " in shown) is not usual
    if usual:
        assert len(shown.splitlines()) <= 30


@pytest.mark.parametrize("words", [["isntall"], ["list", "--nam", "x", "--sise"]])
def test_programs_get_wrong_usage_as_a_document(words: list[str], capsys: Captured) -> None:
    assert main([*words, "--json"]) == 2
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["exception_name"] == "ArgumentError"
    assert "did you mean" in document["message"]
    assert err.startswith("usage: conda")


def test_programs_that_read_lines_get_one_line(capsys: Captured) -> None:
    assert main(["--json-lines", "nonsense"]) == 2
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["exception_name"] == "ArgumentError"


def test_commands_of_other_packages_are_told_with_their_package(capsys: Captured) -> None:
    assert main(["build"]) == 2
    assert "the package `conda-build` brings it" in capsys.readouterr().err
