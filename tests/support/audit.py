"""Watches where effects come from (docs/explanation/architecture.md).

Only `gateways`, and the few modules that are named here, may open files for writing, change
folders, start processes or connect. Python tells a hook about every such event; the innermost
function of the package below it is who did it. What importing a module does (writing its bytecode)
is not ours. `WATCH_EFFECTS=1 pytest` watches a whole run.
"""

import os
import sys
from pathlib import Path
from types import FrameType

import conda_clone

__all__ = ["ALLOWED", "install", "offender"]

PACKAGE = str(Path(conda_clone.__file__).parent) + os.sep
# Each with its reason.
ALLOWED = (
    "gateways/",  # that is what it is for
    "testing/",  # builders and servers of tests, which no command imports
    "recover.py",  # works where the rest of the program is broken
    "plugins/",  # what plugins do is done by what calls them
    "operations/plugin_",  # as above
    "cli/plugin_",  # as above
    "core/transaction/",  # calls what `mutations` names, without a function of ours between
    "virtual_packages/",  # asks the machine for facts, by programs and libraries
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_EVENTS = frozenset(
    {
        "os.chmod",
        "os.exec",
        "os.fork",
        "os.link",
        "os.mkdir",
        "os.posix_spawn",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.symlink",
        "os.system",
        "os.truncate",
        "os.utime",
        "shutil.copyfile",
        "shutil.rmtree",
        "socket.connect",
        "subprocess.Popen",
    }
)


def install() -> None:
    """Fail, from now on, every effect that comes from where none may come from."""
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        path, _, flags = arguments
        if not isinstance(flags, int) or not flags & _WRITING or path == os.devnull:
            return
    elif event not in _EVENTS:
        return
    found = offender(sys._getframe(1))
    if found is not None:
        raise AssertionError(f"{found} is not a place for effects, but did {event}{arguments}")


def offender(frame: FrameType | None) -> str | None:
    """Return the module that an effect comes from, if it may not; None if it may."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib") or frame.f_code.co_name == "_get_default_tempdir":
            return None  # Python's own: bytecode, and finding out where temporary files can be
        if name.startswith(PACKAGE):
            module = name[len(PACKAGE) :].replace(os.sep, "/")
            return None if any(part in f"{module}" for part in ALLOWED) else module
        frame = frame.f_back
    return None
