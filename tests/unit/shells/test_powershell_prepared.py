"""Activation without the program in PowerShell: the data, and the text of the functions."""

import json
import os
import re
from pathlib import Path

import pytest

from conda_clone.config.activation import activation_settings
from conda_clone.config.configuration import Configuration
from conda_clone.shells import hook, prepared
from conda_clone.shells.dialects import PREPARED_SHELLS, powershell_prepared
from conda_clone.shells.hook import hook_text
from conda_clone.shells.main import ShellCall, answer

SCRIPTS = Path(hook.__file__).parent / "scripts"
FUNCTIONS = (SCRIPTS / "prepared.ps1").read_text("utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    environment = tmp_path / "root/envs/lab"
    (environment / "conda-meta").mkdir(parents=True)
    (environment / "etc/conda/activate.d").mkdir(parents=True)
    (environment / "etc/conda/activate.d/b.ps1").touch()
    (environment / "etc/conda/activate.d/b.sh").touch()
    state = {"env_vars": {"DAY": "2026-01-02T03:04:05Z", "TEXT": "\u2019 $x\n\u00e9"}}
    (environment / "conda-meta/state").write_text(json.dumps(state))
    return tmp_path / "root"


def ask(root: Path, *words: str, **environ: str) -> str:
    home = root.parent
    return answer(
        ShellCall(
            "powershell",
            words,
            environ={"CONDA_ROOT_PREFIX": str(root), "PATH": "/bin", **environ},
            home=str(home),
            cwd=str(home),
            executable="/x/conda",
        )
    ).text


def test_the_first_activation_prepares_the_next_one(root: Path) -> None:
    ask(root, "activate", "lab")

    environment = root / "envs/lab"
    path = environment / "conda-meta" / powershell_prepared.NAME
    assert path.read_bytes().isascii()
    assert json.loads(path.read_text()) == {
        "format": prepared.FORMAT,
        "capitals": True,
        "prefix": str(environment),
        "folders": [str(environment / "bin")],
        "present": ["conda-meta/state", "etc/conda/activate.d"],
        "missing": ["etc/conda/deactivate.d", "etc/conda/env_vars.d"],
        "variables": {"DAY": "=2026-01-02T03:04:05Z", "TEXT": "=\u2019 $x\n\u00e9"},
        "activate": ["b.ps1"],
        "deactivate": [],
    }
    newest = max(
        (environment / name).stat().st_mtime_ns
        for name in ("conda-meta/state", "etc/conda/activate.d")
    )
    assert path.stat().st_mtime_ns == newest


def test_the_hook_prepares_the_settings(root: Path) -> None:
    (root.parent / ".condarc").write_text("changeps1: false\nauto_stack: 2\n")
    ask(root, "hook", CONDA_ENVS_DIRS="/mine")

    settings = json.loads((root.parent / ".conda" / powershell_prepared.NAME).read_text())
    assert settings["root"] == str(root)
    assert settings["envs_dirs"][0] == "/mine"
    assert (settings["auto_stack"], settings["changeps1"]) == (2, False)
    assert (settings["before"], settings["after"]) == ("(", ") ")
    assert settings["sources"]["CONDA_ENVS_DIRS"] == "=/mine"
    assert settings["sources"]["CONDARC"] == "="
    assert str(root.parent / ".condarc") in settings["present"]
    assert settings["format"] == prepared.FORMAT


def test_capitals_are_part_of_what_is_prepared(root: Path) -> None:
    ask(root, "activate", "lab", CONDA_ENVVARS_FORCE_UPPERCASE="no")
    path = root / "envs/lab/conda-meta" / powershell_prepared.NAME
    assert json.loads(path.read_text())["capitals"] is False


def test_a_change_of_the_environment_renews_it(root: Path) -> None:
    environment = root / "envs/lab"
    ask(root, "activate", "lab")
    (environment / "conda-meta/state").write_text('{"env_vars": {"NEW": "1"}}')
    configuration = Configuration.load(environ={"CONDA_ROOT_PREFIX": str(root)}, home=str(root))
    prepared.refresh_environment(str(environment), activation_settings(configuration))
    path = environment / "conda-meta" / powershell_prepared.NAME
    assert json.loads(path.read_text())["variables"] == {"NEW": "=1"}
    assert "powershell" in PREPARED_SHELLS


def test_an_environment_without_prepared_files_gets_none(root: Path) -> None:
    configuration = Configuration.load(environ={"CONDA_ROOT_PREFIX": str(root)}, home=str(root))
    for environment in (root / "envs/lab", root / "envs/absent"):
        prepared.refresh_environment(str(environment), activation_settings(configuration))
        assert list(environment.glob("conda-meta/activation.*")) == []


def test_the_hook_takes_the_functions_from_beside_it_and_does_without_them() -> None:
    text = hook_text("powershell", {"CONDA_EXE": "c", "_CONDA_EXE": "c", "_CONDA_ROOT": "r"})
    assert f"Join-Path -Path '{SCRIPTS}' -ChildPath 'prepared.ps1'" in text
    assert f"'{{FORMAT}}', '{prepared.FORMAT}'" in text
    assert FUNCTIONS.count("'{FORMAT}'") == 1
    before, caught = text.split("try {", 1)[1].split("} catch {", 1)
    assert "Invoke-Expression" in before
    assert "Write-Debug" in caught
    assert "try { $change = Get-CondaChange $args } catch { $change = $null }" in text


def code(text: str) -> str:
    """Return PowerShell without its comments and texts."""
    without_comments = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
    return re.sub(r"'[^']*'|\"[^\"]*\"", "''", without_comments)


@pytest.mark.parametrize("name", ["conda.ps1", "prepared.ps1"])
def test_the_text_is_well_formed_and_for_old_versions_too(name: str) -> None:
    text = code((SCRIPTS / name).read_text("utf-8"))
    closing = {")": "(", "]": "[", "}": "{"}
    open_brackets: list[str] = []
    for char in text:
        if char in closing.values():
            open_brackets.append(char)
        elif char in closing:
            assert open_brackets.pop() == closing[char]
    assert open_brackets == []
    # Windows PowerShell 5.1 knows none of these.
    assert not re.search(r"\?\?|&&|\|\||\$null\?\.|\$IsWindows| \? .* : ", text)


def test_every_function_that_is_called_is_there() -> None:
    defined = set(re.findall(r"function global:([\w-]+)", FUNCTIONS))
    called = set(re.findall(r"\b(?:Get|Remove|Switch)-Conda\w+", FUNCTIONS))
    assert called == defined
    assert os.path.exists(SCRIPTS / "prepared.ps1")


def test_every_field_that_is_read_is_written(root: Path) -> None:
    ask(root, "activate", "lab")
    home = root.parent / ".conda" / powershell_prepared.NAME
    settings = json.loads(home.read_text())
    environment = json.loads((root / "envs/lab/conda-meta" / powershell_prepared.NAME).read_text())
    assert set(re.findall(r"\$settings\.(\w+)", FUNCTIONS)) <= settings.keys()
    assert set(re.findall(r"\$data\.(\w+)", FUNCTIONS)) <= environment.keys()
