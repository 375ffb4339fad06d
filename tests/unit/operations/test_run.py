import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conda_clone.cli.output.json_output import JsonConsole
from conda_clone.config.configuration import Configuration
from conda_clone.errors import ArgumentError
from conda_clone.operations.run import (
    activated_environment,
    prepare_program,
    run_program,
)
from conda_clone.operations.session import Session

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX shells")


def session(root: Path, **environment: str) -> Session:
    environ = {"PATH": "/usr/bin:/bin", "CONDA_ROOT_PREFIX": str(root), **environment}
    return Session(
        Configuration.load(environ=environ, home=str(root / "home")),
        JsonConsole(io.StringIO(), io.StringIO()),
        environment=environ,
        clock=lambda: datetime(2026, 1, 31, tzinfo=UTC),
    )


def test_the_environment_comes_first(tmp_path: Path) -> None:
    prefix = str(tmp_path / "envs" / "e")
    environ = activated_environment(session(tmp_path), prefix)
    assert environ["PATH"] == f"{prefix}/bin:{tmp_path}/condabin:/usr/bin:/bin"
    assert environ["CONDA_PREFIX"] == prefix
    assert environ["CONDA_SHLVL"] == "1"
    assert environ["CONDA_DEFAULT_ENV"] == "e"
    assert environ["CONDA_PROMPT_MODIFIER"] == "(e) "


@pytest.mark.parametrize(
    ("prefix", "name"),
    [("", "base"), ("envs/e", "e"), ("else/envs/e", "e"), ("else/e", None)],
)
def test_the_name_of_the_environment(tmp_path: Path, prefix: str, name: str | None) -> None:
    path = str(tmp_path / prefix) if prefix else str(tmp_path)
    assert activated_environment(session(tmp_path), path)["CONDA_DEFAULT_ENV"] == (name or path)


def test_the_former_environment_goes_and_is_remembered(tmp_path: Path) -> None:
    active = {"CONDA_PREFIX": "/old", "CONDA_SHLVL": "2", "PATH": "/old/bin:/usr/bin"}
    environ = activated_environment(session(tmp_path, **active), "/new")
    assert environ["PATH"] == "/new/bin:/usr/bin"
    assert environ["CONDA_SHLVL"] == "3"
    assert environ["CONDA_PREFIX_2"] == "/old"


@pytest.mark.parametrize(("level", "inside"), [("-3", "1"), ("many", "1"), ("", "1"), ("4", "1")])
def test_a_level_that_is_none_counts_as_zero(tmp_path: Path, level: str, inside: str) -> None:
    environ = activated_environment(session(tmp_path, CONDA_SHLVL=level), "/new")
    assert environ["CONDA_SHLVL"] == inside


def test_scripts_of_other_shells_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "etc" / "conda" / "activate.d"
    folder.mkdir(parents=True)
    for name in ("b.sh", "a.sh", "a.fish", "a.ps1"):
        (folder / name).touch()
    program = prepare_program(session(tmp_path), str(tmp_path), ["true"])
    assert program.script.splitlines()[:2] == [f". {folder}/a.sh", f". {folder}/b.sh"]
    assert "a.fish" not in program.script


def test_what_the_former_environment_has_set_goes(tmp_path: Path) -> None:
    old = tmp_path / "old"
    (old / "conda-meta").mkdir(parents=True)
    (old / "conda-meta" / "state").write_text('{"env_vars": {"X": "old"}}')
    folder = old / "etc" / "conda" / "deactivate.d"
    folder.mkdir(parents=True)
    (folder / "a.sh").write_text('printf "%s %s" "$X" "$CONDA_PREFIX" > "$CONDA_PREFIX/seen"\n')
    active = {"CONDA_PREFIX": str(old), "CONDA_SHLVL": "1", "X": "old"}
    shown = ["sh", "-c", f'printf "[%s] %s" "$X" "$CONDA_PREFIX" > {tmp_path}/inside']
    program = prepare_program(session(tmp_path, **active), str(tmp_path / "it's new"), shown)
    assert run_program(program, cwd=None) == 0
    assert (old / "seen").read_text() == f"old {old}"
    assert (tmp_path / "inside").read_text() == f"[] {tmp_path}/it's new"


def test_the_words_are_no_part_of_the_script(tmp_path: Path) -> None:
    words = ["echo", "$(rm -rf /)"]
    program = prepare_program(session(tmp_path), str(tmp_path), words, trace=True)
    assert program.argv[1:] == ["-c", program.script, "conda-run", "echo", "$(rm -rf /)"]
    assert "rm" not in program.script


def test_a_program_needs_no_shell_where_nothing_is_to_be_sourced(tmp_path: Path) -> None:
    inside = tmp_path / "bin" / "tool"
    inside.parent.mkdir()
    inside.write_text("#!/bin/sh\nexit 5\n")
    program = prepare_program(session(tmp_path, PATH="/bin"), str(tmp_path), ["tool", "a b"])
    assert program.argv[1] == "-c"  # not executable yet: the shell is to say so
    inside.chmod(0o755)
    program = prepare_program(session(tmp_path, PATH="/bin"), str(tmp_path), ["tool", "a b"])
    assert (program.argv, program.script) == ([str(inside), "a b"], "")
    assert run_program(program, cwd=None) == 5


@pytest.mark.parametrize("word", ["./tool", "ulimit"])
def test_a_shell_finds_what_is_no_program_on_path(tmp_path: Path, word: str) -> None:
    program = prepare_program(session(tmp_path, PATH="/nowhere"), str(tmp_path), [word])
    assert program.argv == ["/bin/sh", "-c", program.script, "conda-run", word]


def test_paths_of_scripts_are_quoted(tmp_path: Path) -> None:
    folder = tmp_path / "it's here" / "etc" / "conda" / "activate.d"
    folder.mkdir(parents=True)
    (folder / "a.sh").touch()
    program = prepare_program(session(tmp_path), str(tmp_path / "it's here"), ["true"], trace=True)
    assert program.script.splitlines()[0] == "set -x"
    assert "it'\"'\"'s here" in program.script
    assert run_program(program, cwd=None) == 0


def test_without_a_program_there_is_nothing_to_run(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError):
        prepare_program(session(tmp_path), str(tmp_path), [])


def test_a_program_starts_in_the_folder_that_was_named(tmp_path: Path) -> None:
    program = prepare_program(session(tmp_path), str(tmp_path), ["sh", "-c", "pwd > here; exit 3"])
    assert run_program(program, cwd=str(tmp_path)) == 3
    assert (tmp_path / "here").read_text() == f"{tmp_path}\n"


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    program = prepare_program(session(tmp_path), str(tmp_path), ["true"])
    with pytest.raises(ArgumentError, match="not a folder"):
        run_program(program, cwd=str(tmp_path / "nowhere"))
