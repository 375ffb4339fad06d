import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conda_clone import __version__
from conda_clone.core.prefix.history import History
from conda_clone.core.prefix.registry import Registry
from tests.support.cli import Program


def make(prefix: Path, *, frozen: bool = False) -> None:
    when = datetime(2026, 1, 31, 12, tzinfo=UTC)
    History(str(prefix)).append_block((), (), when=when, tool_version="1")
    os.utime(prefix / "conda-meta" / "history", (when.timestamp(), when.timestamp()))
    if frozen:
        (prefix / "conda-meta" / "frozen").touch()


def own(conda: Program, lines: list[str]) -> list[str]:
    """Leave out the environments of the machine, which root sees."""
    return [line for line in lines if str(conda.root) in line]


def test_a_person_sees_a_table(conda: Program) -> None:
    lines = conda.succeed("info").stdout.splitlines()
    rows = {
        key.strip(): value.strip() for key, _, value in (line.partition(" : ") for line in lines)
    }
    assert rows["active environment"] == "None"
    assert rows["conda version"] == __version__
    assert rows["base environment"] == f"{conda.root}  (writable)"
    assert rows["channel URLs"] == f"{conda.channel}/linux-64"
    assert f"                          {conda.channel}/noarch" in lines
    assert rows["platform"] == "linux-64"
    assert rows["offline mode"] == "False"
    assert "shell level" not in rows
    assert not any(line.startswith("# conda environments") for line in lines)


def test_an_active_environment_is_shown(conda: Program) -> None:
    make(conda.prefix("e"))
    active = {"CONDA_PREFIX": str(conda.prefix("e")), "CONDA_SHLVL": "2"}
    shown = conda.succeed("info", env=active).stdout
    assert "     active environment : e\n" in shown
    assert f"    active env location : {conda.prefix('e')}\n" in shown
    assert "            shell level : 2\n" in shown
    document = conda.succeed("info", "--json", env=active).document
    assert document["active_prefix"] == str(conda.prefix("e"))
    assert document["active_prefix_name"] == "e"
    assert document["default_prefix"] == str(conda.prefix("e"))
    assert document["conda_shlvl"] == 2


def test_a_program_sees_all_facts(conda: Program, tmp_path: Path) -> None:
    condarc = tmp_path / "condarc.yml"
    condarc.write_text("offline: true\n")
    document = conda.succeed("info", "--json", env={"CONDARC": str(condarc)}).document
    assert document["conda_version"] == __version__
    assert document["root_prefix"] == str(conda.root)
    assert document["root_writable"] is True
    assert document["channels"] == [f"{conda.channel}/linux-64", f"{conda.channel}/noarch"]
    assert document["config_files"] == [str(condarc)]
    assert document["offline"] is True
    assert document["active_prefix"] is None
    assert document["conda_shlvl"] == -1
    assert document["default_prefix"] == str(conda.root)
    assert own(conda, document["envs"]) == [str(conda.root)]
    assert document["sys.prefix"] == sys.prefix
    assert document["env_vars"]["CONDARC"] == str(condarc)
    assert document["env_vars"]["SSL_CERT_FILE"] == "<not set>"
    assert ["__conda", __version__, "0"] in document["virtual_pkgs"]
    assert document["netrc_file"] is None
    assert document["requests_version"]


def test_system_facts(conda: Program) -> None:
    shown = conda.succeed("info", "--system").stdout
    assert f"sys.executable: {sys.executable}\n" in shown
    assert f"CONDA_ROOT_PREFIX: {conda.root}\n" in shown
    assert "conda version" not in shown


def test_all_is_everything(conda: Program) -> None:
    shown = conda.succeed("info", "--all").stdout
    for part in ("conda version : ", "# conda environments:", "sys.executable: "):
        assert part in shown


def test_base_is_one_path(conda: Program) -> None:
    assert conda.succeed("info", "--base").stdout == f"{conda.root}\n"


