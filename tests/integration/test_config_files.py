"""`conda config`: descriptions, validation, templates, input by a pipe, and repair."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from conda_clone.config.parameters import PARAMETERS
from tests.support.cli import Program


@pytest.fixture
def conda(tmp_path: Path, isolated: Path) -> Program:
    return Program(tmp_path / "root", isolated, "https://host/channel")


@pytest.fixture
def condarc(isolated: Path) -> Path:
    return isolated / ".condarc"


def test_settings_are_described(conda: Program) -> None:
    assert conda.succeed("config", "--describe", "yes", "pinned_packages").stdout.splitlines() == [
        "",
        "always_yes",
        "  Whether all questions are answered with yes.",
        "  Expected is a boolean or null.",
        "  Also called yes.",
        "  In the environment: CONDA_ALWAYS_YES.",
        "  By default:",
        "    always_yes: null",
        "",
        "pinned_packages",
        "  Specs that each environment must keep to.",
        "  Expected is a list.",
        "  In the environment: CONDA_PINNED_PACKAGES, with `&` between items.",
        "  By default:",
        "    pinned_packages: []",
    ]
    (row,) = json.loads(conda.succeed("config", "--describe", "verify_ssl", "--json").stdout)
    assert row == {
        "name": "ssl_verify",
        "aliases": ["verify_ssl"],
        "default_value": True,
        "description": PARAMETERS["ssl_verify"].description,
        "element_types": ["str", "bool"],
        "parameter_type": "primitive",
    }


def test_without_names_the_settings_that_people_use_are_described(conda: Program) -> None:
    lines = conda.succeed("config", "--describe").stdout.splitlines()
    assert lines[:2] == ["Channels and indexes", "===================="]
    told = {line for line in lines if line in PARAMETERS}
    assert told == {name for name, row in PARAMETERS.items() if not row.is_hidden}
    outcome = conda("config", "--describe", "chanels")
    assert (outcome.status, outcome.error) == (2, "ArgumentError")


def test_own_settings_are_shown_once_they_are_given(conda: Program, condarc: Path) -> None:
    assert "durability" not in conda.succeed("config", "--show", "--json").document
    condarc.write_text("durability: none\n", "utf-8")
    assert conda.succeed("config", "--show", "--json").document["durability"] == "none"
    assert conda.succeed("config", "--show", "solver_strategy").stdout == (
        "solver_strategy: highest\n"
    )


BROKEN = """\
chanels: [a]
channels: conda-forge
always_yes: maybe
channel_priority: bogus
ssl_verify: false
verify_ssl: true
proxy_servers: {http: [1]}
"""


def test_everything_that_is_wrong_with_a_file_is_told_at_once(
    conda: Program, condarc: Path
) -> None:
    condarc.write_text(BROKEN, "utf-8")
    outcome = conda("config", "--validate")
    assert outcome.status == 1
    here = f"{condarc}, line"
    told = [line for line in outcome.stderr.splitlines() if line]
    assert told == [
        f"WARNING: `chanels` in {condarc}, line 1 is not a setting; did you mean `channels`?",
        (
            f"InvalidTypeError: Setting `channels` in {here} 2 is 'conda-forge', which is a "
            "text; expected is a list."
        ),
        (
            f"CustomValidationError: Setting `always_yes` in {here} 3 is 'maybe'; expected is "
            "a boolean or null."
        ),
        (
            f"CustomValidationError: Setting `channel_priority` in {here} 4 is 'bogus'; "
            "expected is one of strict, flexible, disabled."
        ),
        (
            "MultipleKeysError: `ssl_verify` (line 5) and `verify_ssl` (line 6) are names of one "
            f"setting, and both are given in {condarc}."
        ),
        "hint: Keep one of them, preferably `ssl_verify`.",
        (
            f"InvalidElementTypeError: Key `http` of the setting `proxy_servers` in {here} 7 "
            "is [1], which is a list; expected is a text or null."
        ),
    ]
    document = conda("config", "--validate", "--json").document
    assert document["exception_name"] == "CondaMultiError"
    assert [error["exception_name"] for error in document["errors"]] == [
        "InvalidTypeError",
        "CustomValidationError",
        "CustomValidationError",
        "MultipleKeysError",
        "InvalidElementTypeError",
    ]


def test_a_setting_makes_no_output_longer_that_scripts_read(conda: Program) -> None:
    chatty = {"CONDA_VERBOSITY": "2"}
    assert conda.succeed("config", "--show", "quiet", env=chatty).stdout == "quiet: False\n"


def test_programs_are_told_of_the_first_wrong_setting_that_they_asked_for(
    conda: Program, condarc: Path
) -> None:
    condarc.write_text(BROKEN, "utf-8")
    for names in (("channels", "always_yes"), ("always_yes", "channels")):
        document = conda("config", "--show", *names, "--json").document
        assert document["parameter_name"].removeprefix("_") == names[0]
    told = conda("config", "--show", "always_yes", "channels").stderr
    assert told.index("`channels`") < told.index("`always_yes`")


def test_wishes_that_contradict_each_other_are_found(conda: Program, condarc: Path) -> None:
    condarc.write_text("always_copy: true\nclient_cert_key: k\n", "utf-8")
    outcome = conda("config", "--validate", env={"CONDA_ALWAYS_SOFTLINK": "1"})
    assert outcome.status == 1
    assert "`always_softlink`" in outcome.stderr
    assert "`client_ssl_cert_key`" in outcome.stderr


@pytest.mark.parametrize("content", ["a: [\n", "- a\n", "text\n", "a: 1\na: 2\n"])
def test_a_file_that_is_left_out_is_not_valid(conda: Program, condarc: Path, content: str) -> None:
    condarc.write_text(content, "utf-8")
    outcome = conda("config", "--validate", "--json")
    assert (outcome.status, outcome.error) == (1, "ConfigurationLoadError")
    assert str(condarc) in outcome.document["message"]


def test_one_file_can_be_looked_at_alone(conda: Program, condarc: Path, tmp_path: Path) -> None:
    condarc.write_text(BROKEN, "utf-8")
    good = tmp_path / "good.yml"
    good.write_text("channels: [a]\nquite: 1\n", "utf-8")
    outcome = conda.succeed("config", "--validate", "--file", good)
    assert outcome.stdout == ""
    assert f"`quite` in {good}, line 2 is not a setting; did you mean `quiet`?" in outcome.stderr
    assert conda.succeed("config", "--validate", "--file", good, "--json").document == {
        "success": True,
        "warnings": [f"`quite` in {good}, line 2 is not a setting; did you mean `quiet`?"],
    }
    for content in (BROKEN, "a: ["):
        good.write_text(content, "utf-8")
        assert conda("config", "--validate", "--file", good).status == 1


def test_keys_that_nothing_knows_are_warned_of_once(conda: Program, condarc: Path) -> None:
    condarc.write_text("solverr: x\nrc_files: [y]\n", "utf-8")
    warning = f"WARNING: `solverr` in {condarc}, line 1 is not a setting; did you mean `solver`?"
    assert conda.succeed("env", "list").stderr.splitlines() == [warning]
    assert json.loads(conda.succeed("env", "list", "--json").stdout)
    condarc.write_text("solverr: x\nwarn_unknown_settings: no\n", "utf-8")
    assert conda.succeed("env", "list").stderr == ""


def test_shown_values_can_say_where_they_come_from(
    conda: Program, condarc: Path, tmp_path: Path
) -> None:
    text = "channels: [a]\nproxy_servers:\n  http: h\nquiet: no\nenvs_dirs:\n  - $PLACE/e\n"
    condarc.write_text(text + "channel_settings:\n  - channel: c\n    auth: d\n", "utf-8")
    words = "channels proxy_servers quiet envs_dirs track_features yes solver channel_settings"
    outcome = conda.succeed(
        "config", "-v", "--show", *words.split(), env={"PLACE": "/p", "CONDA_ALWAYS_YES": "1"}
    )
    root = tmp_path / "root"
    assert outcome.stdout.splitlines() == [
        "always_yes: True  # the environment variable `CONDA_ALWAYS_YES`",
        "channel_settings:",
        "  - channel: c",
        "    auth: d",
        "channels:",
        "  - https://host/channel  # the environment variable `CONDA_CHANNELS`",
        f"  - a  # {condarc}, line 1",
        "envs_dirs:",
        f"  - /p/e  # {condarc}, line 6",
        f"  - {root}/envs",
        f"  - {condarc.parent}/.conda/envs",
        "proxy_servers:",
        f"  http: h  # {condarc}, line 3",
        f"quiet: False  # {condarc}, line 4",
        "solver: libmamba  # by default",
        "track_features: []  # by default",
    ]


WATCHED = """
import sys

