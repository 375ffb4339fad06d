"""`conda.cli` and the processes of `conda.gateways`: what plugins run, and what they say."""

import json
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from conda_clone.errors import CondaError
from conda_clone.gateways.disk.write import unused_name_beside, write_atomically
from conda_clone.gateways.processes import run, run_passthrough
from conda_clone.plugins.equivalents.activate import PosixActivator
from conda_clone.plugins.equivalents.context import context, determine_target_prefix
from conda_clone.plugins.equivalents.functions import captured
from conda_clone.plugins.equivalents.instance import run_words

__all__ = [
    "LOCK_BYTE",
    "Commands",
    "Response",
    "conda_exception_handler",
    "deprecated",
    "execute_run",
    "is_active_prefix",
    "lock",
    "print_activate",
    "reinstall_packages",
    "run_command",
    "stdout_json",
    "stdout_json_success",
    "subprocess_call",
    "wrap_subprocess_call",
]

LOCK_BYTE = 21
_EXECUTABLE = 0o700


class Response(NamedTuple):
    """What became of a process."""

    stdout: str
    stderr: str
    rc: int


class _Deprecated:
    """Marks nothing: what plugins deprecate is for their own users to see."""

    def __call__(self, *_: Any, **__: Any) -> Callable[[Any], Any]:
        return lambda marked: marked

    argument = action = module = constant = topic = __call__


deprecated = _Deprecated()


def stdout_json(value: Any) -> None:
    """Write a value as JSON."""
    sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")


def stdout_json_success(success: bool = True, **facts: Any) -> None:  # noqa: FBT001, FBT002 - the public interface
    """Write that a command has succeeded, with what else there is to say."""
    stdout_json({"success": success, **facts})


def is_active_prefix(prefix: str) -> bool:
    """Tell whether an environment is the active one."""
    active = context.active_prefix
    return active is not None and os.path.realpath(prefix) == os.path.realpath(active)


def print_activate(env_name_or_prefix: str) -> None:
    """Write how to activate an environment, where people read it."""
    if not (context.quiet or context.json):
        name = shlex.quote(env_name_or_prefix)
        sys.stdout.write(f"\nTo use the environment:\n\n    $ conda activate {name}\n\n")


def execute_run(args: Any, parser: Any = None) -> int:
    """Run a program in an environment, as `conda run` does."""
    del parser
    flag = vars(args).get
    is_named = flag("prefix") or flag("name")
    prefix = determine_target_prefix(context, args) if is_named else context.target_prefix
    words = ["run", "-p", prefix]
    words += ["--no-capture-output"] if flag("no_capture_output") else []
    words += ["--cwd", str(flag("cwd"))] if flag("cwd") else []
    return run_words(*words, *flag("executable_call", ()))


class Commands:
    """Names of commands for `run_command`."""

    CLEAN = "clean"
    COMPARE = "compare"
    CONFIG = "config"
    CREATE = "create"
    INFO = "info"
    INSTALL = "install"
    LIST = "list"
    NOTICES = "notices"
    REMOVE = "remove"
    RUN = "run"
    SEARCH = "search"
    UPDATE = "update"


def run_command(command: str, *arguments: Any, **_: Any) -> tuple[str, str, int]:
    """Run a command line; return what it has written, and its exit status."""
    words = [str(word) for word in arguments]
    if len(arguments) == 1 and not isinstance(arguments[0], str):
        words = [str(word) for word in arguments[0]]
    with captured() as written:
        status = run_words(command, *words)
    return written.stdout, written.stderr, status


def reinstall_packages(args: Any, specs: Sequence[str], **_: Any) -> int:
    """Put packages into an environment once more."""
    prefix = determine_target_prefix(context, args)
    return run_words("install", "--yes", "--force-reinstall", "-p", prefix, *map(str, specs))


def conda_exception_handler(function: Callable[..., Any], *arguments: Any, **options: Any) -> int:
    """Call something; return its exit status, or that of its error, which is written."""
    try:
        return int(function(*arguments, **options) or 0)
    except CondaError as error:
        sys.stderr.write(f"\n{type(error).__name__}: {error}\n\n")
        return error.exit_status


def subprocess_call(
    command: str | Sequence[str],
    env: Mapping[str, str] | None = None,
    path: str | None = None,
    stdin: str | None = None,
    raise_on_error: bool = True,  # noqa: FBT001, FBT002 - the public interface
    capture_output: bool = True,  # noqa: FBT001, FBT002 - as above
) -> Response:
    """Run a program to its end.

    Raises:
        CondaError: It cannot be started, or ends with another status than 0.
    """
    words = shlex.split(command) if isinstance(command, str) else [str(word) for word in command]
    folder = path or os.getcwd()
    environ = dict(os.environ if env is None else env)
    if capture_output:
        done = run(words, env=environ, cwd=folder, input=stdin or "")
        response = Response(done.stdout, done.stderr, done.returncode)
    else:
        response = Response("", "", run_passthrough(words, env=environ, cwd=folder))
    if raise_on_error and response.rc:
        raise CondaError(
            f"`{shlex.join(words)}` ended with status {response.rc}: {response.stderr}"
        )
    return response


def wrap_subprocess_call(
    root_prefix: str,
    prefix: str,
    dev_mode: bool,  # noqa: FBT001 - the public interface
    debug_wrapper_scripts: bool,  # noqa: FBT001 - as above
    arguments: Sequence[str],
    use_system_tmp_path: bool = False,  # noqa: FBT001, FBT002 - as above
) -> tuple[str, list[str]]:
    """Write a script that activates an environment and runs a program; the caller removes it.

    Returns:
        The path of the script, and the words that run it.
    """
    del root_prefix, dev_mode, debug_wrapper_scripts, use_system_tmp_path
    code = PosixActivator(("activate", str(prefix))).execute()
    path = unused_name_beside(os.path.join(tempfile.gettempdir(), "script")) + ".sh"
    write_atomically(path, f"{code}\n{shlex.join(map(str, arguments))}\n", mode=_EXECUTABLE)
    return path, ["sh", path]


@contextmanager
def lock(file_descriptor: int) -> Iterator[None]:
    """Have the lock of an open file until the block ends; others are waited for.

    Raises:
        OSError: The file system has no locks.
    """
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file_descriptor, LOCK_BYTE, os.SEEK_SET)
        msvcrt.locking(file_descriptor, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.lockf(file_descriptor, fcntl.LOCK_EX, 1, LOCK_BYTE)
    try:
        yield
    finally:
        if sys.platform == "win32":
            os.lseek(file_descriptor, LOCK_BYTE, os.SEEK_SET)
            msvcrt.locking(file_descriptor, msvcrt.LK_UNLCK, 1)
        else:
            fcntl.lockf(file_descriptor, fcntl.LOCK_UN, 1, LOCK_BYTE)
