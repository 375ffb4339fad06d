from pathlib import Path

import pytest

from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.models.channel import ChannelConfig
from conda_clone.models.records import PrefixRecord
from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program
from tests.support.records import record


def rows(shown: str) -> list[list[str]]:
    lines = shown.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("# Name"))
    return [line.split() for line in lines[start + 1 :]]


def test_a_person_sees_a_table(conda: Program) -> None:
    shown = conda.succeed("search", "lib").stdout
    assert shown.startswith("Loading channels: ...working... done\n# Name ")
    assert rows(shown) == [
        ["lib", version, "0", "main"] for version in ("1.0", "1.1", "1.2", "2.0")
    ]


def test_columns_of_pipes_are_where_scripts_cut_them(conda: Program) -> None:
    shown = conda.succeed("search", "zlib").stdout.splitlines()
    assert shown[1:] == [
        "# Name                       Version           Build  Channel             ",
        "zlib                             1.0               0  main                ",
    ]


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ("app>=1.1", ["app 1.1", "app 2.0"]),
        ("LIB=1.1", ["lib 1.1"]),
        ("*li*==2", ["lib 2.0"]),
        ("^z.*$", ["zlib 1.0"]),
        ("lib[version='>1',build=0*]", ["lib 1.1", "lib 1.2", "lib 2.0"]),
        ("data[subdir=noarch]", ["data 1.0"]),
    ],
)
def test_a_spec_is_matched(conda: Program, spec: str, found: list[str]) -> None:
    assert [" ".join(row[:2]) for row in rows(conda.succeed("search", spec).stdout)] == found


def test_a_program_sees_whole_records_by_name(conda: Program) -> None:
    document = conda.succeed("search", "zlib", "--json").document
    assert list(document) == ["zlib"]
    (entry,) = document["zlib"]
    assert entry["fn"] == "zlib-1.0-0.tar.bz2"
    assert entry["url"] == f"{conda.channel}/linux-64/zlib-1.0-0.tar.bz2"
    assert entry["channel"] == f"{conda.channel}/linux-64"


def test_versions_are_sorted_as_versions(tmp_path: Path, isolated: Path) -> None:
    channel = ChannelBuilder(tmp_path / "numbers")
    for version in ("1.10", "1.9", "1.9rc1"):
        channel.add(name="num", version=version)
    channel.write()
    conda = Program(tmp_path / "root", isolated, channel.url)
    entries = conda.succeed("search", "num", "--json").document["num"]
    assert [entry["version"] for entry in entries] == ["1.9rc1", "1.9", "1.10"]


def test_all_packages_are_found_by_a_star(conda: Program) -> None:
    assert {"app", "lib", "zlib", "data"} <= set(conda.succeed("search", "--json").document)


def test_a_name_that_does_not_exist_is_looked_for_inside_others(conda: Program) -> None:
    shown = conda.succeed("search", "igh").stdout
    assert "No match found for: igh. Search: *igh*\n" in shown
    assert [row[0] for row in rows(shown)] == ["right"]


@pytest.mark.parametrize(
    "words", [["nowhere-at-all"], ["lib>9"], ["--skip-flexible-search", "igh"]]
)
def test_nothing_found_is_an_error(conda: Program, words: list[str]) -> None:
    outcome = conda("search", *words, "--json")
    assert (outcome.status, outcome.error) == (1, "PackagesNotFoundInChannelsError")
    assert outcome.document["channel_urls"] == [
        f"{conda.channel}/linux-64",
        f"{conda.channel}/noarch",
    ]


def test_a_wrong_spec_is_an_error(conda: Program) -> None:
    assert conda("search", "lib[", "--json").error == "InvalidMatchSpec"


def test_details_are_shown_on_request(conda: Program) -> None:
    lines = conda.succeed("search", "app=1.1", "--info").stdout.splitlines()
    start = lines.index("app 1.1 0")
    assert lines[start + 1] == "---------"
    assert f"url         : {conda.channel}/linux-64/app-1.1-0.conda" in lines
    assert lines[lines.index("dependencies: ") + 1] == "  - lib >=1.1,<2"


def test_details_of_a_package_without_dependencies(conda: Program) -> None:
    lines = conda.succeed("search", "constr", "--info").stdout.splitlines()
    assert lines[lines.index("constraints : ") + 1] == "  - lib <2"
    assert "dependencies: []" in lines


def test_another_platform_can_be_searched(conda: Program) -> None:
    document = conda.succeed("search", "--platform", "osx-arm64", "data", "--json").document
    assert [entry["subdir"] for entry in document["data"]] == ["noarch"]
    assert conda("search", "--platform", "osx-arm64", "lib").status == 1


def test_a_channel_in_the_spec_is_searched_instead(conda: Program, tmp_path: Path) -> None:
    other = ChannelBuilder(tmp_path / "other")
    other.add(name="lib", version="7.0")
    other.write()
    entries = conda.succeed("search", f"{other.url}::lib", "--json").document["lib"]
    assert [entry["version"] for entry in entries] == ["7.0"]


def test_a_channel_that_does_not_exist_is_an_error(conda: Program, tmp_path: Path) -> None:
    outcome = conda("search", "-O", "-c", (tmp_path / "nothing").as_uri(), "lib", "--json")
    assert (outcome.status, outcome.error) == (1, "UnavailableInvalidChannel")


def test_without_channels_there_is_nothing_to_search(conda: Program, tmp_path: Path) -> None:
    condarc = tmp_path / "condarc.yml"
    condarc.write_text("channels: []\n")
    none = {"CONDA_CHANNELS": "", "CONDARC": str(condarc)}
    outcome = conda("search", "lib", "--json", env=none)
    assert (outcome.status, outcome.error) == (1, "NoChannelsConfiguredError")
    assert outcome.document["packages"] == ["lib"]


def test_environments_can_be_searched(conda: Program) -> None:
    prefix = conda.prefix("e")
    data = PrefixData(str(prefix), ChannelConfig())
    for name in ("lib", "other"):
        data.insert(PrefixRecord.from_record(record(name)))
    (prefix / "conda-meta" / "history").touch()
    shown = conda.succeed("search", "--envs", "lib").stdout
    assert ["lib", "1.0", "0", "main", str(prefix)] in rows(shown)
    document = conda.succeed("search", "--envs", "lib", "--json").document
    found = {each["location"]: each["package_records"] for each in document}
    assert [entry["name"] for entry in found[str(prefix)]] == ["lib"]


def test_nothing_found_in_environments_is_an_error(conda: Program) -> None:
    outcome = conda("search", "--envs", "nowhere-at-all", "--json")
    assert (outcome.status, outcome.error) == (1, "PackagesNotFoundError")


def test_what_may_have_been_meant_is_said(conda: Program) -> None:
    outcome = conda("search", "datta")
    assert outcome.status == 1
    assert "there is `data`" in outcome.stderr


def test_options_without_effect_are_accepted_and_told(conda: Program) -> None:
    outcome = conda.succeed("search", "--full-name", "lib", "--json")
    assert list(outcome.document) == ["lib"]
    assert outcome.stderr == "--full-name has no effect.\n"
