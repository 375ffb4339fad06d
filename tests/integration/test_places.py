"""One place under several paths: nothing is deleted because it was not recognised.

Links, and mounts, lead to environments and into them; others lie in environments.
"""

from pathlib import Path

import pytest

from tests.support.cli import Program
from tests.support.small_disks import KIB, can_mount, file_system
from tests.support.transactions import snapshot


@pytest.fixture
def lab(conda: Program, tmp_path: Path) -> Program:
    """Return a program whose environment `lab` has two names, as has the folder that it is in."""
    conda.succeed("create", "-y", "-n", "lab", "app=1.0")
    (conda.prefix("lab") / "mine").write_text("mine")
    conda.prefix("alias").symlink_to("lab")
    (tmp_path / "elsewhere").symlink_to(conda.envs)
    return conda


def _refused(lab: Program, *words: str | Path, error: str) -> None:
    before = snapshot(lab.root)
    outcome = lab(*words)
    assert (outcome.status, outcome.error) == (1, error), outcome.stderr
    assert snapshot(lab.root) == before


def test_an_environment_is_not_renamed_to_another_path_of_itself(
    lab: Program, tmp_path: Path
) -> None:
    for source, target in (
        ("lab", tmp_path / "elsewhere/lab"),
        ("lab", lab.prefix("alias")),
        ("alias", lab.prefix("lab")),
        ("lab", tmp_path / "elsewhere/lab/in/it"),
        ("lab", lab.prefix("alias") / "in"),
    ):
        _refused(lab, "rename", "-n", source, target, "-y", error="CondaEnvException")


def test_a_clone_does_not_replace_what_it_is_made_of(lab: Program, tmp_path: Path) -> None:
    for target in (lab.prefix("lab"), lab.prefix("alias"), tmp_path / "elsewhere/lab"):
        words = ("create", "-y", "--clone", "lab", "-p", target)
        _refused(lab, *words, error="CondaValueError")


def test_the_base_environment_is_known_by_every_path(lab: Program, tmp_path: Path) -> None:
    lab.succeed("install", "-y", "-n", "base", "data")
    lab.succeed("create", "-y", "-n", "warm", "data")
    base = tmp_path / "base"
    base.symlink_to(lab.root)
    for words, error in (
        (("create", "-y", "-p", base, "data"), "CondaValueError"),
        (("rename", "-p", base, tmp_path / "new"), "CondaEnvException"),
        (("package", "-p", base, "--reset"), "CondaValueError"),
        (("remove", "-p", base, "--all", "-y"), "CondaEnvironmentError"),
        (("env", "remove", "-p", base, "-y"), "CondaEnvironmentError"),
    ):
        _refused(lab, *words, error=error)


def test_what_the_user_works_in_is_known_by_every_path(lab: Program) -> None:
    for active in ("lab", "alias"):
        for words, error in (
            (("rename", "-n", "lab", "new"), "CondaEnvException"),
            (("remove", "-n", "lab", "--all", "-y"), "CondaEnvironmentError"),
        ):
            outcome = lab(*words, env={"CONDA_PREFIX": str(lab.prefix(active))})
            assert (outcome.status, outcome.error) == (1, error)
    assert (lab.prefix("lab") / "mine").exists()


@pytest.mark.parametrize("setting", ["HOME", "CONDA_ROOT_PREFIX"])
def test_an_environment_is_not_deleted_with_the_home_or_base_in_it(
    lab: Program, setting: str
) -> None:
    inner = lab.prefix("lab") / "inner"
    inner.mkdir()
    (inner / "file").write_text("mine")
    prefix = lab.prefix("lab")
    for words in (
        ("remove", "-p", prefix, "--all", "-y"),
        ("env", "remove", "-p", prefix, "-y"),
        ("create", "-p", prefix, "-y"),
        ("rename", "-p", prefix, lab.prefix("new"), "-y"),
    ):
        outcome = lab(*words, env={setting: str(inner)})
        assert (outcome.status, outcome.error) == (1, "CondaEnvironmentError"), words
        assert (inner / "file").read_text() == "mine"


def test_what_is_mounted_in_an_environment_is_not_deleted_with_it(
    lab: Program, tmp_path: Path
) -> None:
    if not can_mount(tmp_path / "try"):
        pytest.skip("nothing can be mounted here")
    folder = lab.prefix("lab") / "my data"
    with file_system(folder, 64 * KIB):
        (folder / "file").write_text("mine")
        for words in (
            ("remove", "-n", "lab", "--all", "-y"),
            ("create", "-n", "lab", "-y"),
            ("rename", "-n", "lab", "new"),
        ):
            _refused(lab, *words, error="CondaEnvironmentError")
    lab.succeed("remove", "-n", "lab", "--all", "-y")
    assert not lab.prefix("lab").exists()


def test_what_is_mounted_in_an_environment_is_not_installed_into(
    lab: Program, tmp_path: Path
) -> None:
    if not can_mount(tmp_path / "try"):
        pytest.skip("nothing can be mounted here")
    (lab.prefix("lab") / "share").mkdir()
    with file_system(lab.prefix("lab") / "share", 64 * KIB):
        before = snapshot(lab.prefix("lab"))
        outcome = lab("install", "-n", "lab", "-y", "data")
        assert (outcome.status, outcome.error) == (1, "NotWritableError"), outcome.stderr
        assert f"`{lab.prefix('lab')}/share`: it is on another file system" in outcome.stderr
        assert snapshot(lab.prefix("lab")) == before
