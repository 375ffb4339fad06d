"""Commands that are typed all day, each in a process of its own, beside a bare interpreter.

Budgets of CPU beyond the bare interpreter: `list` of 300 packages 120 ms, `run` 60 ms beside what
the program itself takes, the others 100 ms.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.gateways.processes import run
from conda_clone.models.channel import ChannelConfig
from conda_clone.models.records import PrefixRecord
from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program
from tests.support.records import record

Benchmark = Callable[..., Any]
COMMANDS = {
    "list": ["list", "-n", "e", "--json"],
    "info": ["info"],
    "env list": ["env", "list"],
    "config": ["config", "--show", "channels"],
    "search": ["search", "package-7"],
    "run": ["run", "-n", "e", "true"],
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Return the program with an environment and a channel of 300 packages, and warm caches."""
    folder = tmp_path_factory.mktemp("commands")
    channel = ChannelBuilder(folder / "main")
    conda = Program(folder / "root", folder, channel.url)
    data = PrefixData(str(conda.prefix("e")), ChannelConfig())
    for number in range(300):
        name = f"package-{number}"
        channel.add(name=name, files={f"share/{name}": name})
        data.insert(PrefixRecord.from_record(record(name)))
    channel.write()
    (conda.prefix("e") / "conda-meta" / "history").touch()
    conda.succeed("search", "package-7")
    return conda


def start(program: Program, words: list[str]) -> None:
    environment = {**program.environment, "PYTHONPATH": os.pathsep.join(sys.path)}
    code = "import sys; from conda_clone.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code if words else "pass", *words]
    assert run(command, env=environment, cwd=str(Path(program.environment["HOME"]))).returncode == 0


@pytest.mark.benchmark(group="commands")
@pytest.mark.parametrize("words", [[], *COMMANDS.values()], ids=["bare", *COMMANDS])
def test_a_command(benchmark: Benchmark, program: Program, words: list[str]) -> None:
    benchmark(start, program, words)
