"""`conda install`: put packages into an existing environment."""

import argparse

from conda_clone.cli import options
from conda_clone.cli.change_flow import report_nothing_to_do, run_change
from conda_clone.cli.requests import Wanted, build_request, read_wanted
from conda_clone.core.planning.request import Verb
from conda_clone.errors import CondaValueError
from conda_clone.operations.change_environment import prepare_explicit, prepare_solve
from conda_clone.operations.session import Session
from conda_clone.operations.target import existing_environment

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.add_change_options(parser)
    options.add_update_options(parser)
    options.add_frozen_option(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Install what was asked for.

    Raises:
        CondaValueError: Nothing was asked for.
        CondaError: The environment is as it was before.
    """
    wanted = read_wanted(args, session)
    if wanted.is_empty:
        raise CondaValueError(
            "There is nothing to install.",
            hint="Name packages (`conda install numpy`), or a file with --file.",
        )
    prefix = existing_environment(
        session, name=args.name, path=args.prefix, override_frozen=args.override_frozen
    )
    return install_into(args, session, prefix, wanted, Verb.INSTALL)


def install_into(
    args: argparse.Namespace, session: Session, prefix: str, wanted: Wanted, verb: Verb
) -> int:
    """Install or update specs or archives in an environment that is there."""
    request = build_request(args, session, verb, prefix, wanted.specs)
    if wanted.archives:
        prepared = prepare_explicit(session, request, wanted.archives)
    else:
        prepared = prepare_solve(session, request)
    if prepared.change.is_empty:
        report_nothing_to_do(session)
    else:
        run_change(session, prepared, download_only=args.download_only)
    return 0
