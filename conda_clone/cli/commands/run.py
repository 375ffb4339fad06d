"""`conda run`: run a program inside an environment."""

import argparse
import os

from conda_clone.cli import options
from conda_clone.operations.environments import prefix_to_read
from conda_clone.operations.run import near_programs, prepare_program, run_program
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]

_NO_PROGRAM = 127  # what shells end with when they cannot find a program


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
    if status == _NO_PROGRAM:
        _tell_meant(args, session, prefix, words[0])
    return status


def _tell_meant(args: argparse.Namespace, session: Session, prefix: str, word: str) -> None:
    """Say what may have been meant by a word that no program is called."""
    from conda_clone.cli.meant_environment import meant_environment  # only on mistakes

    near = near_programs(prefix, word)
    if meant_environment(args, session, [word]) is not None:
        session.console.note(f"hint: `{word}` is an environment: `conda run -n {word} PROGRAM`.")
    elif near:
        session.console.note(f"hint: did you mean {' or '.join(f'`{name}`' for name in near)}?")
