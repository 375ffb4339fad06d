"""`conda deactivate` where the shell does not know the `conda` function: say what is missing."""

import argparse

from conda_clone.cli.commands.init import not_initialised
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Take any arguments, as the shell's function does."""
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--stack", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--no-stack", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--dev", action="count", help=argparse.SUPPRESS)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Refuse: a program cannot change the shell that has started it.

    Raises:
        CondaError: Always.
    """
    del args
    raise not_initialised("deactivate", session.environment)
