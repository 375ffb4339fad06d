"""The top of the command line: finds the command, and parses only that command's options.

Options that are common to all commands may stand before the command as well as after it.
"""

import argparse
import sys
from importlib import import_module

from conda_clone import __version__
from conda_clone.cli.registry import COMMANDS, DISTRIBUTED, OTHER_WORDS, Command, find_command
from conda_clone.cli.usage import CommandParser, WrongUsage, did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from conda_clone.cli.external import ExternalCommand
    from conda_clone.cli.plugin_commands import PluginCommand
    from conda_clone.plugins.manager import Plugins

__all__ = ["Invocation", "command_parser", "parse"]


class Invocation:
    """What a command line asks for: a command's module and its arguments."""

    __slots__ = ("args", "command", "module")

    def __init__(
        self,
        command: Command,
        module: "ModuleType | PluginCommand | ExternalCommand",
        args: argparse.Namespace,
    ) -> None:
        self.command = command
        self.module = module
        self.args = args


def parse(arguments: "Sequence[str]", plugins: "Plugins | None" = None) -> Invocation | None:
    """Parse a command line; None means that help was shown instead of running a command.

    Args:
        arguments: The words after the program's name.
        plugins: Those whose commands count too; --no-plugins switches them off.

    Raises:
        SystemExit: Help or the version was asked for.
        WrongUsage: The usage is wrong.
    """
    position = next(
        (index for index, word in enumerate(arguments) if not word.startswith("-")), len(arguments)
    )
    word = arguments[position] if position < len(arguments) else ""
    command = find_command(word)
    if plugins is not None and "--no-plugins" in arguments[:position]:
        plugins.enabled = False
    needs_plugins = command is None
    of_plugins = _plugin_commands(plugins) if needs_plugins else []
    root = _root_parser(of_plugins)
    namespace = root.parse_args(list(arguments[:position]))
    if not word:
        sys.stdout.write(root.format_help(brief=True))
        return None
    rest = list(arguments[position + 1 :])
    if command is not None:
        module, parser = command_parser(command)
        return Invocation(command, module, _parsed(parser, rest, namespace))
    for other in of_plugins:
        if word in (other.name, *other.aliases):
            return _plugin_invocation(other, rest, namespace)
    from conda_clone.cli.external import find_external  # looks at all folders of PATH

    program = find_external(word, rest)
    if program is not None:
        return Invocation(program, program, namespace)
    raise _no_such_command(root, word, of_plugins)


def _parsed(
    parser: argparse.ArgumentParser, words: list[str], before: argparse.Namespace
) -> argparse.Namespace:
    """Parse a command's words; what stood before the command counts unless they say otherwise.

    A subcommand's parser knows nothing of what was given before it, and sets its defaults.
    """
    given = {name: value for name, value in vars(before).items() if value is not None}
    after = parser.parse_args(words, before)
    for name, value in given.items():
        if getattr(after, name, None) is None:
            setattr(after, name, value)
    return after


def _no_such_command(root: CommandParser, word: str, of_plugins: "Sequence[Command]") -> WrongUsage:
    """Return the error that names what may have been meant."""
    from conda_clone.cli.external import external_names  # only on mistakes

    message = f"there is no command `{word}`"
    if word in DISTRIBUTED:
        message += f" yet; the package `{DISTRIBUTED[word]}` brings it"
        hint = f"install it with `conda install -n base {DISTRIBUTED[word]}`."
    else:
        listed = [name for each in (*COMMANDS, *of_plugins) for name in (each.name, *each.aliases)]
        near = did_you_mean(word, [*listed, *external_names(), *DISTRIBUTED], OTHER_WORDS)
        hint = f"{near} `conda --help` lists all." if near else "`conda --help` lists all commands."
    return WrongUsage(root.format_usage(), root.prog, message, hint)


def _plugin_commands(plugins: "Plugins | None") -> "list[PluginCommand]":
    if plugins is None or not plugins.implements("conda_subcommands"):
        return []
    from conda_clone.cli.plugin_commands import plugin_commands  # only with plugins

    return plugin_commands(plugins)


def _plugin_invocation(
    command: "PluginCommand", words: list[str], namespace: argparse.Namespace
) -> Invocation:
    """Return the invocation of a plugin's command, which may want to parse its words itself."""
    if command.takes_raw_words:
        namespace.plugin_words = tuple(words)
    else:
        # Plugins declare -h themselves, or not; and make parsers like this one, by its type.
        parser = argparse.ArgumentParser(
            prog=f"conda {command.name}", description=command.summary, add_help=False
        )
        command.configure(parser)
        if "-h" not in parser.format_usage():
            parser.add_argument("-h", "--help", action="help", help="Show this help.")
        namespace = _parsed(parser, words, namespace)
        _translate(namespace)
    return Invocation(command, command, namespace)


def command_parser(command: Command) -> "tuple[ModuleType, CommandParser]":
    """Return the module of a command and the parser of what may follow its name."""
    module = import_module(command.module)
    parser = _new_parser(command)
    module.configure(parser)
    return module, parser


def _translate(namespace: argparse.Namespace) -> None:
    """Make what a plugin calls options those that we know; conda marks what is not given."""
    from conda_clone.plugins.interfaces import NULL  # loaded with the plugin

    for name, value in list(vars(namespace).items()):
        if value is NULL:
            setattr(namespace, name, None)
    if vars(namespace).get("channel"):
        namespace.channels = list(namespace.channel)


def _new_parser(command: Command) -> CommandParser:
    return CommandParser(prog=f"conda {command.name}", description=command.summary)


class _RootParser(CommandParser):
    """The parser of what stands before the command; its help is about the commands."""

    def __init__(self, of_plugins: "Sequence[Command]") -> None:
        super().__init__(
            prog="conda",
            usage="%(prog)s [-h] [-v] [-V] COMMAND ...",
            description="Manage packages and environments.",
            allow_abbrev=False,
        )
        self._of_plugins = of_plugins

    def format_help(self, *, brief: bool = False) -> str:
        """Return the help; the short one describes the usual commands, and names the others."""
        from conda_clone.cli.external import external_names
        from conda_clone.cli.help_text import commands_help

        commands = (*COMMANDS, *self._of_plugins)
        return commands_help(self, self.usage_line(), commands, external_names(), brief=brief)


def _root_parser(of_plugins: "Sequence[Command]" = ()) -> CommandParser:
    parser = _RootParser(of_plugins)
    parser.add_argument(
        *("-V", "--version"),
        action="version",
        version=f"conda {__version__}",
        help="Show the version of conda.",
    )
    add_root_options(parser)
    return parser


def add_root_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options that may stand before the command."""
    parser.add_argument(
        "-v", "--verbose", dest="verbosity", action="count", help="Say more; can be repeated."
    )
    for flag in ("--json", "--json-lines", "--debug", "--trace", "--no-plugins"):
        parser.add_argument(flag, action="store_true", default=None, help=argparse.SUPPRESS)
