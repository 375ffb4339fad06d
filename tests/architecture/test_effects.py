"""Effects come from gateways, as the watch over them finds in commands that run under it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.audit import PACKAGE, offender

COMMANDS = """
import os, sys
from tests.support import audit
from conda_clone.testing.program import Program
from pathlib import Path
audit.install()
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
    assert seen_in(module) == [module]


@pytest.mark.parametrize("module", ["gateways/disk/mutations.py", "testing/demo.py", "recover.py"])
def test_effects_of_gateways_are_fine(module: str) -> None:
    assert seen_in(module) == [None]


CALLS = {
    "os": {"chmod", "chown", "execv", "execve", "execvpe", "fork", "link", "makedirs", "mkdir",
           "posix_spawn", "remove", "rename", "replace", "rmdir", "symlink", "system", "truncate",
           "unlink", "utime"},
    "shutil": {"copy", "copy2", "copyfile", "copytree", "move", "rmtree"},
    "socket": {"create_connection", "socket"},
    "subprocess": {"Popen", "call", "check_call", "check_output", "run"},
}  # fmt: skip
PLACES = (
    "gateways/",
    "testing/",
    "recover.py",
    "virtual_packages/",
    "actions/module_compiler.py",  # runs in another interpreter
    "shells/prepared.py",  # gives what it has prepared the time of what that depends on
)


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
        and not any(place in (module := path.relative_to(PACKAGE).as_posix()) for place in PLACES)
    }
    assert found == {}


def test_what_nobody_of_ours_does_is_not_ours() -> None:
    assert offender(None) is None


def test_commands_have_effects_through_gateways_only(tmp_path: Path) -> None:
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(name="a", noarch="generic", files={"share/a": "a"})
    channel.add(name="b", noarch="generic", files={"share/b": "b"})
    channel.write()
    (tmp_path / "home").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, str(tmp_path), channel.url],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "done\n", done.stderr
