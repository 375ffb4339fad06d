"""Crash a change before any of its system calls, or let any of them fail, and look at what is left.

All changes of disks go through `conda_clone.gateways.disk.mutations`. While a `Fault` is active,
every function of that module counts, and the n-th does something else: the process dies at once
(`kill`), or has written a part before (`torn`), or the call fails with an error, once or from then
on. Processes die in a fork, so that a case costs milliseconds.

The oracle is the whole tree: kinds, modes, contents and link targets of everything there is, except
files that only locks are taken on.
"""

import mmap
import os
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conda_clone.core.transaction.recovery import recover
from conda_clone.errors import CondaError
from conda_clone.gateways.disk import mutations
from tests.support.transactions import snapshot

__all__ = [
    "CALLS",
    "NEEDS_ROOM",
    "POWER",
    "Fault",
    "Held",
    "Outcome",
    "Tree",
    "active",
    "crash",
    "run_forked",
]

CALLS = tuple(mutations.__all__)
NEEDS_ROOM = frozenset(
    {"append", "copy_range", "create", "link", "make_directory", "symlink", "write"}
)
POWER = frozenset({"brownout", "power"})
Tree = dict[str, tuple[str, int, bytes]]
Held = Callable[[Iterable[object]], int]
"""What the fixture `held` returns: goes through cases, and returns how many there were."""

_FINISHED, _REFUSED, _BROKEN = 0, 3, 4


@dataclass
class Fault:
    """What goes wrong, and at which call.

    Attributes:
        number: The call that goes wrong, from 1; 0 for none: calls are counted only.
        how: "kill", "torn", "power" (die, and lose what no barrier has brought to the disk),
            "brownout" (lose every other such file), or the number of an error.
        forever: Whether every later call that needs room fails as well.
        calls: Names of the calls that count.
        count: How many have been made.
    """

    number: int = 0
    how: str | int = "kill"
    forever: bool = False
    calls: Iterable[str] = field(default=CALLS, repr=False)
    count: int = field(default=0, repr=False)
    unsynced: list[str] = field(default_factory=list, repr=False)

    def before(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Count a call, and let it go wrong if it is due."""
        self.count += 1
        due = self.count == self.number
        late = self.forever and self.count > self.number > 0 and name in NEEDS_ROOM
        if isinstance(self.how, int):
            if due or late:
                raise OSError(self.how, os.strerror(self.how))
        elif due:
            self._die(name, arguments)

    def _die(self, name: str, arguments: tuple[Any, ...]) -> None:
        if self.how == "torn" and name == "write":
            os.write(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
        if self.how in POWER:
            for index, path in enumerate(self.unsynced):
                spared = self.how == "brownout" and (index + self.number) % 2 == 0
                if os.path.isfile(path) and not spared:
                    os.truncate(path, 0)
        os.kill(os.getpid(), signal.SIGKILL)

    def after(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        """Remember which files have not reached the disk, and what they are called by now."""
        if name in ("create", "append"):
            folder = options.get("dir_fd")
            where = "" if folder is None else os.readlink(f"/proc/self/fd/{folder}")
            self.unsynced.append(os.path.realpath(os.path.join(where, arguments[0])))
        elif name == "rename":
            old, new = map(os.path.realpath, arguments[:2])
            self.unsynced = [
                new + path[len(old) :] if path == old or path.startswith(f"{old}/") else path
                for path in self.unsynced
            ]
        elif name == "sync_file_system":
            self.unsynced.clear()
        elif name == "sync":
            synced = os.readlink(f"/proc/self/fd/{arguments[0]}")
            self.unsynced = [path for path in self.unsynced if path != synced]


@dataclass(frozen=True)
class Outcome:
    """How a forked change ended.

    Attributes:
        calls: Changes of disks that it made, or tried to.
        finished: It came to its end.
        killed: It died.
    """

    calls: int
    finished: bool = False
    killed: bool = False


@contextmanager
def active(fault: Fault) -> Iterator[Fault]:
    """Let the calls of this process go through the fault."""
    originals = {name: getattr(mutations, name) for name in fault.calls}

    def wrapped(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            fault.before(name, arguments)
            result = original(*arguments, **options)
            fault.after(name, arguments, options)
            return result

        return call

    for name, original in originals.items():
        setattr(mutations, name, wrapped(name, original))
    try:
        yield fault
    finally:
        for name, original in originals.items():
            setattr(mutations, name, original)


def run_forked(change: Callable[[], object], fault: Fault) -> Outcome:
    """Make a change in a process of its own, in which something goes wrong."""
    counter = mmap.mmap(-1, 8)
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if process == 0:
        _run_as_child(change, fault, counter)
    _, status = os.waitpid(process, 0)
    (calls,) = struct.unpack("q", counter[:8])
    counter.close()
    code = os.waitstatus_to_exitcode(status)
    assert code in (_FINISHED, _REFUSED, -signal.SIGKILL), f"the change broke down ({code})"
    return Outcome(calls, finished=code == _FINISHED, killed=code == -signal.SIGKILL)


def _run_as_child(change: Callable[[], object], fault: Fault, counter: mmap.mmap) -> None:
    """Make the change and leave; nothing of the parent's (fixtures, buffers) is wound up."""

    class Counted(Fault):
        def before(self, name: str, arguments: tuple[Any, ...]) -> None:
            counter[:8] = struct.pack("q", self.count + 1)
            super().before(name, arguments)

    code = _BROKEN
    try:
        counted = Counted(fault.number, fault.how, fault.forever, fault.calls)
        with active(counted):
            change()
        if fault.how in POWER and fault.number > counted.count:  # right after the last call
            counted.before("", ())
        code = _FINISHED
    except CondaError:
        code = _REFUSED
    except BaseException:  # noqa: BLE001 - whatever it is, the parent must hear of it
        traceback.print_exc()
    finally:
        os._exit(code)


def crash(
    change: Callable[[], object], prefix: Path, fault: Fault, *recoveries: Fault
) -> list[Outcome]:
    """Crash a change, and recovering from it as often as said; then recover for good."""

    def recovering() -> None:
        recover(str(prefix), wait=True)

    outcomes = [run_forked(change, fault), *(run_forked(recovering, each) for each in recoveries)]
    recovering()
    return outcomes


def tree(prefix: Path) -> Tree | None:
    """Return all there is of an environment; None when there is none."""
    return snapshot(prefix) if prefix.exists() else None
