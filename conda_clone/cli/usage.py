"""`CommandParser`: argparse as all commands use it, with short help, examples and near names.

`-h` shows what fits a screen, `--help` everything. Wrong usage ends in `WrongUsage`, which knows
what may have been meant; nothing is written here, so that `--json` can have its document.
"""

import argparse
import sys

from conda_clone.models.later_pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any, NoReturn

__all__ = ["CommandParser", "WrongUsage", "configure_later", "did_you_mean"]

_CHOICE = pattern(r"invalid choice: '?([^']*?)'? \(choose from (.*)\)$")
_IGNORED = pattern(r"(--[\w-]+): ignored explicit argument")
_UNKNOWN = pattern(r"unrecognized arguments: (.*)$")
# Commands whose words are never packages, so that a word too many is an environment.
_OF_ENVIRONMENTS = ("conda compare", "conda env", "conda export", "conda rename")
_SHORT = len("-n")
_USAGE = 70  # columns that a usage line takes at most


# argparse has its words translated, one by one: each time that looks for catalogues, which nobody
# has made, and once it loads `locale`. That took 2 ms of each command.
argparse._ = str  # type: ignore[attr-defined] # there is no other way


class WrongUsage(SystemExit):
    """The command line cannot be understood.

    Attributes:
        usage: How the command is used, as text.
        prog: The command that was understood so far.
        message: What is wrong.
        hint: What may have been meant, or where to look.
    """

    def __init__(self, usage: str, prog: str, message: str, hint: str) -> None:
        super().__init__(2)
        self.usage = usage
        self.prog = prog
        self.message = message
        self.hint = hint

    def text(self) -> str:
        """Return what a person reads."""
        from conda_clone.cli.help_text import filled  # only on mistakes

        said = filled(f"{self.prog}: error: {self.message}")
        hint = filled(f"hint: {self.hint}")
        return f"{self.usage}{said}\n{hint}\n"


