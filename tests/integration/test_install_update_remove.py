import os
import shutil
from pathlib import Path

import pytest

from conda_clone.core.prefix.history import History
from conda_clone.gateways.disk.permissions import is_writable_directory
from conda_clone.operations import target
from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program


@pytest.fixture
def conda_with_app(conda: Program) -> Program:
    """Return the program with an environment `e` that holds app 1.0 and lib 1.1."""
    conda.succeed("create", "-n", "e", "-y", "app=1.0", "lib=1.1")
    return conda


def history(conda: Program) -> str:
    return (conda.prefix("e") / "conda-meta/history").read_text()


def snapshot(prefix: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(prefix)): path.read_bytes()
        for path in sorted(prefix.rglob("*"))
        if path.is_file() and path.parent.name != "conda-meta"
    }


def test_install_adds_packages(conda_with_app: Program) -> None:
    conda_with_app.succeed("install", "-n", "e", "-y", "data")
    assert "data-1.0-0" in conda_with_app.installed("e")
    assert history(conda_with_app).endswith("# update specs: ['data']\n")


def test_install_of_what_is_there_writes_no_history(conda_with_app: Program) -> None:
    before = history(conda_with_app)
    outcome = conda_with_app.succeed("install", "-n", "e", "-y", "app=1.0")
    assert "already installed" in outcome.stdout
    document = conda_with_app.succeed("install", "-n", "e", "app=1.0", "--json").document
    assert document == {"success": True, "message": "All requested packages already installed."}
    assert history(conda_with_app) == before


def test_what_is_satisfied_can_be_left_alone(conda_with_app: Program) -> None:
    outcome = conda_with_app.succeed("install", "-n", "e", "-y", "-S", "app")
    assert "already installed" in outcome.stdout


def test_a_reinstalled_package_is_linked_anew(conda_with_app: Program) -> None:
    damaged = conda_with_app.prefix("e") / "bin/app"
    damaged.unlink()
    conda_with_app.succeed("install", "-n", "e", "-y", "--force-reinstall", "app=1.0")
    assert damaged.is_file()


def test_the_order_of_channels_decides(conda_with_app: Program, tmp_path: Path) -> None:
    other = ChannelBuilder(tmp_path / "other")
    other.add(name="data", version="9.0", files={"share/data.txt": "other"})
    other.write()
    first = ["-c", other.url]
    conda_with_app.succeed("install", "-n", "e", "-y", *first, "data")
    assert "data-9.0-0" in conda_with_app.installed("e")
    last = ["--override-channels", "-c", conda_with_app.channel, "-c", other.url]
    conda_with_app.succeed("create", "-n", "f", "-y", *last, "data")
    assert conda_with_app.installed("f") == ["data-1.0-0"]


def test_a_newer_version_replaces_the_older(conda_with_app: Program) -> None:
    shown = conda_with_app.succeed("install", "-n", "e", "-y", "app=1.1").stdout
    assert "packages will be UPDATED" in shown
    assert "1.0-0 --> 1.1-0" in shown
    assert "app-1.1-0" in conda_with_app.installed("e")
    app = conda_with_app.prefix("e") / "bin/app"
    assert app.read_text() == "#!/bin/sh\necho app 1.1\n"


def test_an_older_version_is_called_a_downgrade(conda_with_app: Program) -> None:
    shown = conda_with_app.succeed("install", "-n", "e", "-y", "lib=1.0").stdout
    assert "packages will be DOWNGRADED" in shown


def test_a_wish_of_the_past_is_part_of_the_conflict(conda_with_app: Program) -> None:
    outcome = conda_with_app("install", "-n", "e", "-y", "app=2.0")
    assert (outcome.status, outcome.error) == (1, "UnsatisfiableError")
    assert "lib" in outcome.stderr
    assert conda_with_app.installed("e") == ["app-1.0-0", "lib-1.1-0", "zlib-1.0-0"]


