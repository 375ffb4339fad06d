"""`conda create`: make a new environment from specs, archives, a file or another environment."""

import argparse
import os

from conda_clone.cli import options
from conda_clone.cli.change_flow import (
    confirm_or_exit,
    finish_dry_run,
    make_as_described,
    run_change,
)
from conda_clone.cli.obsolete import add_obsolete_options
from conda_clone.cli.output.activation_hint import activation_hint
from conda_clone.cli.output.change_report import actions_document
from conda_clone.cli.requests import (
    Wanted,
    build_request,
    named_target,
    read_inspection,
    read_wanted,
)
from conda_clone.core.planning.request import Verb
from conda_clone.errors import ArgumentError, CondaValueError
from conda_clone.models.events import Notice
from conda_clone.models.values import replace
from conda_clone.operations.change_environment import prepare_explicit, prepare_solve
from conda_clone.operations.environments import prefix_to_read
from conda_clone.operations.session import Session
from conda_clone.operations.target import (
    NewEnvironment,
    hold_source,
    new_environment,
    remember_platform,
)

__all__ = ["configure", "create_environment", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.add_change_options(parser)
    parser.add_argument("--clone", metavar="ENV", help="Copy the environment of that name or path.")
    parser.add_argument(
        "--no-default-packages",
        action="store_true",
        help="Leave out the packages of the setting create_default_packages.",
    )
    options.add_platform_option(parser)
    add_obsolete_options(parser, "--force-pscheck", "--unknown", "--mkdir", "-m")


def execute(args: argparse.Namespace, session: Session) -> int:
    """Create the environment.

    Raises:
        ArgumentError: No name or path was given, or --clone is mixed with packages.
        CondaError: Nothing was created; an environment that was in the way is untouched.
    """
    if args.clone:
        return _clone(args, session, new_environment(session, name=args.name, path=args.prefix))
    wanted = read_wanted(args, session)
    needed = not (session.output.dry_run or session.output.download_only)
    name, path = named_target(args, wanted.described, needed=needed)
    target = new_environment(
        session, name=name, path=path, placeholder=session.output.download_only
    )
    _ask_about_existing(session, target)
    create_environment(args, session, target, wanted)
    return 0


def create_environment(
    args: argparse.Namespace,
    session: Session,
    target: NewEnvironment,
    wanted: Wanted,
    *,
    asks: bool = True,
) -> None:
    """Create an environment with everything that it is to have.

    Args:
        args: Options about the solution.
        session: The invocation.
        target: Where it goes.
        wanted: What it is to hold.
        asks: Whether the user is asked before it is made.
    """
    request = build_request(args, session, Verb.CREATE, target.prefix, wanted.specs)
    if wanted.archives:
        prepared = prepare_explicit(session, request, wanted.archives)
    else:
        prepared = prepare_solve(session, request, read_inspection(args))
    change = replace(prepared.change, replaces=target.replaces_environment)
    document = run_change(
        session, replace(prepared, change=change), asks=asks, described=wanted.described
    )
    if session.output.dry_run or session.output.download_only:
        return
    remember_platform(session, target.prefix)
    make_as_described(session, target.prefix, wanted.described, document)
    _tell_next(session, target)


def _tell_next(session: Session, target: NewEnvironment) -> None:
    if not session.console.quiet:
        terminal = session.console.width is not None
        session.console.print(activation_hint(target.shown_name, terminal=terminal))


def _ask_about_existing(session: Session, target: NewEnvironment) -> None:
    """Ask before an environment is replaced, or a folder that is none is taken over."""
    if target.replaces_environment:
        there = f"WARNING: There is an environment at `{target.prefix}` already.\n"
        session.console.report(Notice(there))
        confirm_or_exit(
            session,
            "Remove it with everything in it, and create a new one",
            default=False,
        )
    elif target.takes_over_folder:
        session.console.report(
            Notice(f"WARNING: The folder `{target.prefix}` exists, but is no environment.\n")
        )
        confirm_or_exit(session, "Create the environment in it", default=False)


def _clone(args: argparse.Namespace, session: Session, target: NewEnvironment) -> int:
    if args.packages or args.file:
        raise ArgumentError(
            "--clone copies an environment as it is and takes no packages or files.",
            hint="Create the copy first, then install into it.",
        )
    is_path = os.sep in args.clone
    source = prefix_to_read(
        session,
        name=None if is_path else args.clone,
        path=args.clone if is_path else None,
    )
    from conda_clone.core.prefix.locate import lies_in  # 2 ms together, and only with --clone
    from conda_clone.operations.clone import clone_environment, survey

    if target.replaces_environment and lies_in(source, target.prefix):
        raise CondaValueError(
            f"`{source}` lies at `{target.prefix}`, and would be deleted before it is copied.",
            hint="Give the copy another name or place.",
        )
    if not session.output.dry_run:
        hold_source(session, source)
    facts = survey(session, source)
    session.console.print(
        f"Source:      {source}\nDestination: {target.prefix}\n"
        f"Packages: {len(facts.records)}\nFiles: {len(facts.untracked)}"
    )
    document = {"success": True, "src_prefix": source, "dst_prefix": target.prefix}
    if session.output.dry_run:
        finish_dry_run(session, document)
        return 0
    _ask_about_existing(session, target)
    change = clone_environment(session, facts, target.prefix, replaces=target.replaces_environment)
    session.console.document(
        {
            **document,
            "actions": actions_document(change, ()),
            "untracked_files": list(facts.untracked),
        }
    )
    _tell_next(session, target)
    return 0
