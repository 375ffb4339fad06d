"""Real packages, made from this machine: they install, run, and are what their archives say."""

import subprocess
from pathlib import Path

import pytest

from conda_clone.models.subdir import native_subdir
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.machine import build_machine_channel
from tests.support.cli import Program
from tests.support.prefix_checker import check_prefix

CODE = "import ssl, sqlite3, requests, pycosat, sys; print(sys.prefix)"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> ChannelBuilder:
    names = ["pip", "pycosat", "requests", "ruamel.yaml", "tqdm"]
    return build_machine_channel(tmp_path_factory.mktemp("channels") / "machine", names)


@pytest.fixture
def conda(tmp_path: Path, isolated: Path, machine: ChannelBuilder) -> Program:
    program = Program(tmp_path / "root", isolated, machine.url)
    program.environment["CONDA_SUBDIR"] = native_subdir()
    return program


def output_of(*command: str | Path) -> str:
    # -X utf8 cannot be given to scripts, and paths here are not ASCII.
    done = subprocess.run(
        [str(word) for word in command],
        env={"PYTHONUTF8": "1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["plain", "with blanks and ünïcode", "x"])
def test_real_packages_work_from_any_prefix(
    conda: Program, machine: ChannelBuilder, tmp_path: Path, name: str
) -> None:
    prefix = tmp_path / name
    if name == "x":
        prefix = tmp_path / ("x" * (199 - len(str(tmp_path))))
        assert len(str(prefix)) == 200
    wanted = ["python", "requests", "pycosat", "pip", "tqdm", "ruamel.yaml"]
    conda.succeed("create", "-y", "-q", "-p", prefix, *wanted)

    assert output_of(prefix / "bin/python", "-I", "-X", "utf8", "-c", CODE) == str(prefix)
    assert str(prefix) in output_of(prefix / "bin/pip", "--version")
    versions = {row["name"]: row["version"] for row in conda_list(conda, prefix)}
    assert output_of(prefix / "bin/tqdm", "--version") == versions["tqdm"]

    archives = [
        package.path
        for packages in machine.packages.values()
        for package in packages.values()
        if package.record["name"] in versions
    ]
    report = check_prefix(prefix, archives)
    assert report.problems == []
    assert report.packages == len(versions)
    assert [path for path in report.unowned if not path.endswith(".pyc")] == []


def conda_list(conda: Program, prefix: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = conda.succeed("list", "-p", prefix, "--json").document
    return rows


def test_removing_all_leaves_the_history_alone(conda: Program, tmp_path: Path) -> None:
    prefix = tmp_path / "p"
    conda.succeed("create", "-y", "-q", "-p", prefix, "python", "requests")
    conda.succeed("remove", "-y", "-q", "-p", prefix, "python", "requests")
    left = sorted(path.relative_to(prefix) for path in prefix.rglob("*") if not path.is_dir())
    names = [".lock", "conda-meta.lock", "history"]
    assert left == [Path("conda-meta") / name for name in names]
