"""`conda rename`, `compare` and `package` as a whole."""

import json
import os
from pathlib import Path

import pytest

from conda_clone.gateways.disk import mutations
from conda_clone.testing.archives import read_members
from tests.support.cli import Program
from tests.support.transactions import snapshot


@pytest.fixture
def lab(conda: Program) -> Program:
    conda.succeed("create", "-y", "-n", "lab", "app=1.0", "text")
    conda.succeed("env", "config", "vars", "set", "-n", "lab", "A=b")
    mine = conda.prefix("lab") / "share/mine.txt"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text(f"in {conda.prefix('lab')}\n")
    return conda


def test_an_environment_gets_another_name_with_all_that_it_is(lab: Program) -> None:
    history = (lab.prefix("lab") / "conda-meta/history").read_text()

    lab.succeed("rename", "-n", "lab", "shop")

    assert not lab.prefix("lab").exists()
    shop = lab.prefix("shop")
    assert lab.installed("shop") == ["app-1.0-0", "lib-1.2-0", "text-1.0-0", "zlib-1.0-0"]
    assert (shop / "etc/text.cfg").read_text() == f"prefix={shop}\n"
    assert (shop / "share/mine.txt").read_text() == f"in {shop}\n"
    assert (shop / "conda-meta/history").read_text() == history
    listed = lab.succeed("env", "config", "vars", "list", "-n", "shop", "--json").document
    assert listed == {"A": "b"}
    names = lab.succeed("env", "list").stdout
    assert "shop" in names
    assert "lab " not in names


def test_a_path_may_be_the_new_place(lab: Program, tmp_path: Path) -> None:
    document = lab.succeed("rename", "-p", lab.prefix("lab"), tmp_path / "moved", "--json").document
    assert document == {
        "success": True,
        "src_prefix": str(lab.prefix("lab")),
        "dst_prefix": str(tmp_path / "moved"),
    }
    assert (tmp_path / "moved/conda-meta/history").is_file()


def test_a_dry_run_of_rename_changes_nothing(lab: Program) -> None:
    outcome = lab.succeed("rename", "-n", "lab", "shop", "--dry-run")
    assert "Would copy" in outcome.stdout
    assert lab.prefix("lab").exists()
    assert not lab.prefix("shop").exists()


def test_another_environment_is_replaced_only_when_that_is_wanted(lab: Program) -> None:
    lab.succeed("create", "-y", "-n", "other", "data")
    outcome = lab("rename", "-n", "lab", "other", "--json")
    assert (outcome.status, outcome.error) == (1, "CondaEnvException")
    assert lab.installed("other") == ["data-1.0-0"]
    lab.succeed("rename", "-n", "lab", "other", "--force")
    assert "app-1.0-0" in lab.installed("other")
    assert not lab.prefix("lab").exists()


def test_some_environments_keep_their_names(lab: Program) -> None:
    active = {"CONDA_PREFIX": str(lab.prefix("lab"))}
    default = {"CONDA_DEFAULT_ACTIVATION_ENV": "lab"}
    (lab.root / "conda-meta").mkdir()
    (lab.root / "conda-meta/history").touch()
    for words, env, error in (
        (("-n", "lab", "x"), active, "CondaEnvException"),
        (("-n", "lab", "x"), default, "CondaEnvException"),
        (("-n", "lab", "lab"), {}, "CondaEnvException"),
        (("-n", "base", "x"), {}, "CondaEnvException"),
        (("-n", "nowhere", "x"), {}, "EnvironmentLocationNotFound"),
        (("-n", "nowhere", "x", "--force"), {}, "CondaEnvException"),
        (("-n", "lab", "a b#"), {}, "CondaValueError"),
    ):
        outcome = lab("rename", *words, env=env)
        assert (outcome.status, outcome.error) == (1, error), words
        assert lab.prefix("lab").exists()


def test_an_environment_is_renamed_neither_into_itself_nor_to_what_it_is_in(lab: Program) -> None:
    prefix = lab.prefix("lab")
    for words in (
        ("-n", "lab", prefix / "some" / "where"),
        ("-p", prefix / "inner" / "env", prefix, "-y"),
    ):
        lab("create", "-y", "-p", prefix / "inner" / "env", "data")
        assert lab("rename", *words).error == "CondaEnvException"
    assert (prefix / "inner/env/share/data.txt").is_file()
    assert "app-1.0-0" in lab.installed("lab")


