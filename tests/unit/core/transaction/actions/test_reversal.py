"""Actions that are undone, and going back that fails itself."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.config.settings import LinkSettings, SafetyChecks
from conda_clone.core.prefix.registry import Registry
from conda_clone.core.transaction.actions.action import Action, Workplace
from conda_clone.core.transaction.actions.history import AppendHistoryAction
from conda_clone.core.transaction.actions.link_files import LinkFilesAction
from conda_clone.core.transaction.actions.prefix_records import RemoveRecordAction
from conda_clone.core.transaction.actions.registry import (
    MakePrefixAction,
    RegisterEnvironmentAction,
)
from conda_clone.core.transaction.change import HistoryUpdate
from conda_clone.core.transaction.errors import LinkError, PaddingError
from conda_clone.core.transaction.executor import Executor
from conda_clone.core.transaction.steps import (
    AppendHistory,
    FileAction,
    FileLink,
    LinkFiles,
    PackageId,
    RemoveRecord,
    StepGroup,
)
from conda_clone.errors import CondaMultiError
from conda_clone.gateways.disk import mutations
from tests.support.transactions import NOW, Recorder, Workshop, snapshot

PACKAGE = PackageId("a", "1.0", 0, "main/linux-64::a-1.0-0")


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    prefix = tmp_path / "env"
    (prefix / "conda-meta").mkdir(parents=True)
    return Workplace(str(prefix), root_prefix="/root", environ={}, reporter=Recorder())


def linking(workplace: Workplace, source: Path, *files: FileLink) -> LinkFilesAction:
    step = LinkFiles(
        package=PACKAGE, source_dir=str(source), link_type=1, subdir="linux-64", files=files
    )
    return LinkFilesAction(step, workplace)


def appending(workplace: Workplace) -> AppendHistoryAction:
    step = AppendHistory(removed=(), added=("main/linux-64::a-1.0-0",), update=HistoryUpdate())
    return AppendHistoryAction(step, workplace, now=NOW, tool_version="1")


@pytest.mark.parametrize("before", [None, "==> old <==\n"])
def test_the_history_becomes_what_it_was(workplace: Workplace, before: str | None) -> None:
    path = Path(workplace.path("conda-meta/history"))
    if before is not None:
        path.write_text(before)
    action = appending(workplace)
    action.execute()
    assert path.read_text() == (before or "") + (
        "==> 2026-01-31 12:00:00 <==\n# cmd: \n# conda version: 1\n+main/linux-64::a-1.0-0\n"
    )
    action.reverse()
    action.reverse()
    assert (path.read_text() if path.exists() else None) == before


def test_what_was_never_done_is_not_undone(workplace: Workplace) -> None:
    before = snapshot(Path(workplace.prefix))
    registry = Registry(f"{workplace.prefix}-list")
    actions: list[Action] = [
        appending(workplace),
        MakePrefixAction(workplace),
        RegisterEnvironmentAction(workplace, registry),
        RemoveRecordAction(RemoveRecord(package=PACKAGE, file_name="a-1-0.json"), workplace),
    ]
    for action in actions:
        action.reverse()
    assert snapshot(Path(workplace.prefix)) == before


def test_a_record_that_is_gone_already_is_fine(workplace: Workplace) -> None:
    action = RemoveRecordAction(RemoveRecord(package=PACKAGE, file_name="a-1-0.json"), workplace)
    action.execute()
    action.reverse()
    assert not Path(workplace.path("conda-meta/a-1-0.json")).exists()


def test_a_registered_environment_is_taken_out_of_the_list_again(workplace: Workplace) -> None:
    registry = Registry(f"{workplace.prefix}-list")
    action = RegisterEnvironmentAction(workplace, registry)
    action.execute()
    assert Path(f"{workplace.prefix}-list").read_text() == f"{workplace.prefix}\n"
    action.reverse()
    assert Path(f"{workplace.prefix}-list").read_text() == ""


def test_a_cache_that_is_emptied_meanwhile_is_told(workplace: Workplace, tmp_path: Path) -> None:
    action = linking(workplace, tmp_path / "cache", FileLink("x", "x", FileAction.LINK))
    with pytest.raises(LinkError, match="is gone"):
        action.execute()


def test_padding_errors_name_the_file(workplace: Workplace, tmp_path: Path) -> None:
    (tmp_path / "lib").write_bytes(b"/old\0")
    file = FileLink("lib", "lib", FileAction.RELOCATE, placeholder="/old", file_mode="binary")
    with pytest.raises(PaddingError, match="`lib` has room"):
        linking(workplace, tmp_path, file).execute()


def test_a_relocated_link_stays_a_link(workplace: Workplace, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    file = FileLink("link", "link", FileAction.RELOCATE, placeholder="/old", file_mode="text")
    linking(workplace, tmp_path, file).execute()
    assert os.readlink(workplace.path("link")) == "target"


def test_mach_o_files_are_signed_only_on_a_mac(workplace: Workplace, tmp_path: Path) -> None:
    placeholder = "/old".ljust(255, "_")
    (tmp_path / "lib").write_bytes(b"\xcf\xfa\xed\xfe" + placeholder.encode() + b"\0")
    file = FileLink("lib", "lib", FileAction.RELOCATE, placeholder=placeholder, file_mode="binary")
    step = LinkFiles(
        package=PACKAGE, source_dir=str(tmp_path), link_type=1, subdir="osx-arm64", files=(file,)
    )
    LinkFilesAction(step, workplace).execute()
    assert workplace.prefix.encode() in Path(workplace.path("lib")).read_bytes()


def test_a_rollback_that_fails_is_told_together_with_its_cause(workshop: Workshop) -> None:
    """The post-link script puts a folder where a file was linked: it cannot be taken back."""
    workshop.transaction().execute()
    script = 'rm "$PREFIX/share/a"; mkdir -p "$PREFIX/share/a/x"; exit 3\n'
    record = workshop.package(name="a", files={"share/a": "a"}, link_scripts={"post-link": script})
    with pytest.raises(CondaMultiError) as caught:
        workshop.install(record)
    assert [type(error).__name__ for error in caught.value.errors] == ["LinkError", "RollbackError"]
    assert "share/a" in str(caught.value.errors[1])
    assert (workshop.prefix / "conda-meta/history").exists()


def test_what_cannot_be_tidied_up_is_told_but_no_error(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.install(workshop.package(name="a", files={"share/a": "a"}))
    real_unlink = os.unlink

    def refusing(path: str, *, dir_fd: int | None = None) -> None:
        if dir_fd is not None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real_unlink(path)

    monkeypatch.setattr(mutations, "unlink", refusing)
    workshop.remove("a")
    monkeypatch.undo()
    (caution,) = workshop.reporter.cautions
    assert caution.startswith("Temporary files remain.")
    assert workshop.installed() == {}


def test_a_changed_file_is_found_before_it_is_linked(workshop: Workshop) -> None:
    record = workshop.package(name="a", files={"share/a": "a"}, links={"share/b": "a"})
    (Path(record.extracted_package_dir) / "share/b").unlink()
    (Path(record.extracted_package_dir) / "share/b").write_text("longer")
    workshop.install(record, links=LinkSettings(safety_checks=SafetyChecks.WARN))
    (caution,) = workshop.reporter.cautions
    assert "`share/b`" in caution


def test_an_interruption_that_cannot_be_answered_is_told(workshop: Workshop) -> None:
    """The interruption itself is not an error of ours; that something is left is only told."""
    workshop.transaction().execute()
    workplace = Workplace(
        str(workshop.prefix), root_prefix="/root", environ={}, reporter=workshop.reporter
    )
    executor = Executor(workplace, registry=Registry("/none"), now=NOW, tool_version="1")
    workplace.problems.append(OSError("the disk is gone"))
    with pytest.raises(KeyboardInterrupt):
        executor.run(InterruptedGroups())
    (caution,) = workshop.reporter.cautions
    assert "could not be restored completely: the disk is gone." in caution


class InterruptedGroups(tuple[StepGroup, ...]):
    """Groups of a plan in the middle of which somebody presses Ctrl-C."""

    __slots__ = ()

    def __iter__(self) -> Iterator[StepGroup]:
        raise KeyboardInterrupt
