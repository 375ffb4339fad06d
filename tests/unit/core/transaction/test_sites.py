"""Environments that come in the place of others."""

import errno
import os
from pathlib import Path

import pytest

from conda_clone.core.transaction.errors import LinkError
from conda_clone.errors import NotWritableError
from conda_clone.gateways.disk import mutations
from tests.support.transactions import Workshop, snapshot


def unsupported(*_: object) -> None:
    raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))


@pytest.fixture
def old(workshop: Workshop) -> Workshop:
    workshop.install(workshop.package(name="old", files={"share/old": "1"}))
    (workshop.prefix / "mine").write_text("mine")
    return workshop


def leftovers(workshop: Workshop) -> list[str]:
    return [name for name in os.listdir(workshop.root) if name.startswith(".env")]


@pytest.mark.parametrize("in_one_step", [True, False])
def test_an_environment_is_replaced_with_all_that_is_in_it(
    old: Workshop, monkeypatch: pytest.MonkeyPatch, in_one_step: bool
) -> None:
    if not in_one_step:
        monkeypatch.setattr(mutations, "exchange", unsupported)
    new = old.package(name="new", files={"share/new": "2"})
    old.transaction([new], replaces=True).execute()
    assert old.tree() == ["conda-meta/history", "conda-meta/new-1.0-0.json", "share/new"]
    assert b"old" not in (old.prefix / "conda-meta/history").read_bytes()
    assert leftovers(old) == []


@pytest.mark.parametrize("in_one_step", [True, False])
def test_the_old_environment_comes_back_if_a_script_of_the_new_one_fails(
    old: Workshop, monkeypatch: pytest.MonkeyPatch, in_one_step: bool
) -> None:
    if not in_one_step:
        monkeypatch.setattr(mutations, "exchange", unsupported)
    before = snapshot(old.prefix)
    new = old.package(name="new", link_scripts={"post-link": "exit 1\n"})
    with pytest.raises(LinkError):
        old.transaction([new], replaces=True).execute()
    assert snapshot(old.prefix) == before
    assert leftovers(old) == []


def test_other_errors_of_changing_places_are_errors(
    old: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(mutations, "exchange", refuse)
    before = snapshot(old.prefix)
    with pytest.raises(NotWritableError):
        old.transaction([old.package(name="new")], replaces=True).execute()
    assert snapshot(old.prefix) == before


def test_a_place_that_cannot_be_built_at_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = Workshop(tmp_path, prefix=tmp_path / "deep" / "envs" / "env")
    transaction = workshop.transaction([workshop.package(name="a")])
    transaction.verify()
    make = mutations.make_directory

    def refusing(path: str, mode: int = 0o777) -> None:
        if ".txn-" in path:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        make(path, mode)

    monkeypatch.setattr(mutations, "make_directory", refusing)
    with pytest.raises(NotWritableError):
        transaction.execute()
    assert not (tmp_path / "deep").exists()
