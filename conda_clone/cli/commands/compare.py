"""`conda compare`: is an environment what a file says?"""

import argparse

from conda_clone.cli import options
from conda_clone.cli.output.terminal import wrapped
from conda_clone.operations.compare import differences
from conda_clone.operations.environment_files import read_environment_files
from conda_clone.operations.environments import prefix_to_read
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]

_SAME = "All packages of the file are in the environment, in versions and builds that fit."


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("file", metavar="FILE", help="An environment file, or a list of specs.")
    options.add_target_options(parser)
    options.add_output_options(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Say what is different; the status is 1 if something is.

    Raises:
        EnvironmentFileNotFound: There is no such file.
        EnvironmentLocationNotFound: There is no such environment.
    """
    prefix = prefix_to_read(session, name=args.name, path=args.prefix)
    found = differences(session, prefix, read_environment_files(session, [args.file]))
    session.console.document(found or [_SAME])
    session.console.print(wrapped("\n".join(found or [_SAME]), session.console.width))
    return int(bool(found))
