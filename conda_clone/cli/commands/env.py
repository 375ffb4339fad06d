"""`conda env`: commands about environments as a whole."""

import argparse

from conda_clone.cli import options
from conda_clone.cli.commands import env_files, env_vars, export, remove
from conda_clone.cli.output.environment_list import environment_lines
from conda_clone.errors import ArgumentError
from conda_clone.operations.environments import environment_sizes, known_environments
from conda_clone.operations.info import environments_document
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands."""
    parser.set_defaults(show_help=parser.format_help)
    commands = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND")
    listing = commands.add_parser("list", help="List environments.", description="List them all.")
    listing.add_argument("--size", action="store_true", help="Show what they take on disk.")
    options.add_output_options(listing)
    for name, configure_it, text in (
        ("create", env_files.configure_create, "Create an environment from files."),
        ("update", env_files.configure_update, "Make an environment what files say."),
        ("remove", _configure_remove, "Remove an environment with everything in it."),
        ("export", export.configure, "Write an environment down, to be created elsewhere."),
    ):
        configure_it(commands.add_parser(name, help=text, description=text))
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
    runs = {
        "config": env_vars.execute,
        "create": env_files.create,
        "update": env_files.update,
        "remove": _remove,
        "export": export.execute,
    }
    if args.subcommand in runs:
        return runs[args.subcommand](args, session)
    if args.subcommand is None:
        session.console.print(args.show_help())
    else:
        _list(args, session)
    return 0


def _list(args: argparse.Namespace, session: Session) -> None:
    environments = known_environments(session)
    sizes = environment_sizes(environments) if args.size else {}
    session.console.print("\n".join(environment_lines(environments, sizes=sizes)))
    if session.console.json:
        document = environments_document(session)
        details = document["envs_details"]
        if isinstance(details, dict):
            for prefix, size in sizes.items():
                details[prefix]["size"] = size
        session.console.document(document)


def _configure_remove(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(all=True)
    options.add_target_options(parser)
    options.add_prompt_options(parser)
    options.add_frozen_option(parser)
    options.add_solver_name_option(parser)
    options.add_output_options(parser)


def _remove(args: argparse.Namespace, session: Session) -> int:
    """Remove the environment that was named.

    Raises:
        ArgumentError: None was named.
    """
    if not (args.name or args.prefix):
        raise ArgumentError(
            "Which environment is to be removed?", hint="Name it with -n NAME or -p PATH."
        )
    return remove.remove_environment(args, session)
