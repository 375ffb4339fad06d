"""`conda completion`: let a shell complete commands, options and names."""

import argparse

from conda_clone.operations.session import Session
from conda_clone.shells.completion import SHELLS, completion_script

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description = (
        "Print what lets a shell complete commands, options, environments and installed packages."
    )
    parser.epilog = (
        "The hook of `conda init` does it already; otherwise, for bash: "
        'eval "$(conda completion bash)".'
    )
    parser.add_argument("shell", nargs="?", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    parser.add_argument("--words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Print the script, or for the script: what can stand in the place of the last word."""
    if args.words is not None:
        from conda_clone.cli.completion import complete  # only when a key has been pressed

        candidates = list(complete(args.words, session))
        for candidate in candidates:
            session.console.print(f"{candidate.word}\t{candidate.meaning}")
        session.console.document([each.word for each in candidates])
        return 0
    shell = args.shell or "bash"
    script = completion_script(shell, session.executable)
    session.console.print(script)
    session.console.document({"shell": shell, "script": script})
    return 0
