"""Where staged files lie when folders are links; nothing is written through one that leads out."""

import os
from pathlib import Path

import pytest

from conda_clone.core.transaction.folders import Folders
from conda_clone.core.transaction.stage import Stage
from conda_clone.errors import CondaVerificationError, NotWritableError


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    (tmp_path / "env" / "lib").mkdir(parents=True)
    (tmp_path / "stage").mkdir()
    return tmp_path / "env"


def stage_for(prefix: Path, *freed: str) -> Stage:
    root = str(prefix.parent / "stage")
    return Stage(root, prefix=str(prefix), folders=Folders(str(prefix)), freed=set(freed))


def place(stage: Stage, target: str) -> str:
    """Return where a target comes to lie, relative to the stage."""
    return os.path.relpath(stage.path_for(target), stage.root)


def test_plain_folders_are_made_as_they_are(prefix: Path) -> None:
    stage = stage_for(prefix)
    assert place(stage, "share/./a//b/file") == "share/a/b/file"
    assert place(stage, "file") == "file"
    assert os.path.isdir(f"{stage.root}/share/a/b")
    assert stage.folder("") == stage.root


def test_links_of_the_environment_are_looked_through(prefix: Path) -> None:
    (prefix / "lib64").symlink_to("lib")
    (prefix / "absolute").symlink_to(prefix / "lib")
    (prefix / "itself").symlink_to(".")
    stage = stage_for(prefix)
    assert place(stage, "lib64/x") == "lib/x"
    assert place(stage, "absolute/sub/x") == "lib/sub/x"
    assert place(stage, "itself/share/x") == "share/x"


def test_a_link_that_goes_is_none(prefix: Path) -> None:
    (prefix / "lib64").symlink_to("lib")
    assert place(stage_for(prefix, "lib64"), "lib64/x") == "lib64/x"


@pytest.mark.parametrize(
    ("target", "place_of_x"),
    [
        ("other", "share/other/x"),
        ("../lib", "lib/x"),
        ("sub/../deep", "share/deep/x"),
        ("{prefix}/lib", "lib/x"),
        ("{prefix}", "x"),
    ],
)
def test_staged_links_are_looked_through(prefix: Path, target: str, place_of_x: str) -> None:
    stage = stage_for(prefix)
    os.symlink(target.format(prefix=prefix), stage.path_for("share/link"))
    assert place(stage, "share/link/x") == place_of_x


@pytest.mark.parametrize("target", ["/etc", "../..", "../../x", "{prefix}x", "a/../../.."])
def test_staged_links_that_lead_out_are_refused(prefix: Path, target: str) -> None:
    stage = stage_for(prefix)
    os.symlink(target.format(prefix=prefix), stage.path_for("share/link"))
    with pytest.raises(CondaVerificationError, match="leads out"):
        stage.path_for("share/link/x")


def test_links_that_lead_to_each_other_are_refused(prefix: Path) -> None:
    stage = stage_for(prefix)
    os.symlink("b", stage.path_for("a"))
    os.symlink("a", stage.path_for("b"))
    with pytest.raises(CondaVerificationError):
        stage.path_for("a/x")


def test_a_way_above_the_environment_is_refused(prefix: Path) -> None:
    with pytest.raises(CondaVerificationError):
        stage_for(prefix).path_for("../x/y")


def test_folders_of_a_new_environment_are_laid_where_links_of_the_stage_lead(
    prefix: Path,
) -> None:
    stage = Stage(str(prefix.parent / "stage"), prefix=str(prefix))
    assert place(stage, "share/a/b/file") == "share/a/b/file"
    assert place(stage, "share/./a/c/file") == "share/a/c/file"
    os.symlink("a", f"{stage.root}/share/other")
    assert place(stage, "share/other/d/file") == "share/a/d/file"
    os.mkdir(f"{stage.root}/there")
    assert place(stage, "there/file") == "there/file"
    Path(stage.root, "file").touch()
    with pytest.raises(NotWritableError, match="Not a directory"):
        stage.folder("file")
