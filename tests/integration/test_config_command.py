"""`conda config` as a whole: options, files, documents and exit statuses."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli import Program


@pytest.fixture
def conda(tmp_path: Path, isolated: Path) -> Program:
    program = Program(tmp_path / "root", isolated, "https://host/channel")
    program.environment["XDG_CONFIG_HOME"] = str(isolated / "xdg")
    return program


@pytest.fixture
def condarc(isolated: Path) -> Path:
    return isolated / ".condarc"


def test_settings_are_written_and_read_back(conda: Program, condarc: Path) -> None:
    conda.succeed("config", "--set", "always_yes", "yes")
    conda.succeed("config", "--append", "channels", "a", "--append", "channels", "b")
    outcome = conda.succeed("config", "--add", "channels", "c", "--json")
    assert outcome.document == {
        "success": True,
        "rc_path": str(condarc),
        "warnings": [],
        "get": {},
    }
    assert condarc.read_text("utf-8") == "always_yes: true\nchannels:\n  - c\n  - a\n  - b\n"
    assert conda.succeed("config", "--get", "--json").document["get"] == {
        "always_yes": True,
        "channels": ["c", "a", "b"],
    }
    conda.succeed("config", "--remove", "channels", "a")
    conda.succeed("config", "--remove-key", "always_yes")
    assert condarc.read_text("utf-8") == "channels:\n  - c\n  - b\n"


def test_get_shows_the_options_that_would_set_it(conda: Program, condarc: Path) -> None:
    condarc.write_text(
        "channels: [a, b]\nyes: false\npinned_packages: [x]\n"
        "proxy_servers: {http: h}\nnot_a_setting: 1\ncustom_multichannels: {m: [c]}\n",
        encoding="utf-8",
    )
    assert conda.succeed("config", "--get").stdout.splitlines() == [
        "--set always_yes False",
        "--add channels 'b'   # lowest priority",
        "--add channels 'a'   # highest priority",
        "--add custom_multichannels.m 'c'",
        "--add pinned_packages 'x'",
        "--set proxy_servers.http h",
    ]
    outcome = conda.succeed(
        "config", "--get", "proxy_servers.http", "proxy_servers.no", "yes", "quiet", "nope"
    )
    assert outcome.stdout == "--set proxy_servers.http h\n--set always_yes False\n"
    assert outcome.stderr.splitlines()[1:] == ["Unknown key: 'nope'"]
    outcome = conda.succeed("config", "--get", "chanels")
    assert outcome.stderr.splitlines()[1:] == ["Unknown key: 'chanels'; did you mean `channels`?"]


def test_get_names_unknown_keys_in_its_document(conda: Program, condarc: Path) -> None:
    assert conda.succeed("config", "--get", "nope", "--json").document == {
        "success": True,
        "rc_path": str(condarc),
        "warnings": ["Unknown key: 'nope'"],
        "get": {},
    }
    assert not condarc.exists()


def test_show_gives_effective_values(conda: Program, condarc: Path) -> None:
    condarc.write_text("channels: [a]\nproxy_servers: {http: h}\n", encoding="utf-8")
    keys = ("channels", "always_yes", "conda_build", "pinned_packages", "proxy_servers")
    assert conda.succeed("config", "--show", *keys, env={"CONDA_CHANNELS": "b"}).stdout == (
        "always_yes: None\n"
        "channels:\n  - b\n  - a\n"
        "conda_build: {}\n"
        "pinned_packages: []\n"
        "proxy_servers:\n  http: h\n"
    )
    outcome = conda.succeed("config", "--show", "verify_ssl", "channel_priority", "--json")
    assert outcome.document == {"channel_priority": "flexible", "ssl_verify": True}


def test_show_without_keys_gives_everything(conda: Program) -> None:
    document = conda.succeed("config", "--show", "--json").document
    assert document["root_prefix"] == str(conda.root)
    assert document["envs_dirs"][0] == str(conda.envs)
    assert document["json"] is True
    assert "solver: " in conda.succeed("config", "--show").stdout


def test_lists_of_maps_are_shown_as_yaml(conda: Program, condarc: Path) -> None:
    condarc.write_text("channel_settings:\n  - {channel: a, auth: b}\n", encoding="utf-8")
    assert conda.succeed("config", "--show", "channel_settings").stdout == (
        "channel_settings:\n  - channel: a\n    auth: b\n"
    )


def test_show_refuses_unknown_settings(conda: Program) -> None:
    outcome = conda("config", "--show", "chanels", "--json")
    assert (outcome.status, outcome.error) == (2, "ArgumentError")
    assert "Did you mean `channels`" in outcome.document["message"]


def test_sources_are_shown_lowest_first(conda: Program, condarc: Path, tmp_path: Path) -> None:
    condarc.write_text("channels: [a]\nalways_yes: on\n", encoding="utf-8")
    (tmp_path / "x.yml").write_text("channels: [x]\n", encoding="utf-8")
    env = {"CONDARC": str(tmp_path / "x.yml")}
    document = conda.succeed("config", "--show-sources", "--json", env=env).document
    assert list(document) == [str(condarc), str(tmp_path / "x.yml"), "envvars", "cmd_line"]
    assert document[str(condarc)] == {"channels": ["a"], "always_yes": True}
    assert document["envvars"]["channels"] == ["https://host/channel"]
    assert document["cmd_line"] == {"json": True}
    lines = conda.succeed("config", "--show-sources", env=env).stdout.splitlines()
    assert lines[:5] == [f"==> {condarc} <==", "channels:", "  - a", "always_yes: True", ""]


def test_nothing_asked_for_is_nothing_done(conda: Program, condarc: Path) -> None:
    outcome = conda.succeed("config")
    assert (outcome.stdout, outcome.stderr) == ("", "")
    assert not condarc.exists()


def environment(path: Path) -> Path:
    (path / "conda-meta").mkdir(parents=True)
    (path / "conda-meta/history").touch()
    return path


def test_each_option_chooses_its_file(conda: Program, condarc: Path, tmp_path: Path) -> None:
    named = environment(conda.prefix("named"))
    other = environment(tmp_path / "other")
    active = {"CONDA_PREFIX": str(other)}
    change = ("--set", "quiet", "true")
    for words, path in (
        ((), condarc),
        (("--system",), conda.root / ".condarc"),
        (("--file", tmp_path / "deep/c.yml"), tmp_path / "deep/c.yml"),
        (("-n", "named"), named / ".condarc"),
        (("-p", other), other / ".condarc"),
    ):
        conda.succeed("config", *words, *change)
        assert path.read_text("utf-8") == "quiet: true\n"
    (other / ".condarc").unlink()
    conda.succeed("config", "--env", "--set", "json", "false", env=active)
    # a file that is not there starts as the file of the base environment
    assert (other / ".condarc").read_text("utf-8") == "quiet: true\njson: false\n"


def test_without_an_active_environment_env_means_the_user(conda: Program, condarc: Path) -> None:
    outcome = conda.succeed("config", "--env", "--get")
    assert outcome.stderr == f"No environment is active: `{condarc}` is used.\n"


@pytest.mark.parametrize("other", [("--file", "f"), ("-n", "e"), ("-p", "p"), ("--env",)])
def test_two_files_at_once_are_refused(conda: Program, other: tuple[str, ...]) -> None:
    outcome = conda("config", "--system", *other, "--get")
    assert outcome.status == 2


def test_one_call_makes_changes_of_one_kind(conda: Program, condarc: Path) -> None:
    words = ("--set", "quiet", "true", "--append", "channels", "a")
    assert conda("config", *words).status == 2
    assert not condarc.exists()


def test_an_environment_that_is_not_there_is_refused(conda: Program) -> None:
    outcome = conda("config", "-n", "nowhere", "--set", "quiet", "true")
    assert (outcome.status, outcome.error) == (1, "EnvironmentLocationNotFound")


@pytest.mark.parametrize(
    ("words", "status", "name"),
    [
        (("--set", "nope", "1"), 1, "CondaKeyError"),
        (("--set", "channels", "a"), 1, "CondaKeyError"),
        (("--set", "always_yes", "maybe"), 1, "CondaValueError"),
        (("--set", "channel_priority", "x"), 1, "CustomValidationError"),
        (("--append", "always_yes", "x"), 1, "CondaValueError"),
        (("--remove", "channels", "zzz"), 1, "CondaKeyError"),
        (("--remove-key", "channel_priority"), 1, "CondaKeyError"),
    ],
)
def test_errors_are_named_and_leave_the_file_alone(
    conda: Program, condarc: Path, words: tuple[str, ...], status: int, name: str
) -> None:
    condarc.write_text("channels: [a]\n", encoding="utf-8")
    before = condarc.stat().st_mtime_ns
    good = {"--set": ("quiet", "on"), "--append": ("channels", "b"), "--remove": ("channels", "a")}
    first = (words[0], *good[words[0]]) if words[0] in good else ("--remove-key", "channels")
    outcome = conda("config", *first, *words, "--json")
    assert (outcome.status, outcome.error) == (status, name)
    assert condarc.read_text("utf-8") == "channels: [a]\n"
    assert condarc.stat().st_mtime_ns == before


def test_a_change_that_changes_nothing_writes_nothing(conda: Program, condarc: Path) -> None:
    condarc.write_text("quiet: true\n", encoding="utf-8")
    before = condarc.stat().st_mtime_ns
    conda.succeed("config", "--set", "quiet", "true")
    assert condarc.stat().st_mtime_ns == before


def test_a_missing_value_is_wrong_usage(conda: Program) -> None:
    assert conda("config", "--set", "always_yes").status == 2


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"channels: [a\n", "ConfigurationLoadError"), (b"quiet: \xe9\n", "EncodingError")],
)
@pytest.mark.parametrize("words", [("--get",), ("--set", "quiet", "true")])
def test_a_broken_file_is_neither_read_nor_changed(
    conda: Program, condarc: Path, content: bytes, name: str, words: tuple[str, ...]
) -> None:
    condarc.write_bytes(content)
    outcome = conda("config", *words)
    assert (outcome.status, name in outcome.stderr) == (1, True)
    assert condarc.read_bytes() == content


def test_a_folder_is_no_configuration_file(conda: Program, tmp_path: Path) -> None:
    outcome = conda("config", "--file", tmp_path, "--get")
    assert (outcome.status, outcome.error) == (1, "ParseError")


def test_a_broken_file_does_not_stop_other_commands(conda: Program, condarc: Path) -> None:
    condarc.write_text("channels: [a\n", encoding="utf-8")
    outcome = conda.succeed("config", "--show", "channels")
    assert outcome.stdout == "channels:\n  - https://host/channel\n"
    assert f"`{condarc}`, line 2" in outcome.stderr


def test_settings_of_a_named_environment_count(conda: Program) -> None:
    (environment(conda.prefix("e")) / ".condarc").write_text("channels: [mine]\n", "utf-8")
    document = conda.succeed("config", "-n", "e", "--show", "channels", "--json").document
    assert document == {"channels": ["https://host/channel", "mine"]}


def recorded(shared: Path) -> Iterator[dict[str, str]]:
    for line in (shared / "golden/expected/26.7.1.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        if record["id"] in {"config/rm.missing.json", "config/rm.key.missing.json"}:
            yield json.loads(record["stdout"])


@pytest.mark.shared
def test_errors_have_the_keys_that_scripts_read(
    conda: Program, condarc: Path, shared: Path
) -> None:
    condarc.write_text("channels: [a]\n", encoding="utf-8")
    ours = [
        conda("config", "--remove", "channels", "zzz", "--json").document,
        conda("config", "--remove-key", "channel_priority", "--json").document,
    ]
    for mine, theirs in zip(ours, recorded(shared), strict=True):
        assert set(mine) == set(theirs)
        assert (mine["exception_name"], mine["key"], mine["msg"]) == (
            theirs["exception_name"],
            theirs["key"],
            theirs["msg"],
        )
