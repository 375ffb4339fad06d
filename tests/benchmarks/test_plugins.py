"""What plugins cost a command that does not need them; CPU time of fresh interpreters.

Budgets: 15 ms for the machinery without plugins, 2 ms for 50 plugins with a command each.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import conda_clone
from conda_clone.testing.plugins import PluginSite

REPOSITORY = Path(conda_clone.__file__).parents[1]
ASKED = """
import os, sys, time
start = time.process_time()
from conda_clone.plugins.manager import Plugins
plugins = Plugins(print)
for hook in ("conda_settings", "conda_pre_commands", "conda_post_commands"):
    plugins.implements(hook)
print((time.process_time() - start) * 1000)
"""
LOADED = """
import time
start = time.process_time()
from conda_clone.plugins.registration import new_manager
new_manager()
print((time.process_time() - start) * 1000)
"""
COMMAND = """
from conda.plugins import hookimpl
from conda.plugins.types import CondaSubcommand

@hookimpl
def conda_subcommands():
    yield CondaSubcommand(name="{name}", summary="", action=print)
"""


def milliseconds(script: str, site: Path, home: Path) -> float:
    process = subprocess.run(
        [sys.executable, "-c", script],
        env={
            "PYTHONPATH": f"{site}{os.pathsep}{REPOSITORY}",
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return float(process.stdout)


@pytest.mark.parametrize(
    ("script", "count"), [(ASKED, 0), (ASKED, 50), (LOADED, 0)], ids=["none", "fifty", "pluggy"]
)
def test_cost_of_plugins(
    tmp_path: Path, benchmark: BenchmarkFixture, script: str, count: int
) -> None:
    site = PluginSite(tmp_path / "site")
    for number in range(count):
        name = f"plugin_{number:02}"
        site.add(f"dist-{name}", "1.0", {name: COMMAND.format(name=name)}, {name: name})
    for path in (*site.folder.rglob("*"), site.folder):
        os.utime(path, (1e9, 1e9))
    milliseconds(script, site.folder, tmp_path)  # learns what each plugin has
    times: list[float] = []
    benchmark.extra_info["cpu_ms"] = times
    benchmark(lambda: times.append(milliseconds(script, site.folder, tmp_path)))
