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


WISHES = "wish list\ndata\nlib=1.1\n"
WISHED = ["data-1.0-0", "lib-1.1-0", "zlib-1.0-0"]


@pytest.mark.parametrize("name", ["packages.wish", "packages.wish?download=1", "told-by-content"])
def test_a_file_at_an_address_can_be_in_the_format_of_a_plugin(
    conda: Program, install: Install, tmp_path: Path, name: str
) -> None:
    install("environment_specifiers")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / name.partition("?")[0]).write_text(WISHES)
    with ChannelServer() as server:
        server.mount("files", tmp_path / "files")
        conda.succeed("env", "create", "-n", "e", "--file", server.url(f"files/{name}"))
    assert conda.installed("e") == WISHED


@pytest.mark.parametrize("options", [(), ("--format", "wishes")])
def test_standard_input_can_be_in_the_format_of_a_plugin(
    conda: Program, install: Install, options: tuple[str, ...]
) -> None:
    install("environment_specifiers")
    conda.succeed("create", "-y", "-n", "e", *options, "--file", "-", stdin=WISHES)
    assert conda.installed("e") == WISHED


def test_standard_input_that_is_ours_stays_ours(conda: Program, install: Install) -> None:
    install("environment_specifiers")
    conda.succeed("env", "create", "-n", "e", "--file", "-", stdin="dependencies: [zlib]")
    conda.succeed("create", "-y", "-n", "f", "--file", "-", stdin="zlib\n")
    assert conda.installed("e") == conda.installed("f") == ["zlib-1.0-0"]


@pytest.mark.parametrize("end", ["", "..", "secrets.wish"])
def test_a_file_at_an_address_that_a_plugin_cannot_read_is_told_by_its_address(
    conda: Program, install: Install, end: str
) -> None:
    add_plugin(
        install(),
        "class Fails(EnvironmentSpecBase):\n"
        "    def __init__(self, path): pass\n"
        "    def can_handle(self): return True\n"
        "    @property\n"
        "    def env(self): raise ValueError('too old')\n"
        "@hookimpl\n"
        "def conda_environment_specifiers():\n"
        "    yield CondaEnvironmentSpecifier(name='fails', environment_spec=Fails)\n",
    )
    with ChannelServer() as server:
        address = server.url(f"t/tk-secret/{end}")
        server.fail("*", status=200, body=b"?")
        outcome = conda("create", "-y", "-n", "e", "--file", address)
    assert outcome.error == "PluginError"
    assert "cannot be read as `fails` (own_plugin 3.1): too old" in outcome.stderr
    assert "tk-secret" not in outcome.stderr
    assert f"`{server.url(end)}`" in outcome.stderr


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


def test_a_file_that_two_plugins_can_read_needs_a_format(
    conda: Program, install: Install, tmp_path: Path
) -> None:
    site = install("environment_specifiers")
    add_plugin(
        site,
        "from example_environment_specifiers import WishList\n"
        "@hookimpl\n"
        "def conda_environment_specifiers():\n"
        "    yield CondaEnvironmentSpecifier(name='second', environment_spec=WishList)\n",
    )
    path = tmp_path / "unknown"
    path.write_text("wish list\ndata\n")
    outcome = conda("env", "create", "-n", "e", "--file", path)
    assert outcome.error == "AmbiguousEnvironmentSpecPlugin"
    conda.succeed("env", "create", "-n", "e", "--file", path, "--format", "second")
    assert conda.installed("e") == ["data-1.0-0"]


def test_a_format_that_fails_names_its_plugin(
    conda: Program, install: Install, tmp_path: Path
) -> None:
    add_plugin(
        install(),
        "class Bad(EnvironmentSpecBase):\n"
        "    def __init__(self, filename): pass\n"
        "    @property\n"
        "    def env(self): raise KeyError('x')\n"
        "def export(environment): raise KeyError('y')\n"
        "@hookimpl\n"
        "def conda_environment_specifiers():\n"
        "    yield CondaEnvironmentSpecifier(\n"
        "        name='bad', environment_spec=Bad, default_filenames=('*.bad',))\n"
        "@hookimpl\n"
        "def conda_environment_exporters():\n"
        "    yield CondaEnvironmentExporter(name='bad', export=export)\n",
    )
    conda.succeed("create", "-y", "-n", "e", "data")
    (tmp_path / "x.bad").write_text("")
    assert "own_plugin 3.1" in conda("env", "create", "--file", tmp_path / "x.bad").stderr
    assert "own_plugin 3.1" in conda("export", "-n", "e", "--format", "bad").stderr
    several = conda("export", "-n", "e", "--format", "bad", "--platform", "osx-64",
                    "--platform", "linux-64", "--from-history")  # fmt: skip
    assert "for one platform" in several.stderr
    assert conda("export", "-n", "e", "--format", "worse").status == 2


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
