"""Plugins at the edges: real installations, consoles that fail, solvers and actions that refuse."""

import subprocess
import sys
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program
from tests.support.plugins import EXAMPLES, HOOK_EXAMPLES, Install, add_plugin


@pytest.mark.slow
def test_examples_are_real_distributions(tmp_path: Path) -> None:
    site = tmp_path / "site"
    projects = [str(EXAMPLES / name) for name in (*HOOK_EXAMPLES[:3], "everything", "failing")]
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
            *("--no-build-isolation", "--target", str(site), *projects),
        ],
        check=True,
    )
    folders = {path.name for path in site.iterdir() if path.suffix == ".dist-info"}
    assert "example_everything-1.0.dist-info" in folders
    assert len(folders) == len(projects)
    for folder in folders:
        assert "[conda]" in (site / folder / "entry_points.txt").read_text()


def test_a_console_that_fails_gives_way_to_ours(conda: Program, install: Install) -> None:
    add_plugin(
        install(),
        "class Broken:\n"
        "    def render(self, data, **kwargs): raise ValueError('no colours')\n"
        "@hookimpl\n"
        "def conda_reporter_backends():\n"
        "    yield CondaReporterBackend(name='broken', description='', renderer=Broken)\n",
    )
    outcome = conda.succeed("create", "-y", "-n", "e", "--console", "broken", "data")
    assert "Solving environment: ...working... done" in outcome.stdout
    assert outcome.stderr.count("is off for this run") == 1


def test_the_console_of_a_plugin_shows_downloads(
    conda: Program, install: Install, small_channel: ChannelBuilder
) -> None:
    install("reporter_backends")
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        stdout = conda.succeed(
            *("create", "-y", "-n", "e", "--console", "arrows", "-O"),
            *("-c", server.url("main"), "data"),
        ).stdout
    assert "-> data-1.0-0: 100%" in stdout


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise KeyError('x')", "KeyError: 'x'"),
        ("return ['text']", "it gives a str for a package"),
        ("raise UnsatisfiableError('too much is wanted')", "too much is wanted"),
    ],
)
def test_a_solver_that_was_chosen_ends_the_command_when_it_fails(
    conda: Program, install: Install, body: str, told: str
) -> None:
    add_plugin(
        install(),
        "from conda.core.solve import Solver\n"
        "from conda.exceptions import UnsatisfiableError\n"
        "class Mine(Solver):\n"
        f"    def solve_final_state(self, **options): {body}\n"
        "@hookimpl\n"
        "def conda_solvers():\n"
        "    yield CondaSolver(name='mine', backend=Mine)\n",
    )
    outcome = conda("create", "-y", "-n", "e", "--solver", "mine", "data")
    assert outcome.status == 1
    assert told in outcome.stderr


def test_a_solver_that_settings_name_must_exist(conda: Program) -> None:
    outcome = conda("create", "-y", "-n", "e", "data", env={"CONDA_SOLVER": "mute"})
    assert (outcome.status, outcome.error) == (1, "CondaValueError")


def test_a_command_that_is_taken_is_left_out(conda: Program, install: Install) -> None:
    add_plugin(
        install(),
        "@hookimpl\n"
        "def conda_subcommands():\n"
        "    yield CondaSubcommand(name='list', summary='', action=print)\n",
    )
    outcome = conda("--help")
    assert "adds a command `list`, but conda has one of that name" in outcome.stderr


def test_a_command_that_fails_names_its_plugin(conda: Program, install: Install) -> None:
    add_plugin(
        install(),
        "def fall(words): raise ValueError('ouch')\n"
        "@hookimpl\n"
        "def conda_subcommands():\n"
        "    yield CondaSubcommand(name='fall', summary='', action=fall)\n",
    )
    outcome = conda("fall")
    assert (outcome.status, outcome.error) == (1, "PluginError")
    assert "`own_plugin` (own_plugin 3.1) has failed: ValueError: ouch" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert "Traceback" in conda("-v", "fall").stderr


@pytest.mark.parametrize(
    ("header", "told"),
    [("Authorization", "wants to set the header `Authorization`"), ("Host", "`Host`")],
)
def test_headers_that_are_nobodys_to_set(
    conda: Program, install: Install, small_channel: ChannelBuilder, header: str, told: str
) -> None:
    add_plugin(
        install(),
        "@hookimpl\n"
        "def conda_session_headers(host):\n"
        f"    yield CondaRequestHeader(name='{header}', value='x')\n",
    )
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        outcome = conda("search", "-O", "-c", server.url("main"), "data")
    assert outcome.status == 1
    assert told in outcome.stderr


def test_an_authentication_that_nobody_has_is_told(
    conda: Program, install: Install, small_channel: ChannelBuilder
) -> None:
    install("auth_handlers")
    settings = Path(conda.environment["HOME"]) / ".condarc"
    settings.write_text("channel_settings: [{channel: 'http://127.0.0.1*', auth: magic}]\n")
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        outcome = conda("search", "-O", "-c", server.url("main"), "data")
    assert "`magic`" in outcome.stderr
    assert "Known are: secret-header" in outcome.stderr


