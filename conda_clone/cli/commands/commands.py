"""`conda commands`: the words that can follow `conda`, for completion."""

import argparse

from conda_clone.cli.external import external_names
from conda_clone.cli.registry import COMMANDS
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare no options: there is nothing to choose."""
    parser.description = "List the commands there are, one per line."


def execute(args: argparse.Namespace, session: Session) -> int:
    """Print names and aliases, sorted, those of plugins and of other programs too."""
    del args
    words = {word for command in COMMANDS for word in (command.name, *command.aliases)}
    words.update(external_names())
    plugins = session.plugins
    if plugins is not None and plugins.implements("conda_subcommands"):
        from conda_clone.cli.plugin_commands import plugin_commands  # only with plugins

        for command in plugin_commands(plugins):
            words.update((command.name, *command.aliases))
    session.console.document(sorted(words))
    session.console.print("\n".join(sorted(words)))
    return 0
