"""What cannot be undone, or tidied up, is told."""

import errno
import os
from pathlib import Path

import pytest

from conda_clone.config.settings import LinkSettings, SafetyChecks
from conda_clone.core.transaction.errors import (
    EnvironmentChangedError,
    EnvironmentExistsError,
    LinkError,
)
from conda_clone.core.transaction.recovery import recover
from conda_clone.errors import CondaMultiError
from conda_clone.gateways.disk import mutations
from tests.support.transactions import Workshop, snapshot


def refuse(*_: object, **__: object) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_rollback_that_fails_is_told_together_with_its_cause(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.install(workshop.package(name="b", files={"share/b": "b"}))
    before = snapshot(workshop.prefix)
    record = workshop.package(
        name="a", files={"share/a": "a"}, link_scripts={"post-link": "exit 3\n"}
    )
    rename = mutations.rename

    def refusing(source: str, target: str) -> None:
        if source.endswith(("/share/a", ".txn/journal")) and "/stage/" not in source:
            refuse()
        rename(source, target)

    monkeypatch.setattr(mutations, "rename", refusing)
    with pytest.raises(CondaMultiError) as caught:
        workshop.install(record)
    assert [type(error).__name__ for error in caught.value.errors] == ["LinkError", "RollbackError"]
    assert "conda_clone.recover" in str(caught.value.errors[1])
    monkeypatch.undo()
    assert recover(str(workshop.prefix)) == [
        f"A change of `{workshop.prefix}` had been interrupted; it has been undone."
    ]
    assert snapshot(workshop.prefix) == before


def test_what_cannot_be_tidied_up_is_told_but_no_error(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.install(workshop.package(name="a", files={"share/a": "a"}))
    remove = mutations.remove_directory

    def refusing(path: str, *, dir_fd: int | None = None) -> None:
        if dir_fd is not None:
            refuse()
        remove(path)

    monkeypatch.setattr(mutations, "remove_directory", refusing)
    workshop.remove("a")
    monkeypatch.undo()
    (caution,) = workshop.reporter.cautions
    assert caution.startswith("Temporary files remain.")
    assert workshop.installed() == {}
    assert recover(str(workshop.prefix)) == []
    assert workshop.tree() == ["conda-meta/history"]


def test_a_changed_file_is_found_before_it_is_linked(workshop: Workshop) -> None:
    record = workshop.package(name="a", files={"share/a": "a"}, links={"share/b": "a"})
    (Path(record.extracted_package_dir) / "share/b").unlink()
    (Path(record.extracted_package_dir) / "share/b").write_text("longer")
    workshop.install(record, links=LinkSettings(safety_checks=SafetyChecks.WARN))
    (caution,) = workshop.reporter.cautions
    assert "`share/b`" in caution


def test_an_interruption_that_cannot_be_answered_is_told(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interruption itself is not an error of ours; that something is left is only told."""
    workshop.install(workshop.package(name="b"))

    link = mutations.link

    def interrupt(source: str, target: str) -> None:
        if not target.endswith("/stage/share/b"):
            link(source, target)
            return
        monkeypatch.setattr(mutations, "unlink", refuse)
        raise KeyboardInterrupt

    monkeypatch.setattr(mutations, "link", interrupt)
    with pytest.raises(KeyboardInterrupt):
        workshop.install(workshop.package(name="a", files={"share/a": "a", "share/b": "b"}))
    (caution,) = workshop.reporter.cautions
    assert "could not be restored completely: " in caution


def test_a_plan_for_another_state_is_refused(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a", files={"share/a": "a"}))
    late = workshop.transaction(unlink=["a"])
    late.verify()
    workshop.install(workshop.package(name="b"))
    with pytest.raises(EnvironmentChangedError, match="Something else has changed"):
        late.execute()
    assert sorted(workshop.installed()) == ["a", "b"]


def test_of_two_who_create_an_environment_the_second_is_refused(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = mutations.sync_file_system

    def overtaken(descriptor: int) -> None:
        workshop.prefix.mkdir()
        (workshop.prefix / "mine").write_text("mine")
        sync(descriptor)

    monkeypatch.setattr(mutations, "sync_file_system", overtaken)
    with pytest.raises(EnvironmentExistsError, match="has come into being"):
        workshop.install(workshop.package(name="a", files={"share/a": "a"}))
    assert snapshot(workshop.prefix) == {"mine": ("file", 0o644, b"mine")}
    assert [name for name in os.listdir(workshop.root) if name.startswith(".env")] == []


def test_a_new_folder_with_a_pre_link_script_goes_again_if_something_fails(
    tmp_path: Path,
) -> None:
    workshop = Workshop(tmp_path, prefix=tmp_path / "deep" / "env")
    scripts = {"pre-link": 'echo "$PREFIX" > "$PREFIX/../../seen"\n', "post-link": "exit 1\n"}
    with pytest.raises(LinkError):
        workshop.install(workshop.package(name="a", link_scripts=scripts))
    assert (tmp_path / "seen").read_text() == f"{workshop.prefix}\n"
    assert not (tmp_path / "deep").exists()


def test_a_script_that_fails_after_creating_leaves_no_environment(workshop: Workshop) -> None:
    with pytest.raises(LinkError):
        workshop.install(workshop.package(name="a", link_scripts={"post-link": "exit 1\n"}))
    assert not workshop.prefix.exists()