def test_a_failing_post_link_script_leaves_the_environment_as_it_was(
    conda_with_app: Program,
) -> None:
    prefix = conda_with_app.prefix("e")
    before, before_history = snapshot(prefix), history(conda_with_app)
    outcome = conda_with_app("install", "-n", "e", "-y", "fails", "app=1.1")
    assert (outcome.status, outcome.error) == (1, "LinkError")
    assert snapshot(prefix) == before
    assert history(conda_with_app) == before_history
    assert conda_with_app.installed("e") == ["app-1.0-0", "lib-1.1-0", "zlib-1.0-0"]


def test_clobbered_files_belong_to_the_later_package(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "left", "right")
    assert (conda.prefix("e") / "share/both.txt").read_text() == "right"


def test_clobbering_can_be_forbidden(conda: Program) -> None:
    outcome = conda(
        "create", "-n", "e", "--json", "left", "right", env={"CONDA_PATH_CONFLICT": "prevent"}
    )
    assert outcome.document["errors"][0]["exception_name"] == "SharedLinkPathClobberError"
    assert not conda.prefix("e").exists()


def test_a_users_file_in_the_way_is_not_lost(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "text")
    mine = conda.prefix("e") / "share/data.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    conda.succeed("install", "-n", "e", "-y", "data")
    assert mine.read_text() == "data"
    kept = [path for path in mine.parent.iterdir() if path != mine]
    assert [path.read_text() for path in kept] == ["mine"]


