"""The help of a command as text: all of it (`--help`), or what fits a screen (`-h`).

The short form lists arguments and the usual options, a line for each where they fit, and examples;
it ends with what the long one has more.
"""

import argparse
import os

from conda_clone.cli.examples import EXAMPLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conda_clone.cli.registry import Command

__all__ = ["commands_help", "filled", "help_text", "help_width"]

# Groups of options that few need, and options of others.
_FURTHER = frozenset(
    {
        *("solver", "linking", "network", "download and display", "extent of the update"),
        *("indexes of channels", "output"),
    }
)
_OUTPUT = "output"
_USUAL_OUTPUT = "--json"
_RARE = frozenset(
    {
        *("--help", "--lock-timeout", "--override-frozen", "--save-solve", "--timeout"),
        *("--format", "--no-default-packages", "--override-platforms", "--skip-flexible-search"),
        *("--md5", "--sha256", "--auth", "--show-channel-urls", "--features", "--no-pin"),
        "--write-default",
    }
)
_HOW_TO_GO_ON = "`conda COMMAND -h` shows what is usual of a command, `--help` everything."
_NAMES = 2  # of an option that has several, in the short form
_COLUMN = 30  # where explanations begin at the latest


class _Formatter(argparse.HelpFormatter):
    """Writes `-n, --name NAME`, as later versions of argparse do."""

    def __init__(self, prog: str, *, names: int | None = None) -> None:
        super().__init__(prog, max_help_position=_COLUMN, width=help_width())
        self._names = names

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings:
            return super()._format_action_invocation(action)
        names = ", ".join(action.option_strings[: self._names])
        if action.nargs == 0:
            return names
        return f"{names} {self._format_args(action, action.dest.upper())}"


def help_text(
    parser: argparse.ArgumentParser,
    usage: str,
    *,
    brief: bool,
) -> str:
    """Return the help of a command.

    Args:
        parser: That of the command, with all options declared.
        usage: The line that tells how it is used, without a title.
        brief: Only what fits a screen.
    """
    formatter = _Formatter(parser.prog, names=_NAMES if brief else None)
    formatter.add_usage(usage, [], [])
    formatter.add_text(parser.description)
    for title, actions in _brief_sections(parser) if brief else _sections(parser):
        formatter.start_section(title)
        formatter.add_arguments(actions)
        formatter.end_section()
    parts = [formatter.format_help(), *_examples(EXAMPLES.get(parser.prog, ()))]
    if parser.epilog:
        parts.append(f"{filled(parser.epilog)}\n")
    if brief:
        parts.append(f"{filled(_footer(parser))}\n")
    return "\n".join(parts)


def commands_help(
    parser: argparse.ArgumentParser,
    usage: str,
    commands: "Sequence[Command]",
    others: "Sequence[str]",
    *,
    brief: bool,
) -> str:
    """Return the help of the program itself.

    Args:
        parser: That of what stands before a command.
        usage: The line that tells how it is used, without a title.
        commands: Ours and those of plugins.
        others: Words that run programs of others.
        brief: Describe usual commands only, and leave out options.
    """
    described = [each for each in commands if each.usual or not brief]
    formatter = _Formatter(parser.prog)
    formatter.add_usage(usage, [], [])
    formatter.add_text(parser.description)
    formatter.start_section("commands")
    for each in described:
        words = ", ".join((each.name, *each.aliases))
        formatter.add_argument(argparse.Action([], words, metavar=words, help=each.summary))
    formatter.end_section()
    for title, actions in () if brief else _sections(parser):
        formatter.start_section(title)
        formatter.add_arguments(actions)
        formatter.end_section()
    parts = [formatter.format_help()]
    further = [each.name for each in commands if each not in described]
    for title, names in (("further commands", further), ("other programs", others)):
        if names:
            parts.append(filled(f"{title}: {', '.join(names)}") + "\n")
    parts += _examples(EXAMPLES[parser.prog])
    parts.append(f"{filled(_HOW_TO_GO_ON)}\n")
    return "\n".join(parts)


def _sections(
    parser: argparse.ArgumentParser,
) -> "Iterator[tuple[str | None, list[argparse.Action]]]":
    for group in parser._action_groups:  # noqa: SLF001 - argparse has no other way to see them
        actions = [each for each in group._group_actions if each.help != argparse.SUPPRESS]  # noqa: SLF001 - as above
        if actions:
            yield group.title, actions


def _brief_sections(
    parser: argparse.ArgumentParser,
) -> "Iterator[tuple[str | None, list[argparse.Action]]]":
    """Yield the arguments, and the usual options as one section."""
    options: list[argparse.Action] = []
    for title, actions in _sections(parser):
        named = [action for action in actions if not action.option_strings]
        if named:
            yield "commands" if _has_commands(named) else "arguments", named
        options += [action for action in actions if _is_usual(action, title)]
    yield "options", options


def _has_commands(actions: "Sequence[argparse.Action]") -> bool:
    return any(isinstance(action.choices, dict) for action in actions)


def _is_usual(action: argparse.Action, title: str | None) -> bool:
    if title in _FURTHER:
        return title == _OUTPUT and _USUAL_OUTPUT in action.option_strings
    return bool(action.option_strings) and _RARE.isdisjoint(action.option_strings)


def _footer(parser: argparse.ArgumentParser) -> str:
    titles = [title for title, _ in _sections(parser) if title in _FURTHER]
    more = f": {', '.join(map(str, titles))}" if titles else ""
    return f"`{parser.prog} --help` has everything{more}."


def _examples(examples: "Sequence[tuple[str, str]]") -> list[str]:
    """Return the examples, each on one line where all fit."""
    if not examples:
        return []
    width = max(len(command) for command, _ in examples)
    rows = [f"  {command:<{width}}  {text}" for command, text in examples]
    if max(map(len, rows)) > help_width():
        rows = [f"  {command}\n{filled(text, indent=6)}" for command, text in examples]
    return ["\n".join(["examples:", *rows, ""])]


def filled(text: str, *, indent: int | None = None) -> str:
    """Return a text whose lines fit the terminal.

    Args:
        text: One paragraph.
        indent: Columns before every line; by default two before all but the first.
    """
    import textwrap  # only for help, which loads it anyway, and on mistakes

    return textwrap.fill(
        text,
        help_width(),
        initial_indent=" " * (indent or 0),
        subsequent_indent=" " * (2 if indent is None else indent),
        break_long_words=False,
        break_on_hyphens=False,
    )


def help_width() -> int:
    """Return the columns for help; argparse would import shutil for them, which takes 6 ms."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns) - 2
    try:
        return os.get_terminal_size().columns - 2
    except OSError:  # not a terminal
        return 78
