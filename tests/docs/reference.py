"""Write the pages of docs/reference that come from the code: `nox -s reference`."""

import argparse
import textwrap
from collections.abc import Iterator
from pathlib import Path

from conda_clone.cli.examples import EXAMPLES
from conda_clone.cli.parser import command_parser
from conda_clone.cli.registry import COMMANDS
from conda_clone.cli.usage import CommandParser
from conda_clone.config.parameters import GROUPS, Parameter
from conda_clone.config.schema import ListOf, MapOf
from conda_clone.config.template import default_in_yaml

__all__ = ["commands_page", "condarc_page"]

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
CONDARC_HEAD = """\
# Settings

Every setting that a `.condarc` file can have. `conda config --describe NAME` tells the same in a
terminal; where they are read from, and how several sources are merged, is told in
[Configuration](../explanation/configuration.md).

Each can also be given by an environment variable, `CONDA_` and its name in capitals, maps excepted.
This page is made from the table of settings by `nox -s reference`.
"""
COMMANDS_HEAD = """\
# Commands

Every command with its arguments and options, as `conda COMMAND --help` shows them; `-h` leaves out
what few need, and every command has both. `--json`, `-v` and `--no-plugins` may stand before the
command too. Options that only older scripts pass are accepted and not listed.

A command ends with status 0 when it has done its work, was only to show it (`--dry-run`), or was
told not to go on; with 1 on errors, and with 2 on wrong usage. `conda run` ends with the status of
the program it runs.

This page is made from the parsers by `python -m tests.docs.reference`.
"""


def commands_page() -> str:
    """Return the page about commands."""
    parts = [COMMANDS_HEAD]
    for command in COMMANDS:
        _, parser = command_parser(command)
        parts += _command(parser, command.aliases)
    return "".join(parts)


def _command(parser: CommandParser, aliases: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the section of a command, and those of its subcommands."""
    usage = parser.format_usage().removeprefix("usage: ").strip()
    nested = _subcommands(parser)
    also = f" Also called {', '.join(f'`{each}`' for each in aliases)}." if aliases else ""
    yield f"\n## {parser.prog}\n\n{_filled(f'{parser.description}{also}')}\n"
    yield f"\n```\n{usage}\n```\n"
    for group in parser._action_groups:
        rows = [row for action in group._group_actions if (row := _option(action))]
        if rows:
            yield f"\n{str(group.title).capitalize()}:\n\n" + "".join(rows)
    if parser.prog in EXAMPLES:
        lines = "".join(f"# {text}\n{line}\n" for line, text in EXAMPLES[parser.prog])
        yield f"\n```bash\n{lines}```\n"
    for each in nested:
        yield from _command(each)


def _subcommands(parser: CommandParser) -> list[CommandParser]:
    parser.declare()
    return [
        choice
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for choice in action.choices.values()
        if isinstance(choice, CommandParser)
    ]


def _option(action: argparse.Action) -> str:
    """Return one line, or nothing for what is hidden, and for -h."""
    if "--help" in action.option_strings:
        return ""
    if action.help == argparse.SUPPRESS or isinstance(action, argparse._SubParsersAction):
        return ""
    names = ", ".join(f"`{name}`" for name in action.option_strings)
    if not names:
        names = f"`{action.metavar or action.dest}`"
    elif action.nargs != 0 and not isinstance(action, argparse.BooleanOptionalAction):
        choices = "|".join(map(str, action.choices or ()))
        names += f" *{action.metavar or choices or action.dest.upper()}*"
    return _filled(f"- {names}: {action.help}".removesuffix(": None"), indent="  ") + "\n"


def _filled(text: str, *, indent: str = "") -> str:
    return textwrap.fill(
        text, 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def condarc_page() -> str:
    """Return the page about settings."""
    parts = [CONDARC_HEAD]
    for group, members in GROUPS.items():
        parts.append(f"\n## {group}\n")
        parts += [_setting(parameter) for parameter in members]
    return "".join(parts)


def _setting(parameter: Parameter) -> str:
    kind = parameter.kind
    facts = [f"Expected: {kind.expected}."]
    if isinstance(kind, ListOf) and not isinstance(kind.element, MapOf) and kind.separator != ",":
        facts.append(f"In the variable, `{kind.separator}` stands between items.")
    if parameter.aliases:
        facts.append(f"Also called {', '.join(f'`{alias}`' for alias in parameter.aliases)}.")
    if parameter.expands:
        facts.append("`~` and variables are expanded.")
    if parameter.is_own:
        facts.append("conda does not have it.")
    if parameter.is_idle:
        facts.append("Accepted, but nothing reads it so far.")
    default = "\n".join(default_in_yaml(parameter))
    return (
        f"\n### {parameter.name}\n\n{parameter.description}\n{_wrapped(' '.join(facts))}\n\n"
        f"```yaml\n{default}\n```\n"
    )


def _wrapped(text: str) -> str:
    return f"\n{_filled(text)}"


if __name__ == "__main__":
    (REFERENCE / "condarc.md").write_text(condarc_page(), encoding="utf-8")
    (REFERENCE / "commands.md").write_text(commands_page(), encoding="utf-8")
