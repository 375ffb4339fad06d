"""`conda remove`: take packages, or a whole environment, away."""

import argparse

from conda_clone.cli import options
from conda_clone.cli.obsolete import add_obsolete_options
from conda_clone.errors import CondaValueError
from conda_clone.operations.session import Session
from conda_clone.operations.target import (
    check_deletable,
    check_removable,
    delete_environment,
    existing_environment,
)

__all__ = ["configure", "execute", "remove_environment"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "packages",
        metavar="package_name",
        nargs="*",
        help="Package to remove; a spec with a version removes it only in that version.",
    )
    parser.add_argument(
        "--all", action="store_true", help="Remove all packages, and the environment itself."
    )
    parser.add_argument(
        "--keep-env",
        action="store_true",
        help="With --all, keep the empty environment.",
    )
    parser.add_argument(
        "--features", action="store_true", help="The arguments are features to get rid of."
    )
    parser.add_argument(
        "--force-remove",
        "--force",
        action="store_true",
        help="Remove only what is named, even if other packages need it.",
    )
    parser.add_argument("--no-pin", action="store_true", help="Leave pins out of account.")
    options.add_target_options(parser)
    options.add_channel_options(parser)
    options.add_network_options(parser)
    options.add_prompt_options(parser)
    options.add_output_options(parser)
    options.add_frozen_option(parser)
    options.add_solver_name_option(parser)
    options.add_save_solve_option(parser)
    options.add_time_limit_option(parser)
    add_obsolete_options(parser, "--force-pscheck", "--prune", "--dev")


def execute(args: argparse.Namespace, session: Session) -> int:
    """Remove what was named, or everything.

    Raises:
        CondaValueError: Neither names nor --all were given.
        PackagesNotFoundInPrefixError: What was named is not installed.
        CondaError: The environment is as it was before.
    """
    if not args.packages and not args.all:
        raise CondaValueError(
            "There is nothing to remove.",
            hint="Name packages (`conda remove -n myenv scipy`), or use --all.",
        )
    prefix = existing_environment(
        session, name=args.name, path=args.prefix, override_frozen=args.override_frozen
    )
    if args.all:
        return _remove_all(args, session, prefix, keep=args.keep_env)
    return _remove_packages(args, session, prefix)


def _remove_packages(args: argparse.Namespace, session: Session, prefix: str) -> int:
    # 15 ms, which who removes whole environments does not spend.
    from conda_clone.cli.change_flow import report_nothing_to_do, run_change
    from conda_clone.cli.requests import build_request, read_inspection
    from conda_clone.core.planning.errors import PackagesNotFoundInPrefixError
    from conda_clone.core.planning.request import Verb
    from conda_clone.models.match_spec.spec import MatchSpec
    from conda_clone.operations.change_environment import prepare_removal

    specs = tuple(MatchSpec(text) for text in args.packages)
    request = build_request(args, session, Verb.REMOVE, prefix, specs)
    try:
        prepared = prepare_removal(session, request, read_inspection(args))
    except PackagesNotFoundInPrefixError as error:
        from conda_clone.cli.meant_environment import with_meant_environment  # only on mistakes
        from conda_clone.operations.pip_dependents import with_advice_about_pip

        error = with_advice_about_pip(session, error)
        raise with_meant_environment(
            error, args, session, args.packages, "conda env remove -n {}"
        ) from None
    if prepared.change.is_empty:
        report_nothing_to_do(session, prepared)
    else:
        run_change(session, prepared)
    return 0


def remove_environment(args: argparse.Namespace, session: Session) -> int:
    """Remove an environment with everything in it (`conda env remove`).

    Raises:
        CondaError: It does not exist, or must not be removed.
    """
    prefix = existing_environment(
        session, name=args.name, path=args.prefix, override_frozen=args.override_frozen
    )
    return _remove_all(args, session, prefix, keep=False)


def _remove_all(args: argparse.Namespace, session: Session, prefix: str, *, keep: bool) -> int:
    check_removable(session, prefix)
    if not keep:
        check_deletable(session, prefix)
    session.console.print(f"\nRemove all packages in environment {prefix}:\n")
    at_once = session.output.always_yes and not keep
    if at_once and not session.output.dry_run and not vars(args).get("save_solve"):
        from conda_clone.cli.deletion_flow import delete_at_once

        if delete_at_once(session, prefix):
            return 0
    # As in `_remove_packages`.
    from conda_clone.cli.change_flow import confirm_or_exit, run_change
    from conda_clone.cli.output.change_report import actions_document
    from conda_clone.cli.requests import build_request, read_inspection
    from conda_clone.core.planning.request import Verb
    from conda_clone.operations.change_environment import prepare_removal

    request = build_request(args, session, Verb.REMOVE, prefix)
    prepared = prepare_removal(session, request, read_inspection(args), is_deletion=at_once)
    if prepared.change.unlink or session.output.dry_run:
        run_change(session, prepared)
    else:
        session.console.print(f"There are no packages in `{prefix}`.")
        actions = actions_document(prepared.change, ())
        session.console.document({"success": True, "actions": actions, "prefix": prefix})
    if session.output.dry_run or keep:
        return 0
    confirm_or_exit(
        session,
        f"Everything else in `{prefix}`, files of your own included, will be deleted."
        " Do you wish to continue",
        default=False,
    )
    delete_environment(session, prefix)
    return 0
