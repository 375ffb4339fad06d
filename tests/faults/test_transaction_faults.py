"""A transaction that fails at any of its changes leaves everything as it was.

Python tells audit hooks of every call that changes a disk, before it is made. A hook that raises
stands for whatever can go wrong there: an interruption, a full disk, a missing permission.
"""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from conda_clone.errors import CondaError
from tests.support.transactions import Workshop, snapshot

CHANGES = frozenset(
    {"os.rename", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.remove", "os.chmod"}
)
NEEDS_SPACE = frozenset({"os.link", "os.symlink", "os.mkdir", "open"})
_hooks: list[Callable[[str, tuple[object, ...]], None]] = []
_installed: list[bool] = []


def _dispatch(event: str, arguments: tuple[object, ...]) -> None:
    if _hooks and (event in CHANGES or event == "open"):
        _hooks[-1](event, arguments)


class Fault:
    """Raises at the n-th change below a folder, once or from then on."""

    def __init__(
        self,
        folder: Path,
        number: int,
        error: type[BaseException],
        *,
        forever: bool = False,
        again_after: int | None = None,
    ) -> None:
        self._folder = str(folder)
        self._number = number
        self._error = error
        self._forever = forever
        self._second = None if again_after is None else number + again_after
        self.count = 0

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self._concerns(event, arguments):
            return
        self.count += 1
        due = self.count in (self._number, self._second)
        if due or (self._forever and self.count > self._number):
            if issubclass(self._error, OSError):
                raise self._error(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise self._error

    def _concerns(self, event: str, arguments: tuple[object, ...]) -> bool:
        if event == "open":
            flags = arguments[2] if len(arguments) > 2 else 0
            if not isinstance(flags, int) or not flags & (os.O_WRONLY | os.O_RDWR):
                return False
        if self._forever and event not in NEEDS_SPACE:
            return False
        return any(self._folder in os.fsdecode(a) for a in arguments if isinstance(a, str | bytes))


@contextmanager
def active(fault: Fault) -> Iterator[Fault]:
    if not _installed:
        sys.addaudithook(_dispatch)
        _installed.append(True)
    _hooks.append(fault)
    try:
        yield fault
    finally:
        _hooks.pop()


class Case:
    """An environment, and a change of it that touches every kind of step but programs."""

    def __init__(self, root: Path) -> None:
        self.workshop = Workshop(root)
        self.python = self.workshop.package(
            name="python", version="3.12.0", files={"lib/python3.12/os.py": "x"}
        )
        self.old = self.workshop.package(
            name="app",
            files={
                "share/app/one": "1",
                "share/app/sub/two": "1",
                "xbin/x": "1",
                "share/both": "1",
            },
            links={"lib/link": "1"},
        )
        self.new = self.workshop.package(
            name="app",
            version="2.0",
            files={"share/app/1": "2", "etc/app.cfg": "/old/prefix", "xbin": "2"},
            prefix_files={"etc/app.cfg": "text"},
            placeholder="/old/prefix",
            links={"lib/link": "2"},
            directories=["var/app"],
        )
        self.other = self.workshop.package(
            name="other",
            noarch="python",
            files={"python-scripts/o": "", "share/mine": "theirs", "share/both": "2"},
            entry_points=["other = other:main"],
        )

    def prepare(self) -> dict[str, tuple[str, int, bytes]]:
        self.workshop.install(self.python, self.old)
        (self.workshop.prefix / "share/mine").write_text("a file of the user")
        return snapshot(self.workshop.root)

    def change(self) -> None:
        self.workshop.transaction([self.new, self.other], ["app"]).execute()


def state(root: Path) -> dict[str, tuple[str, int, bytes]]:
    """Return all there is, but files that were made to see whether files can be made."""
    return {
        path: state
        for path, state in snapshot(root).items()
        if not (path.startswith("env/.") and path.endswith(".c~"))
    }


def count_changes(root: Path) -> int:
    case = Case(root)
    case.prepare()
    with active(Fault(root / "env", 0, KeyboardInterrupt)) as counter:
        case.change()
    return counter.count


def test_an_interruption_at_any_change_leaves_all_as_it_was(tmp_path: Path) -> None:
    total = count_changes(tmp_path / "count")
    assert total > 30
    committed = 0
    for number in range(1, total + 1):
        root = tmp_path / str(number)
        case = Case(root)
        before = case.prepare()
        fault = Fault(root / "env", number, KeyboardInterrupt)
        with active(fault), pytest.raises(KeyboardInterrupt):
            case.change()
        installed = case.workshop.installed()["app"].version
        if installed == "2.0":
            committed += 1
            continue
        assert state(root) == before, f"interrupted at change {number}"
    # Only tidying up after the commit may be interrupted without going back.
    assert committed < total / 2


def test_a_disk_that_becomes_full_at_any_change_and_stays_so_is_survived(tmp_path: Path) -> None:
    number = 0
    while True:
        number += 1
        root = tmp_path / str(number)
        case = Case(root)
        before = case.prepare()
        fault = Fault(root / "env", number, OSError, forever=True)
        with active(fault), suppress(CondaError, OSError):
            case.change()
        if fault.count < number:
            break
        assert state(root) == before, f"full at change {number}"
    assert number > 10


def test_an_interrupted_creation_leaves_nothing(tmp_path: Path) -> None:
    number = 0
    while True:
        number += 1
        root = tmp_path / str(number)
        workshop = Workshop(root)
        packages = [
            workshop.package(name="a", files={"bin/a": "a", "share/a/b": "b"}),
            workshop.package(name="b", files={"share/a/c": "c"}),
        ]
        fault = Fault(root / "env", number, KeyboardInterrupt)
        with active(fault), suppress(KeyboardInterrupt):
            workshop.install(*packages)
        if fault.count < number:
            break
        assert not workshop.prefix.exists() or sorted(workshop.installed()) == ["a", "b"]
    assert number > 10


def test_impatience_does_not_stop_going_back(tmp_path: Path) -> None:
    """A second Ctrl-C, while the first one is being answered, changes nothing."""
    for second in range(1, 25):
        root = tmp_path / str(second)
        case = Case(root)
        before = case.prepare()

        fault = Fault(root / "env", 25, KeyboardInterrupt, again_after=second)
        with active(fault), pytest.raises(KeyboardInterrupt):
            case.change()
        assert state(root) == before, f"interrupted again after {second} changes"
