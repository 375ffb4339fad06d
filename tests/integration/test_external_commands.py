"""Programs called `conda-NAME` run as `conda NAME`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import conda_clone
from conda_clone.cli.external import external_names, find_external
from tests.support.cli import Program

REPOSITORY = Path(conda_clone.__file__).parents[1]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX scripts")


def script(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def run(conda: Program, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "conda_clone", *words],
        env={
            **conda.environment,
            "PATH": f"{folder}{os.pathsep}{conda.environment['PATH']}",
            "PYTHONPATH": str(REPOSITORY),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_gets_all_words_and_its_status_is_ours(conda: Program, tmp_path: Path) -> None:
    script(tmp_path / "bin", "conda-greet", 'echo "$@" "${CONDA_EXE:+known}"; exit 3')
    outcome = run(conda, tmp_path / "bin", "greet", "--json", "-n", "a b")
    assert (outcome.returncode, outcome.stdout) == (3, "--json -n a b known\n")


def test_our_own_commands_win(conda: Program, tmp_path: Path) -> None:
    script(tmp_path / "bin", "conda-commands", "echo no")
    assert "create" in run(conda, tmp_path / "bin", "commands").stdout.split()


def test_they_are_listed(conda: Program, tmp_path: Path) -> None:
    script(tmp_path / "bin", "conda-greet", "")
    assert "greet" in run(conda, tmp_path / "bin", "commands").stdout.split()
    assert "other programs: " in run(conda, tmp_path / "bin", "--help").stdout


def test_only_executable_files_of_that_name_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{tmp_path / 'missing'}")
    script(tmp_path / "bin", "conda-one", "")
    script(tmp_path / "bin", "conda-two", "").chmod(0o644)
    script(tmp_path / "bin", "conda-clone", "")
    assert "one" in external_names()
    assert not {"two", "clone"} & set(external_names())
    assert find_external("two", []) is None
    assert find_external("clone", []) is None
    assert find_external("../one", []) is None
    found = find_external("one", ["-x"])
    assert found is not None
    assert (found.path, found.words) == (str(tmp_path / "bin/conda-one"), ("-x",))
