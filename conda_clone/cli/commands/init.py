"""`conda init`: let shells know the `conda` function when they start."""

import argparse
import os
import sys
from collections.abc import Mapping

from conda_clone.cli import options
from conda_clone.errors import ArgumentError, CondaError
from conda_clone.operations.init_shells import init_shells
from conda_clone.operations.session import Session
from conda_clone.shells.init.plan import InitWish, shells_of_platform

__all__ = ["configure", "execute", "not_initialised"]

_ADMINISTRATORS = (
    "Some files may only be changed by an administrator: run the command again with sudo."
)
_DRY = "Dry run: nothing has been changed."
_CHANGED = "Open a new shell to see the change."
_UNCHANGED = "Everything is as it should be already."


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "shells",
        nargs="*",
        type=_shell,
        metavar="SHELL",
        help=f"{', '.join(shells_of_platform())}; without any, the usual ones of this platform.",
    )
    where = parser.add_argument_group("what to change")
    where.add_argument("--all", action="store_true", help="Prepare every shell.")
    where.add_argument(
        "--user",
        action="store_true",
        default=None,
        help="Change your own profiles (the default without --system).",
    )
    where.add_argument(
        "--no-user", dest="user", action="store_false", help="Leave your own profiles alone."
    )
    where.add_argument("--system", action="store_true", help="Change the profiles of all users.")
    where.add_argument("--reverse", action="store_true", help="Undo what `conda init` has done.")
    where.add_argument(
        "--condabin",
        action="store_true",
        help="Only put the folder with the program on PATH; activation stays unknown.",
    )
    where.add_argument(
        "-d",
        "--dry-run",
        action="store_true",
        default=None,
        help="Only show what would change, line by line.",
    )
    parser.add_argument("--dev", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--install", action="store_true", help=argparse.SUPPRESS)
    options.add_output_options(parser)


def _shell(word: str) -> str:
    """Return the name of a shell that can be prepared here."""
    if word not in shells_of_platform():
        raise argparse.ArgumentTypeError(
            f"invalid choice: {word!r} (choose from {', '.join(shells_of_platform())})"
        )
    return word


def execute(args: argparse.Namespace, session: Session) -> int:
    """Change the profiles; 1 if some may only be changed by another user.

    Raises:
        ArgumentError: Neither the user's profiles nor those of the system are to change.
    """
    if args.user is False and not args.system:
        raise ArgumentError(
            "With --no-user and without --system there is nothing to change.",
            hint="Add --system, or leave --no-user out.",
        )
    wish = InitWish(
        shells=tuple(dict.fromkeys(shells_of_platform() if args.all else args.shells)),
        user=not args.system if args.user is None else args.user,
        system=args.system,
        reverse=args.reverse,
        condabin=args.condabin,
    )
    dry_run = session.output.dry_run
    results = init_shells(session, wish, dry_run=dry_run)
    verbose = dry_run or session.output.verbosity > 0
    for result in results:
        session.console.print(f"{result.outcome:<13} {result.path}")
        if verbose and result.diff:
            session.console.print("\n".join(["", *result.diff, ""]))
    refused = [result.path for result in results if result.outcome == "needs sudo"]
    session.console.document(
        {
            "success": not refused,
            "dry_run": dry_run,
            "files": [{"path": result.path, "outcome": result.outcome} for result in results],
        }
    )
    if refused:
        session.console.note(_ADMINISTRATORS)
        return 1
    changed = any(result.outcome == "modified" for result in results)
    session.console.print(f"\n{_DRY if dry_run else _CHANGED if changed else _UNCHANGED}")
    return 0


def not_initialised(command: str, environ: Mapping[str, str]) -> CondaError:
    """Return what to say when a shell runs the program where it should call the function."""
    shell = os.path.basename(environ.get("SHELL", "")).removesuffix(".exe")
    known = shell if shell in shells_of_platform() else ""
    hook = (
        "" if sys.platform == "win32" else '; for this shell only, eval "$(conda shell.posix hook)"'
    )
    return CondaError(
        f"Run `conda init` before `conda {command}`.",
        hint=f"`conda init{' ' + known if known else ''}` prepares new shells{hook}.",
    )
