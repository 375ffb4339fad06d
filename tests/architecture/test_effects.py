"""Effects come from gateways; `nox -s effects` watches the whole suite for others."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.audit import ALLOWED, PACKAGE, REPORT, offender

ROOT = Path(__file__).parents[2]
IS_WATCHED = REPORT in os.environ
COMMANDS = """
import os, sys
from tests.support import audit
from conda_clone.testing.program import Program
from pathlib import Path
audit.install(Path(sys.argv[3]))
conda = Program(Path(sys.argv[1], "root"), Path(sys.argv[1], "home"), sys.argv[2])
conda.succeed("create", "-n", "e", "-y", "a")
conda.succeed("install", "-n", "e", "-y", "b")
conda.succeed("list", "-n", "e", "--json")
conda.succeed("search", "a")
conda.succeed("config", "--set", "auto_activate", "false")
conda.succeed("config", "--show", "--json")
conda.succeed("env", "config", "vars", "set", "-n", "e", "A=1")
conda.succeed("export", "-n", "e")
conda.succeed("remove", "-n", "e", "-y", "b")
conda.succeed("clean", "--all", "-y")
conda.succeed("info", "--json")
print("done")
"""
SEEN = "found.append(offender(sys._getframe()))"


def seen_in(module: str, action: str = SEEN) -> list[str | None]:
    """Return what the watch says of an effect in that module of the package."""
    found: list[str | None] = []
    names = {"found": found, "offender": offender, "sys": sys}
    exec(compile(action, f"{PACKAGE}{module}", "exec"), names)
    return found


@pytest.mark.parametrize("module", ["core/prefix/history.py", "operations/run.py", "models/url.py"])
def test_effects_outside_of_gateways_are_seen(module: str) -> None:
    assert seen_in(module) == [f"{module}:1 <module>"]


@pytest.mark.parametrize("module", ["gateways/disk/mutations.py", "testing/demo.py", "recover.py"])
def test_effects_of_gateways_are_fine(module: str) -> None:
    assert seen_in(module) == [None]


def test_what_nobody_of_ours_does_is_not_ours() -> None:
    assert offender(None) is None
    assert offender(sys._getframe()) is None


CALLS = {
    "os": {"chmod", "chown", "execv", "execve", "execvpe", "fork", "link", "makedirs", "mkdir",
           "posix_spawn", "remove", "rename", "replace", "rmdir", "symlink", "system", "truncate",
           "unlink", "utime"},
    "shutil": {"copy", "copy2", "copyfile", "copytree", "move", "rmtree"},
    "socket": {"create_connection", "socket"},
    "subprocess": {"Popen", "call", "check_call", "check_output", "run"},
}  # fmt: skip


def calls_in(path: Path) -> list[str]:
    """Return the calls in a module that have effects on disks, processes or connections."""
    return [
        f"{node.func.value.id}.{node.func.attr}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.attr in CALLS.get(node.func.value.id, ())
    ]


def test_no_other_module_calls_what_has_effects() -> None:
    found = {
        module: calls
        for path in Path(PACKAGE).rglob("*.py")
        if (calls := calls_in(path))
        and not (module := path.relative_to(PACKAGE).as_posix()).startswith(ALLOWED)
    }
    assert found == {}


def test_commands_have_effects_through_gateways_only(tmp_path: Path) -> None:
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(name="a", noarch="generic", files={"share/a": "a"})
    channel.add(name="b", noarch="generic", files={"share/b": "b"})
    channel.write()
    (tmp_path / "home").mkdir()
    report = tmp_path / "report"
    report.touch()
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, str(tmp_path), channel.url, str(report)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.stdout == "done\n", done.stderr
    assert report.read_text() == ""


PRETENDING = """
import subprocess
import sys

def pretend(module):
    exec(compile("open('written', 'w').close()", module, "exec"))

def test_here():
    pretend({here!r})

def test_in_another_process():
    code = "exec(compile(\\"open('written', 'w').close()\\", " + repr({there!r}) + ", 'exec'))"
    subprocess.run([sys.executable, "-c", code], check=True, env={{}})
"""


@pytest.mark.skipif(IS_WATCHED, reason="what it does wrong on purpose would be found")
def test_a_run_with_other_effects_fails_and_names_them(tmp_path: Path) -> None:
    names = {"here": f"{PACKAGE}models/x.py", "there": f"{PACKAGE}core/y.py"}
    (tmp_path / "test_wrong.py").write_text(PRETENDING.format(**names))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "tests.support.effects_plugin"),
            *("-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")),
            *("--rootdir", str(tmp_path), "--confcutdir", str(tmp_path), str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    assert "core/y.py:1 <module>: open('written', 'w'" in done.stdout
    assert "models/x.py:1 <module>: open('written', 'w'" in done.stdout
