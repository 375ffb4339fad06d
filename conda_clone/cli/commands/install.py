"""`conda install`: put packages into an existing environment."""

import argparse

from conda_clone.cli import options
from conda_clone.cli.change_flow import make_as_described, report_nothing_to_do, run_change
from conda_clone.cli.obsolete import add_obsolete_options
from conda_clone.cli.requests import Wanted, build_request, read_inspection, read_wanted
from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.planning.request import Verb
from conda_clone.errors import CondaValueError
from conda_clone.operations.change_environment import prepare_explicit, prepare_solve
from conda_clone.operations.environments import is_there
from conda_clone.operations.prepared_change import PreparedChange
from conda_clone.operations.restore_revision import prepare_revision
from conda_clone.operations.session import Session
from conda_clone.operations.target import existing_environment, new_environment

__all__ = ["configure", "execute", "install_into", "make_change"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.add_change_options(parser)
    options.add_update_options(parser)
    options.add_frozen_option(parser)
    parser.add_argument(
        "--revision",
        metavar="N",
        help="Go back to this one of `conda list --revisions`.",
    )
    parser.add_argument("-m", "--mkdir", action="store_true", help=argparse.SUPPRESS)
    add_obsolete_options(parser, "--force-pscheck", "--unknown", "--prune")


def execute(args: argparse.Namespace, session: Session) -> int:
    """Install what was asked for.

    Raises:
        CondaValueError: Nothing was asked for.
        CondaError: The environment is as it was before.
    """
    wanted = read_wanted(args, session)
    number = _revision_number(args.revision, wanted)
    if wanted.is_empty and number is None:
        raise CondaValueError(
            "There is nothing to install.",
            hint="Name packages (`conda install numpy`), a file with --file, or a --revision.",
        )
    if args.mkdir and not is_there(session, name=args.name, path=args.prefix):
        return _install_anew(args, session, wanted)
    prefix = existing_environment(
        session, name=args.name, path=args.prefix, override_frozen=args.override_frozen
    )
    if number is not None:
        request = build_request(args, session, Verb.INSTALL, prefix)
        make_change(session, prepare_revision(session, request, number))
        return 0
    return install_into(args, session, prefix, wanted, Verb.INSTALL)


def _install_anew(args: argparse.Namespace, session: Session, wanted: Wanted) -> int:
    """Install into an environment that is not there yet, as --mkdir of older scripts wants it."""
    from conda_clone.cli.commands.create import create_environment  # only with --mkdir

    create_environment(
        args, session, new_environment(session, name=args.name, path=args.prefix), wanted
    )
    return 0


def _revision_number(text: str | None, wanted: Wanted) -> int | None:
    if text is None:
        return None
    if not wanted.is_empty:
        raise CondaValueError(
            "A revision is restored as it was, without other packages.",
            hint="Restore it first, then install what else is wanted.",
        )
    # As conda prints and takes them: 3 or REV3.
    digits = text.lower().removeprefix("rev")
    if not digits.isascii() or not digits.isdigit():
        raise CondaValueError(f"expected revision number, not: '{text}'")
    return int(digits)


def install_into(
    args: argparse.Namespace, session: Session, prefix: str, wanted: Wanted, verb: Verb
) -> int:
    """Install or update specs or archives in an environment that is there."""
    request = build_request(args, session, verb, prefix, wanted.specs)
    if wanted.archives:
        prepared = prepare_explicit(session, request, wanted.archives)
    else:
        prepared = prepare_solve(session, request, read_inspection(args))
    document = make_change(session, prepared, described=wanted.described)
    if not (session.output.dry_run or session.output.download_only):
        make_as_described(session, prefix, wanted.described, document)
    return 0


def make_change(
    session: Session,
    prepared: PreparedChange,
    *,
    asks: bool = True,
    described: EnvironmentFile | None = None,
) -> dict[str, object]:
    """Make a change, or say that there is nothing to do, and return the document about it."""
    if prepared.change.is_empty:
        report_nothing_to_do(session, prepared)
        return {}
    return run_change(session, prepared, asks=asks, described=described)