def watch(event, arguments):
    if event == "open" and str(arguments[0]).endswith("condarc"):
        print(arguments[0], file=sys.stderr)

sys.addaudithook(watch)
from conda_clone.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_each_file_is_read_once(conda: Program, condarc: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "env"
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / ".condarc").write_text("channels: [b]\n", "utf-8")
    condarc.write_text("channels: [a]\n", "utf-8")
    words = [sys.executable, "-c", WATCHED, "config", "--show", "channels", "-p", str(prefix)]
    completed = subprocess.run(
        words, env={**os.environ, **conda.environment}, capture_output=True, text=True, check=True
    )
    assert completed.stdout.splitlines()[-2:] == ["  - b", "  - a"]
    assert completed.stderr.splitlines() == [str(condarc), str(prefix / ".condarc")]


def test_shown_values_are_not_kept_back_by_errors_elsewhere(conda: Program, condarc: Path) -> None:
    condarc.write_text("proxy_servers: a\n", "utf-8")
    outcome = conda("config", "--show", "channel_priority")
    assert (outcome.status, outcome.error) == (1, "InvalidTypeError")
    assert outcome.stdout == "channel_priority: flexible\n"
    assert conda("config", "--show", "channel_priority", "--json").error == "InvalidTypeError"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("quiet: maybe\n", "quiet"),
        ("json: [1]\n", "json"),
        ("root_prefix: [1]\n", "root_prefix"),
        ("envs_dirs: {a: 1}\n", "envs_dirs"),
        ("verbosity: x\nchannels: 1\n", "verbosity"),
    ],
)
def test_a_broken_file_can_be_repaired(
    conda: Program, condarc: Path, tmp_path: Path, content: str, key: str
) -> None:
    condarc.write_text(content, "utf-8")
    del conda.environment["CONDA_ROOT_PREFIX"]
    assert conda("env", "list").status == 1
    other = tmp_path / "other.yml"
    conda.succeed("config", "--file", other, "--append", "channels", "a")
    assert other.read_text("utf-8") == "channels:\n  - a\n"
    conda.succeed("config", "--remove-key", key)
    assert key not in condarc.read_text("utf-8")


