from pathlib import Path

import pytest

from conda_clone import __version__
from conda_clone.cli.main import main
from tests.support.cli import Program


@pytest.fixture
def conda(tmp_path: Path, isolated: Path) -> Program:
    return Program(tmp_path / "root", isolated, "https://channels.test/main")


@pytest.mark.parametrize(
    "words",
    [["--version"], ["-V"], ["-v", "--version"], ["--json", "--debug", "--no-plugins", "-V"]],
)
def test_the_version_is_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert capsys.readouterr().out == f"conda {__version__}\n"


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["-v"]])
def test_help_lists_the_commands_and_succeeds(conda: Program, words: list[str]) -> None:
    outcome = conda.succeed(*words)
    assert "  update, upgrade    Update packages" in outcome.stdout


def test_a_command_after_help_does_not_matter(conda: Program) -> None:
    assert "usage: conda [-h]" in conda.succeed("--help", "list").stdout


@pytest.mark.parametrize("word", ["nonsense", "LIST", "lis"])
def test_an_unknown_command_is_wrong_usage(conda: Program, word: str) -> None:
    outcome = conda(word)
    assert outcome.status == 2
    assert outcome.stdout == ""
    assert f"conda: error: there is no command `{word}`\nhint: " in outcome.stderr


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("LIST", "`list`"),
        ("lis", "`list`"),
        ("ls", "`list`"),
        ("hlep", "`--help`"),
        ("inst", "`install` or `init`"),
    ],
)
def test_a_command_that_may_have_been_meant_is_named(conda: Program, word: str, meant: str) -> None:
    assert f"hint: did you mean {meant}?" in conda(word).stderr


def test_commands_of_other_packages_are_named_with_these(conda: Program) -> None:
    error = conda("build").stderr
    assert "there is no command `build` yet; the package `conda-build` brings it" in error
    assert "`conda install -n base conda-build`" in error


@pytest.mark.parametrize("words", [["--nonsense"], ["list", "--nonsense"], ["-n", "list"]])
def test_an_unknown_option_is_wrong_usage(conda: Program, words: list[str]) -> None:
    assert conda(*words).status == 2


@pytest.mark.parametrize("words", [["--json", "info", "--base"], ["info", "--base", "--json"]])
def test_json_may_stand_before_or_after_the_command(conda: Program, words: list[str]) -> None:
    assert conda.succeed(*words).document == {"root_prefix": str(conda.root)}


def test_json_may_come_from_the_environment(conda: Program) -> None:
    outcome = conda.succeed("info", "--base", env={"CONDA_JSON": "yes"})
    assert outcome.document == {"root_prefix": str(conda.root)}


def test_an_error_is_named_on_stderr(conda: Program, tmp_path: Path) -> None:
    outcome = conda("list", "-p", tmp_path / "nowhere")
    assert outcome.status == 1
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("\nEnvironmentLocationNotFound: There is no environment at")
    assert "\nhint: " in outcome.stderr


def test_an_error_is_a_document_for_programs(conda: Program, tmp_path: Path) -> None:
    outcome = conda("list", "-p", tmp_path / "nowhere", "--json")
    assert outcome.status == 1
    assert outcome.stderr == ""
    assert outcome.document["exception_name"] == "EnvironmentLocationNotFound"
    assert outcome.document["location"] == str(tmp_path / "nowhere")


def test_name_and_path_exclude_each_other(conda: Program) -> None:
    outcome = conda("list", "-n", "a", "-p", "/b")
    assert outcome.status == 2
    assert "not allowed with argument" in outcome.stderr


def test_override_channels_needs_a_channel(conda: Program) -> None:
    outcome = conda("search", "--override-channels", "lib")
    assert (outcome.status, outcome.error) == (2, "ArgumentError")


def test_settings_of_the_named_environment_count(conda: Program, tmp_path: Path) -> None:
    for prefix in (tmp_path / "by-path", conda.envs / "by-name"):
        (prefix / "conda-meta").mkdir(parents=True)
        (prefix / "conda-meta" / "history").touch()
        (prefix / ".condarc").write_text("json: true\n")
    assert conda.succeed("list", "-p", tmp_path / "by-path").document == []
    assert conda.succeed("list", "-n", "by-name").document == []


def test_a_damaged_configuration_file_is_only_a_warning(conda: Program) -> None:
    Path(conda.environment["HOME"], ".condarc").write_text("channels: [x\n")
    outcome = conda.succeed("info", "--base")
    assert outcome.stdout == f"{conda.root}\n"
    assert outcome.stderr.startswith("WARNING: ")
    assert ".condarc" in outcome.stderr


def test_a_wrong_value_of_a_setting_is_an_error(conda: Program) -> None:
    outcome = conda("info", "--base", env={"CONDA_VERBOSITY": "loud"})
    assert outcome.status == 1
    assert "verbosity" in outcome.stderr
