import os
import shutil
from pathlib import Path

import pytest

from conda_clone.errors import NoSpaceLeftError, NotWritableError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.write import (
    append_text,
    is_temporary,
    make_directories,
    make_temporary_directory,
    rename,
    unused_name_beside,
    write_atomically,
)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_is_made_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "f"
    write_atomically(str(path), "tëxt\n")
    assert path.read_bytes() == "tëxt\n".encode()
    assert os.listdir(path.parent) == ["f"]


def test_folders_are_made_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_directories("a/b")
    make_directories("c")
    assert sorted(os.listdir(tmp_path)) == ["a", "c"]
    assert os.listdir("a") == ["b"]


def test_new_files_follow_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_atomically(str(tmp_path / "f"), b"x", sync=False)
    finally:
        os.umask(old)
    assert mode_of(tmp_path / "f") == 0o640


def test_the_mode_of_the_old_file_is_kept_unless_one_is_given(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("old")
    path.chmod(0o600)
    write_atomically(str(path), "new")
    assert (path.read_text(), mode_of(path)) == ("new", 0o600)
    write_atomically(str(path), "newer", mode=0o755)
    assert (path.read_text(), mode_of(path)) == ("newer", 0o755)


def test_a_link_stays_a_link_to_the_replaced_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_atomically(str(tmp_path / "link"), "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_the_old_content_stays_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    path.write_text("old")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mutations, "write", full)
    with pytest.raises(NoSpaceLeftError):
        write_atomically(str(path), "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["f"]


def test_a_file_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    with pytest.raises(NotWritableError):
        write_atomically(str(tmp_path / "f" / "g"), "x")
    with pytest.raises(NotWritableError):
        make_directories(str(tmp_path / "f"))


def test_text_is_appended_and_short_writes_are_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    append_text(str(path), "one\n")
    write = os.write
    monkeypatch.setattr(mutations, "write", lambda descriptor, data: write(descriptor, data[:1]))
    append_text(str(path), "two\n")
    assert path.read_text() == "one\ntwo\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_appending_to_a_full_disk_says_so() -> None:
    with pytest.raises(NoSpaceLeftError):
        append_text("/dev/full", "x")


def test_temporary_folders_lie_beside_and_have_unused_names(tmp_path: Path) -> None:
    final = str(tmp_path / "final")
    one, two = make_temporary_directory(final), unused_name_beside(final)
    assert os.path.isdir(one)
    assert not os.path.exists(two)
    assert os.path.dirname(one) == os.path.dirname(two) == str(tmp_path)
    assert one.endswith(".c~")


def test_renaming_never_replaces_one_kind_by_the_other(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileExistsError):
        rename(str(tmp_path / "folder"), str(tmp_path / "file"))
    with pytest.raises(FileExistsError):
        rename(str(tmp_path / "file"), str(tmp_path / "folder"))
    with pytest.raises(NotWritableError):
        rename(str(tmp_path / "folder"), str(tmp_path / "file" / "below"))


def test_renaming_never_replaces_a_folder_that_holds_something(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    with pytest.raises(FileExistsError):
        rename(str(tmp_path / "a"), str(tmp_path / "b"))
    rename(str(tmp_path / "a"), str(tmp_path / "c"))
    assert os.listdir(tmp_path / "c") == ["a"]
    with pytest.raises(FileNotFoundError):
        rename(str(tmp_path / "a"), str(tmp_path / "d"))


def test_a_folder_that_is_removed_meanwhile_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cache" / "file"
    original, removals = mutations.rename, [1, 2]

    def after_a_removal(source: str, target: str) -> None:
        if removals:
            removals.pop()
            shutil.rmtree(path.parent)
        original(source, target)

    monkeypatch.setattr(mutations, "rename", after_a_removal)
    write_atomically(str(path), "content")
    assert path.read_text() == "content"
    assert not removals


@pytest.mark.parametrize(
    "name", ["", ".c~", ".0123456789abcde.c~", ".0123456789abcdefa.c~", ".0123456789abcdeF.c~"]
)
def test_other_names_are_not_temporary(name: str, tmp_path: Path) -> None:
    assert not is_temporary(name)
    assert is_temporary(os.path.basename(unused_name_beside(str(tmp_path / "file"))))


@pytest.mark.parametrize("by_link", [False, True])
def test_what_takes_what_comes_is_not_replaced_by_a_file(tmp_path: Path, *, by_link: bool) -> None:
    """Whoever names `/dev/null`, as an administrator, must not find a file in its place."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "link"
    link.symlink_to(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_atomically(str(link if by_link else pipe), "text")
        assert os.read(reading, 100) == b"text"
    finally:
        os.close(reading)
    assert pipe.is_fifo()
    assert sorted(os.listdir(tmp_path)) == ["link", "pipe"]


def test_an_open_pipe_can_be_named(tmp_path: Path) -> None:
    """As `/dev/stdout` does in a pipeline: what it leads to has no name to be replaced at."""
    reading, writing = os.pipe()
    write_atomically(f"/dev/fd/{writing}", "text")
    os.close(writing)
    assert os.read(reading, 100) == b"text"
    os.close(reading)
    assert os.listdir(tmp_path) == []