def test_a_file_that_is_no_yaml_leaves_other_files_changeable(
    conda: Program, condarc: Path, tmp_path: Path
) -> None:
    condarc.write_text("a: [", "utf-8")
    outcome = conda.succeed("config", "--file", tmp_path / "o.yml", "--set", "quiet", "true")
    assert f"`{condarc}`" in outcome.stderr
    assert (tmp_path / "o.yml").read_text("utf-8") == "quiet: true\n"


def test_the_template_is_a_file_of_comments(conda: Program, condarc: Path) -> None:
    conda.succeed("config", "--write-default")
    text = condarc.read_text("utf-8")
    assert all(line.startswith("#") for line in text.splitlines() if line)
    settings = [line for line in text.splitlines() if line.startswith(("# - ", "# "))]
    names = [name for name, row in PARAMETERS.items() if not row.is_hidden]
    for name in names:
        assert any(line.startswith(f"# {name}:") for line in settings), name
    conda.succeed("config", "--set", "quiet", "true")
    outcome = conda("config", "--write-default")
    assert (outcome.status, outcome.error) == (1, "CondaError")
    assert condarc.read_text("utf-8") == text + "quiet: true\n"


def test_an_empty_file_may_become_the_template(conda: Program, tmp_path: Path) -> None:
    path = tmp_path / "c.yml"
    path.write_text("\n", "utf-8")
    document = conda.succeed("config", "--write-default", "--file", path, "--json").document
    assert document == {"success": True, "rc_path": str(path)}
    assert "# solver: libmamba" in path.read_text("utf-8")


