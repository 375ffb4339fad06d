import os
import sys
from pathlib import Path

import pytest

from conda_clone.config import search_path
from conda_clone.config.configuration import Configuration


def put(*paths: Path) -> list[str]:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("quiet: true\n", encoding="utf-8")
    return [str(path) for path in paths]


def test_files_of_the_user_come_in_order(tmp_path: Path) -> None:
    expected = put(
        tmp_path / "xdg/conda/condarc",
        tmp_path / ".config/conda/.condarc",
        tmp_path / ".conda/.condarc",
        tmp_path / ".conda/condarc",
        tmp_path / ".conda/condarc.d/a.yml",
        tmp_path / ".conda/condarc.d/b.yaml",
        tmp_path / ".condarc",
    )
    put(tmp_path / ".conda/condarc.d/c.txt", tmp_path / ".conda/other")
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "xdg")}
    assert search_path.files_of_user(environ, str(tmp_path)) == expected


def test_nothing_is_listed_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / ".conda" / ".condarc").mkdir(parents=True)
    assert search_path.files_of_user({}, str(tmp_path)) == []


def test_files_of_the_base_environment_come_in_their_own_order(tmp_path: Path) -> None:
    expected = put(tmp_path / "condarc", tmp_path / ".condarc", tmp_path / "condarc.d/x.yml")
    assert search_path.files_of_root(str(tmp_path)) == expected


def test_files_of_an_environment(tmp_path: Path) -> None:
    expected = put(tmp_path / ".condarc", tmp_path / "condarc")
    assert search_path.files_of_environment(str(tmp_path)) == expected


def test_files_of_the_system_are_absolute_and_exist() -> None:
    assert all(map(os.path.isfile, search_path.files_of_system()))


@pytest.mark.parametrize("name", [".condarc", "condarc", "mine.yml", "mine.yaml"])
def test_condarc_names_a_file(tmp_path: Path, name: str) -> None:
    expected = put(tmp_path / name)
    environ = {"CONDARC": str(tmp_path / name)}
    assert search_path.files_of_variable(environ, "/nowhere") == expected


def test_condarc_names_a_folder(tmp_path: Path) -> None:
    expected = put(tmp_path / "a.yml", tmp_path / "b.yaml")
    put(tmp_path / "condarc")
    assert search_path.files_of_variable({"CONDARC": str(tmp_path)}, "/nowhere") == expected


def test_condarc_may_start_with_the_home_folder(tmp_path: Path) -> None:
    expected = put(tmp_path / "mine.yml")
    assert search_path.files_of_variable({"CONDARC": "~/mine.yml"}, str(tmp_path)) == expected


@pytest.mark.parametrize("value", ["", "/nowhere/at/all.yml"])
def test_condarc_may_name_nothing(value: str) -> None:
    assert search_path.files_of_variable({"CONDARC": value}, "/nowhere") == []


def test_a_file_with_another_name_does_not_count(tmp_path: Path) -> None:
    (name,) = put(tmp_path / "settings.txt")
    assert search_path.files_of_variable({"CONDARC": name}, "/nowhere") == []


def test_the_default_root_prefix_is_what_platformdirs_says(
    isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from platformdirs import user_data_dir

    home = str(isolated)
    assert search_path.default_root_prefix(os.environ, home) == user_data_dir("conda-clone")
    monkeypatch.setenv("XDG_DATA_HOME", str(isolated / "data"))
    assert search_path.default_root_prefix(os.environ, home) == user_data_dir("conda-clone")


def test_other_systems_ask_platformdirs(monkeypatch: pytest.MonkeyPatch) -> None:
    from platformdirs import user_data_dir

    monkeypatch.setattr(sys, "platform", "darwin")
    assert search_path.default_root_prefix({}, "/nowhere") == user_data_dir("conda-clone")


def test_windows_has_a_folder_for_all_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert search_path.files_of_system() == []


@pytest.mark.parametrize("value", ["", os.devnull, "folder", "folder/c.yml", "~/.condarc"])
def test_nothing_is_wrong_with_a_variable_that_is_followed(tmp_path: Path, value: str) -> None:
    put(tmp_path / "folder/c.yml", tmp_path / ".condarc")
    given = os.path.join(tmp_path, value) if value.startswith("folder") else value
    assert search_path.left_out_variable({"CONDARC": given}, str(tmp_path)) is None
    assert search_path.left_out_variable({}, str(tmp_path)) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gone.yml", "CONDARC names it, and it is not there"),
        (
            "settings.txt",
            "CONDARC names it, but it is not named condarc or .condarc, nor *.yml or *.yaml",
        ),
    ],
)
def test_a_variable_that_is_not_followed_is_no_secret(
    tmp_path: Path, name: str, reason: str
) -> None:
    put(tmp_path / "settings.txt")
    path = str(tmp_path / name)
    assert search_path.left_out_variable({"CONDARC": path}, "/nowhere") == (path, reason)
    (problem,) = Configuration.load(environ={"CONDARC": path}, home=str(tmp_path)).problems
    assert str(problem) == f"The configuration file `{path}` is left out: {reason}."


def test_who_has_no_home_is_at_home_at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of no user, as containers are run with; never a folder that is called `~`."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_001)
    assert search_path.home_folder() == "/"


@pytest.mark.parametrize(("given", "expected"), [("", "/"), ("/h", "/h"), ("h", "{}/h")])
def test_a_home_is_an_absolute_path(
    given: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", given)
    assert search_path.home_folder() == expected.format(tmp_path)
