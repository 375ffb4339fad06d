"""Whatever ends a command becomes an exit status, and a report where one is due.

0: success, a dry run, a question answered with no; 1: an error; 2: wrong usage. The status of
`conda run` is that of the program it ran.
"""

import errno
import os
import sys
from contextlib import suppress

from conda_clone.cli.usage import WrongUsage
from conda_clone.errors import (
    ArgumentError,
    CondaError,
    CondaExitZero,
    NoSpaceLeftError,
    NotWritableError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TextIO

    from conda_clone.plugins.manager import Plugins

    Hints = list[tuple[str, str | None]]
    Json = bool | Literal["lines"]

__all__ = ["settle"]

_FULL = (errno.ENOSPC, errno.EDQUOT)
_LONGEST_NAME = 200
_LIMITS = {
    errno.EMFILE: ("open more files", "ulimit -n"),
    errno.ENFILE: ("open more files", "sysctl fs.file-max"),
    errno.EAGAIN: ("start more processes or threads", "ulimit -u"),
    errno.ENOMEM: ("use more memory", "ulimit -v"),
}
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def settle(
    error: BaseException,
    *,
    json: "Json",
    verbosity: int,
    command: str,
    plugins: "Plugins | None" = None,
) -> int:
    """Report the error that ended a command, and return the exit status.

    Args:
        error: Any exception, `SystemExit` and `KeyboardInterrupt` included.
        json: Report for programs, on stdout; "lines" for a document on one line.
        verbosity: From 1 on, unexpected errors show where they happened.
        command: The command line, for reports of unexpected errors.
        plugins: Who may watch, and add hints.
    """
    error = _named(error)
    lost = _lost(sys.stdout)
    if lost is not None:
        _silence(sys.stdout)
        json = False
        if _says_nothing_else(error):
            error = lost if isinstance(lost, BrokenPipeError) else OutputLost(lost)
    status = _status(error)
    if isinstance(error, BrokenPipeError):  # whoever reads has gone, and wants no report
        _silence(sys.stdout)
        return status
    hints = _told(error, status, plugins) if plugins is not None and status else []
    for form in (json, False):
        with suppress(OSError):
            _tell(error, hints, json=form, verbose=verbosity > 0, command=command)
            sys.stdout.flush()
            sys.stderr.flush()
            return status
        _silence(sys.stdout)  # the second time, all goes to stderr
    _silence(sys.stderr)
    return status


class OutputLost(CondaError):
    """What a command has to say cannot be written."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(f"The output cannot be written: {cause.strerror or cause}.")


class Interrupted(CondaError):
    """The user pressed Ctrl-C in the middle of the work."""

    def __init__(self) -> None:
        super().__init__("Operation aborted.")

    @property
    def exception_name(self) -> str:
        """The name that scripts know for it."""
        return "CondaError"


class LimitReached(CondaError):
    """The machine, or a limit of the user, gives no more of something that the work needs."""

    def __init__(self, number: int) -> None:
        what, told_by = _LIMITS[number]
        super().__init__(
            f"The system does not let this program {what}.",
            hint=f"End other programs, or raise the limit that `{told_by}` tells.",
        )


class NotEncodable(CondaError):
    """A name cannot be written: not in the encoding of this system, or in none at all."""

    def __init__(self, error: UnicodeEncodeError) -> None:
        text = error.object if len(error.object) <= _LONGEST_NAME else error.object[error.start :]
        shown = text[:_LONGEST_NAME].encode("ascii", "backslashreplace").decode()
        if error.encoding == "utf-8":
            reason, hint = "it is not UTF-8", "Choose another name or path."
        else:
            reason = f"the encoding `{error.encoding}` of this system lacks some of its letters"
            hint = "Set LANG=C.UTF-8, or PYTHONUTF8=1."
        super().__init__(f"`{shown}` cannot be written: {reason}.", hint=hint)

    @property
    def exception_name(self) -> str:
        """The name that scripts know for it."""
        return "EncodingError"


class NoTemporaryFolder(CondaError):
    """None of the usual folders for temporary files can be written."""

    def __init__(self) -> None:
        super().__init__(
            "No folder for temporary files can be written.",
            hint="Name one in the variable TMPDIR.",
        )


class WorkingFolderGone(CondaError):
    """A relative path leads nowhere, because where it starts has been deleted."""

    def __init__(self) -> None:
        super().__init__(
            "The folder that you are in does not exist any more, and a relative path starts there.",
            hint="Change to another folder, or give absolute paths.",
        )


def _has_working_folder() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _named(error: BaseException) -> BaseException:
    """Return the typed error for what a user can cause and nobody below has translated."""
    if isinstance(error, KeyboardInterrupt):
        return Interrupted()
    if isinstance(error, UnicodeEncodeError):
        return NotEncodable(error)
    if isinstance(error, MemoryError):
        return LimitReached(errno.ENOMEM)
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return LimitReached(errno.EAGAIN)
    return _from_os(error) if isinstance(error, OSError) else error


def _from_os(error: OSError) -> OSError | CondaError:
    path = str(error.filename or "")
    if error.errno == errno.ENOENT and not path and not _has_working_folder():
        return WorkingFolderGone()
    if error.errno == errno.ENOENT and "temporary directory" in str(error.strerror):
        return NoTemporaryFolder()
    # Streams that do not block say how much they have taken; they are no limit of the system.
    if error.errno in _LIMITS and not hasattr(error, "characters_written"):
        return LimitReached(error.errno)
    if error.errno in _FULL:  # whoever writes files names them
        return NoSpaceLeftError(path) if path else OutputLost(error)
    if error.errno in _REFUSED and path:
        return NotWritableError(path, error.strerror or "refused")
    return error


def _lost(stream: "TextIO") -> OSError | None:
    """Return why a stream does not take what has been written, if that is so."""
    try:
        stream.flush()
    except OSError as error:
        return error
    return None


def _says_nothing_else(error: BaseException) -> bool:
    """Tell whether an error may well be the output's own, or none at all."""
    return isinstance(error, OSError) or _status(error) == 0


def _status(error: BaseException) -> int:
    if isinstance(error, WrongUsage):
        return 2
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    return error.exit_status if isinstance(error, CondaError) else 1


def _tell(
    error: BaseException, hints: "Hints", *, json: "Json", verbose: bool, command: str
) -> None:
    if isinstance(error, WrongUsage):
        _report_usage(error, json=json)
    elif isinstance(error, CondaError):
        _report(error, hints, json=json)
    elif not isinstance(error, SystemExit):  # whoever raised that has said what there is to say
        _report_unexpected(error, json=json, verbose=verbose, command=command)


def _told(error: BaseException, status: int, plugins: "Plugins") -> "Hints":
    """Tell plugins of an error, and return what they add; their own errors do not matter here."""
    from conda_clone.cli.plugin_hooks import error_hints, observe_error

    try:
        observe_error(plugins, error, status)
        return error_hints(plugins, error)
    except CondaError:
        return []


def _report(error: CondaError, hints: "Hints", *, json: "Json") -> None:
    from conda_clone.cli.output.error_report import error_document, error_text

    if json and not isinstance(error, CondaExitZero):
        _write_json(error_document(error, hints), json)
    elif isinstance(error, CondaExitZero) and sys.stderr.isatty():
        _write_error(error.message)  # a person wants no name for what is no error
    else:
        _write_error(error_text(error, hints))


def _report_usage(error: WrongUsage, *, json: "Json") -> None:
    """Tell people on stderr, whatever is asked for, and programs on stdout."""
    if json:
        from conda_clone.cli.output.error_report import error_document

        _write_json(error_document(ArgumentError(error.message, hint=error.hint)), json)
    _write_error(error.text().rstrip("\n"))


def _report_unexpected(error: BaseException, *, json: "Json", verbose: bool, command: str) -> None:
    from conda_clone.cli.output.error_report import unexpected_document, unexpected_text

    if json:
        _write_json(unexpected_document(error, command=command, verbose=verbose), json)
    else:
        _write_error(unexpected_text(error, verbose=verbose))


def _write_json(document: dict[str, object], form: "Json") -> None:
    from conda_clone.cli.output.json_output import write_document  # json: 5 ms

    write_document(sys.stdout, document, lines=form == "lines")
    sys.stdout.flush()


def _write_error(text: str) -> None:
    """Write a report: wrapped, and its first words marked, where there is a terminal."""
    from conda_clone.cli.output.terminal import columns, emphasised, wrapped

    lines = wrapped(text, columns(sys.stderr)).split("\n")
    for index, line in enumerate(lines):
        word, colon, rest = line.partition(":")
        if colon and word == "hint":
            lines[index] = emphasised("hint:", "hint", sys.stderr) + rest
        elif colon and word.isidentifier() and not any(lines[:index]):
            lines[index] = emphasised(f"{word}:", "error", sys.stderr) + rest
    sys.stderr.write("\n".join(lines) + "\n")


def _silence(stream: "TextIO") -> None:
    """Keep the interpreter from complaining about the closed pipe when it flushes at its end."""
    with suppress(OSError, ValueError):  # not a real file: nothing will complain
        devnull = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(devnull, stream.fileno())
        finally:
            os.close(devnull)
