from datetime import UTC, datetime
from pathlib import Path

import pytest

from conda_clone import __version__
from conda_clone.core.prefix.history import History
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.records import PackageRecord, PrefixRecord
from tests.support.cli import Program
from tests.support.records import record

DEFAULTS = Channel.from_text("https://repo.anaconda.com/pkgs/main", ChannelConfig())
HEADER = (
    "# This file may be used to create an environment using:\n"
    "# $ conda create --name <env> --file <this file>\n"
    "# platform: linux-64\n"
    f"# created-by: conda {__version__}\n"
)


def put(prefix: Path, *records: PackageRecord) -> None:
    data = PrefixData(str(prefix), ChannelConfig())
    for each in records:
        data.insert(PrefixRecord.from_record(each))
    (prefix / "conda-meta" / "history").touch()


@pytest.fixture
def env(conda: Program) -> Program:
    """Return the program with an environment `e` of three packages."""
    put(
        conda.prefix("e"),
        record("app", "2.0", "0", ["lib"], md5="a" * 32, sha256="b" * 64),
        record("lib", "1.2", "h0_0", ["zlib >=1"]),
        record("zlib", "1.3", channel=DEFAULTS),
    )
    return conda


def test_a_person_sees_a_table(env: Program) -> None:
    lines = env.succeed("list", "-n", "e").stdout.splitlines()
    assert lines[:2] == [f"# packages in environment at {env.prefix('e')}:", "#"]
    assert [line.split() for line in lines[2:]] == [
        ["#", "Name", "Version", "Build", "Channel"],
        ["app", "2.0", "0", "https://channels.test/main"],
        ["lib", "1.2", "h0_0", "https://channels.test/main"],
        ["zlib", "1.3", "0"],
    ]


def test_channels_can_be_shown_or_hidden(env: Program) -> None:
    shown = env.succeed("list", "-n", "e", "--show-channel-urls").stdout
    assert shown.splitlines()[-1].split() == ["zlib", "1.3", "0", "defaults"]
    hidden = env.succeed("list", "-n", "e", env={"CONDA_SHOW_CHANNEL_URLS": "0"}).stdout
    assert "channels.test" not in hidden


def test_a_program_sees_eight_keys(env: Program) -> None:
    document = env.succeed("list", "-n", "e", "^li", "--json").document
    assert document == [
        {
            "base_url": "https://channels.test/main",
            "build_number": 0,
            "build_string": "h0_0",
            "channel": "main",
            "dist_name": "lib-1.2-h0_0",
            "name": "lib",
            "platform": "linux-64",
            "version": "1.2",
        }
    ]


def test_names_are_searched_in_any_case(env: Program) -> None:
    rows = env.succeed("list", "-n", "e", "LIB", "--json").document
    assert [row["name"] for row in rows] == ["lib", "zlib"]


def test_a_whole_name_fits_only_itself(env: Program) -> None:
    rows = env.succeed("list", "-n", "e", "--full-name", "lib", "--json").document
    assert [row["name"] for row in rows] == ["lib"]


@pytest.mark.parametrize("words", [["-f", "li"], ["nothing"]])
def test_nothing_found_is_an_error(env: Program, words: list[str]) -> None:
    outcome = env("list", "-n", "e", *words)
    assert (outcome.status, outcome.error) == (1, "PackageNotInstalledError")


def test_a_broken_expression_is_an_error(env: Program) -> None:
    outcome = env("list", "-n", "e", "(")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")


def test_the_order_can_be_reversed(env: Program) -> None:
    rows = env.succeed("list", "-n", "e", "--reverse", "--json").document
    assert [row["name"] for row in rows] == ["zlib", "lib", "app"]


def test_canonical_names(env: Program) -> None:
    assert env.succeed("list", "-n", "e", "-c").stdout == (
        "https://channels.test/main/linux-64::app-2.0-0\n"
        "https://channels.test/main/linux-64::lib-1.2-h0_0\n"
        "defaults/linux-64::zlib-1.3-0\n"
    )


def test_an_export_can_be_read_by_create(env: Program) -> None:
    shown = env.succeed("list", "-n", "e", "--export").stdout
    assert shown == f"{HEADER}app=2.0=0\nlib=1.2=h0_0\nzlib=1.3=0\n"


def test_explicit_urls_come_in_the_order_of_installation(env: Program) -> None:
    urls = [
        "https://repo.anaconda.com/pkgs/main/linux-64/zlib-1.3-0.conda",
        "https://channels.test/main/linux-64/lib-1.2-h0_0.conda",
        "https://channels.test/main/linux-64/app-2.0-0.conda",
    ]
    shown = env.succeed("list", "-n", "e", "--explicit").stdout
    assert shown == f"{HEADER}@EXPLICIT\n" + "".join(f"{url}\n" for url in urls)
    assert env.succeed("list", "-n", "e", "--explicit", "--json").document == urls


