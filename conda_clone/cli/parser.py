"""The top of the command line: finds the command, and parses only that command's options.

Options that are common to all commands may stand before the command as well as after it.
"""

import argparse
import os
from importlib import import_module

from conda_clone import __version__
from conda_clone.cli.registry import COMMANDS, Command, find_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

__all__ = ["Invocation", "command_parser", "parse"]

_EPILOG = "`conda COMMAND --help` tells more about a command."


class Invocation:
    """What a command line asks for: a command's module and its arguments."""

    __slots__ = ("args", "command", "module")

    def __init__(self, command: Command, module: "ModuleType", args: argparse.Namespace) -> None:
        self.command = command
        self.module = module
        self.args = args


def parse(arguments: "Sequence[str]") -> Invocation | None:
    """Parse a command line; None means that help was shown instead of running a command.

    Raises:
        SystemExit: Help or the version was asked for (status 0), or the usage is wrong (2).
    """
    position = next(
        (index for index, word in enumerate(arguments) if not word.startswith("-")), len(arguments)
    )
    root = _root_parser()
    namespace = root.parse_args(list(arguments[:position]))
    if position == len(arguments):
        root.print_help()
        return None
    command = find_command(arguments[position])
    if command is None:
        names = sorted(word for each in COMMANDS for word in (each.name, *each.aliases))
        root.error(
            f"argument COMMAND: invalid choice: {arguments[position]!r} "
            f"(choose from {', '.join(map(repr, names))})"
        )
    module, parser = command_parser(command)
    args = parser.parse_args(list(arguments[position + 1 :]), namespace)
    return Invocation(command, module, args)


def command_parser(command: Command) -> "tuple[ModuleType, argparse.ArgumentParser]":
    """Return the module of a command and the parser of what may follow its name."""
    module = import_module(command.module)
    parser = argparse.ArgumentParser(
        prog=f"conda {command.name}", description=command.summary, formatter_class=_formatter
    )
    module.configure(parser)
    return module, parser


def _root_parser() -> argparse.ArgumentParser:
    words = {", ".join((each.name, *each.aliases)): each.summary for each in COMMANDS}
    width = max(map(len, words))
    listing = "\n".join(f"  {word:<{width}}  {summary}" for word, summary in words.items())
    parser = argparse.ArgumentParser(
        prog="conda",
        usage="%(prog)s [-h] [-v] [-V] COMMAND ...",
        description=f"Manage packages and environments.\n\ncommands:\n{listing}",
        epilog=_EPILOG,
        formatter_class=_raw_formatter,
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=f"conda {__version__}")
    add_root_options(parser)
    return parser


def add_root_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options that may stand before the command."""
    parser.add_argument(
        "-v", "--verbose", dest="verbosity", action="count", help="Say more; can be repeated."
    )
    for flag in ("--json", "--debug", "--trace", "--no-plugins"):
        parser.add_argument(flag, action="store_true", default=None, help=argparse.SUPPRESS)


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, width=_width())


def _raw_formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, width=_width())


def _width() -> int:
    """Return the columns for help; argparse would import shutil for them, which takes 6 ms."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns) - 2
    try:
        return os.get_terminal_size().columns - 2
    except OSError:  # not a terminal
        return 78
