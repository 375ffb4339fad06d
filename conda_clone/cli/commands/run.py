"""`conda run`: run a program inside an environment."""

import argparse
import os

from conda_clone.cli import options
from conda_clone.operations.environments import prefix_to_read
from conda_clone.operations.run import prepare_program, run_program
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.add_target_options(parser)
    options.add_verbosity_option(parser)
    parser.add_argument("--dev", action="count", help=argparse.SUPPRESS)
    parser.add_argument(
        "--debug-wrapper-scripts", action="count", help="Let the shell show what it does."
    )
    parser.add_argument("--cwd", metavar="PATH", help="Folder to start the program in.")
    parser.add_argument(
        "-s",
        "--no-capture-output",
        "--live-stream",
        action="store_true",
        help="Kept for scripts: the program always has the streams of this process.",
    )
    parser.add_argument(
        "executable_call",
        nargs=argparse.REMAINDER,
        help="The program and its arguments.",
    )


def execute(args: argparse.Namespace, session: Session) -> int:
    """Run the program and return its exit status.

    Raises:
        CondaError: The environment does not exist, or there is no program.
    """
    prefix = prefix_to_read(session, name=args.name, path=args.prefix)
    words = list(args.executable_call)
    if words[:1] == ["--"]:
        del words[0]
    program = prepare_program(session, prefix, words, trace=bool(args.debug_wrapper_scripts))
    if session.output.verbosity > 0 and program.script:
        session.console.note(program.script)
    cwd = None if args.cwd is None else os.path.join(session.cwd, args.cwd)
    status = run_program(program, cwd=cwd)
    if status:
        session.console.note(f"ERROR: `conda run {' '.join(words)}` ended with status {status}.")
    return status
