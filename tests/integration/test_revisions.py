"""`conda install --revision`: back to what an environment was."""

import shutil
from pathlib import Path

import pytest

from conda_clone.core.prefix.history import History
from tests.support.cli import Program


@pytest.fixture
def conda_with_past(conda: Program) -> Program:
    """Return the program with an environment of three revisions: app 1.0, app 2.0, and data."""
    conda.succeed("create", "-n", "e", "-y", "app=1.0", "lib=1.1")
    conda.succeed("install", "-n", "e", "-y", "app=2.0", "lib")
    conda.succeed("install", "-n", "e", "-y", "data")
    return conda


def requested(conda: Program) -> dict[str, str]:
    wishes = History(str(conda.prefix("e"))).requested_specs()
    return {name: str(spec) for name, spec in wishes.items()}


def test_packages_and_wishes_of_a_revision_come_back(conda_with_past: Program) -> None:
    conda = conda_with_past
    assert conda.installed("e") == ["app-2.0-0", "data-1.0-0", "lib-2.0-0", "zlib-1.0-0"]
    conda.succeed("install", "-n", "e", "-y", "--revision", "0")
    assert conda.installed("e") == ["app-1.0-0", "lib-1.1-0", "zlib-1.0-0"]
    assert requested(conda) == {"app": "app=1.0", "lib": "lib=1.1"}
    app = conda.prefix("e") / "bin/app"
    assert app.read_text() == "#!/bin/sh\necho app 1.0\n"


def test_going_back_is_a_revision_too(conda_with_past: Program) -> None:
    conda_with_past.succeed("install", "-n", "e", "-y", "--revision", "rev0")
    conda_with_past.succeed("install", "-n", "e", "-y", "--revision", "2")
    assert "data-1.0-0" in conda_with_past.installed("e")
    listed = conda_with_past.succeed("list", "-n", "e", "--revisions", "--json").document
    assert [entry["rev"] for entry in listed] == [0, 1, 2, 3, 4]


def test_the_revision_that_is_there_changes_nothing(conda_with_past: Program) -> None:
    outcome = conda_with_past.succeed("install", "-n", "e", "-y", "--revision", "2")
    assert "already installed" in outcome.stdout


def test_cached_packages_need_no_network(conda_with_past: Program) -> None:
    gone = {"CONDA_CHANNELS": "https://nowhere.test/main", "CONDA_OFFLINE": "yes"}
    conda_with_past.succeed("install", "-n", "e", "-y", "--revision", "0", env=gone)
    assert "app-1.0-0" in conda_with_past.installed("e")


def test_the_channel_of_the_history_is_searched(conda_with_past: Program, tmp_path: Path) -> None:
    shutil.rmtree(conda_with_past.root / "pkgs")
    empty = tmp_path / "empty" / "noarch"
    empty.mkdir(parents=True)
    (empty / "repodata.json").write_text('{"packages": {}, "packages.conda": {}}')
    other = {"CONDA_CHANNELS": empty.parent.as_uri()}
    conda_with_past.succeed("install", "-n", "e", "-y", "--revision", "0", env=other)
    assert "app-1.0-0" in conda_with_past.installed("e")


def test_a_package_that_is_gone_is_named_and_nothing_changes(conda_with_past: Program) -> None:
    path = conda_with_past.prefix("e") / "conda-meta/history"
    path.write_text(path.read_text().replace("lib-1.1-0", "lib-0.9-0"))
    outcome = conda_with_past("install", "-n", "e", "-y", "--revision", "0", "--json")
    assert outcome.status == 1
    assert outcome.error == "PackagesNotFoundInChannelsError"
    assert outcome.document["packages"] == ["lib==0.9=0"]
    assert "app-2.0-0" in conda_with_past.installed("e")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--revision", "9"], "CondaIndexError"),
        (["--revision", "x"], "CondaValueError"),
        (["--revision", "-1"], "CondaValueError"),
        (["--revision", "0", "app"], "CondaValueError"),
    ],
)
def test_what_is_no_revision_is_refused(
    conda_with_past: Program, words: list[str], error: str
) -> None:
    outcome = conda_with_past("install", "-n", "e", "-y", *words, "--json")
    assert (outcome.status, outcome.error) == (1, error)
