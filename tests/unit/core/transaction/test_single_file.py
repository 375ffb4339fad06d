"""A single file of an environment is old or new, and nothing else is left beside it."""

import shutil
from pathlib import Path

import pytest

from conda_clone.core.transaction.recovery import recover
from conda_clone.core.transaction.single_file import replace_file
from tests.support.faults import Fault, run_forked, tree
from tests.support.transactions import Workshop

STATE = "conda-meta/state"


@pytest.fixture
def prefix(workshop: Workshop) -> Path:
    workshop.install(workshop.package(name="a", files={"share/a": "a"}))
    return workshop.prefix


def test_a_file_is_made_and_replaced(prefix: Path) -> None:
    before = tree(prefix)
    replace_file(str(prefix), STATE, b"one")
    (prefix / STATE).chmod(0o600)
    replace_file(str(prefix), STATE, b"two")
    assert tree(prefix) == {**(before or {}), STATE: ("file", 0o600, b"two")}


def test_whoever_is_killed_leaves_the_old_file_or_the_new_one(prefix: Path) -> None:
    replace_file(str(prefix), STATE, b"old")
    old = tree(prefix)
    calls = run_forked(lambda: replace_file(str(prefix), STATE, b"new"), Fault()).calls
    new = tree(prefix)
    assert calls > 6
    for number in range(1, calls + 1):
        replace_file(str(prefix), STATE, b"old")
        assert run_forked(lambda: replace_file(str(prefix), STATE, b"new"), Fault(number)).killed
        recover(str(prefix), wait=True)
        assert tree(prefix) in (old, new)


def test_a_link_stays_one(prefix: Path, tmp_path: Path) -> None:
    kept = tmp_path / "repository" / "state"
    kept.parent.mkdir()
    kept.write_text("old")
    (prefix / STATE).symlink_to(kept)
    replace_file(str(prefix), STATE, b"new")
    assert (prefix / STATE).is_symlink()
    assert kept.read_text() == "new"


def test_an_environment_that_is_gone_does_not_come_back(prefix: Path) -> None:
    shutil.rmtree(prefix)
    with pytest.raises(FileNotFoundError):
        replace_file(str(prefix), STATE, b"new")
    assert not prefix.exists()
