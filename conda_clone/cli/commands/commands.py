"""`conda commands`: the words that can follow `conda`, for completion."""

import argparse

from conda_clone.cli.registry import COMMANDS
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare no options: there is nothing to choose."""
    parser.description = "List the commands there are, one per line."


def execute(args: argparse.Namespace, session: Session) -> int:
    """Print names and aliases, sorted."""
    del args
    words = [word for command in COMMANDS for word in (command.name, *command.aliases)]
    session.console.print("\n".join(sorted(words)))
    return 0
