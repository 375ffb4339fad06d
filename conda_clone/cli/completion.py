"""What can follow the words that somebody has typed: read off the parsers, and off the disk."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from conda_clone.cli.parser import command_parser
from conda_clone.cli.registry import COMMANDS, find_command
from conda_clone.cli.usage import CommandParser
from conda_clone.config.parameters import PARAMETERS
from conda_clone.core.prefix.locate import prefix_from_arguments
from conda_clone.operations.environments import known_environments
from conda_clone.operations.session import Session

__all__ = ["FILES", "Candidate", "complete"]


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A word that can stand at the cursor.

    Attributes:
        word: The word.
        meaning: One line about it, or "".
    """

    word: str
    meaning: str = ""


# The shell is to complete the name of a file itself.
FILES = Candidate(":files")
_ENVIRONMENTS = frozenset({"name", "clone"})
_PATHS = frozenset({"prefix", "file", "files", "cwd"})
_OF_INSTALLED = frozenset({"remove", "uninstall", "update", "upgrade", "list"})
_OF_SETTINGS = frozenset(
    {"--show", "--describe", "--get", "--set", "--append", "--prepend", "--add", "--remove"}
    | {"--remove-key"}
)


def complete(words: Sequence[str], session: Session) -> list[Candidate]:
    """Return what can stand in the place of the last word, sorted.

    Args:
        words: What has been typed after `conda`; the last word is the one to complete, perhaps "".
        session: The invocation.
    """
    *before, current = words or [""]
    return sorted(
        candidate
        for candidate in set(_candidates(before, current, session))
        if candidate == FILES or candidate.word.startswith(current)
    )


def _candidates(before: Sequence[str], current: str, session: Session) -> Iterable[Candidate]:
    position = next((n for n, word in enumerate(before) if not word.startswith("-")), None)
    if position is None:
        return _commands()
    command = find_command(before[position])
    if command is None:
        return ()
    if command.name == "activate":
        return [*_environments(session), FILES]
    _, outer = command_parser(command)
    rest = list(before[position + 1 :])
    parser, rest = _innermost(outer, rest)
    expecting = _expecting(parser, rest)
    if expecting is not None:
        return _values(expecting, command.name, rest, session)
    if current.startswith("-"):
        return _options(parser)
    nested = _subcommands(parser)
    if nested is not None:
        return [Candidate(name, help_ or "") for name, help_ in nested]
    return _positionals(parser, command.name, rest, session)


def _commands() -> Iterator[Candidate]:
    for command in COMMANDS:
        for word in (command.name, *command.aliases):
            yield Candidate(word, command.summary)


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    if isinstance(parser, CommandParser):
        parser.declare()
    return parser._actions  # noqa: SLF001 - argparse tells nobody else what was declared


def _innermost(
    parser: argparse.ArgumentParser, words: list[str]
) -> tuple[argparse.ArgumentParser, list[str]]:
    """Follow subcommands as far as they have been typed."""
    while True:
        nested = next(
            (a for a in _actions(parser) if isinstance(a, argparse._SubParsersAction)),  # noqa: SLF001 - see above
            None,
        )
        place = next((n for n, word in enumerate(words) if not word.startswith("-")), None)
        if nested is None or place is None or words[place] not in nested.choices:
            return parser, words
        parser, words = nested.choices[words[place]], words[place + 1 :]


def _subcommands(parser: argparse.ArgumentParser) -> list[tuple[str, str | None]] | None:
    for action in _actions(parser):
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - see above
            return [(choice.dest, choice.help) for choice in action._choices_actions]  # noqa: SLF001 - see above
    return None


def _options(parser: argparse.ArgumentParser) -> Iterator[Candidate]:
    for action in _actions(parser):
        if action.help != argparse.SUPPRESS:
            for option in action.option_strings:
                yield Candidate(option, _one_line(action.help))


def _expecting(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Action | None:
    """Return the option whose value is being typed."""
    for distance, word in enumerate(reversed(words)):
        if not word.startswith("-"):
            continue
        action = next((a for a in _actions(parser) if word in a.option_strings), None)
        if action is None or action.nargs == 0:
            return None
        return action if distance < _most_values(action) else None
    return None


def _most_values(action: argparse.Action) -> int:
    """Return how many words may follow an option."""
    if isinstance(action.nargs, int):
        return action.nargs
    return 1 if action.nargs in {None, "?"} else sys.maxsize


def _values(
    action: argparse.Action, command: str, words: Sequence[str], session: Session
) -> Iterable[Candidate]:
    if action.choices is not None:
        return [Candidate(str(choice)) for choice in action.choices]
    if action.dest in _ENVIRONMENTS:
        return _environments(session)
    if action.dest in _PATHS:
        return [FILES]
    if action.dest == "solver":
        from conda_clone.plugins.builtin import builtin_items  # for this option only

        return [Candidate(str(row.name)) for row in builtin_items("conda_solvers")]
    if action.dest in ("channel", "channels"):
        return [Candidate(channel) for channel in session.channels.channels]
    if command == "config" and words[-1] in _OF_SETTINGS:
        return [Candidate(name, row.description) for name, row in PARAMETERS.items()]
    return ()


def _positionals(
    parser: argparse.ArgumentParser, command: str, words: Sequence[str], session: Session
) -> Iterable[Candidate]:
    if command in _OF_INSTALLED:
        return _installed(words, session)
    if command == "init":
        from conda_clone.shells.init.plan import shells_of_platform  # for this command only

        return [Candidate(shell) for shell in shells_of_platform()]
    choices = [
        Candidate(str(choice))
        for action in _actions(parser)
        if not action.option_strings and action.choices is not None
        for choice in action.choices
    ]
    return choices or [FILES]


def _environments(session: Session) -> Iterator[Candidate]:
    for environment in known_environments(session):
        if environment.name:
            yield Candidate(environment.name, environment.prefix)


def _installed(words: Sequence[str], session: Session) -> Iterator[Candidate]:
    """Return the packages of the environment that the words name."""
    given = {"-n": "", "--name": "", "-p": "", "--prefix": ""}
    for option, value in pairwise(words):
        if option in given:
            given[option] = value
    prefix = prefix_from_arguments(
        given["-n"] or given["--name"] or None,
        given["-p"] or given["--prefix"] or None,
        environ=session.environment,
        envs_dirs=session.paths.envs_dirs,
        root_prefix=session.paths.root_prefix,
        cwd=session.cwd,
    )
    try:
        files = os.listdir(os.path.join(prefix, "conda-meta"))
    except OSError:
        return
    for file in files:
        name, *rest = file.removesuffix(".json").rsplit("-", 2)
        if file.endswith(".json") and len(rest) == 2:  # noqa: PLR2004 - version and build
            yield Candidate(name, " ".join(rest))


def _one_line(text: str | None) -> str:
    return " ".join((text or "").replace("%%", "%").split())
