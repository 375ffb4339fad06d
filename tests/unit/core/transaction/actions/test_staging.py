"""Steps laid into a stage: nothing in the environment changes."""

import os
from pathlib import Path

import pytest

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.actions.history import stage_history
from conda_clone.core.transaction.actions.link_files import stage_files
from conda_clone.core.transaction.change import HistoryUpdate
from conda_clone.core.transaction.errors import LinkError, PaddingError
from conda_clone.core.transaction.steps import (
    AppendHistory,
    FileAction,
    FileLink,
    LinkFiles,
    PackageId,
)
from tests.support.transactions import NOW, Recorder

PACKAGE = PackageId("a", "1.0", 0, "main/linux-64::a-1.0-0")


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    prefix, stage = tmp_path / "env", tmp_path / "stage"
    (prefix / "conda-meta").mkdir(parents=True)
    stage.mkdir()
    return Workplace(str(prefix), str(stage), root_prefix="/root", environ={}, reporter=Recorder())


def linking(source: Path, *files: FileLink, subdir: str = "linux-64") -> LinkFiles:
    return LinkFiles(
        package=PACKAGE, source_dir=str(source), link_type=1, subdir=subdir, files=files
    )


@pytest.mark.parametrize("before", [None, "==> old <==\n"])
def test_the_staged_history_is_the_old_one_and_a_block(
    workplace: Workplace, before: str | None
) -> None:
    path = Path(workplace.path("conda-meta/history"))
    if before is not None:
        path.write_text(before)
    step = AppendHistory(removed=(), added=("main/linux-64::a-1.0-0",), update=HistoryUpdate())
    stage_history(step, workplace, now=NOW, tool_version="1")
    staged = Path(workplace.stage.root, "conda-meta/history")
    assert staged.read_text() == (before or "") + (
        "==> 2026-01-31 12:00:00 <==\n# cmd: \n# conda version: 1\n+main/linux-64::a-1.0-0\n"
    )
    assert (path.read_text() if path.exists() else None) == before


def test_a_cache_that_is_emptied_meanwhile_is_told(workplace: Workplace, tmp_path: Path) -> None:
    step = linking(tmp_path / "cache", FileLink("x", "x", FileAction.LINK))
    with pytest.raises(LinkError, match="is gone"):
        stage_files(step, workplace)


def test_padding_errors_name_the_file(workplace: Workplace, tmp_path: Path) -> None:
    (tmp_path / "lib").write_bytes(b"/old\0")
    file = FileLink("lib", "lib", FileAction.RELOCATE, placeholder="/old", file_mode="binary")
    with pytest.raises(PaddingError, match="`lib` has room"):
        stage_files(linking(tmp_path, file), workplace)


def test_a_relocated_link_stays_a_link(workplace: Workplace, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    file = FileLink("link", "link", FileAction.RELOCATE, placeholder="/old", file_mode="text")
    stage_files(linking(tmp_path, file), workplace)
    assert os.readlink(f"{workplace.stage.root}/link") == "target"


def test_mach_o_files_are_signed_only_on_a_mac(workplace: Workplace, tmp_path: Path) -> None:
    placeholder = "/old".ljust(255, "_")
    (tmp_path / "lib").write_bytes(b"\xcf\xfa\xed\xfe" + placeholder.encode() + b"\0")
    file = FileLink("lib", "lib", FileAction.RELOCATE, placeholder=placeholder, file_mode="binary")
    stage_files(linking(tmp_path, file, subdir="osx-arm64"), workplace)
    assert workplace.prefix.encode() in Path(workplace.stage.root, "lib").read_bytes()


def test_later_files_replace_earlier_ones_of_their_place(
    workplace: Workplace, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    files = (FileLink("one", "x", FileAction.LINK), FileLink("two", "x", FileAction.LINK))
    stage_files(linking(tmp_path, *files), workplace)
    assert Path(workplace.stage.root, "x").read_text() == "two"
