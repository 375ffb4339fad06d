"""`conda rename`: give an environment another name or place."""

import argparse

from conda_clone.cli import options
from conda_clone.cli.change_flow import finish_dry_run
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
    # The name that --yes had for this command in older versions.
    parser.add_argument(
        "-f",
        "--force",
        dest="always_yes",
        action="store_true",
        default=None,
        help=argparse.SUPPRESS,
    )
    options.add_output_options(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Rename the environment.

    Raises:
        CondaEnvException: It must keep its name, or something else has the new one.
        CondaError: Nothing has changed.
    """
    renaming = prepare_renaming(
        session, name=args.name, path=args.prefix, destination=args.destination
    )
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
