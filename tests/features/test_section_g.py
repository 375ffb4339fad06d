"""Section G of the feature table, plugins: one test per row, with the examples of the docs."""

import json
import shutil
from pathlib import Path
from zipfile import ZipFile

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program
from tests.support.plugins import Install


def test_row_131_entry_point_group_conda(conda: Program, install: Install) -> None:
    install("subcommands")
    (plugin,) = conda.succeed("plugins", "list", "--json").document["plugins"]
    assert (plugin["name"], plugin["distribution"], plugin["version"], plugin["state"]) == (
        "example-subcommands",
        "example_subcommands",
        "1.0",
        "enabled",
    )
    assert plugin["adds"] == {"conda_subcommands": ["echo", "greet"]}


def test_row_132_solvers_hook(conda: Program, install: Install) -> None:
    install("solvers")
    outcome = conda.succeed("create", "-y", "-n", "e", "--solver", "chatty", "app=1.0")
    assert "chatty solves for ['app=1.0']" in outcome.stdout
    assert conda.installed("e") == ["app-1.0-0", "lib-1.2-0", "zlib-1.0-0"]
    unknown = conda("create", "-y", "-n", "f", "--solver", "mute", "app")
    assert unknown.status == 2
    assert "'chatty', 'classic', 'libmamba', 'rattler'" in " ".join(unknown.stderr.split())
    assert conda("create", "--solver=mute", "--help").status == 2
    assert conda("--no-plugins", "create", "-n", "f", "--solver", "chatty", "app").status == 2


def test_row_133_subcommands_hook_with_aliases(conda: Program, install: Install) -> None:
    install("subcommands")
    assert conda.succeed("greet", "Ada", "--loud").stdout == "HELLO, ADA!\n"
    assert conda.succeed("hello", "Ada").stdout == "Hello, Ada!\n"
    assert conda.succeed("echo", "-x", "--help").stdout == "-x --help\n"
    assert conda("echo", "fail").status == 3
    assert "greet, hello" in conda("--help").stdout
    assert conda("greet").status == 2


def test_row_134_virtual_packages_hook(conda: Program, install: Install) -> None:
    install("virtual_packages")

    def quantum(**env: str) -> list[list[str]]:
        rows = conda.succeed("info", "--json", env=env).document["virtual_pkgs"]
        return [row for row in rows if row[0] in {"__quantum", "__absent"}]

    assert quantum() == [["__quantum", "2.1", "entangled"]]
    assert quantum(CONDA_OVERRIDE_QUANTUM="3-beta") == [["__quantum", "3", "entangled"]]
    assert quantum(CONDA_OVERRIDE_QUANTUM="") == []


def test_row_135_pre_and_post_command_hooks(conda: Program, install: Install) -> None:
    install("pre_commands", "post_commands")
    lines = conda.succeed("info", "--base").stdout.splitlines()
    assert (lines[0], lines[-1]) == ("before info", "after info")
    assert conda.succeed("env", "list").stdout.startswith("before env_list")
    assert conda("clean", "--all", "-y").error == "CondaError"
    assert "after list" not in conda("list", "-n", "nowhere").stdout


def test_row_136_pre_and_post_solve_hooks(conda: Program, install: Install) -> None:
    install("pre_solves", "post_solves")
    stdout = conda.succeed("create", "-y", "-n", "e", "data").stdout
    assert "wanted: ['data'], not: []" in stdout
    assert "repodata.json: -[] +['data']" in stdout


def test_row_136_a_post_solve_hook_can_refuse(
    conda: Program, install: Install, tmp_path: Path
) -> None:
    install("post_solves")
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(name="evil")
    channel.write()
    outcome = conda("create", "-y", "-n", "e", "-O", "-c", channel.url, "evil")
    assert (outcome.status, outcome.error) == (1, "CondaError")
    assert not conda.prefix("e").exists()


def test_row_137_pre_and_post_transaction_actions(conda: Program, install: Install) -> None:
    install("pre_transaction_actions", "post_transaction_actions")
    stdout = conda.succeed("create", "-y", "-n", "e", "lib=1.0").stdout
    assert "2 packages are installed" in stdout
    assert "noted" in stdout
    assert (conda.envs / "coming.txt").read_text() == "zlib lib"


def test_row_137_actions_are_reversed_when_the_transaction_fails(
    conda: Program, install: Install
) -> None:
    install("pre_transaction_actions")
    assert conda("create", "-y", "-n", "e", "fails").status == 1
    assert not (conda.envs / "coming.txt").exists()


def test_row_138_auth_handler_hook(
    conda: Program, install: Install, small_channel: ChannelBuilder
) -> None:
    install("auth_handlers")
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        url = server.url("main")
        settings = json.dumps([{"channel": url, "auth": "secret-header"}])
        (Path(conda.environment["HOME"]) / ".condarc").write_text(f"channel_settings: {settings}\n")
        conda.succeed("search", "-O", "-c", url, "data")
        sent = {request.headers.get("x-secret") for request in server.requests}
    assert sent == {f"for {url}"}


def test_row_139_request_headers_hook(
    conda: Program, install: Install, small_channel: ChannelBuilder
) -> None:
    install("session_headers", "request_headers")
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        conda.succeed("create", "-y", "-n", "e", "-O", "-c", server.url("main"), "data")
        requests = server.requests
    assert {request.headers.get("x-team") for request in requests} == {"whales"}
    marked = {request.path for request in requests if "x-wants" in request.headers}
    assert marked == {request.path for request in requests if "repodata" in request.path}
    assert len(marked) < len({request.path for request in requests})


