"""`conda rename`: give an environment another name or place."""

import argparse
from collections.abc import Sequence
from typing import Any

from conda_clone.cli import options
from conda_clone.cli.change_flow import finish_dry_run
from conda_clone.core.env_formats.errors import CondaEnvException
from conda_clone.core.prefix.errors import EnvironmentLocationNotFound
from conda_clone.operations.rename import prepare_renaming, rename_environment
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "destination", metavar="NEW_NAME", help="The new name, or a new path (with a slash)."
    )
    options.add_target_options(parser)
    options.add_prompt_options(parser)
    parser.add_argument("-f", "--force", action=_Force, default=False, help=argparse.SUPPRESS)
    options.add_output_options(parser)


class _Force(argparse.Action):
    """The name that --yes had for this command in older versions."""

    def __init__(self, option_strings: Sequence[str], dest: str, **fields: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **fields)

    def __call__(self, _parser: object, namespace: argparse.Namespace, *_: object) -> None:
        """Set what both names mean, and remember which one was used."""
        namespace.always_yes = namespace.force = True


def execute(args: argparse.Namespace, session: Session) -> int:
    """Rename the environment.

    Raises:
        EnvironmentLocationNotFound: There is no such environment.
        CondaEnvException: It must keep its name, or something else has the new one.
        CondaError: Nothing has changed.
    """
    try:
        renaming = prepare_renaming(
            session, name=args.name, path=args.prefix, destination=args.destination
        )
    except EnvironmentLocationNotFound as error:
        if args.force:  # the versions that have this option know the error by another name
            raise CondaEnvException(error.message, hint=error.hint) from None
        raise
    document = {
        "success": True,
        "src_prefix": renaming.source,
        "dst_prefix": renaming.destination,
    }
    session.console.print(f"Source:      {renaming.source}\nDestination: {renaming.destination}")
    if session.output.dry_run:
        session.console.print(
            f"Would copy `{renaming.source}` to `{renaming.destination}`, and delete the former."
        )
        finish_dry_run(session, document)
        return 0
    rename_environment(session, renaming)
    session.console.document(document)
    return 0
