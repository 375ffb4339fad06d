import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import conda_clone
from conda_clone.core.prefix.history import History
from tests.support.cli import Program

REPOSITORY = Path(conda_clone.__file__).parents[1]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX shells")


class Runner:
    """An environment, and `conda run` in a process of its own."""

    def __init__(self, program: Program, name: str) -> None:
        self.program = program
        self.prefix = program.prefix(name)
        (self.prefix / "conda-meta").mkdir(parents=True)
        Path(History(str(self.prefix)).path).touch()
        (self.prefix / "bin").mkdir()

    def activate_with(self, name: str, script: str) -> None:
        folder = self.prefix / "etc" / "conda" / "activate.d"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(script)

    def __call__(
        self, *words: str, stdin: str = "", options: tuple[str, ...] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "conda_clone", "run", "-p", str(self.prefix), *options, *words],
            env={**self.program.environment, "PYTHONPATH": str(REPOSITORY), **environment},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def run(conda: Program) -> Runner:
    return Runner(conda, "e")


VARIABLES = (
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "CONDA_SHLVL",
    "CONDA_PREFIX_1",
    "X",
    "PATH",
)
PROBE = f"""
import json, os, sys
print(json.dumps([sys.argv[1:], *[os.environ.get(name) for name in {VARIABLES}]]))
"""
TELL = (sys.executable, "-c", PROBE)


def told(process: subprocess.CompletedProcess[str]) -> tuple[list[str], list[str | None]]:
    assert process.returncode == 0, process.stderr
    arguments, *variables = json.loads(process.stdout)
    return arguments, variables


def test_arguments_arrive_as_they_are(run: Runner) -> None:
    words = [
        "hi  there",
        "$HOME",
        "a'b",
        'c"d',
        "*",
        "back\\slash",
        "é",
        "",
        "a\nb",
        "--json",
        "-n",
    ]
    assert told(run(*TELL, *words))[0] == words


def test_the_environment_is_active(run: Runner) -> None:
    _, (prefix, name, level, former, _, path) = told(run(*TELL))
    assert (prefix, name, level, former) == (str(run.prefix), "e", "1", None)
    assert path is not None
    assert path.split(os.pathsep)[0] == str(run.prefix / "bin")


def test_an_active_environment_is_left(run: Runner, tmp_path: Path) -> None:
    other = tmp_path / "other"
    path = f"{other}/bin:{os.environ['PATH']}"
    process = run(*TELL, CONDA_PREFIX=str(other), CONDA_SHLVL="1", PATH=path)
    _, (prefix, _, level, former, _, inner_path) = told(process)
    assert (prefix, level, former) == (str(run.prefix), "2", str(other))
    assert inner_path is not None
    assert f"{other}/bin" not in inner_path.split(os.pathsep)


def test_programs_of_the_environment_come_first(run: Runner) -> None:
    program = run.prefix / "bin" / "ls"
    program.write_text("#!/bin/sh\necho mine\n")
    program.chmod(0o755)
    assert run("ls").stdout == "mine\n"


def test_activation_scripts_are_sourced_in_order(run: Runner) -> None:
    run.activate_with("b.sh", "X=$X-b\n")
    run.activate_with("a b'c.sh", "export X=a\n")
    run.activate_with("c.fish", "this is not for us\n")
    assert told(run(*TELL))[1][4] == "a-b"


def test_stored_variables_are_set(run: Runner) -> None:
    (run.prefix / "conda-meta" / "state").write_text('{"env_vars": {"X": "x y"}}')
    assert told(run(*TELL))[1][4] == "x y"


@pytest.mark.parametrize(("command", "status"), [("exit 7", 7), ("kill -9 $$", 137), ("exit 0", 0)])
def test_the_status_is_that_of_the_program(run: Runner, command: str, status: int) -> None:
    process = run("sh", "-c", command)
    assert process.returncode == status
    assert ("ended with status" in process.stderr) is (status != 0)


def test_an_unknown_program_is_status_127(run: Runner) -> None:
    process = run("no-such-program")
    assert process.returncode == 127
    assert "no-such-program" in process.stderr


def test_what_the_shell_has_built_in_can_be_run(run: Runner) -> None:
    assert run("echo", "x").stdout == "x\n"


def test_streams_are_passed_through(run: Runner) -> None:
    process = run("sh", "-c", "cat; echo e >&2", stdin="in\n", options=("-s",))
    assert (process.stdout, process.stderr) == ("in\n", "e\n")


def test_a_folder_to_start_in(run: Runner, tmp_path: Path) -> None:
    assert run("pwd", options=("--cwd", str(tmp_path))).stdout == f"{tmp_path}\n"


def test_two_dashes_end_the_options(run: Runner) -> None:
    assert run("--", "echo", "x").stdout == "x\n"


def test_verbose_shows_the_script(run: Runner) -> None:
    run.activate_with("a.sh", "export X=1")
    process = run("echo", "x", options=("-v",))
    assert process.stdout == "x\n"
    assert 'exec "$@"' in process.stderr


def test_the_shell_can_show_its_steps(run: Runner) -> None:
    assert "+ echo x" in run("echo", "x", options=("--debug-wrapper-scripts",)).stderr


@pytest.mark.parametrize(
    ("words", "status", "error"),
    [
        (["-n", "nowhere", "echo"], 1, "EnvironmentLocationNotFound"),
        (["-p", "/", "echo"], 1, "DirectoryNotACondaEnvironmentError"),
        ([], 2, "ArgumentError"),
        (["--"], 2, "ArgumentError"),
        (["--cwd", "/nowhere/at/all", "echo"], 2, "ArgumentError"),
    ],
)
def test_what_cannot_be_run_is_an_error(
    conda: Program, words: list[str], status: int, error: str
) -> None:
    outcome = conda("run", *words)
    assert (outcome.status, outcome.error) == (status, error)


def test_a_broken_state_is_an_error(run: Runner) -> None:
    (run.prefix / "conda-meta" / "state").write_text("nonsense")
    outcome = run.program("run", "-p", run.prefix, "echo", "x", "--json")
    assert outcome.error == "CorruptedEnvironmentError"