def test_channels_may_show_their_secrets(conda: Program) -> None:
    secret = {"CONDA_CHANNELS": "https://x.org/t/tk-123/c"}
    shown = conda.succeed("info", "--unsafe-channels", env=secret).stdout
    assert shown == "https://x.org/t/tk-123/c\n"
    assert "tk-123" not in conda.succeed("info", env=secret).stdout
    document = conda.succeed("info", "--json", env=secret).document
    assert document["channels"] == ["https://x.org/c/linux-64", "https://x.org/c/noarch"]


@pytest.mark.parametrize("words", [["env", "list"], ["info", "--envs"]])
def test_environments_are_listed(conda: Program, words: list[str]) -> None:
    make(conda.prefix("b"), frozen=True)
    make(conda.prefix("a"))
    active = {"CONDA_PREFIX": str(conda.prefix("a"))}
    lines = conda.succeed(*words, env=active).stdout.splitlines()
    assert [line.split() for line in own(conda, lines)] == [
        ["base", str(conda.root)],
        ["a", "*", str(conda.prefix("a"))],
        ["b", "+", str(conda.prefix("b"))],
    ]


def test_environments_for_programs(conda: Program) -> None:
    make(conda.prefix("a"))
    document = conda.succeed("env", "list", "--json").document
    assert own(conda, document["envs"]) == [str(conda.root), str(conda.prefix("a"))]
    assert document["envs_details"][str(conda.prefix("a"))] == {
        "name": "a",
        "created": "2026-01-31T12:00:00+00:00",
        "last_modified": "2026-01-31T12:00:00+00:00",
        "active": False,
        "base": False,
        "frozen": False,
        "writable": True,
    }
    assert document["envs_details"][str(conda.root)]["created"] is None


def test_a_history_of_somebody_else_has_the_date_of_its_file(conda: Program) -> None:
    history = conda.prefix("a") / "conda-meta" / "history"
    history.parent.mkdir(parents=True)
    history.write_text("==> long ago <==\n")
    os.utime(history, (86400, 86400))
    document = conda.succeed("env", "list", "--json").document
    details = document["envs_details"][str(conda.prefix("a"))]
    assert details["created"] == details["last_modified"] == "1970-01-02T00:00:00+00:00"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads other users' files"
)
def test_registered_environments_are_listed(conda: Program, tmp_path: Path) -> None:
    make(tmp_path / "elsewhere")
    home = Path(conda.environment["HOME"])
    Registry(str(home / ".conda" / "environments.txt")).register(str(tmp_path / "elsewhere"))
    document = conda.succeed("env", "list", "--json").document
    assert str(tmp_path / "elsewhere") in document["envs"]
    assert document["envs_details"][str(tmp_path / "elsewhere")]["name"] == ""


def test_env_alone_shows_help(conda: Program) -> None:
    outcome = conda.succeed("env")
    assert outcome.stdout.startswith("usage: conda env")


def test_an_unknown_subcommand_is_wrong_usage(conda: Program) -> None:
    assert conda("env", "nonsense").status == 2


def test_sizes_of_environments(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "e", "data")
    details = conda.succeed("info", "--envs", "--size", "--json").document["envs_details"]
    assert details[str(conda.prefix("e"))]["size"] > 0
    listed = own(conda, conda.succeed("info", "--envs", "--size").stdout.splitlines())
    assert any(line.split()[0] == "e" and line.split()[2] in ("B", "KB") for line in listed)


def test_options_of_older_versions(conda: Program) -> None:
    assert conda.succeed("info", "--root").stdout == f"{conda.root}\n"
    outcome = conda.succeed("info", "--license", "--json")
    assert outcome.document["root_prefix"] == str(conda.root)
    assert outcome.stderr == "--license has no effect: there is no licence to buy.\n"


def test_a_misspelt_environment_is_guessed(conda: Program) -> None:
    make(conda.prefix("science"))
    outcome = conda("list", "-n", "scinece")
    assert outcome.error == "EnvironmentLocationNotFound"
    assert "hint: Did you mean `science`?" in outcome.stderr