def test_update_takes_what_the_past_allows(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app=1.0")
    conda.succeed("install", "-n", "e", "-y", "lib=1.0")
    conda.succeed("update", "-n", "e", "-y", "lib")
    assert "lib-1.2-0" in conda.installed("e")


def test_update_all_moves_everything(conda_with_app: Program) -> None:
    conda_with_app.succeed("update", "-n", "e", "-y", "--all")
    assert conda_with_app.installed("e") == ["app-2.0-0", "lib-2.0-0", "zlib-1.0-0"]
    assert "# neutered specs: ['app', 'lib']" in history(conda_with_app)
    assert "already installed" in conda_with_app.succeed("update", "-n", "e", "-y", "--all").stdout


def test_upgrade_is_update(conda_with_app: Program) -> None:
    conda_with_app.succeed("upgrade", "-n", "e", "-y", "--all")
    assert "app-2.0-0" in conda_with_app.installed("e")


def test_remove_takes_what_nobody_needs_any_more(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app", "data")
    document = conda.succeed("remove", "-n", "e", "--json", "app").document
    assert [record["name"] for record in document["actions"]["UNLINK"]] == ["app", "lib", "zlib"]
    assert "LINK" not in document["actions"]
    assert conda.installed("e") == ["data-1.0-0"]
    assert not (conda.prefix("e") / "lib").exists()
    assert history(conda).endswith("# remove specs: ['app']\n")


def test_remove_takes_dependents_too(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app", "data")
    conda.succeed("uninstall", "-n", "e", "-y", "zlib")
    assert conda.installed("e") == ["data-1.0-0"]


def test_force_remove_takes_one_package(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app")
    conda.succeed("remove", "-n", "e", "-y", "--force-remove", "zlib")
    assert conda.installed("e") == ["app-2.0-0", "lib-2.0-0"]


def test_what_was_taken_by_force_comes_back_with_the_next_removal(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app", "data")
    conda.succeed("remove", "-n", "e", "-y", "--force-remove", "lib", "zlib")
    actions = conda.succeed("remove", "-n", "e", "-y", "data", "--json").document["actions"]
    assert [record["name"] for record in actions["UNLINK"]] == ["data"]
    assert [record["name"] for record in actions["LINK"]] == ["zlib", "lib"]
    assert conda.installed("e") == ["app-2.0-0", "lib-2.0-0", "zlib-1.0-0"]
    assert "lib" not in History(str(conda.prefix("e"))).requested_specs()


def test_nothing_comes_back_that_no_cache_holds_or_nobody_needs(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app", "data", "text")
    conda.succeed("remove", "-n", "e", "-y", "--force-remove", "lib", "zlib")
    shutil.rmtree(conda.pkgs / "zlib-1.0-0")
    conda.succeed("remove", "-n", "e", "-y", "data")
    assert conda.installed("e") == ["app-2.0-0", "text-1.0-0"]
    conda.succeed("remove", "-n", "e", "-y", "app")
    assert conda.installed("e") == ["text-1.0-0"]


def test_a_package_that_was_never_there_is_not_put_in(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "lib", "data")
    for record in (conda.prefix("e") / "conda-meta").glob("zlib-*.json"):
        record.unlink()
    conda.succeed("remove", "-n", "e", "-y", "data")
    assert conda.installed("e") == ["lib-2.0-0"]


def test_remove_all_leaves_nothing(conda: Program, isolated: Path) -> None:
    conda.succeed("create", "-n", "e", "-y", "app")
    shown = conda.succeed("remove", "-n", "e", "--all", "--dry-run").stdout
    assert "zlib-1.0-0" in shown
    assert "app-2.0-0" in conda.installed("e")
    document = conda.succeed("remove", "-n", "e", "--all", "--json").document
    assert {record["name"] for record in document["actions"]["UNLINK"]} == {"app", "lib", "zlib"}
    assert not conda.prefix("e").exists()
    assert (isolated / ".conda/environments.txt").read_text().strip() == ""


def test_an_environment_is_deleted_at_once_with_the_list_that_a_person_sees(
    conda: Program, isolated: Path
) -> None:
    conda.succeed("create", "-n", "e", "-y", "app")
    asked = conda("remove", "-n", "e", "--all", stdin="n\n").stdout
    told = conda.succeed("remove", "-n", "e", "--all", "-y").stdout
    assert told.strip() == asked.partition("Proceed")[0].strip()
    assert not conda.prefix("e").exists()
    assert (isolated / ".conda/environments.txt").read_text().strip() == ""


def test_a_broken_record_keeps_nobody_from_deleting_its_environment(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app")
    (conda.prefix("e") / "conda-meta/app-2.0-0.json").write_text("{")
    assert "  app-2.0-0\n" in conda.succeed("env", "remove", "-n", "e", "-y").stdout
    assert not conda.prefix("e").exists()


def test_an_environment_without_packages_is_deleted(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y")
    assert "There are no packages" in conda.succeed("env", "remove", "-n", "e", "-y").stdout
    assert not conda.prefix("e").exists()


def test_scripts_run_before_their_environment_is_deleted(conda: Program, tmp_path: Path) -> None:
    channel = ChannelBuilder(tmp_path / "farewells")
    script = f'cat "$PREFIX/share/kept" > "{tmp_path}/farewell"\n'
    channel.add(
        name="kept", files={"share/kept": "still there"}, link_scripts={"pre-unlink": script}
    )
    channel.write()
    conda.succeed("create", "-n", "e", "-y", "--override-channels", "-c", channel.url, "kept")
    conda.succeed("env", "remove", "-n", "e", "-y")
    assert (tmp_path / "farewell").read_text() == "still there"
    assert not conda.prefix("e").exists()


def test_remove_all_asks_twice(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app")
    (conda.prefix("e") / "mine.txt").write_text("mine")
    conda.succeed("remove", "-n", "e", "--all", stdin="y\n\n")
    assert (conda.prefix("e") / "mine.txt").read_text() == "mine"


def test_keep_env_keeps_the_empty_environment(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app")
    conda.succeed("remove", "-n", "e", "--all", "--keep-env", "-y")
    left = sorted(path.name for path in conda.prefix("e").rglob("*") if path.is_file())
    assert left == [".lock", "conda-meta.lock", "history"]


@pytest.mark.parametrize(
    ("words", "status", "error"),
    [
        (["install", "-n", "e", "-y"], 1, "CondaValueError"),
        (["install", "-n", "nope", "-y", "data"], 1, "EnvironmentLocationNotFound"),
        (["install", "-n", "e", "-y", "nosuch"], 1, "PackagesNotFoundInChannelsError"),
        (["install", "-n", "e", "-y", "data="], 0, ""),
        (["update", "-n", "e", "-y"], 1, "CondaValueError"),
        (["update", "-n", "e", "-y", "data"], 1, "PackageNotInstalledError"),
        (["update", "-n", "e", "-y", "app=2"], 1, "CondaUpdatePackageError"),
        (["remove", "-n", "e", "-y"], 1, "CondaValueError"),
        (["remove", "-n", "e", "-y", "nosuch"], 1, "PackagesNotFoundInPrefixError"),
        (["remove", "-n", "e", "-y", "app=9"], 1, "PackagesNotFoundInPrefixError"),
        (["remove", "-n", "nope", "-y", "app"], 1, "EnvironmentLocationNotFound"),
        (["remove", "-n", "nope", "--all", "-y"], 1, "EnvironmentLocationNotFound"),
        (["remove", "-n", "base", "--all", "-y"], 1, "CondaEnvironmentError"),
    ],
)
def test_what_cannot_be_done_is_named(
    conda_with_app: Program, words: list[str], status: int, error: str
) -> None:
    outcome = conda_with_app(*words)
    assert (outcome.status, outcome.error) == (status, error)


@pytest.mark.parametrize(
    "words",
    [
        "env config vars set -n e A=b",
        "install -n e -y data",
        "remove -n e -y app",
        "rename -n e f",
        "create -n f -y --clone e",
    ],
)
def test_an_environment_that_goes_when_it_has_been_found_leaves_nothing(
    conda_with_app: Program, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remove_meanwhile(folder: str) -> bool:
        answer = is_writable_directory(folder)
        other = conda_with_app.as_process("env", "remove", "-n", "e", "-y")
        assert other.status == 0, other.stderr
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(target, "is_writable_directory", remove_meanwhile)
        assert conda_with_app(*words.split()).error == "EnvironmentLocationNotFound"
    assert os.listdir(conda_with_app.envs) == []


def test_a_folder_that_is_no_environment_is_never_removed(conda: Program, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").write_text("mine")
    outcome = conda("remove", "-p", tmp_path / "mine", "--all", "-y")
    assert (outcome.status, outcome.error) == (1, "DirectoryNotACondaEnvironmentError")
    assert (tmp_path / "mine/file").read_text() == "mine"


def test_the_active_environment_is_not_removed(conda_with_app: Program) -> None:
    active = {"CONDA_PREFIX": str(conda_with_app.prefix("e"))}
    outcome = conda_with_app("remove", "-n", "e", "--all", "-y", env=active)
    assert outcome.error == "CondaEnvironmentError"
    assert conda_with_app.prefix("e").exists()


@pytest.mark.parametrize(
    "words",
    [
        "install -n e -y data",
        "install -n e -y --revision 0",
        "update -n e -y --all",
        "remove -n e -y app",
        "remove -n e -y --all",
        "env remove -n e -y",
        "env config vars set -n e A=1",
        "create -n e -y data",
        "create -n e -y --clone other",
        "rename -n e -y another",
        "rename -n other -y e",
        "doctor -n e -y --fix",
    ],
)
def test_no_command_changes_a_frozen_environment(conda_with_app: Program, words: str) -> None:
    conda_with_app.succeed("create", "-n", "other", "-y", "zlib")
    (conda_with_app.prefix("e") / "conda-meta/frozen").write_text('{"message": "mine"}')
    before = snapshot(conda_with_app.prefix("e"))
    outcome = conda_with_app(*words.split())
    assert (outcome.status, outcome.error) == (1, "EnvironmentIsFrozenError")
    assert "is marked as frozen: mine" in outcome.stderr
    assert snapshot(conda_with_app.prefix("e")) == before


def test_a_frozen_environment_is_changed_only_on_demand(conda_with_app: Program) -> None:
    (conda_with_app.prefix("e") / "conda-meta/frozen").write_text('{"message": "mine"}')
    for words in (["install", "data"], ["update", "--all"], ["remove", "app"]):
        outcome = conda_with_app(*words, "-n", "e", "-y")
        assert outcome.error == "EnvironmentIsFrozenError"
        assert "mine" in outcome.stderr
    conda_with_app.succeed("install", "-n", "e", "-y", "--override-frozen", "data")


def test_pins_of_the_environment_bind(conda_with_app: Program) -> None:
    (conda_with_app.prefix("e") / "conda-meta/pinned").write_text("lib 1.*\n# why\n")
    outcome = conda_with_app("install", "-n", "e", "--json", "app=2.0")
    assert outcome.document["exception_name"] == "SpecsConfigurationConflictError"
    assert outcome.document["pinned_specs"] == ["lib=1"]
