"""`conda env`: commands about environments as a whole."""

import argparse

from conda_clone.cli import options
from conda_clone.cli.commands import env_vars
from conda_clone.cli.output.environment_list import environment_lines
from conda_clone.operations.environments import known_environments
from conda_clone.operations.info import environments_document
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands."""
    parser.set_defaults(show_help=parser.format_help)
    commands = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND")
    listing = commands.add_parser("list", help="List environments.", description="List them all.")
    options.add_output_options(listing)
    config = commands.add_parser(
        "config",
        help="Change what an environment brings along.",
        description="Change what an environment brings along.",
    )
    config.set_defaults(show_help=config.format_help)
    env_vars.configure(config)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Run a subcommand; without one, show what there is.

    Raises:
        CondaError: The subcommand says so.
    """
    if args.subcommand == "config":
        return env_vars.execute(args, session)
    if args.subcommand is None:
        session.console.print(args.show_help())
    elif session.console.json:
        session.console.document(environments_document(session))
    else:
        session.console.print("\n".join(environment_lines(known_environments(session))))
    return 0
