"""The program: argv in, exit status out.

`conda --version` is answered before anything is imported, and a shell that asks for a change of
itself waits for no parser; every other command line imports the parser, one command, and what that
command needs.
"""

import sys

from conda_clone import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal, TextIO

    from conda_clone.cli.parser import Invocation
    from conda_clone.plugins.manager import Plugins

__all__ = ["main"]

_SHELL = "shell."
_VERSION = ("-V", "--version")
_BEFORE_VERSION = ("-v", "--verbose", "--json", "--debug", "--trace", "--no-plugins")
# Objects made before cycles are looked for; the usual 700 cost a tenth of a solve.
_MANY_OBJECTS = 200_000
_FALSE = ("", "0", "false", "no", "n", "off", "none")


def main(argv: "Sequence[str] | None" = None) -> int:
    """Run one command line and return the exit status.

    Args:
        argv: The words after the program's name; those of the process by default.
    """
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _stand_in_for_closed_streams()
    if argv is None:
        _find_own_modules_first()
    status = _run(sys.argv[1:] if argv is None else list(argv))
    if argv is None:
        import gc

        # The process ends: looking for cycles once more would take a tenth of a command's time.
        gc.freeze()
    return status


def _find_own_modules_first() -> None:
    """Let no module that PYTHONPATH leads to stand for one of Python's or of our own.

    It is meant for other programs, and may well hold a `json.py`; plugins are found there all the
    same.
    """
    import os

    given = os.environ.get("PYTHONPATH")
    if given:
        try:
            folders = {os.path.abspath(path) for path in given.split(os.pathsep)}
        except OSError:  # some are relative to a folder that is gone
            folders = set(given.split(os.pathsep))
        sys.path.sort(key=folders.__contains__)


def _stand_in_for_closed_streams() -> None:
    """Let the null device be the streams that whoever started us has closed.

    Otherwise the next file that is opened would get such a stream's number, and what programs that
    we start print would end up in it.
    """
    import os

    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(number, True)  # noqa: FBT003 - it takes no keyword
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays
            setattr(sys, name, stream)


def _answer_shell(arguments: "Sequence[str]") -> None:
    """Print what a shell evaluates (`conda shell.NAME COMMAND`)."""
    import os

    from conda_clone.config.search_path import home_folder, working_folder
    from conda_clone.shells.main import ShellCall, answer

    told = answer(
        ShellCall(
            arguments[0].removeprefix(_SHELL),
            arguments[1:],
            environ=os.environ,
            home=home_folder(),
            cwd=working_folder(os.environ),
            executable=_executable(),
        )
    )
    for caution in told.cautions:
        print(f"WARNING: {caution}", file=sys.stderr)
    print(told.text, end="")


def _is_shell(word: str) -> bool:
    """Tell whether `shell.NAME` names a shell that is supported, for JSON or not."""
    from conda_clone.shells.dialects import SHELLS

    return word.removeprefix(_SHELL).removesuffix("+json") in SHELLS


def _executable() -> str:
    """Return the path by which others start this program."""
    import os

    path = os.path.abspath(sys.argv[0])
    if path.endswith(".py"):  # started as a module: the script is beside the interpreter
        return os.path.join(os.path.dirname(sys.executable), "conda")
    return path


def _asks_for_version(arguments: "Sequence[str]") -> bool:
    for word in arguments:
        if word in _VERSION:
            return True
        if word not in _BEFORE_VERSION:
            return False
    return False


def _run(arguments: "Sequence[str]") -> int:
    import os

    ending = _Ending(arguments, os.environ)
    try:
        status = _answer(arguments, ending)
        sys.stdout.flush()  # what cannot be written is no success
        sys.stderr.flush()
    except BaseException as error:  # noqa: BLE001 - one of the three seams for all errors
        from conda_clone.cli.exit import settle  # only on errors

        return settle(
            error,
            json=ending.json,
            verbosity=ending.verbosity,
            command=ending.command,
            plugins=ending.plugins,
        )
    return status


def _answer(arguments: "Sequence[str]", ending: "_Ending") -> int:
    if _asks_for_version(arguments):
        print(f"conda {__version__}")
        return 0
    import os

    for stream in (sys.stdout, sys.stderr):
        _tolerate_any_text(stream)
    if arguments and arguments[0].startswith(_SHELL):
        if arguments[1:] != ["commands"] or not _is_shell(arguments[0]):
            _answer_shell(arguments)
            return 0
        arguments = ["commands"]
    import gc  # here, because a shell that waits for us needs none

    from conda_clone.cli.parser import parse  # argparse: 10 ms

    gc.set_threshold(_MANY_OBJECTS)
    ending.plugins = _plugins(os.environ)
    invocation = parse(arguments, ending.plugins)
    if invocation is None:
        return 0
    ending.verbosity = vars(invocation.args).get("verbosity") or 0
    return _execute(invocation, ending, ending.plugins)


class _Ending:
    """What must be known however a command ends, as far as it is known by then."""

    def __init__(self, arguments: "Sequence[str]", environ: "Mapping[str, str]") -> None:
        given = "--json" in arguments or _is_true(environ, "CONDA_JSON")
        self.json: bool | Literal["lines"] = "lines" if "--json-lines" in arguments else given
        self.verbosity = 0
        self.plugins: Plugins | None = None
        self.command = _command_line(arguments)


def _plugins(environ: "Mapping[str, str]") -> "Plugins":
    """Return the plugins; none is looked for before one is needed."""
    from conda_clone.cli.plugin_hooks import warn
    from conda_clone.plugins.manager import Plugins

    return Plugins(warn, enabled=not _is_true(environ, "CONDA_NO_PLUGINS"))


def _execute(invocation: "Invocation", ending: _Ending, plugins: "Plugins") -> int:
    from conda_clone.cli.opening import open_session
    from conda_clone.cli.plugin_hooks import command_name, run_command_hooks

    session = open_session(
        invocation, command=ending.command, executable=_executable(), plugins=plugins
    )
    ending.json = ending.json or session.console.json
    name = command_name(invocation.command.name, invocation.args)
    try:
        if not invocation.command.repairs_settings and session.output.verbosity > 1:
            from conda_clone.gateways.log import logged  # 5 ms, and only for those who ask

            session.held.enter_context(logged(sys.stderr, session.output.verbosity))
        run_command_hooks(plugins, "conda_pre_commands", name)
        status: int = invocation.module.execute(invocation.args, session)
        if status == 0:
            run_command_hooks(plugins, "conda_post_commands", name)
    except BaseException:
        session.console.close(ok=False)
        raise
    finally:
        session.close()
    session.console.close(ok=True)
    return status


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
