"""The crash matrices of spec/reliability.md, section 3: every case of some, samples of others.

Each matrix yields once per case that held; a case that does not hold raises `AssertionError`. The
default test suite runs them on small changes; `nox -s faults` (`tests.support.fault_campaign`) runs
them all, and counts.
"""

import errno
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from conda_clone.core.packages.package_cache_data import PackageCacheData
from conda_clone.core.prefix.registry import Registry
from conda_clone.core.transaction.recovery import recover
from conda_clone.errors import CondaError
from conda_clone.gateways.disk.write import write_atomically
from conda_clone.models.records import PackageRecord
from tests.support.crash_cases import Case
from tests.support.faults import POWER, Fault, active, run_forked, tree
from tests.support.transactions import snapshot

__all__ = [
    "cache_entries",
    "double_crashes",
    "errors_at_each_call",
    "foreign_changes",
    "interruptions",
    "single_crashes",
    "small_files",
    "triple_crashes",
]

_ERRORS = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EIO,
    errno.EROFS,
    errno.EMFILE,
    errno.EACCES,
    errno.ENAMETOOLONG,
    errno.ELOOP,
)


def single_crashes(case: Case, how: str = "kill") -> Iterator[int]:
    """C1, C2, C4: crash before each call; "power" also loses what has not reached the disk."""
    for number in range(1, case.calls + 1):
        case.crash(Fault(number, how))
        yield number
    case.change()
    case.reset()
    assert case.leftovers() == []


def double_crashes(
    case: Case, *, every: int = 1, seed: int = 0, part: int = 0, parts: int = 1
) -> Iterator[int]:
    """C3: crash before each call, and recovering before each of its calls.

    Args:
        case: What is crashed.
        every: One of so many pairs is tried, chosen by chance.
        seed: Of the chance.
        part: Which part of the pairs is tried, from 0.
        parts: How many parts there are.
    """
    chance = random.Random(seed)
    for first in range(1 + part, case.calls + 1, parts):
        second = 0
        while True:
            second += 1 if every == 1 else chance.randint(1, 2 * every - 1)
            calls = case.crash(Fault(first), Fault(second))
            yield first
            if calls < second:  # recovering had come to its end before
                break


def triple_crashes(case: Case, count: int, *, seed: int = 0) -> Iterator[int]:
    """C3: crash, crash recovering, and crash recovering from that."""
    chance = random.Random(seed)
    for number in range(count):
        first = chance.randint(1, case.calls)
        case.crash(Fault(first), Fault(chance.randint(1, 40)), Fault(chance.randint(1, 40)))
        yield number


def errors_at_each_call(
    case: Case, *, errors: tuple[int, ...] = _ERRORS, forever: bool = False
) -> Iterator[int]:
    """F1, F3, F4: let each call fail; going back needs no room, and no next command."""
    for code in errors:
        for number in range(1, case.calls + 1):
            fault = Fault(number, code, forever)
            failed = False
            with active(fault):
                try:
                    case.execute()
                except (CondaError, OSError):
                    failed = True
            left = tree(case.prefix)
            if not failed and left != case.new:  # tidying up was what failed
                recover(str(case.prefix), wait=True)
                left = tree(case.prefix)
            wanted = case.old if failed else case.new
            assert left == wanted, f"{errno.errorcode[code]} at call {number}"
            case.reset()
            yield number


def interruptions(case: Case, count: int, *, seed: int = 0) -> Iterator[int]:
    """C6: signals at any time; an impatient second one shortly after."""
    chance = random.Random(seed)
    for number in range(count):
        first, second = chance.choice(
            [
                (signal.SIGINT, None),
                (signal.SIGINT, signal.SIGINT),
                (signal.SIGTERM, None),
                (signal.SIGHUP, None),
                (signal.SIGKILL, None),
            ]
        )
        _interrupt(case, first, second, delay=chance.random() * 0.02)
        recover(str(case.prefix), wait=True)
        left = tree(case.prefix)
        assert left in (case.old, case.new), f"interruption {number} by {first.name}"
        if left != case.old:
            case.reset()
        yield number


