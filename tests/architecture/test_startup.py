"""How much a command imports; the architecture's start-up budgets, without a clock."""

import json
import os
import subprocess
import sys
from pathlib import Path

import conda_clone
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.models.channel import ChannelConfig
from conda_clone.models.records import PrefixRecord
from conda_clone.testing.channels import ChannelBuilder
from tests.support.records import record

REPOSITORY = Path(conda_clone.__file__).parents[1]
PROBE = """
import json, sys
bare = set(sys.modules)
from conda_clone.cli.main import main
arguments = json.loads(sys.argv.pop())
status = main(arguments)
print("\\0" + json.dumps([status, sorted(set(sys.modules) - bare)]))
"""
HEAVY = {
    "archspec",
    "asyncio",
    "bz2",
    "concurrent",
    "http",
    "importlib.metadata",
    "lzma",
    "pathlib",
    "platformdirs",
    "pluggy",
    "pycosat",
    "requests",
    "ruamel",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "tqdm",
    "typing",
    "urllib.request",
    "urllib3",
    "zipfile",
}


def imported(*arguments: str, **environment: str) -> set[str]:
    """Run a command in a fresh interpreter; return what it imported beyond the interpreter."""
    process = subprocess.run(
        # -I and -S would leave out the site-packages that a real run has
        [sys.executable, "-c", PROBE, json.dumps(arguments)],
        env={
            "PYTHONPATH": str(REPOSITORY),
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    status, modules = json.loads(process.stdout.rpartition("\0")[2])
    assert status == 0, process.stderr
    return set(modules)


def heavy(modules: set[str]) -> set[str]:
    return {name for name in modules if any(f"{name}.".startswith(f"{h}.") for h in HEAVY)}


def commands(modules: set[str]) -> set[str]:
    prefix = "conda_clone.cli.commands."
    return {name.removeprefix(prefix) for name in modules if name.startswith(prefix)}


def test_the_version_costs_six_modules_at_most() -> None:
    assert len(imported("--version")) <= 6


def test_activation_costs_forty_modules_at_most(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    modules = imported("shell.posix", "activate", str(tmp_path))
    assert len(modules) <= 40
    assert heavy(modules) | modules & {"argparse", "json", "logging", "dataclasses"} == set()


def test_help_imports_no_command() -> None:
    modules = imported("--help")
    assert commands(modules) == set()
    assert heavy(modules) == set()


def test_listing_stays_light(tmp_path: Path) -> None:
    prefix = tmp_path / "env"
    data = PrefixData(str(prefix), ChannelConfig())
    for name in ("a", "b"):
        data.insert(PrefixRecord.from_record(record(name)))
    (prefix / "conda-meta" / "history").touch()
    modules = imported("list", "-p", str(prefix), "--json")
    assert commands(modules) == {"list"}
    assert heavy(modules) | modules & {"msgspec"} == set()
    assert not any(name.startswith("conda_clone.core.solver") for name in modules)
    assert not any(name.startswith("conda_clone.gateways.network") for name in modules)


def test_listing_environments_imports_nothing_that_changes_them(tmp_path: Path) -> None:
    modules = imported("env", "list", CONDA_ROOT_PREFIX=str(tmp_path))
    assert commands(modules) == {"env", "info"}
    assert "locale" not in modules
    assert not any(name.startswith("conda_clone.core.transaction") for name in modules)
    assert not any(name.startswith("conda_clone.gateways.network") for name in modules)


def test_running_a_program_stays_light(tmp_path: Path) -> None:
    modules = imported("run", "true", CONDA_ROOT_PREFIX=str(tmp_path))
    assert commands(modules) == {"run"}
    assert heavy(modules) <= {"subprocess"}


def test_a_solve_that_succeeds_imports_nothing_that_explains(tmp_path: Path) -> None:
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(name="app", depends=["lib"])
    channel.add(name="lib")
    channel.write()
    modules = imported(
        *("create", "-n", "e", "--dry-run", "--json", "app"),
        CONDA_CHANNELS=channel.url,
        CONDA_ROOT_PREFIX=str(tmp_path / "root"),
    )
    assert "conda_clone.core.solver.driver" in modules
    explaining = ("advice", "conflict", "conflict_graph", "explain", "held_back", "remedies")
    assert {f"conda_clone.core.solver.{name}" for name in explaining} & modules == set()
    assert "conda_clone.core.planning.snapshot" not in modules


def test_a_solve_that_was_made_before_reads_no_index(tmp_path: Path) -> None:
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(name="app", version="1", depends=["lib"])
    channel.add(name="lib", version="1", format="conda")
    channel.add(name="lib", version="1", format="tar.bz2")
    channel.write()
    words = ["create", "-n", "x", "--dry-run", "--json", "--override-channels", "-c", channel.url]
    places = {
        "CONDA_ROOT_PREFIX": str(tmp_path / "root"),
        "CONDA_PKGS_DIRS": str(tmp_path / "pkgs"),
    }

    assert "msgspec" in imported(*words, "app", **places)
    modules = imported(*words, "app", **places)
    assert modules & {"msgspec", "ctypes", "random", "backports.zstd"} == set()
    assert len(modules) <= 240


def test_an_error_of_usage_imports_no_command() -> None:
    process = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "conda_clone", "nonsense"],
        env={"PYTHONPATH": str(REPOSITORY), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 2
    assert "conda_clone.cli.commands" not in process.stderr


def test_showing_settings_reads_no_yaml_where_no_file_is(isolated: Path) -> None:
    modules = imported("config", "--show", "--json", HOME=str(isolated))
    assert commands(modules) == {"config"}
    # dataclasses, which the slices are, bring `inspect`; locks and paths bring the others
    assert heavy(modules) - {"typing", "typing.io", "typing.re"} == set()
    assert not any(
        name.startswith(("conda_clone.core.solver", "conda_clone.gateways.network"))
        for name in modules
    )
    (isolated / ".condarc").write_text("channels:\n  - a\nquiet: true\n", "utf-8")
    assert "ruamel" not in imported("config", "--show", "--json", HOME=str(isolated))


def test_deleting_an_environment_plans_nothing(tmp_path: Path) -> None:
    prefix = tmp_path / "env"
    data = PrefixData(str(prefix), ChannelConfig())
    data.insert(PrefixRecord.from_record(record("a"), files=("lib/a",)))
    (prefix / "conda-meta" / "history").touch()
    modules = imported("env", "remove", "-y", "-p", str(prefix), HOME=str(tmp_path))
    assert not prefix.exists()
    assert heavy(modules) | modules & {"msgspec", "hashlib", "json"} == set()
    later = (
        "models.match_spec",
        "core.packages",
        "core.planning",
        "core.solver",
        "core.env_formats",
    )
    assert not any(name.startswith(f"conda_clone.{part}") for part in later for name in modules)
    assert len(modules) <= 130
