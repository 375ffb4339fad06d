"""Commands that read environments, beside an interpreter that does nothing."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conda_clone.gateways.processes import run
from tests.support.cli import Program

Benchmark = Callable[..., Any]
PACKAGES, FILES_EACH, OF_PIP = 300, 100, 200
SITE = "lib/python3.12/site-packages"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with many packages of conda, and many of pip."""
    prefix = tmp_path_factory.mktemp("large")
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta/history").touch()
    for number in range(PACKAGES):
        name, version = (f"package-{number}", "1.0") if number else ("python", "3.12.1")
        files = [f"{SITE}/package_{number}/module_{each}.py" for each in range(FILES_EACH)]
        record = {
            "name": name,
            "version": version,
            "build": "0",
            "build_number": 0,
            "channel": "https://channels.test/main/linux-64",
            "subdir": "linux-64",
            "fn": f"{name}-{version}-0.conda",
            "depends": ["python >=3.10", "libgcc >=13"],
            "files": files,
            "paths_data": {
                "paths_version": 1,
                "paths": [
                    {"_path": path, "path_type": "hardlink", "sha256": "0" * 64} for path in files
                ],
            },
        }
        path = prefix / "conda-meta" / f"{name}-{version}-0.json"
        path.write_text(json.dumps(record, indent=2))
    for number in range(OF_PIP):
        info = prefix / SITE / f"of_pip_{number}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Name: of-pip-{number}\nVersion: 1.0\n")
    return prefix


@pytest.mark.benchmark(group="read an environment of 300 packages")
def test_bare_interpreter(benchmark: Benchmark) -> None:
    benchmark(lambda: run([sys.executable, "-c", "pass"]))


@pytest.mark.benchmark(group="read an environment of 300 packages")
@pytest.mark.parametrize("words", [["list", "--json"], ["list"], ["export"]], ids=" ".join)
def test_reading(benchmark: Benchmark, tmp_path: Path, large: Path, words: list[str]) -> None:
    program = Program(tmp_path / "root", tmp_path, "conda-forge")
    script = [sys.executable, "-m", "conda_clone", *words, "-p", str(large)]
    environment = {**program.environment, "PYTHONPATH": os.pathsep.join(sys.path)}
    completed = run(script, env=environment)
    assert f"of-pip-{OF_PIP - 1}" in completed.stdout, completed.stderr
    benchmark(lambda: run(script, env=environment))
