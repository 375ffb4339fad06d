"""The program: argv in, exit status out.

`conda --version` is answered before anything is imported; every other command line imports the
parser, one command, and what that command needs.
"""

import sys

from conda_clone import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

    from conda_clone.cli.output.console import HumanConsole
    from conda_clone.cli.output.json_output import JsonConsole
    from conda_clone.cli.parser import Invocation
    from conda_clone.config.configuration import Configuration
    from conda_clone.operations.session import Session

__all__ = ["main"]

_VERSION = ("-V", "--version")
_BEFORE_VERSION = ("-v", "--verbose", "--json", "--debug", "--trace", "--no-plugins")
_FALSE = ("", "0", "false", "no", "n", "off", "none")


def main(argv: "Sequence[str] | None" = None) -> int:
    """Run one command line and return the exit status.

    Args:
        argv: The words after the program's name; those of the process by default.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    if _asks_for_version(arguments):
        print(f"conda {__version__}")
        return 0
    return _run(arguments)


def _asks_for_version(arguments: "Sequence[str]") -> bool:
    for word in arguments:
        if word in _VERSION:
            return True
        if word not in _BEFORE_VERSION:
            return False
    return False


def _run(arguments: "Sequence[str]") -> int:
    import os

    json, verbosity = False, 0
    try:
        for stream in (sys.stdout, sys.stderr):
            _tolerate_any_text(stream)
        from conda_clone.cli.parser import parse  # argparse: 10 ms

        invocation = parse(arguments)
        if invocation is None:
            return 0
        json = "--json" in arguments or _is_true(os.environ, "CONDA_JSON")
        verbosity = vars(invocation.args).get("verbosity") or 0
        return _execute(invocation, _command_line(arguments))
    except BaseException as error:  # noqa: BLE001 - one of the three seams for all errors
        from conda_clone.cli.exit import settle  # only on errors

        return settle(error, json=json, verbosity=verbosity, command=_command_line(arguments))


def _execute(invocation: "Invocation", command: str) -> int:
    session, console = _open_session(invocation, command)
    try:
        status: int = invocation.module.execute(invocation.args, session)
    except BaseException:
        console.close(ok=False)
        raise
    console.close(ok=True)
    return status


def _open_session(
    invocation: "Invocation", command: str
) -> "tuple[Session, HumanConsole | JsonConsole]":
    """Read the configuration, and build what the command gets."""
    import os
    from datetime import datetime

    from conda_clone.cli.overrides import configuration_overrides
    from conda_clone.config.configuration import Configuration
    from conda_clone.operations.session import Session

    args = invocation.args
    environ = dict(os.environ)
    configuration = Configuration.load(
        environ=environ,
        home=os.path.expanduser("~"),
        arguments=configuration_overrides(args),
        prefix_for_condarc=None,
    )
    console = _open_console(configuration)
    session = Session(
        configuration,
        console,
        environment=environ,
        clock=lambda: datetime.now().astimezone(),
        command=command,
    )
    return session, console


def _open_console(configuration: "Configuration") -> "HumanConsole | JsonConsole":
    settings = configuration.output_settings()
    if settings.json:
        from conda_clone.cli.output.json_output import JsonConsole  # json: 5 ms

        return JsonConsole(sys.stdout, sys.stderr, quiet=settings.quiet)
    from conda_clone.cli.output.console import HumanConsole

    return HumanConsole(sys.stdout, sys.stderr, sys.stdin, quiet=settings.quiet)


def _command_line(arguments: "Sequence[str]") -> str:
    """Return the command as the user gave it, secrets in URLs removed."""
    words = [sys.argv[0], *arguments]
    if not any("://" in word for word in words):
        return " ".join(words)
    from conda_clone.models.url import redact  # urllib.parse: 5 ms

    return " ".join(redact(word) if "://" in word else word for word in words)


def _tolerate_any_text(stream: "TextIO") -> None:
    """Let no path and no description break the output, whatever the terminal's encoding."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        is_utf8 = stream.encoding.lower().replace("-", "") == "utf8"
        reconfigure(errors="surrogateescape" if is_utf8 else "backslashreplace")


def _is_true(environ: "Mapping[str, str]", name: str) -> bool:
    return environ.get(name, "").lower() not in _FALSE