class CommandParser(argparse.ArgumentParser):
    """The parser of one command, or of one of its subcommands."""

    def __init__(self, **words: "Any") -> None:  # what argparse takes
        words.setdefault("formatter_class", _formatter)
        super().__init__(add_help=False, **words)
        self._pending: Callable[[argparse.ArgumentParser], None] | None = None
        self.add_argument(
            *("-h", "--help"), action=_Help, help="Show this help; -h leaves out what few need."
        )

    def parse_known_args(self, args: "Any" = None, namespace: "Any" = None) -> "Any":  # as argparse
        """Parse what is known, as argparse does."""
        self.declare()
        self._refuse_single_dashes(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def _refuse_single_dashes(self, words: "Sequence[str]") -> None:
        """Refuse `-name`, which would be `-n ame`, another environment than anybody wants.

        `conda clean -all` is `-a -l -l`, and may stay.

        Raises:
            WrongUsage: There is such a word, and no program that it could be for.
        """
        if any(action.nargs == argparse.REMAINDER for action in self._actions):
            return
        for word in words:
            if word == "--":
                return
            short = self._option_string_actions.get(word[:_SHORT])
            takes_rest = len(word) > _SHORT and short is not None and short.nargs != 0
            if takes_rest and f"-{word}" in self._option_string_actions:
                raise WrongUsage(
                    self.format_usage(),
                    self.prog,
                    f"unrecognized arguments: {word}",
                    f"did you mean `-{word}`?",
                )

    def declare(self) -> None:
        """Declare the options that `configure_later` has put off."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending(self)

    def format_usage(self) -> str:
        """Return one line: many options are not worth a paragraph that nobody reads."""
        return f"usage: {self.usage_line()}\n"

    def format_help(self, *, brief: bool = False) -> str:
        """Return the help.

        Args:
            brief: Only what fits a screen.
        """
        from conda_clone.cli.help_text import help_text  # only for help

        self.declare()
        return help_text(self, self.usage_line(), brief=brief)

    def error(self, message: str) -> "NoReturn":
        """End with what is wrong, and with what may have been meant.

        Raises:
            WrongUsage: Always.
        """
        hint = self._hint(message) or f"`{self.prog} -h` shows how it is used."
        raise WrongUsage(self.format_usage(), self.prog, message, hint)

    def option_strings(self) -> "Iterator[str]":
        """Yield the options of the command and of its subcommands."""
        self.declare()
        for action in self._actions:
            yield from action.option_strings
            if isinstance(action.choices, dict):
                for parser in action.choices.values():
                    if isinstance(parser, CommandParser):
                        yield from parser.option_strings()

    def usage_line(self) -> str:
        """Return how the command is used, on one line without a title."""
        if self.usage:
            return self.usage % {"prog": self.prog}
        whole = _one_line(super().format_usage()).removeprefix("usage: ")
        if len(whole) <= _USAGE:
            return whole
        formatter = self._get_formatter()
        formatter.add_usage(None, self._get_positional_actions(), [], prefix="")
        words = _one_line(formatter.format_help())
        return f"{self.prog} [OPTIONS]{words.removeprefix(self.prog)}"

    def _hint(self, message: str) -> str | None:
        """Return what may have been meant by a word that is not known."""
        others: dict[str, str] = {}
        if found := _IGNORED.search(message):  # -yes, which is -y with something behind it
            return f"did you mean `{found.group(1)}`?"
        if found := _CHOICE.search(message):
            from conda_clone.cli.registry import OTHER_WORDS  # only on mistakes

            word, choices = found.group(1), found.group(2).replace("'", "").split(", ")
            others = {other: name for other, name in OTHER_WORDS.items() if name in choices}
        elif found := _UNKNOWN.search(message):
            word = next((each for each in found.group(1).split() if each.startswith("-")), "")
            choices = list(dict.fromkeys(self.option_strings()))
            if not word and self.prog in _OF_ENVIRONMENTS:
                return "an environment is named with -n NAME."
        else:
            return None
        return did_you_mean(word.partition("=")[0], choices, others)


def configure_later(
    parser: argparse.ArgumentParser, configure: "Callable[[argparse.ArgumentParser], None]"
) -> None:
    """Let `configure` declare the options of a subcommand when somebody asks for them."""
    if isinstance(parser, CommandParser):
        parser._pending = configure  # noqa: SLF001 - of the same module
    else:
        configure(parser)


class _Help(argparse.Action):
    def __init__(self, option_strings: "Sequence[str]", dest: str, **words: "Any") -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, **words)

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Show the help, and end.

        Raises:
            SystemExit: Always.
        """
        del namespace, values
        if isinstance(parser, CommandParser):
            sys.stdout.write(parser.format_help(brief=option_string == "-h"))
        parser.exit()


def did_you_mean(
    word: str, choices: "Sequence[str]", other_words: "Mapping[str, str] | None" = None
) -> str | None:
    """Return a question that names what is near to a word, or None where nothing is.

    Args:
        word: What is not known.
        choices: What is.
        other_words: What others say for some of it.
    """
    from conda_clone.models.near_names import meant_words  # only on mistakes

    others = other_words or {}
    if word in others:
        near: Iterable[str] = (others[word],)
    else:
        near = meant_words(word, [*choices, *others]) or _near_apart_from_dashes(word, choices)
        near = dict.fromkeys(others.get(each, each) for each in near)
    if not near:
        return None
    return f"did you mean {' or '.join(f'`{name}`' for name in near)}?"


def _near_apart_from_dashes(word: str, choices: "Sequence[str]") -> tuple[str, ...]:
    """Return `--name` for `-name`."""
    bare = word.lstrip("-")
    return tuple([each for each in choices if len(bare) > 1 and each.lstrip("-") == bare])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Return what argparse checks every argument with, and makes usage lines; help has its own.

    Without a width it would ask the terminal for its, once for each argument.
    """
    return argparse.HelpFormatter(prog, width=_USAGE)