def test_a_renamed_environment_keeps_everything_that_no_package_brings(lab: Program) -> None:
    prefix = lab.prefix("lab")
    mine = (
        "data/urls.txt",  # in a package cache, it lists where packages came from
        "data/deep/result",
        "project/.condarc",
        "project/conda-meta/notes",
        "project/__pycache__/notes",
        "conda-meta/notes.txt",
        "conda-meta/saved/notes.txt",
        "private/key",
        "etc/text.cfg",  # of a package, and changed since
    )
    for path in mine:
        (prefix / path).parent.mkdir(parents=True, exist_ok=True)
        (prefix / path).unlink(missing_ok=True)
        (prefix / path).write_text(f"{path}, not in {prefix}-2 but in {prefix}.\n")
    (prefix / "empty/folder").mkdir(parents=True)
    (prefix / "private").chmod(0o2700)
    (prefix / "link").symlink_to(prefix / "share/mine.txt")
    os.mkfifo(prefix / "pipe")  # must not be waited for, and has no content

    lab.succeed("rename", "-n", "lab", "shop")

    shop = lab.prefix("shop")
    for path in mine:
        place = prefix if path.startswith("conda-meta") else shop
        assert (shop / path).read_text() == f"{path}, not in {prefix}-2 but in {place}.\n"
    assert (shop / "empty/folder").is_dir()
    assert (shop / "private").stat().st_mode & 0o7777 == 0o2700
    assert (shop / "link").readlink() == shop / "share/mine.txt"
    assert os.listdir(lab.envs) == ["shop"]


def test_an_environment_in_which_another_lies_keeps_its_name(lab: Program) -> None:
    inner = lab.prefix("lab") / "some/where"
    lab.succeed("create", "-y", "-p", inner, "data")
    before = snapshot(lab.envs)
    outcome = lab("rename", "-n", "lab", "shop", "--json")
    assert outcome.error == "CondaEnvException"
    assert str(inner) in outcome.document["message"]
    assert snapshot(lab.envs) == before


def test_an_environment_with_a_link_in_the_place_of_a_folder_keeps_its_name(
    lab: Program, tmp_path: Path
) -> None:
    share = lab.prefix("lab") / "share"
    lab.succeed("install", "-y", "-n", "lab", "data")
    share.rename(tmp_path / "large disk")
    share.symlink_to(tmp_path / "large disk")
    outcome = lab("rename", "-n", "lab", "shop")
    assert (outcome.status, outcome.error) == (1, "CondaEnvException")
    assert (share / "mine.txt").exists()
    assert os.listdir(lab.envs) == ["lab"]


