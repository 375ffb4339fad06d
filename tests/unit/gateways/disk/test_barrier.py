import errno
import os
import threading
import time
from pathlib import Path

import pytest

from conda_clone.errors import NotWritableError
from conda_clone.gateways.disk import mutations, native
from conda_clone.gateways.disk.barrier import (
    NONE,
    PARANOID,
    SAFE,
    SharedBarrier,
    sync_names,
    sync_trees,
    write_durably,
)
from tests.support.faults import Fault, active


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree" / "sub").mkdir(parents=True)
    (tmp_path / "tree" / "sub" / "file").write_text("x")
    (tmp_path / "tree" / "link").symlink_to("sub")
    return tmp_path / "tree"


@pytest.mark.parametrize(("durability", "calls"), [(NONE, 0), (SAFE, 1), (PARANOID, 3)])
def test_a_barrier_takes_as_many_calls_as_it_must(tree: Path, durability: str, calls: int) -> None:
    with active(Fault()) as counted:
        sync_trees([str(tree)], durability=durability)
    assert counted.count == calls


def test_one_file_system_is_waited_for_once(tree: Path) -> None:
    with active(Fault()) as counted:
        sync_trees([str(tree), str(tree / "sub")], durability=SAFE)
    assert counted.count == 1


@pytest.mark.parametrize(("durability", "calls"), [(NONE, 0), (SAFE, 1)])
def test_names_are_waited_for(tree: Path, durability: str, calls: int) -> None:
    with active(Fault()) as counted:
        sync_names(str(tree), durability=durability)
    assert counted.count == calls


def test_what_did_not_reach_the_disk_is_an_error(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(mutations, "sync_file_system", fail)
    with pytest.raises(NotWritableError, match="Input/output error"):
        sync_trees([str(tree)], durability=SAFE)


def test_a_durable_file_is_whole_or_absent(tmp_path: Path) -> None:
    target = tmp_path / "journal"
    with active(Fault(2, errno.EIO)), pytest.raises(NotWritableError):
        write_durably(f"{target}.new", b"content", str(target), durability=SAFE)
    assert not target.exists()
    (tmp_path / "journal.new").unlink()
    write_durably(f"{target}.new", b"content", str(target), durability=NONE)
    assert target.read_bytes() == b"content"


def test_two_names_change_places(tmp_path: Path) -> None:
    left, right = tmp_path / "left", tmp_path / "right"
    left.mkdir()
    right.write_text("right")
    native.exchange(str(left), str(right))
    assert left.read_text() == "right"
    assert right.is_dir()
    with pytest.raises(FileNotFoundError):
        native.exchange(str(left), str(tmp_path / "nothing"))


def test_syncing_nothing_is_an_error() -> None:
    with pytest.raises(OSError, match="Bad file"):
        native.sync_file_system(-1)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_platforms_say_that_they_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    with pytest.raises(OSError, match="not supported"):
        native.exchange(str(tmp_path), str(tmp_path))
    native.sync_file_system(0)


def test_threads_that_come_together_share_a_barrier(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier, entered, waiting = SharedBarrier(SAFE), threading.Event(), threading.Event()
    calls: list[int] = []

    def slow(_descriptor: int) -> None:
        calls.append(len(calls))
        entered.set()
        assert waiting.wait(10)

    monkeypatch.setattr(mutations, "sync_file_system", slow)
    threads = [threading.Thread(target=barrier.sync, args=[str(tree)]) for _ in range(8)]
    threads[0].start()
    assert entered.wait(10)
    for thread in threads[1:]:
        thread.start()
    while barrier.waiting < len(threads):
        time.sleep(0.001)
    waiting.set()
    for thread in threads:
        thread.join()
    assert len(calls) == 2


def test_a_barrier_that_fails_fails_for_all_who_shared_it(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier, entered, waiting = SharedBarrier(SAFE), threading.Event(), threading.Event()
    answers = iter([None, errno.EIO, None])
    outcomes: list[str] = []

    def slow(_descriptor: int) -> None:
        entered.set()
        assert waiting.wait(10)
        number = next(answers)
        if number is not None:
            raise OSError(number, "lost")

    def sync() -> None:
        try:
            barrier.sync(str(tree))
            outcomes.append("written")
        except NotWritableError:
            outcomes.append("lost")

    monkeypatch.setattr(mutations, "sync_file_system", slow)
    threads = [threading.Thread(target=sync) for _ in range(3)]
    threads[0].start()
    assert entered.wait(10)
    for thread in threads[1:]:
        thread.start()
    while barrier.waiting < len(threads):
        time.sleep(0.001)
    waiting.set()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lost", "lost", "written"]
    barrier.sync(str(tree))


def test_a_paranoid_barrier_is_shared_by_nobody(tree: Path) -> None:
    with active(Fault()) as counted:
        SharedBarrier(PARANOID).sync(str(tree))
    assert counted.count == 3