def piped(conda: Program, text: str, *words: object) -> tuple[int, str]:
    completed = subprocess.run(
        [sys.executable, "-m", "conda_clone", "config", "--stdin", *map(str, words)],
        env={**os.environ, **conda.environment},
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    return completed.returncode, completed.stderr


def test_settings_come_in_by_a_pipe(conda: Program, condarc: Path) -> None:
    condarc.write_text("# mine\nverify_ssl: true  # yes\nchannels:\n  - a # a\n# end\n", "utf-8")
    status, errors = piped(
        conda, "channels: [s1, s2]\nssl_verify: /x\nproxy_servers:\n  http: h\nmine: 1\n"
    )
    assert status == 0
    assert "`mine` in <stdin>, line 5 is not a setting" in errors
    assert condarc.read_text("utf-8") == (
        "# mine\nssl_verify: /x  # yes\nchannels: [s1, s2]\n"
        "proxy_servers:\n  http: h\nmine: 1\n# end\n"
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("--get channels\n", "ParseError"),
        ("- a\n", "ParseError"),
        ("a: [\n", "ParseError"),
        ("quiet: maybe\n", "CustomValidationError"),
        ("quiet: maybe\nchannels: 1\n", "CustomValidationError"),
    ],
)
def test_what_comes_in_by_a_pipe_must_make_sense(
    conda: Program, condarc: Path, text: str, name: str
) -> None:
    condarc.write_text("quiet: true\n", "utf-8")
    status, errors = piped(conda, text)
    assert (status, name in errors) == (1, True)
    assert condarc.read_text("utf-8") == "quiet: true\n"


def test_settings_in_braces_take_no_blocks(conda: Program, condarc: Path) -> None:
    condarc.write_text("{quiet: true}\n", "utf-8")
    status, errors = piped(conda, "channels:\n  - a\n")
    assert (status, "CondaValueError" in errors) == (1, True)
    assert condarc.read_text("utf-8") == "{quiet: true}\n"


def test_many_writers_lose_nothing(conda: Program, condarc: Path) -> None:
    names = [f"c{number}" for number in range(12)]
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "conda_clone", "config", "--append", "channels", name],
            env={**os.environ, **conda.environment},
        )
        for name in names
    ]
    assert [writer.wait(60) for writer in writers] == [0] * len(names)
    channels = YAML(typ="safe").load(condarc.read_text("utf-8"))["channels"]
    assert sorted(channels) == sorted(names)
    assert [path.name for path in condarc.parent.iterdir()] == [".condarc"]


def test_a_file_that_is_a_link_is_changed_where_it_lies(
    conda: Program, condarc: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "dotfiles" / "condarc"
    kept.parent.mkdir()
    kept.write_text("quiet: true\n", "utf-8")
    condarc.symlink_to(kept)
    conda.succeed("config", "--append", "channels", "a")
    assert condarc.is_symlink()
    assert kept.read_text("utf-8") == "quiet: true\nchannels:\n  - a\n"
    assert [path.name for path in kept.parent.iterdir()] == ["condarc"]


def test_what_cannot_be_written_is_named(conda: Program, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "condarc"
    outcome = conda("config", "--file", path, "--set", "quiet", "true")
    assert (outcome.status, outcome.error) == (1, "NotWritableError")
    assert f"`{path}`" in outcome.stderr


def test_a_file_that_starts_with_the_mark_of_its_encoding_keeps_it(
    conda: Program, condarc: Path
) -> None:
    condarc.write_bytes(b"\xef\xbb\xbfquiet: true\r\n")
    conda.succeed("config", "--append", "channels", "\u00e9")
    expected = "quiet: true\r\nchannels:\r\n  - \u00e9\r\n".encode()
    assert condarc.read_bytes() == b"\xef\xbb\xbf" + expected