def test_what_changes_while_an_environment_is_renamed_is_not_deleted(
    lab: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = lab.prefix("lab") / "share/mine.txt"
    rename = mutations.rename

    def rename_while_another_writes(source: str, target: str) -> None:
        rename(source, target)
        if target == str(lab.prefix("shop")):
            mine.write_text("written late\n")

    monkeypatch.setattr(mutations, "rename", rename_while_another_writes)
    outcome = lab("rename", "-n", "lab", "shop")
    assert (outcome.status, outcome.error) == (1, "CondaEnvException")
    assert mine.read_text() == "written late\n"
    assert lab.installed("shop") == lab.installed("lab")


def test_a_comparison_names_what_is_different(lab: Program, tmp_path: Path) -> None:
    file = tmp_path / "e.yml"
    file.write_text("dependencies: [app=1.0, 'lib >=1']\n")
    assert lab.succeed("compare", "-n", "lab", file).stdout.startswith("All packages")
    assert len(lab.succeed("compare", "-n", "lab", file, "--json").document) == 1
    file.write_text(
        "dependencies: [app=2.0, zzz, pip, {pip: [foo, 'zlib>=3', 'lib', '-r x', './here']}]\n"
    )
    outcome = lab("compare", "-n", "lab", file, "--json")
    assert outcome.status == 1
    assert outcome.document == [
        "app found but mismatch. Specification pkg: app=2.0, Running pkg: app=1.0=0",
        "zzz not found",
        "pip not found",
        "foo not found",
        "zlib found but mismatch. Specification pkg: zlib>=3, Running pkg: zlib==1.0",
    ]
    assert lab("compare", "-n", "lab", tmp_path / "no.yml").error == "EnvironmentFileNotFound"
    assert lab("compare", "-n", "no", file).error == "EnvironmentLocationNotFound"


def test_files_are_traced_to_their_packages(lab: Program, tmp_path: Path) -> None:
    app, mine = lab.prefix("lab") / "bin/app", lab.prefix("lab") / "share/mine.txt"
    assert "linux-64::app-1.0-0" in lab.succeed("package", "-w", app).stdout
    found = lab.succeed("package", "--which", app, mine, "--json").document
    assert [owner.rpartition("::")[2] for owner in found[str(app)]] == ["app-1.0-0"]
    assert found[str(mine)] == []
    outcome = lab("package", "-w", tmp_path / "x")
    assert (outcome.status, outcome.error) == (1, "CondaVerificationError")


def test_files_of_no_package_are_listed_and_deleted(lab: Program) -> None:
    mine = lab.prefix("lab") / "share/mine.txt"
    assert lab.succeed("package", "-n", "lab", "-u").stdout.splitlines() == [
        f"# prefix: {lab.prefix('lab')}",
        "# untracked files: 1",
        "share/mine.txt",
    ]
    lab.succeed("package", "-n", "lab", "-r", "--dry-run")
    assert mine.exists()
    document = lab.succeed("package", "-n", "lab", "-r", "--json").document
    assert document["files"] == ["share/mine.txt"]
    assert not mine.parent.exists()
    assert lab.installed("lab") == ["app-1.0-0", "lib-1.2-0", "text-1.0-0", "zlib-1.0-0"]


def test_nothing_makes_no_package(
    lab: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lab.succeed("package", "-n", "lab", "--reset")
    outcome = lab("package", "-n", "lab", "--json")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")
    assert list(tmp_path.glob("*.tar.bz2")) == []


def test_the_base_environment_is_not_emptied_of_what_conda_has_put_there(lab: Program) -> None:
    lab.succeed("install", "-y", "-n", "base", "data")
    (lab.root / "mine.txt").touch()
    listed = lab.succeed("package", "-n", "base", "--untracked").stdout.splitlines()
    assert "mine.txt" in listed
    assert [line for line in listed if line.startswith(("pkgs/", "envs/lab/"))] == []
    outcome = lab("package", "-n", "base", "--reset")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")
    assert (lab.root / "mine.txt").exists()
    assert "app-1.0-0" in lab.installed("lab")


def test_a_clone_of_base_leaves_its_environments_and_caches(lab: Program) -> None:
    lab.succeed("install", "-y", "-n", "base", "data")
    lab.succeed("create", "-y", "-n", "copy", "--clone", "base")
    assert lab.installed("copy") == ["data-1.0-0"]
    assert not (lab.prefix("copy") / "pkgs").exists()
    assert not (lab.prefix("copy") / "envs").exists()


def test_files_of_no_package_become_one(
    lab: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (lab.prefix("lab") / "share/link").symlink_to("mine.txt")
    words = ("--pkg-name", "mine", "--pkg-version", "1.5", "--pkg-build", "7")
    lab.succeed("package", "-n", "lab", *words)

    archive = tmp_path / "mine-1.5-7.tar.bz2"
    index = json.loads(read_members(archive)["info/index.json"])
    assert (index["name"], index["version"], index["build_number"]) == ("mine", "1.5", 7)
    lab.succeed("create", "-y", "-n", "new", archive)
    new = lab.prefix("new")
    assert (new / "share/mine.txt").read_text() == f"in {new}\n"
    assert (new / "share/link").readlink() == Path("mine.txt")
    assert [path.name for path in tmp_path.glob("*.tar.bz2")] == ["mine-1.5-7.tar.bz2"]
