"""Limits of the process (F7), file systems and clocks that are odd (F4, F8)."""

import errno
import os
import resource
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from conda_clone.config.settings import LinkSettings
from conda_clone.core.prefix.history import History
from conda_clone.core.transaction.recovery import recover
from conda_clone.errors import NotWritableError
from conda_clone.gateways.disk import mutations
from tests.support.crash_cases import Case, creation, small_removal, update
from tests.support.faults import Fault, active, run_forked, tree
from tests.support.process_matrices import start, statuses
from tests.support.transactions import NOW, Workshop, snapshot

KIB = 1024
COPIES = LinkSettings(always_copy=True)
TEN_YEARS = 10 * 365 * 86_400


def limited(kind: int, value: int, action: Callable[[], object]) -> int:
    """Do something with a limit, in a process of its own; return how that ended."""

    def act() -> None:
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (value, hard))
        action()

    return statuses([start(act)])[0]


@pytest.mark.parametrize("limit", [0, 1, 8, 32, 64, 128, 160])
def test_files_that_may_not_be_so_large_are_named(tmp_path: Path, limit: int) -> None:
    workshop = Workshop(tmp_path)
    old = workshop.package(name="a", files={"share/a": b"1" * KIB, "share/b": b"1"})
    files = {"share/a": b"2" * (200 * KIB), "share/b": b"2"}
    new = workshop.package(name="a", version="2.0", files=files)
    workshop.install(old)
    before = tree(workshop.prefix)

    def install() -> None:
        with pytest.raises(NotWritableError, match="File too large"):
            workshop.install(new, links=COPIES)

    assert limited(resource.RLIMIT_FSIZE, limit * KIB, install) == 0
    assert tree(workshop.prefix) == before
    workshop.install(new, links=COPIES)
    assert workshop.installed()["a"].version == "2.0"


@pytest.mark.parametrize("build", [creation, update])
def test_half_a_gigabyte_of_addresses_is_enough(
    tmp_path: Path, build: Callable[[Workshop], tuple[list[object], list[str]]]
) -> None:
    case = Case(tmp_path / "case", build)  # type: ignore[arg-type]  # lists are invariant
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    assert limited(resource.RLIMIT_AS, used + 512 * KIB * KIB, case.execute) == 0
    assert tree(case.prefix) == case.new


def test_thirty_two_open_files_are_enough(tmp_path: Path) -> None:
    case = Case(tmp_path / "case", update)

    def execute() -> None:
        os.closerange(3, 4096)
        case.execute()

    assert limited(resource.RLIMIT_NOFILE, 32, execute) == 0
    assert tree(case.prefix) == case.new


@pytest.mark.parametrize("rounds", range(3))
def test_who_has_used_up_the_processor_is_recovered_from(tmp_path: Path, rounds: int) -> None:
    case = Case(tmp_path / "case", small_removal)

    def again_and_again() -> None:
        end = time.process_time() + 0.9 + rounds / 20
        while time.process_time() < end:
            pass
        while True:
            case.execute()
            case.reset()

    assert limited(resource.RLIMIT_CPU, 1, again_and_again) < 0
    if case.prefix.exists():
        recover(str(case.prefix), wait=True)
        assert not (case.prefix / "conda-meta/.txn").exists()


@pytest.mark.parametrize("shift", [-TEN_YEARS, TEN_YEARS])
def test_clocks_that_are_set_do_not_matter(
    tmp_path: Path, shift: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(tmp_path / "case", update)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + shift)
    for number in range(1, case.calls + 1, 7):
        case.crash(Fault(number))


@pytest.mark.parametrize("moment", [0, 1, 2**31, 2**33])
def test_times_of_files_do_not_matter(tmp_path: Path, moment: int) -> None:
    """Between the crash and the recovery all files get another time, folders too."""
    case = Case(tmp_path / "case", small_removal)
    for number in range(1, case.calls + 1, 5):
        run_forked(case.execute, Fault(number))
        for parent, folders, names in os.walk(case.prefix / "conda-meta/.txn"):
            for name in (*folders, *names):
                os.utime(Path(parent, name), (moment, moment), follow_symlinks=False)
        recover(str(case.prefix), wait=True)
        assert tree(case.prefix) in (case.old, case.new)
        case.reset()


def test_a_history_whose_times_run_backwards_is_in_order(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    for number, years in enumerate((0, -10, 10)):
        record = workshop.package(name=f"p{number}", files={f"share/{number}": "x"})
        transaction = workshop.transaction([record], now=NOW + timedelta(days=365 * years))
        transaction.execute()
    revisions = History(str(workshop.prefix)).revisions()
    assert [len(revision.added) for revision in revisions] == [1, 1, 1]
    assert [revision.date[:4] for revision in revisions] == ["2026", "2016", "2036"]


@pytest.mark.parametrize(
    "number", [errno.EINTR, errno.ESTALE, errno.ETXTBSY, errno.ENFILE, errno.EMFILE]
)
def test_odd_errors_leave_the_old_environment(tmp_path: Path, number: int) -> None:
    case = Case(tmp_path / "case", small_removal)
    for call in range(1, case.calls + 1, 3):
        run_forked_with(case, call, number)
        recover(str(case.prefix), wait=True)
        assert tree(case.prefix) in (case.old, case.new)
        case.reset()


def run_forked_with(case: Case, call: int, number: int) -> None:
    """Let one call fail, in a process that may end as it likes."""

    def execute() -> None:
        with active(Fault(call, number)):
            case.execute()

    statuses([start(execute)])


def test_links_that_are_refused_become_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F6: other devices, file systems and directories without hard links, too many links."""
    expected = None
    for number in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP):
        workshop = Workshop(tmp_path / errno.errorcode[number])
        workshop.root.mkdir()
        record = workshop.package(name="a", files={"share/a": "a"}, links={"share/l": "a"})

        def refuse(*_: object, **__: object) -> None:
            raise OSError(number, os.strerror(number))  # noqa: B023 - used in this round

        with monkeypatch.context() as patch:
            patch.setattr(mutations, "link", refuse)
            workshop.install(record)
        link = workshop.installed()["a"].link
        assert link is not None
        assert link.type == 3
        files = {
            path: state
            for path, state in snapshot(workshop.prefix).items()
            if not path.startswith("conda-meta")
        }
        assert expected in (None, files)
        expected = files
