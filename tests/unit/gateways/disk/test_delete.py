import os
import shutil
from pathlib import Path

import pytest

from conda_clone.errors import NotWritableError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.delete import (
    _remove_in_use,
    move_aside,
    remove_empty_parents,
    remove_file,
    remove_tree,
)


def test_removing_says_whether_something_was_there(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    assert remove_file(str(tmp_path / "f"))
    assert not remove_file(str(tmp_path / "f"))
    assert not remove_tree(str(tmp_path / "f"))


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(NotWritableError):
        remove_file(str(tmp_path))


def test_links_are_removed_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "f").touch()
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "kept")
    (tmp_path / "link").symlink_to("kept")
    assert remove_tree(str(tmp_path / "link"))
    assert remove_tree(str(tmp_path / "tree"))
    assert os.listdir(tmp_path) == ["kept"]
    assert (tmp_path / "kept" / "f").exists()


def test_folders_that_forbid_changes_are_removed_too(tmp_path: Path) -> None:
    inner = tmp_path / "tree" / "locked" / "empty"
    inner.mkdir(parents=True)
    (inner.parent / "f").touch()
    inner.chmod(0)
    inner.parent.chmod(0o555)
    (tmp_path / "tree").chmod(0o500)
    assert remove_tree(str(tmp_path / "tree"))
    assert os.listdir(tmp_path) == []


def refuse_until_writable(monkeypatch: pytest.MonkeyPatch, name: str, folder: Path) -> None:
    """Let a call refuse while the folder forbids changes, as it does for anybody but root."""
    real = getattr(mutations, name)
    inside = set(os.listdir(folder))

    def call(path: str, *args: object, **kwargs: object) -> object:
        if Path(path).name in inside and not folder.stat().st_mode & 0o200:
            raise PermissionError(13, "Permission denied", path)
        return real(path, *args, **kwargs)

    monkeypatch.setattr(mutations, name, call)


def test_folders_that_forbid_changes_are_made_writable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sub = tmp_path / "tree" / "sub"
    (sub / "deep").mkdir(parents=True)
    (sub / "f").touch()
    sub.chmod(0o555)
    refuse_until_writable(monkeypatch, "unlink", sub)
    refuse_until_writable(monkeypatch, "remove_directory", sub)
    assert remove_tree(str(tmp_path / "tree"))
    assert os.listdir(tmp_path) == []


def test_what_stays_refused_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tree" / "sub").mkdir(parents=True)

    def refuse(path: str, **_: object) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(mutations, "remove_directory", refuse)
    with pytest.raises(NotWritableError):
        remove_tree(str(tmp_path / "tree"))


def test_what_vanishes_meanwhile_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "f").touch()
    unlink = os.unlink

    def vanish(path: str, **kwargs: int) -> None:
        unlink(path, **kwargs)
        raise FileNotFoundError(2, "No such file", path)

    monkeypatch.setattr(mutations, "unlink", vanish)
    assert remove_tree(str(tmp_path / "tree"))
    assert not (tmp_path / "tree").exists()


def test_empty_parents_go_up_to_the_boundary(tmp_path: Path) -> None:
    deep = tmp_path / "stop" / "a" / "b" / "c"
    deep.mkdir(parents=True)
    remove_empty_parents(str(deep / "f"), str(tmp_path / "stop"))
    assert os.listdir(tmp_path / "stop") == []
    assert (tmp_path / "stop").is_dir()


def test_parents_that_hold_something_stay(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "a" / "f").touch()
    remove_empty_parents(str(deep / "gone" / "f"), str(tmp_path))
    assert os.listdir(tmp_path / "a") == ["f"]


def test_nothing_outside_the_boundary_is_touched(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "ab").mkdir()
    remove_empty_parents(str(tmp_path / "ab" / "f"), str(tmp_path / "a"))
    assert sorted(os.listdir(tmp_path)) == ["a", "ab"]


def test_moving_aside_keeps_the_content_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f").write_text("x")
    aside = move_aside(str(tmp_path / "d"))
    assert aside is not None
    assert os.listdir(tmp_path) == [os.path.basename(aside)]
    assert Path(aside, "f").read_text() == "x"
    assert move_aside(str(tmp_path / "d")) is None
    shutil.rmtree(aside)


def test_a_file_in_use_is_renamed_where_it_cannot_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    path.touch(mode=0o400)
    _remove_in_use(str(path))
    assert os.listdir(tmp_path) == []
    path.touch()

    def refuse(path: str) -> None:
        raise PermissionError(13, "in use", path)

    monkeypatch.setattr(mutations, "unlink", refuse)
    _remove_in_use(str(path))
    (name,) = os.listdir(tmp_path)
    assert name.endswith(".c~")
