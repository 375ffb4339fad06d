"""Watches where effects come from (docs/explanation/architecture.md).

Only `gateways`, and the few places that are named here, may open files for writing, start processes
or connect. Python tells a hook about every such event. Who did it is the innermost function that is
neither of Python nor of a library: one of the package counts, a test or a plugin does not.

`nox -s effects` watches the whole suite, and the processes of the program that tests start.
"""

import functools
import linecache
import os
import site
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import conda_clone
from conda_clone.gateways.disk import mutations

__all__ = ["ALLOWED", "EVENTS", "PACKAGE", "REPORT", "install", "offender"]

PACKAGE = str(Path(conda_clone.__file__).parent) + os.sep
REPORT = "WATCH_EFFECTS"  # the variable that names the file of what is found
# Each with its reason.
ALLOWED = (
    "gateways/",  # that is what it is for
    "testing/",  # builders and servers of tests, which no command imports
    "recover.py",  # works where the rest of the program is broken
    "core/virtual_packages/",  # asks the machine for facts, by programs and libraries
)
_THROUGH = ("mutations.", "native.")
_MUTATIONS = [each for name, each in vars(mutations).items() if name in mutations.__all__]
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
EVENTS = frozenset(
    {
        *(
            f"os.{name}"
            for name in (
                "chflags", "chmod", "chown", "exec", "fork", "forkpty", "link", "mkdir",
                "posix_spawn", "remove", "removexattr", "rename", "rmdir", "setxattr", "spawn",
                "startfile", "symlink", "system", "truncate", "utime",
            )
        ),
        *(
            f"shutil.{name}"
            for name in (
                "chown", "copyfile", "copymode", "copystat", "copytree", "make_archive", "move",
                "rmtree", "unpack_archive",
            )
        ),
        *(f"socket.{name}" for name in ("bind", "connect", "getaddrinfo", "sendmsg", "sendto")),
        "ftplib.connect",
        "http.client.connect",
        "sqlite3.connect",
        "subprocess.Popen",
        "tempfile.mkdtemp",
        "tempfile.mkstemp",
        "urllib.Request",
        "webbrowser.open",
        "winreg.SetValue",
    }
)  # fmt: skip
_LIBRARIES = tuple(
    str(Path(place)) + os.sep
    for place in {
        *site.getsitepackages(),
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    }
)


def install(report: Path) -> None:
    """Write, from now on, every effect that comes from where none may come from into a file.

    Programs in Python that are started from here on are watched as well.
    """
    sys.addaudithook(_watch(str(report)))
    _watch_children(report)


def _watch(report: str) -> Callable[[str, tuple[Any, ...]], None]:
    """Return the hook; each place is reported once by each process.

    Python asks it about everything, so that it is a function, which costs less than a method.
    """
    told: set[str] = set()
    state = threading.local()

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            flags = arguments[2]
            if not isinstance(flags, int) or not flags & _WRITING or arguments[0] == os.devnull:
                return
        elif event not in EVENTS:
            return
        found = offender(sys._getframe(1))
        if found is None or found in told or getattr(state, "is_busy", False):
            return
        told.add(found)
        shown = ", ".join(repr(each)[:100] for each in arguments)
        text = f"{found}: {event}({shown}) in {os.environ.get('PYTEST_CURRENT_TEST', '?')}\n"
        state.is_busy = True  # what follows is such an event itself
        try:
            with open(report, "a", encoding="utf-8") as stream:
                stream.write(text)
        finally:
            state.is_busy = False

    return watch


class _Who(Enum):
    """Whose a function is."""

    ALLOWED = "ours, and may have effects"
    OURS = "ours, and may not"
    LIBRARY = "of Python or a library: whoever calls it"
    OTHER = "of a test, of a plugin, or Python's business"


@functools.cache
def _who(name: str, function: str) -> _Who:
    if name.startswith("<frozen importlib") or function == "_get_default_tempdir":
        return _Who.OTHER  # Python's own: bytecode, and finding out where temporary files can be
    if name.startswith(PACKAGE):
        return _Who.ALLOWED if _module(name).startswith(ALLOWED) else _Who.OURS
    return _Who.LIBRARY if name.startswith((*_LIBRARIES, "<")) else _Who.OTHER


def _module(name: str) -> str:
    return name[len(PACKAGE) :].replace(os.sep, "/")


def offender(frame: FrameType | None) -> str | None:
    """Return module, line and function that an effect comes from, if none may; None if it may."""
    while frame is not None:
        code = frame.f_code
        who = _who(code.co_filename, code.co_name)
        if who is _Who.LIBRARY:
            frame = frame.f_back
            continue
        if who is _Who.OURS and not _is_mutation(frame):
            return f"{_module(code.co_filename)}:{frame.f_lineno} {code.co_qualname}"
        return None
    return None


def _is_mutation(frame: FrameType) -> bool:
    """Tell whether a function is calling what `mutations` names, by that name or a local one.

    These are Python's own functions, so that no frame of `gateways` lies between.
    """
    text = _call_of(frame.f_code.co_filename, frame.f_code, frame.f_lasti)
    name = text.partition("(")[0]
    return name.startswith(_THROUGH) or frame.f_locals.get(name) in _MUTATIONS


@functools.cache
def _call_of(name: str, code: CodeType, instruction: int) -> str:
    """Return the text of the expression that a function of that file is at.

    Functions of two files can be equal.
    """
    positions = list(code.co_positions())[instruction // 2]
    line, _, column, _ = positions
    if line is None or column is None:
        return ""
    text = linecache.getline(name, line).encode()
    return text[column:].decode("utf-8", "replace")


def _watch_children(report: Path) -> None:
    """Let Python's programs that are started load this watch, whatever environment they get."""
    start = subprocess.Popen.__init__
    root = str(Path(__file__).resolve().parents[2])
    folder = str(Path(__file__).resolve().parent / "watched")

    @functools.wraps(start)
    def watched(self: Any, args: Any, *rest: Any, **options: Any) -> None:
        program = args if isinstance(args, str) else os.fspath(next(iter(args)))
        if program == sys.executable:
            given = os.environ if options.get("env") is None else options["env"]
            path = os.pathsep.join(filter(None, [folder, root, given.get("PYTHONPATH", "")]))
            options["env"] = {**given, "PYTHONPATH": path, REPORT: str(report)}
        start(self, args, *rest, **options)

    subprocess.Popen.__init__ = watched  # type: ignore[method-assign]  # put around, not replaced