def _interrupt(
    case: Case, first: signal.Signals, second: signal.Signals | None, delay: float
) -> None:
    # No signal may reach the child before it is inside of the block that it leaves by `_exit`.
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    process = os.fork()
    if process == 0:
        try:
            # What measures coverage holds a lock whenever a function is called: a signal in such a
            # moment would hold it forever.
            sys.settrace(None)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for plain in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(plain, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
            case.change()
        finally:
            os._exit(0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
    for each in (first, second):
        if each is not None:
            time.sleep(delay)
            try:
                os.kill(process, each)
            except ProcessLookupError:
                break
    os.waitpid(process, 0)


def cache_entries(root: Path, record: PackageRecord, archive: str, cache: Path) -> Iterator[int]:
    """C8: crash while a package is extracted and published; in the cache it is whole, or absent.

    After a power failure too, which takes what has not reached the disk.

    Args:
        root: An empty folder for a copy that nothing goes wrong with.
        record: The package.
        archive: Its archive.
        cache: The folder of packages, which is made.
    """
    from tests.support.package_caches import CONFIG

    def entry(folder: Path) -> PackageCacheData:
        folder.mkdir(parents=True, exist_ok=True)
        return PackageCacheData(str(folder), CONFIG, durability="safe")

    whole = snapshot(Path(entry(root).add(record, archive).extracted_package_dir))
    calls = run_forked(lambda: entry(cache).add(record, archive), Fault()).calls
    for how in ("kill", "torn", "power", "brownout"):
        for number in range(1, calls + 1 + (how in POWER)):
            shutil.rmtree(cache)
            run_forked(lambda: entry(cache).add(record, archive), Fault(number, how))
            found = entry(cache).get(record)
            if found is not None:
                assert _alike(Path(found.extracted_package_dir), whole), f"call {number}"
            again = entry(cache).add(record, archive)
            assert _alike(Path(again.extracted_package_dir), whole), f"call {number}"
            yield number


def _alike(folder: Path, whole: dict[str, tuple[str, int, bytes]]) -> bool:
    """Tell whether a folder holds the whole package; its record names its own place."""
    own = "info/repodata_record.json"
    found = snapshot(folder)
    return own in found and {**found, own: ()} == {**whole, own: ()}


def small_files(root: Path) -> Iterator[int]:
    """C11: crash while the list of environments, or a file of settings, is written."""
    root.mkdir(parents=True)
    listed, settings = root / ".conda/environments.txt", root / ".condarc"
    registry = Registry(str(listed))
    environment = root / "env"
    (environment / "conda-meta").mkdir(parents=True)
    (environment / "conda-meta/history").touch()
    changes: list[tuple[Path, str, Callable[[], object]]] = [
        (listed, f"{environment}\n", lambda: registry.register("/another")),
        (listed, f"{environment}\n/gone\n", lambda: registry.unregister("/gone")),
        (settings, "channels: []\n", lambda: write_atomically(str(settings), "offline: true\n")),
    ]
    listed.parent.mkdir()
    for path, before, change in changes:
        path.write_text(before)
        calls = run_forked(change, Fault()).calls
        after = path.read_text()
        assert after != before
        for how in ("kill", "torn", "power"):
            for number in range(1, calls + 1):
                path.write_text(before)
                run_forked(change, Fault(number, how))
                assert path.read_text() in (before, after), f"{path.name}, call {number}"
                yield number


def foreign_changes(case: Case, *, every: int = 1) -> Iterator[int]:
    """C12: something else changes a file between the crash and recovering; it is never lost.

    Compiled modules do not count: Python makes them again.
    """
    owned = sorted(
        path
        for path, (kind, _, _) in (case.old or {}).items()
        if kind == "file" and not path.startswith("conda-meta/") and not path.endswith(".pyc")
    )
    for number in range(1, case.calls + 1, every):
        for path in owned:
            run_forked(case.execute, Fault(number))
            victim = case.prefix / path
            if victim.parent.is_dir() and not victim.is_dir():
                victim.unlink(missing_ok=True)
                victim.write_text("precious, and changed by somebody else")
                recover(str(case.prefix), wait=True)
                contents = [
                    content
                    for found in snapshot(case.prefix).values()
                    if (content := found[2]).startswith(b"precious")
                ]
                assert contents, f"call {number}, {path}"
                yield number
            case.reset()
