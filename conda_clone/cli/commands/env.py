"""`conda env`: commands about environments as a whole.

`env list` is asked often, so that what changes environments is imported by those who change them.
"""

import argparse

from conda_clone.cli import options
from conda_clone.cli.usage import configure_later
from conda_clone.errors import ArgumentError
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands."""
    parser.set_defaults(show_help=parser.format_help)
    commands = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND")
    for name, configure_it, text in (
        ("list", _configure_list, "List environments."),
        ("create", _configure_create, "Create an environment from files."),
        ("update", _configure_update, "Make an environment what files say."),
        ("remove", _configure_remove, "Remove an environment with everything in it."),
        ("export", _configure_export, "Write an environment down, to be created elsewhere."),
        ("config", _configure_config, "Change what an environment brings along."),
    ):
        configure_later(commands.add_parser(name, help=text, description=text), configure_it)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Run a subcommand; without one, show what there is.

    Raises:
        CondaError: The subcommand says so.
    """
    runs = {
        "list": _list,
        "config": _config,
        "create": _create,
        "update": _update,
        "remove": _remove,
        "export": _export,
    }
    if args.subcommand in runs:
        return runs[args.subcommand](args, session)
    text = args.show_help()
    session.console.print(text)
    session.console.document({"help": text})
    return 0


def _configure_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", action="store_true", help="Show what they take on disk.")
    options.add_output_options(parser)


def _list(args: argparse.Namespace, session: Session) -> int:
    from conda_clone.cli.commands.info import list_environments  # as the module says

    list_environments(session, with_sizes=args.size)
    return 0


def _configure_config(parser: argparse.ArgumentParser) -> None:
    from conda_clone.cli.commands import env_vars  # as the module says

    parser.set_defaults(show_help=parser.format_help)
    env_vars.configure(parser)


def _config(args: argparse.Namespace, session: Session) -> int:
    from conda_clone.cli.commands import env_vars  # as the module says

    return env_vars.execute(args, session)


def _configure_create(parser: argparse.ArgumentParser) -> None:
    from conda_clone.cli.commands import env_files  # as the module says

    env_files.configure_create(parser)


def _create(args: argparse.Namespace, session: Session) -> int:
    from conda_clone.cli.commands import env_files  # as the module says

    return env_files.create(args, session)


def _configure_update(parser: argparse.ArgumentParser) -> None:
    from conda_clone.cli.commands import env_files  # as the module says

    env_files.configure_update(parser)


def _update(args: argparse.Namespace, session: Session) -> int:
    from conda_clone.cli.commands import env_files  # as the module says

    return env_files.update(args, session)


def _configure_export(parser: argparse.ArgumentParser) -> None:
    from conda_clone.cli.commands import export  # as the module says

    export.configure(parser)


def _export(args: argparse.Namespace, session: Session) -> int:
    from conda_clone.cli.commands import export  # as the module says

    return export.execute(args, session)


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
    from conda_clone.cli.commands.remove import remove_environment  # as the module says

    return remove_environment(args, session)
