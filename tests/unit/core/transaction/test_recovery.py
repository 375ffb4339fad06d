"""What an interrupted change leaves is finished or undone, and told."""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from conda_clone import recover as program
from conda_clone.core.prefix.state_file import frozen_reason
from conda_clone.core.transaction.area import Area
from conda_clone.core.transaction.deletion import delete_prefix
from conda_clone.core.transaction.recovery import (
    build_lock,
    prefix_lock,
    recover,
    sweep_builds,
)
from conda_clone.gateways.disk import mutations
from tests.support.crash_cases import Case, creation, scripted_update, small_removal, update
from tests.support.faults import Fault, run_forked, tree
from tests.support.transactions import Workshop


def killed_at(case: Case, call: str) -> None:
    """Kill the change of a case before it first makes a call of that name on its journal."""
    original = mutations.rename

    def dying(source: str, target: str) -> None:
        if call in (source.rpartition("/")[2], target.rpartition("/")[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        original(source, target)

    def change() -> None:
        setattr(mutations, "rename", dying)  # noqa: B010 - in a fork, for good
        case.execute()

    assert run_forked(change, Fault()).killed


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path / "case", small_removal)


def test_an_environment_that_is_whole_costs_one_look(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a"))
    assert recover(str(workshop.prefix)) == []


def test_a_decided_change_is_finished(case: Case) -> None:
    killed_at(case, "done")
    assert recover(str(case.prefix)) == [
        f"A change of `{case.prefix}` had been interrupted; it has been finished."
    ]
    assert tree(case.prefix) == case.new


def test_an_undecided_change_is_as_if_it_had_not_been(case: Case) -> None:
    killed_at(case, "journal")
    assert recover(str(case.prefix)) == []
    assert tree(case.prefix) == case.old


def test_a_change_with_scripts_counts_when_they_are_through(tmp_path: Path) -> None:
    case = Case(tmp_path / "scripted", scripted_update)
    killed_at(case, "done")
    assert recover(str(case.prefix)) == [
        f"A change of `{case.prefix}` had been interrupted; it has been undone."
    ]
    assert tree(case.prefix) == case.old


def test_a_creation_with_scripts_is_removed_if_they_are_not_through(tmp_path: Path) -> None:
    def build(workshop: Workshop) -> "tuple[list[object], list[str]]":
        return [workshop.package(name="a", link_scripts={"post-link": "true\n"})], []

    case = Case(tmp_path / "created", build)  # type: ignore[arg-type]  # lists are invariant
    killed_at(case, "done")
    assert case.prefix.exists()
    (message,) = recover(str(case.prefix))
    assert message.endswith("it has been removed.")
    assert not case.prefix.exists()


def test_what_cannot_be_finished_is_undone(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    killed_at(case, "done")
    original = mutations.sync_file_system
    calls = []

    def failing_once(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 1:
            raise OSError(5, "broken")
        original(descriptor)

    monkeypatch.setattr(mutations, "sync_file_system", failing_once)
    (message,) = recover(str(case.prefix))
    assert message.endswith("it has been undone.")
    assert tree(case.prefix) == case.old


def test_a_damaged_journal_is_told_and_nothing_is_thrown_away(case: Case) -> None:
    killed_at(case, "done")
    Path(Area(str(case.prefix)).journal).write_text("damaged")
    (message,) = recover(str(case.prefix))
    kept = message.rpartition("is in `")[2].rstrip("`.")
    assert sorted(os.listdir(kept)) == ["back", "journal", "stage"]
    assert recover(str(case.prefix)) == []


def test_who_only_reads_lets_others_work(case: Case) -> None:
    killed_at(case, "done")
    lock = prefix_lock(str(case.prefix))
    process = os.fork()
    if process == 0:
        lock.acquire()
        signal.pause()
    while lock.try_acquire():
        lock.release()
    assert recover(str(case.prefix)) == []
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    assert len(recover(str(case.prefix))) == 1


def test_forsaken_builds_are_swept_and_others_are_not(tmp_path: Path) -> None:
    case = Case(tmp_path / "case", creation)
    run_forked(case.execute, Fault(case.calls // 2))
    (forsaken,) = case.leftovers()
    in_use = case.workshop.root / ".env.txn-inuse"
    (in_use / "conda-meta").mkdir(parents=True)
    lock = prefix_lock(str(in_use))
    process = os.fork()
    if process == 0:
        lock.acquire()
        signal.pause()
    while lock.try_acquire():
        lock.release()
    case.execute()
    assert case.leftovers() == [".env.txn-inuse"]
    assert forsaken != ".env.txn-inuse"
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


class TestProgram:
    def test_it_finishes_what_was_interrupted(
        self, case: Case, capsys: pytest.CaptureFixture[str]
    ) -> None:
        killed_at(case, "done")
        assert program.main([str(case.prefix)]) == 0
        assert program.main([str(case.prefix)]) == 0
        assert capsys.readouterr().out.splitlines() == [
            f"A change of `{case.prefix}` had been interrupted; it has been finished.",
            f"`{case.prefix}` is whole.",
        ]

    @pytest.mark.parametrize("words", [[], ["--help"]])
    def test_it_needs_paths(self, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        assert program.main(words) == 2
        assert "usage:" in capsys.readouterr().err

    def test_what_cannot_be_recovered_is_told(
        self, case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        killed_at(case, "done")

        def refuse(*_: object) -> None:
            raise OSError(30, "Read-only file system")

        monkeypatch.setattr(mutations, "rename", refuse)
        assert program.main([str(case.prefix)]) == 1
        assert "Read-only file system" in capsys.readouterr().err

    def test_it_needs_the_standard_library_only(self, case: Case) -> None:
        killed_at(case, "done")
        code = (
            "import sys; from conda_clone.recover import main; main([sys.argv[1]]);"
            "print({name.partition('.')[0] for name in sys.modules}"
            " - set(sys.stdlib_module_names) - {'__main__', 'conda_clone'})"
        )
        root = Path(program.__file__).parents[1]
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(root)!r});"
             + code, str(case.prefix)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.splitlines()[-1] == "set()"
        assert tree(case.prefix) == case.new


def test_a_base_environment_whose_python_is_half_way_is_recovered_by_any_other(
    tmp_path: Path,
) -> None:
    """C10: the environment that the program itself is in, killed while its Python changes."""
    case = Case(tmp_path / "case", update)
    source = str(Path(program.__file__).parent.parent)
    for number in range(5, case.calls + 1, case.calls // 8):
        run_forked(case.execute, Fault(number))
        subprocess.run(
            [sys.executable, "-S", "-m", "conda_clone.recover", str(case.prefix)],
            env={"PYTHONPATH": source},
            check=True,
            capture_output=True,
        )
        assert tree(case.prefix) in (case.old, case.new)
        case.reset()


def test_others_find_an_environment_frozen_while_it_is_being_changed(tmp_path: Path) -> None:
    case = Case(tmp_path / "case", small_removal)
    marker = case.prefix / "conda-meta/frozen"
    seen: set[bool] = set()
    for number in range(1, case.calls + 1):
        run_forked(case.execute, Fault(number))
        seen.add(marker.exists())
        if marker.exists():
            assert "message" in json.loads(marker.read_text() or '{"message": ""}')
            assert frozen_reason(str(case.prefix)) is None
        recover(str(case.prefix), wait=True)
        assert not marker.exists()
        case.reset()
    assert seen == {False, True}


def test_a_marker_of_the_user_stays(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    workshop.install(workshop.package(name="a", files={"share/a": "a"}))
    marker = workshop.prefix / "conda-meta/frozen"
    marker.write_text("")
    workshop.install(workshop.package(name="b", files={"share/b": "b"}))
    assert marker.read_text() == ""
    assert frozen_reason(str(workshop.prefix)) == ""


def test_an_environment_that_is_deleted_by_who_is_waited_for_needs_no_recovery(case: Case) -> None:
    killed_at(case, "done")
    found: list[list[str]] = []
    lock = prefix_lock(str(case.prefix))
    lock.acquire()
    thread = threading.Thread(target=lambda: found.append(recover(str(case.prefix), wait=True)))
    thread.start()
    time.sleep(0.1)
    delete_prefix(str(case.prefix), durability="none")
    lock.release()
    thread.join()
    assert found == [[]]
    assert not case.prefix.exists()


def test_an_environment_that_was_about_to_be_replaced_in_two_steps_comes_back(
    workshop: Workshop,
) -> None:
    workshop.install(workshop.package(name="a", files={"share/a": "a"}))
    before = tree(workshop.prefix)
    former = workshop.prefix.with_name(f".{workshop.prefix.name}.txn-1a2b3c4d-former")
    workshop.prefix.rename(former)
    with build_lock(str(former)):  # somebody is at work
        found: list[list[str]] = []
        thread = threading.Thread(target=lambda: found.append(recover(str(workshop.prefix))))
        thread.start()
        thread.join()
        assert found == [[]]
    messages = recover(str(workshop.prefix))
    assert messages == [
        f"The replacement of `{workshop.prefix}` had been interrupted; it has been undone."
    ]
    assert tree(workshop.prefix) == before
    assert recover(str(workshop.prefix)) == []


def test_what_has_been_replaced_does_not_come_back(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a", files={"share/a": "a"}))
    former = workshop.prefix.with_name(f".{workshop.prefix.name}.txn-1a2b3c4d-former")
    former.mkdir()
    sweep_builds(str(workshop.prefix))
    assert not former.exists()


def test_who_sweeps_keeps_what_may_come_back(workshop: Workshop) -> None:
    former = workshop.prefix.with_name(f".{workshop.prefix.name}.txn-1a2b3c4d-former")
    (former / "conda-meta").mkdir(parents=True)
    sweep_builds(str(workshop.prefix))
    assert former.exists()


def test_who_sweeps_passes_over_what_cannot_be_removed_and_what_is_not_ours(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = [
        workshop.prefix.with_name(f".{workshop.prefix.name}.txn-{identity}")
        for identity in ("1a2b3c4d", "2b3c4d5e", "notes")
    ]
    for folder in beside:
        (folder / "share").mkdir(parents=True)
        (folder / "share/file").touch()
    remove = mutations.remove_directory

    def refused(path: str, *, dir_fd: int | None = None) -> None:
        if path.endswith("1a2b3c4d"):  # as of another user
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        remove(path, dir_fd=dir_fd)

    monkeypatch.setattr(mutations, "remove_directory", refused)
    workshop.install(workshop.package(name="a", files={"share/a": "a"}))
    assert [folder.exists() for folder in beside] == [True, False, True]
    assert (beside[2] / "share/file").exists()
