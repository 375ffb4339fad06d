"""An environment is deleted completely, whoever is killed meanwhile and wherever it lies."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from conda_clone.config.settings import Durability
from conda_clone.core.prefix.builds import is_build
from conda_clone.core.transaction.deletion import delete_prefix
from conda_clone.core.transaction.recovery import prefix_lock, recover
from conda_clone.gateways.disk import mutations
from tests.support.crash_cases import copy_by_links
from tests.support.faults import Fault, run_forked, tree
from tests.support.transactions import Workshop


@pytest.fixture
def prefix(workshop: Workshop) -> Path:
    workshop.install(workshop.package(name="a", files={"share/a/x": "x", "bin/a": "a"}))
    (workshop.prefix / "mine").mkdir()
    (workshop.prefix / "mine/data").write_text("goes as well")
    return workshop.prefix


def delete(prefix: Path) -> None:
    with prefix_lock(str(prefix)):
        delete_prefix(str(prefix), durability=Durability.SAFE)


def refuse_to_rename(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an environment lie on a mount point, or in a layer of the image of a container."""
    original = mutations.rename

    def rename(source: str, target: str) -> None:
        if source == str(prefix):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        original(source, target)

    monkeypatch.setattr(mutations, "rename", rename)


def test_nothing_is_left(prefix: Path) -> None:
    delete(prefix)
    assert not prefix.exists()
    assert not list(filter(is_build, os.listdir(prefix.parent)))


def test_nothing_is_left_of_one_that_cannot_be_renamed(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_to_rename(prefix, monkeypatch)
    delete(prefix)
    assert not prefix.exists()


def test_deleting_what_cannot_be_renamed_can_be_killed_anywhere(
    prefix: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_by_links(prefix, tmp_path / "master")
    old = tree(prefix)
    refuse_to_rename(prefix, monkeypatch)
    calls = run_forked(lambda: delete(prefix), Fault()).calls
    outcomes = set()
    for number in range(1, calls + 1):
        shutil.rmtree(prefix, ignore_errors=True)
        copy_by_links(tmp_path / "master", prefix)
        assert run_forked(lambda: delete(prefix), Fault(number)).killed
        has_history = (prefix / "conda-meta/history").exists()
        messages = recover(str(prefix), wait=True)
        left = tree(prefix)
        outcomes.add("kept" if left == old else "deleted")
        assert left == old or not (left or {}).keys() - {"conda-meta"}  # a folder at most
        if messages:
            text = f"The deletion of `{prefix}` had been interrupted; it has been finished."
            assert messages == [text]
        assert has_history or left != old
    assert outcomes == {"kept", "deleted"}


def test_an_environment_that_may_not_be_touched_stays(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tree(prefix)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as patch:
        for name in ("rename", "make_directory", "unlink"):
            patch.setattr(mutations, name, refuse)
        with pytest.raises(Exception, match="Read-only file system"):
            delete_prefix(str(prefix), durability=Durability.SAFE)
    assert tree(prefix) == old


def test_who_sweeps_up_at_the_same_time_is_not_in_the_way(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They put a lock into the folder that is being removed."""
    original = mutations.remove_directory
    visits: list[str] = []

    def remove_directory(path: str, *, dir_fd: int | None = None) -> None:
        if path == "conda-meta" and not visits:
            visits.append(path)
            os.close(os.open("conda-meta/.lock", os.O_CREAT | os.O_RDWR, dir_fd=dir_fd))
        original(path, dir_fd=dir_fd)

    monkeypatch.setattr(mutations, "remove_directory", remove_directory)
    delete(prefix)
    assert visits
    assert not list(filter(is_build, os.listdir(prefix.parent)))