def test_a_health_check_that_fails_is_told(conda: Program, install: Install) -> None:
    add_plugin(
        install(),
        "def look(prefix, verbose): raise KeyError('x')\n"
        "@hookimpl\n"
        "def conda_health_checks():\n"
        "    yield CondaHealthCheck(name='shaky', action=look)\n",
    )
    conda.succeed("create", "-y", "-n", "e", "data")
    outcome = conda.succeed("doctor", "-n", "e", "shaky")
    assert "The check `shaky` could not be made" in outcome.stderr
    assert "shaky" in conda.succeed("doctor", "--list").stdout


def test_health_checks_have_names_of_their_own(conda: Program, install: Install) -> None:
    add_plugin(
        install(),
        "@hookimpl\n"
        "def conda_health_checks():\n"
        "    yield CondaHealthCheck(name='missing-files', action=print)\n",
    )
    outcome = conda("doctor", "--list")
    assert "`missing-files` comes from conda-clone itself and from own_plugin 3.1" in outcome.stderr


def test_settings_that_two_plugins_declare(conda: Program, install: Install) -> None:
    site = install("settings")
    add_plugin(
        site,
        "from conda.common.configuration import PrimitiveParameter\n"
        "@hookimpl\n"
        "def conda_settings():\n"
        "    yield CondaSetting(\n"
        "        name='flavour', description='', parameter=PrimitiveParameter(''))\n",
    )
    assert "`flavour` comes from" in conda("info").stderr
    rows = conda.succeed("plugins", "list", "--json").document["plugins"]
    assert {row["state"] for row in rows} == {"failed"}


def test_plugins_are_listed_for_people(conda: Program, install: Install) -> None:
    assert conda.succeed("plugins", "list").stdout == "No plugins are installed.\n"
    install("subcommands")
    lines = conda.succeed("plugins", "list", "--builtin").stdout.splitlines()
    assert lines[1].split() == [
        *("example-subcommands", "example_subcommands", "1.0", "enabled"),
        *("subcommands:", "echo,", "greet"),
    ]
    assert "built in" in lines[-1]
    bare = conda("plugins")
    assert (bare.status, bare.stdout) == (2, "")
    assert "list" in conda.succeed("plugins", "--help").stdout


def test_processes_that_a_plugin_starts_know_the_names_of_conda(
    conda: Program, install: Install
) -> None:
    add_plugin(
        install(),
        "import multiprocessing\n"
        "from conda.models.version import VersionOrder\n"
        "from conda.base.constants import REPODATA_FN\n"
        "def work(version):\n"
        "    return str(VersionOrder(version)), REPODATA_FN\n"
        "def run(words):\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.apply(work, words))\n"
        "@hookimpl\n"
        "def conda_subcommands():\n"
        "    yield CondaSubcommand('work', run, 'Work elsewhere.')\n",
    )
    outcome = conda.succeed("work", "1.0")
    assert outcome.stdout == "('1.0', 'repodata.json')\n"


def test_a_setting_can_be_one_of_several_words(conda: Program, install: Install) -> None:
    add_plugin(
        install(),
        "from enum import Enum\n"
        "from conda.base.context import context\n"
        "from conda.common.configuration import PrimitiveParameter\n"
        "class Level(Enum):\n"
        "    LOW = 'low'\n"
        "    HIGH = 'high'\n"
        "@hookimpl\n"
        "def conda_settings():\n"
        "    yield CondaSetting('level', 'How much.', PrimitiveParameter(Level.LOW))\n"
        "@hookimpl\n"
        "def conda_subcommands():\n"
        "    yield CondaSubcommand('level', lambda words: print(context.plugins.level), 'Show.')\n",
    )
    shown = conda.succeed("config", "--show", "plugins", "--json").document
    assert shown["plugins"]["level"] == "low"
    assert conda.succeed("level").stdout == "Level.LOW\n"
    conda.succeed("config", "--set", "plugins.level", "high")
    assert conda.succeed("level").stdout == "Level.HIGH\n"
    refused = conda("config", "--set", "plugins.level", "middling")
    assert (refused.status, "one of low, high" in refused.stderr) == (1, True)


@pytest.mark.parametrize("error", ["FileNotFoundError('no.such.file')", "KeyError('x')"])
def test_a_command_that_fails_is_told_by_its_plugin(
    conda: Program, install: Install, error: str
) -> None:
    add_plugin(
        install(),
        f"def run(words): raise {error}\n"
        "@hookimpl\n"
        "def conda_subcommands():\n"
        "    yield CondaSubcommand('fails', run, 'Fail.')\n",
    )
    outcome = conda("fails")
    assert (outcome.status, outcome.error) == (1, "PluginError")
    assert "The command `fails` of the plugin `own_plugin` (own_plugin 3.1)" in outcome.stderr


def test_a_full_disk_is_no_fault_of_a_plugin(conda: Program, install: Install) -> None:
    add_plugin(
        install(),
        "import errno\n"
        "def run(words): raise OSError(errno.ENOSPC, 'full', '/there')\n"
        "@hookimpl\n"
        "def conda_subcommands():\n"
        "    yield CondaSubcommand('fills', run, 'Fill.')\n",
    )
    assert conda("fills").error == "NoSpaceLeftError"