def test_explicit_urls_come_level_by_level_as_in_lists_of_conda(conda: Program) -> None:
    put(
        conda.prefix("levels"),
        record("app", "1", "0", ["lib >=2"]),
        record("lib", "1", "0", ["zlib"]),
        record("python", "1", "0", ["zlib", "gone"]),
        record("script", "1", "0", noarch="python"),
        record("zlib", "1", "0", ["__glibc >=2.17"]),
        record("alone", "1", "0"),
        record("one", "1", "0", ["other"]),
        record("other", "1", "0", ["one"]),
    )
    urls = conda.succeed("list", "-n", "levels", "--explicit", "--json").document
    assert [url.rpartition("/")[2].partition("-")[0] for url in urls] == [
        *("alone", "one"),
        *("other", "zlib"),
        *("lib", "python"),
        *("app", "script"),
    ]


@pytest.mark.parametrize(("option", "digest"), [("--md5", "a" * 32), ("--sha256", "b" * 64)])
def test_explicit_urls_may_carry_digests(env: Program, option: str, digest: str) -> None:
    last = env.succeed("list", "-n", "e", "--explicit", option).stdout.splitlines()[-1]
    assert last == f"https://channels.test/main/linux-64/app-2.0-0.conda#{digest}"


def test_secrets_are_shown_only_on_request(env: Program) -> None:
    secret = {"CONDA_CHANNELS": "https://channels.test/t/tk-123/main"}
    plain = env.succeed("list", "-n", "e", "--explicit", env=secret).stdout
    assert "tk-123" not in plain
    full = env.succeed("list", "-n", "e", "--explicit", "--auth", env=secret).stdout
    assert "https://channels.test/t/tk-123/main/linux-64/app-2.0-0.conda" in full


def test_columns_can_be_chosen(env: Program) -> None:
    lines = env.succeed("list", "-n", "e", "--fields", "name, depends,channel,md5").stdout
    assert [line.split() for line in lines.splitlines()[2:]] == [
        ["#", "Name", "Depends", "Channel", "Md5"],
        ["app", "lib", "https://channels.test/main", "a" * 32],
        ["lib", "zlib", ">=1", "https://channels.test/main"],
        ["zlib", "https://repo.anaconda.com/pkgs/main"],
    ]


@pytest.mark.parametrize("fields", ["name,colour", ""])
def test_columns_that_do_not_exist_are_refused(env: Program, fields: str) -> None:
    outcome = env("list", "-n", "e", "--fields", fields)
    assert (outcome.status, outcome.error) == (1, "CondaValueError")


def test_revisions_tell_what_happened(env: Program) -> None:
    when = datetime(2026, 1, 31, 12, tzinfo=UTC)
    old, new = ["c/linux-64::app-1.0-0"], ["c/linux-64::app-2.0-0"]
    history = History(str(env.prefix("e")))
    history.append_block((), old, when=when, tool_version="1")
    history.append_block(old, new, when=when, tool_version="1")
    assert env.succeed("list", "-n", "e", "--revisions").stdout == (
        "2026-01-31 12:00:00  (rev 0)\n"
        "    +app-1.0 (c/linux-64)\n"
        "\n"
        "2026-01-31 12:00:00  (rev 1)\n"
        "     app  {1.0 (c/linux-64) -> 2.0 (c/linux-64)}\n"
        "\n"
    )
    document = env.succeed("list", "-n", "e", "-r", "--json").document
    assert document[1]["upgrade"] == [
        {"old": "app-1.0-0-c/linux-64", "new": "app-2.0-0-c/linux-64"}
    ]


def test_the_active_environment_is_the_default(env: Program) -> None:
    rows = env.succeed("list", "--json", env={"CONDA_PREFIX": str(env.prefix("e"))}).document
    assert [row["name"] for row in rows] == ["app", "lib", "zlib"]


def test_a_base_that_does_not_exist_yet_is_empty(env: Program) -> None:
    assert env.succeed("list", "--json").document == []


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["-n", "nowhere"], "EnvironmentLocationNotFound"),
        (["-p", "/nowhere/at/all"], "EnvironmentLocationNotFound"),
        (["-p", "/"], "DirectoryNotACondaEnvironmentError"),
        (["-n", "a/b"], "CondaValueError"),
    ],
)
def test_what_is_no_environment_is_an_error(env: Program, words: list[str], error: str) -> None:
    outcome = env("list", *words, "--json")
    assert (outcome.status, outcome.error) == (1, error)


def test_a_damaged_record_is_an_error(env: Program) -> None:
    (env.prefix("e") / "conda-meta" / "broken-1.0-0.json").write_text("{nope")
    outcome = env("list", "-n", "e", "--json")
    assert (outcome.status, outcome.error) == (1, "CorruptedEnvironmentError")
    assert outcome.document["corrupted_file"].endswith("broken-1.0-0.json")


def test_sizes_are_those_on_disk(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "s", "lib=2.0")
    prefix = conda.prefix("s")
    rows = conda.succeed("list", "-n", "s", "--size", "--json").document
    assert [(row["name"], row["size"]) for row in rows] == [("lib", len("2.0")), ("zlib", 1)]
    lines = conda.succeed("list", "-n", "s", "--size").stdout.splitlines()
    assert lines[0] == f"# packages in environment at {prefix}:"
    assert lines[1].startswith("# environment size: ")
    assert [line.split()[-2:] for line in lines[3:]] == [
        ["Channel", "Size"],
        ["3", "B"],
        ["1", "B"],
    ]