def test_row_140_reporter_backends_hook(conda: Program, install: Install) -> None:
    install("reporter_backends")
    stdout = conda.succeed("create", "-n", "e", "--console", "arrows", "data").stdout
    assert "-> Solving environment\n" in stdout
    assert "<- Solving environment\n" in stdout
    assert "-> Proceed? yes\n" in stdout
    assert conda.installed("e") == ["data-1.0-0"]
    assert "arrows" in conda("info", env={"CONDA_CONSOLE": "smoke"}).stderr


def test_row_141_health_checks_hook_with_fixer(conda: Program, install: Install) -> None:
    install("health_checks")
    conda.succeed("create", "-y", "-n", "e", "data")
    check = conda.succeed("doctor", "-n", "e", "--json", "motto").document["checks"]["motto"]
    assert (check["ok"], check["summary"]) == (False, "There is no motto.")
    conda.succeed("doctor", "-n", "e", "--fix", "-y", "motto")
    assert (conda.prefix("e") / "motto.txt").read_text() == "Festina lente."
    assert "There is a motto." in conda.succeed("doctor", "-n", "e", "motto").stdout


def test_row_142_settings_hook(conda: Program, install: Install) -> None:
    install("settings")
    conda.succeed("config", "--set", "plugins.flavour", "lemon")
    shown = conda.succeed("config", "--json", "--show", "plugins.flavour").document
    assert shown == {"plugins.flavour": "lemon"}
    outcome = conda.succeed("icecream", env={"CONDA_PLUGINS_TOPPINGS": "nuts,mint"})
    assert outcome.stdout == "lemon ('nuts', 'mint') {}\n"
    (Path(conda.environment["HOME"]) / ".condarc").write_text("plugins: {prices: {nuts: 10}}\n")
    assert "prices" in conda("config", "--show", "plugins.prices").stderr


def test_row_143_environment_specifiers_and_exporters_hook(
    conda: Program, install: Install, tmp_path: Path
) -> None:
    install("environment_specifiers", "environment_exporters")
    conda.succeed("create", "-y", "-n", "e", "lib=1.0")
    text = conda.succeed("export", "-n", "e", "--format", "wishes").stdout
    assert text == "wish list for linux-64\nlib\nzlib\n"
    path = tmp_path / "packages.wish"
    path.write_text("wish list\ndata\nlib=1.1\n")
    conda.succeed("env", "create", "-n", "f", "--file", path)
    assert conda.installed("f") == ["data-1.0-0", "lib-1.1-0", "zlib-1.0-0"]
    other = shutil.copy(path, tmp_path / "unknown")  # told by its content
    conda.succeed("env", "create", "-n", "g", "--file", other)
    assert conda.installed("g") == conda.installed("f")


def test_row_144_package_extractors_hook(conda: Program, install: Install, tmp_path: Path) -> None:
    install("package_extractors")
    archive = tmp_path / "zipped-1.0-0.zipkg"
    index = {"name": "zipped", "version": "1.0", "build": "0", "build_number": 0, "depends": []}
    with ZipFile(archive, "w") as file:
        file.writestr("info/index.json", json.dumps({**index, "subdir": "noarch"}))
        file.writestr("share/zipped.txt", "from a zip")
        file.writestr("info/files", "share/zipped.txt\n")
    conda.succeed("create", "-y", "-n", "e", archive.as_uri())
    assert (conda.prefix("e") / "share/zipped.txt").read_text() == "from a zip"


def test_row_145_exception_observers_and_error_hints(conda: Program, install: Install) -> None:
    install("exception_observers", "error_hints")
    outcome = conda("list", "-n", "nowhere")
    assert "seen EnvironmentLocationNotFound, status 1, for linux-64" in outcome.stderr
    assert "hint: Ask Ada where it went." in outcome.stderr
    document = conda("list", "-n", "nowhere", "--json").document
    assert document["guidance"] == [{"text": "Ask Ada where it went.", "hint_code": "ask-ada"}]


def test_row_146_prefix_data_loaders(conda: Program, install: Install) -> None:
    install("prefix_data_loaders")
    conda.succeed("create", "-y", "-n", "e", "data")
    (conda.prefix("e") / "extra.txt").write_text("mascot")
    rows = conda.succeed("list", "-n", "e", "--json").document
    assert {row["name"]: row["channel"] for row in rows}["mascot"] == "extra"


def test_row_147_no_plugins(conda: Program, install: Install) -> None:
    install("pre_commands", "subcommands")
    assert conda("--no-plugins", "info", "--base").stdout == f"{conda.root}\n"
    assert conda("info", "--base", env={"CONDA_NO_PLUGINS": "1"}).stdout == f"{conda.root}\n"
    assert conda("--no-plugins", "greet", "Ada").status == 2
    (Path(conda.environment["HOME"]) / ".condarc").write_text("no_plugins: true\n")
    assert conda("info", "--base").stdout == f"{conda.root}\n"
    assert conda("greet", "Ada").status == 2


def test_row_147_single_plugins_can_be_switched_off(conda: Program, install: Install) -> None:
    install("pre_commands", "subcommands")
    settings = Path(conda.environment["HOME"]) / ".condarc"
    settings.write_text("disabled_plugins: [example-pre-commands]\n")
    assert conda("info", "--base").stdout == f"{conda.root}\n"
    assert conda.succeed("greet", "Ada").stdout == "Hello, Ada!\n"
    rows = conda.succeed("plugins", "list", "--json").document["plugins"]
    assert {row["name"]: row["state"] for row in rows} == {
        "example-pre-commands": "disabled",
        "example-subcommands": "enabled",
    }
    settings.write_text("disabled_plugins: [example-subcommands]\n")
    assert conda("greet", "Ada").status == 2
