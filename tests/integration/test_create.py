import hashlib
import json
import os
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program


def test_an_environment_holds_what_was_asked_for_and_what_that_needs(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app")
    assert conda.installed("e") == ["app-2.0-0", "lib-2.0-0", "zlib-1.0-0"]
    assert (conda.prefix("e") / "lib/lib.txt").read_text() == "2.0"


def test_the_history_tells_packages_and_wishes(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app=1")
    lines = (conda.prefix("e") / "conda-meta/history").read_text().splitlines()
    assert lines[0].startswith("==> ")
    assert lines[1].startswith("# cmd: ")
    assert lines[3:] == [
        f"+{conda.channel}/linux-64::app-1.1-0",
        f"+{conda.channel}/linux-64::lib-1.2-0",
        f"+{conda.channel}/linux-64::zlib-1.0-0",
        "# update specs: ['app=1']",
    ]


def test_a_person_sees_the_plan_and_how_to_activate(conda: Program) -> None:
    shown = conda.succeed("create", "-n", "e", "-y", "data").stdout
    assert "## Package Plan ##" in shown
    assert f"environment location: {conda.prefix('e')}" in shown
    assert "data               main/noarch::data-1.0-0" in shown
    assert "conda activate e" in shown


def test_a_program_gets_one_document(conda: Program) -> None:
    document = conda.succeed("create", "-n", "e", "--json", "data").document
    assert document["success"] is True
    assert document["prefix"] == str(conda.prefix("e"))
    assert [record["name"] for record in document["actions"]["FETCH"]] == ["data"]
    assert document["actions"]["LINK"] == [
        {
            "base_url": conda.channel,
            "build_number": 0,
            "build_string": "0",
            "channel": "main",
            "dist_name": "data-1.0-0",
            "name": "data",
            "platform": "noarch",
            "version": "1.0",
        }
    ]


def test_a_dry_run_changes_nothing(conda: Program) -> None:
    outcome = conda.succeed("create", "-n", "e", "--dry-run", "app")
    assert "app-2.0-0" in outcome.stdout
    assert outcome.error == "DryRunExit"
    assert not conda.prefix("e").exists()


def test_a_dry_run_for_programs_says_so(conda: Program) -> None:
    document = conda.succeed("create", "--dry-run", "--json", "data").document
    assert document["dry_run"] is True
    assert document["prefix"].endswith("unused-env-name")


def test_answering_no_ends_well_and_changes_nothing(conda: Program) -> None:
    outcome = conda.succeed("create", "-n", "e", "data", stdin="n\n")
    assert outcome.error == "CondaSystemExit"
    assert not conda.prefix("e").exists()


def test_another_answer_is_asked_for_again(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "data", stdin="what\nyes\n")
    assert conda.installed("e") == ["data-1.0-0"]


def test_only_a_download_is_wanted(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "--download-only", "-y", "data")
    assert not conda.prefix("e").exists()
    assert (conda.pkgs / "data-1.0-0/info/repodata_record.json").is_file()


def test_packages_can_be_copied(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "--copy", "data")
    assert (conda.prefix("e") / "share/data.txt").stat().st_nlink == 1


def test_files_are_linked_from_the_cache_by_default(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "data")
    packaged = conda.pkgs / "data-1.0-0/share/data.txt"
    assert (conda.prefix("e") / "share/data.txt").samefile(packaged)


def test_files_that_name_their_prefix_name_the_new_one(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "text")
    expected = f"prefix={conda.prefix('e')}\n"
    assert (conda.prefix("e") / "etc/text.cfg").read_text() == expected


def test_specs_come_from_a_file(conda: Program, tmp_path: Path) -> None:
    specs = tmp_path / "specs.txt"
    specs.write_text("# mine\nlib=1.1\n\ndata\n")
    conda.succeed("create", "-n", "e", "-y", "--file", specs)
    assert conda.installed("e") == ["data-1.0-0", "lib-1.1-0", "zlib-1.0-0"]


@pytest.mark.parametrize(
    ("option", "expected"),
    [("--no-deps", ["app-2.0-0"]), ("--only-deps", ["lib-2.0-0", "zlib-1.0-0"])],
)
def test_only_a_part_of_the_solution_can_be_wanted(
    conda: Program, option: str, expected: list[str]
) -> None:
    conda.succeed("create", "-n", "e", "-y", option, "app")
    assert conda.installed("e") == expected


def test_settings_can_say_what_options_do_not(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app", env={"CONDA_DEPS_MODIFIER": "no_deps"})
    assert conda.installed("e") == ["app-2.0-0"]


def test_default_packages_join_what_is_named_unless_declined(
    conda: Program, tmp_path: Path
) -> None:
    specs = tmp_path / "specs.txt"
    specs.write_text("data\n")
    defaults = {"CONDA_CREATE_DEFAULT_PACKAGES": "zlib"}
    conda.succeed("create", "-n", "a", "-y", "data", env=defaults)
    assert conda.installed("a") == ["data-1.0-0", "zlib-1.0-0"]
    history = (conda.prefix("a") / "conda-meta" / "history").read_text()
    assert history.endswith("# update specs: ['data', 'zlib']\n")
    conda.succeed("remove", "-n", "a", "-y", "data")
    assert conda.installed("a") == ["zlib-1.0-0"]
    conda.succeed("create", "-n", "b", "-y", "--no-default-packages", "data", env=defaults)
    assert conda.installed("b") == ["data-1.0-0"]
    conda.succeed("create", "-n", "c", "-y", "--file", specs, env=defaults)
    assert conda.installed("c") == ["data-1.0-0"]


def test_an_explicit_list_is_installed_without_solving(conda: Program, tmp_path: Path) -> None:
    conda.succeed("create", "-n", "e", "-y", "app=1.0")
    listing = tmp_path / "explicit.txt"
    listing.write_text(conda.succeed("list", "-n", "e", "--explicit", "--md5").stdout)
    conda.succeed("create", "-n", "copy", "-y", "--file", listing, env={"CONDA_CHANNELS": ""})
    assert conda.installed("copy") == conda.installed("e")


def test_an_explicit_list_with_a_wrong_digest_is_refused(conda: Program, tmp_path: Path) -> None:
    listing = tmp_path / "explicit.txt"
    listing.write_text(f"@EXPLICIT\n{conda.channel}/noarch/data-1.0-0.conda#{'0' * 32}\n")
    outcome = conda("create", "-n", "e", "-y", "--file", listing)
    assert (outcome.status, outcome.error) == (1, "ChecksumMismatchError")
    assert not conda.prefix("e").exists()


def test_an_archive_can_be_named_by_its_path(conda: Program, small_channel: ChannelBuilder) -> None:
    conda.succeed("create", "-n", "e", "-y", small_channel.root / "noarch/data-1.0-0.conda")
    assert conda.installed("e") == ["data-1.0-0"]


def test_a_dry_run_of_archives_fetches_nothing(
    conda: Program, small_channel: ChannelBuilder
) -> None:
    archive = small_channel.root / "noarch/data-1.0-0.conda"
    document = conda.succeed("create", "-n", "e", "--dry-run", "--json", archive).document
    assert [record["name"] for record in document["actions"]["LINK"]] == ["data"]
    assert not (conda.pkgs / "data-1.0-0").exists()


def test_an_explicit_list_and_names_do_not_mix(conda: Program, tmp_path: Path) -> None:
    listing = tmp_path / "explicit.txt"
    listing.write_text(f"@EXPLICIT\n{conda.channel}/noarch/data-1.0-0.conda\n")
    outcome = conda("create", "-n", "e", "-y", "--file", listing, "app")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")


def test_an_archive_must_be_called_like_a_package(conda: Program) -> None:
    outcome = conda("create", "-n", "e", "-y", "https://c.test/noarch/data.conda")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")


def test_a_forbidden_archive_is_refused(conda: Program, small_channel: ChannelBuilder) -> None:
    archive = small_channel.root / "noarch/data-1.0-0.conda"
    forbidden = {"CONDA_DISALLOWED_PACKAGES": "data"}
    outcome = conda("create", "-n", "e", "-y", archive, env=forbidden)
    assert (outcome.status, outcome.error) == (1, "DisallowedPackageError")
    assert not conda.prefix("e").exists()


def test_archives_and_names_do_not_mix(conda: Program, small_channel: ChannelBuilder) -> None:
    archive = small_channel.root / "noarch/data-1.0-0.conda"
    outcome = conda("create", "-n", "e", "-y", archive, "app")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")


def test_a_clone_has_the_same_packages_and_the_users_own_files(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app=1.0", "text")
    (conda.prefix("e") / "mine").mkdir()
    (conda.prefix("e") / "mine/note.txt").write_text(f"see {conda.prefix('e')}\n")
    (conda.prefix("e") / "mine/raw.bin").write_bytes(f"\0{conda.prefix('e')}".encode())
    (conda.prefix("e") / "mine/link").symlink_to("note.txt")
    conda.succeed("create", "-n", "copy", "--clone", "e", "-y")
    copy = conda.prefix("copy")
    assert conda.installed("copy") == conda.installed("e")
    assert (copy / "mine/note.txt").read_text() == f"see {copy}\n"
    assert (copy / "mine/raw.bin").read_bytes() == f"\0{conda.prefix('e')}".encode()
    assert os.readlink(copy / "mine/link") == "note.txt"
    assert (copy / "etc/text.cfg").read_text() == f"prefix={copy}\n"


def forget_address(record: Path) -> None:
    content = json.loads(record.read_text())
    content["url"] = content["fn"] = ""
    content["channel"] = "<unknown>"
    record.write_text(json.dumps(content))


def test_a_clone_finds_packages_that_do_not_say_where_they_came_from(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app=1.0")
    forget_address(conda.prefix("e") / "conda-meta/app-1.0-0.json")
    conda.succeed("create", "-n", "copy", "--clone", "e", "-y")
    assert conda.installed("copy") == conda.installed("e")


def test_a_clone_names_packages_that_are_nowhere_to_be_had(conda: Program, tmp_path: Path) -> None:
    conda.succeed("create", "-n", "e", "-y", "app=1.0")
    forget_address(conda.prefix("e") / "conda-meta/app-1.0-0.json")
    other = ChannelBuilder(tmp_path / "other")
    other.write()
    elsewhere = {"CONDA_CHANNELS": other.url}
    outcome = conda("create", "-n", "copy", "--clone", "e", "-y", "--json", env=elsewhere)
    assert outcome.document["exception_name"] == "PackagesNotFoundInChannelsError"
    assert outcome.document["packages"] == ["app==1.0=0"]
    assert not conda.prefix("copy").exists()


def test_a_dry_run_of_a_clone_says_what_there_is_to_copy(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "data")
    outcome = conda.succeed("create", "-n", "copy", "--clone", "e", "--dry-run")
    assert "Packages: 1\nFiles: 0" in outcome.stdout
    assert not conda.prefix("copy").exists()


@pytest.mark.parametrize(
    ("words", "status", "error"),
    [
        (["-n", "e", "--clone", "nope", "-y"], 1, "EnvironmentLocationNotFound"),
        (["-n", "e", "--clone", "x", "-y", "data"], 2, "ArgumentError"),
        (["-y", "data"], 2, "ArgumentError"),
        (["-n", "base", "-y"], 1, "CondaValueError"),
        (["-n", "a/b", "-y"], 1, "CondaValueError"),
        (["-n", "a b", "-y"], 1, "CondaValueError"),
        (["-n", "e", "-y", "nosuch"], 1, "PackagesNotFoundInChannelsError"),
        (["-n", "e", "-y", "app=9"], 1, "PackagesNotFoundInChannelsError"),
        (["-n", "e", "-y", "broken"], 1, "PackagesNotFoundInChannelsError"),
        (["-n", "e", "-y", "needs-gpu"], 1, "PackagesNotFoundInChannelsError"),
        (["-n", "e", "-y", "app=2", "constr"], 1, "UnsatisfiableError"),
        (["-n", "e", "-y", "app[bad=1]"], 1, "InvalidMatchSpec"),
        (["-n", "e", "-y", "app>=1..2"], 1, "InvalidMatchSpec"),
        (["-n", "e", "-y", "fails"], 1, "LinkError"),
        (["-n", "e", "-y", "--file", "nope.txt"], 1, "EnvironmentFileNotFound"),
        (["-n", "e", "-y", "--file", "environment.yml"], 1, "EnvironmentFileNotFound"),
        (["-n", "e", "-y", "--override-channels", "data"], 2, "ArgumentError"),
        (["-n", "e", "-y", "-c", "file:///nowhere", "data"], 1, "UnavailableInvalidChannel"),
    ],
)
def test_what_cannot_be_done_is_named_and_leaves_nothing_behind(
    conda: Program, words: list[str], status: int, error: str
) -> None:
    outcome = conda("create", *words)
    assert (outcome.status, outcome.error) == (status, error)
    assert "Traceback" not in outcome.stderr
    as_document = conda("create", *words, "--json")
    assert (as_document.status, as_document.document["exception_name"]) == (status, error)
    assert not conda.prefix("e").exists()


def test_packages_that_cannot_be_fetched_are_reported_as_a_list(conda: Program) -> None:
    strict = {"CONDA_SAFETY_CHECKS": "enabled"}
    outcome = conda("create", "-n", "e", "-y", "wrong-hash", env=strict)
    assert (outcome.status, outcome.error) == (1, "ChecksumMismatchError")
    document = conda("create", "-n", "e", "-y", "wrong-hash", "--json", env=strict).document
    assert document["exception_name"] == "CondaMultiError"
    # One for the download, one for the extraction that could not begin; people see one.
    assert [each["exception_name"] for each in document["errors"]] == ["ChecksumMismatchError"] * 2
    assert outcome.stderr.count("ChecksumMismatchError") == 1
    assert not conda.prefix("e").exists()


def test_a_pattern_asks_for_what_brings_the_fewest_packages(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "^(lib|zl.*)$")
    assert conda.installed("e") == ["zlib-1.0-0"]
    history = (conda.prefix("e") / "conda-meta" / "history").read_text()
    assert history.endswith("# update specs: ['zlib']\n")
    conda.succeed("create", "-n", "old", "-y", "l*b=1.*")
    assert conda.installed("old") == ["lib-1.2-0", "zlib-1.0-0"]
    conda.succeed("install", "-n", "old", "-y", "^(data|lib)$")  # one of them is there
    assert conda.installed("old") == ["lib-2.0-0", "zlib-1.0-0"]


def test_a_pattern_that_fits_nothing_or_too_much_is_refused(conda: Program, tmp_path: Path) -> None:
    for pattern in ("nosuch*", "bro*en", "app*=9"):
        outcome = conda("create", "-n", "e", "-y", pattern)
        assert (outcome.status, outcome.error) == (1, "CondaValueError")
        assert "fits no package that can be installed" in outcome.stderr
    crowd = ChannelBuilder(tmp_path / "crowd")
    for number in range(21):
        crowd.add(name=f"crowd{number}")
    crowd.write()
    outcome = conda("create", "-n", "e", "-y", "--override-channels", "-c", crowd.url, "crowd*")
    assert "fits 21 packages" in outcome.stderr
    assert not conda.prefix("e").exists()


def test_an_archive_of_this_machine_may_be_newer_than_its_index(conda: Program) -> None:
    outcome = conda.succeed("create", "-n", "e", "-y", "wrong-hash")
    assert "but its channel says" in outcome.stderr
    record = json.loads((conda.prefix("e") / "conda-meta/wrong-hash-1.0-0.json").read_text())
    archive = Path(record["package_tarball_full_path"]).read_bytes()
    assert record["sha256"] == hashlib.sha256(archive).hexdigest()
    assert record["size"] == len(archive)
    again = conda.succeed("create", "-n", "again", "-y", "wrong-hash", "--json")
    assert (again.document["actions"]["FETCH"], again.stderr) == ([], "")


def test_an_archive_that_came_over_a_network_must_be_what_its_index_says(
    conda: Program, small_channel: ChannelBuilder
) -> None:
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        channel = {"CONDA_CHANNELS": server.url("main"), "CONDA_SAFETY_CHECKS": "disabled"}
        outcome = conda("create", "-n", "e", "-y", "wrong-hash", env=channel)
    assert (outcome.status, outcome.error) == (1, "ChecksumMismatchError")
    assert not conda.prefix("e").exists()


def test_without_channels_there_is_nothing_to_take_packages_from(
    conda: Program, tmp_path: Path
) -> None:
    condarc = tmp_path / "condarc.yml"
    condarc.write_text("channels: []\n")
    no_channels = {"CONDARC": str(condarc), "CONDA_CHANNELS": ""}
    outcome = conda("create", "-n", "e", "-y", "data", env=no_channels)
    assert (outcome.status, outcome.error) == (1, "NoChannelsConfiguredError")


def test_name_and_path_exclude_each_other(conda: Program, tmp_path: Path) -> None:
    outcome = conda("create", "-n", "e", "-p", tmp_path / "p", "-y", "data")
    assert outcome.status == 2


def test_a_package_that_vanished_from_the_channel_is_named(conda: Program) -> None:
    outcome = conda("create", "-n", "e", "-y", "vanished")
    assert outcome.status == 1
    assert "vanished-1.0-0" in outcome.stderr
    assert not conda.prefix("e").exists()


def test_a_file_in_the_way_is_left_alone(conda: Program, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    outcome = conda("create", "-p", tmp_path / "file", "-y", "data")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")
    assert (tmp_path / "file").read_text() == "mine"


def test_an_existing_environment_is_replaced_only_when_agreed(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "data")
    (conda.prefix("e") / "mine.txt").write_text("mine")
    assert conda.succeed("create", "-n", "e", "text", stdin="\n").error == "CondaSystemExit"
    assert conda.installed("e") == ["data-1.0-0"]
    conda.succeed("create", "-n", "e", "-y", "text")
    assert conda.installed("e") == ["text-1.0-0"]
    assert not (conda.prefix("e") / "mine.txt").exists()


def test_an_existing_environment_survives_a_new_one_that_fails(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "data")
    assert conda("create", "-n", "e", "-y", "fails").status == 1
    assert conda.installed("e") == ["data-1.0-0"]
    assert sorted(path.name for path in conda.envs.iterdir()) == ["e"]


def test_an_existing_environment_is_not_touched_by_a_download(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "data")
    inode = conda.prefix("e").stat().st_ino
    conda.succeed("create", "-n", "e", "-y", "--download-only", "text")
    assert conda("create", "-n", "e", "-y", "nosuch").status == 1
    assert conda.prefix("e").stat().st_ino == inode
    assert conda.installed("e") == ["data-1.0-0"]


def test_a_clone_replaces_an_environment_only_when_it_stands(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "data")
    conda.succeed("create", "-n", "copy", "-y", "text")
    conda.succeed("create", "-n", "copy", "--clone", "e", "-y")
    assert conda.installed("copy") == ["data-1.0-0"]


def test_a_folder_of_the_user_is_taken_over_only_when_agreed(
    conda: Program, tmp_path: Path
) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p/mine.txt").write_text("mine")
    assert conda("create", "-p", tmp_path / "p", "data", stdin="\n").error == "CondaSystemExit"
    conda.succeed("create", "-p", tmp_path / "p", "-y", "data")
    assert (tmp_path / "p/mine.txt").read_text() == "mine"
    assert conda("create", "-p", tmp_path / "q/../p/inner", "-y").error == "CondaValueError"


def test_a_path_with_spaces_and_other_letters_works(conda: Program, tmp_path: Path) -> None:
    prefix = tmp_path / "mein Ordner é"
    outcome = conda.succeed("create", "-p", prefix, "-y", "text")
    assert "space" in outcome.stderr
    assert (prefix / "etc/text.cfg").read_text() == f"prefix={prefix}\n"


def test_a_foreign_platform_stays_with_the_environment(conda: Program) -> None:
    conda.succeed("create", "-n", "mac", "-y", "--platform", "osx-arm64", "data")
    assert (conda.prefix("mac") / ".condarc").read_text() == "subdir: osx-arm64\n"


@pytest.mark.parametrize("option", ["--dry-run", "--download-only"])
def test_who_changes_nothing_remembers_no_platform_either(conda: Program, option: str) -> None:
    conda.succeed("create", "-n", "e", "-y", "data")
    conda.succeed("create", "-n", "e", "-y", "--json", option, "--platform", "osx-arm64", "data")
    assert not (conda.prefix("e") / ".condarc").exists()


def test_packages_come_over_http_once(conda: Program, small_channel: ChannelBuilder) -> None:
    with ChannelServer(cache_control="max-age=60") as server:
        server.mount("main", small_channel.root)
        channel = {"CONDA_CHANNELS": server.url("main")}
        conda.succeed("create", "-n", "one", "-y", "app", env=channel)
        conda.succeed("create", "-n", "two", "-y", "app", env=channel)
        packages = [path for path in server.paths() if path.endswith((".conda", ".bz2"))]
        indexes = server.paths("*repodata*")
    assert len(packages) == 3
    assert len(indexes) == len(set(indexes))
    assert conda.installed("two") == conda.installed("one")


def test_an_index_that_is_none_is_named_and_not_kept(
    conda: Program, small_channel: ChannelBuilder
) -> None:
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        server.fail("*repodata.json*", body=b"{nope")
        channel = {"CONDA_CHANNELS": server.url("main"), "CONDA_REMOTE_MAX_RETRIES": "0"}
        outcome = conda("create", "-n", "e", "-y", "data", "--json", env=channel)
        assert (outcome.status, outcome.document["exception_name"]) == (1, "ParseError")
        assert not conda.prefix("e").exists()
        server.heal()
        conda.succeed("create", "-n", "e", "-y", "data", env=channel)


def test_a_truncated_download_leaves_neither_environment_nor_cache_entry(
    conda: Program, small_channel: ChannelBuilder
) -> None:
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        server.fail("*data-1.0-0.conda", truncate=100)
        channel = {
            "CONDA_CHANNELS": server.url("main"),
            "CONDA_REMOTE_MAX_RETRIES": "0",
        }
        outcome = conda("create", "-n", "e", "-y", "data", "--json", env=channel)
        assert outcome.status == 1
        error, _ = outcome.document["errors"]
        assert error["exception_name"] in {"CondaHTTPError", "ChecksumMismatchError"}
        server.heal()
        conda.succeed("create", "-n", "e", "-y", "data", env=channel)
    assert conda.installed("e") == ["data-1.0-0"]


def test_an_offline_run_uses_what_the_cache_holds(
    conda: Program, small_channel: ChannelBuilder
) -> None:
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        channel = {"CONDA_CHANNELS": server.url("main")}
        conda.succeed("create", "-n", "one", "-y", "data", env=channel)
    conda.succeed("create", "-n", "two", "-y", "--offline", "data", env=channel)
    assert conda.installed("two") == ["data-1.0-0"]


def test_an_offline_run_takes_the_newest_that_the_cache_holds(
    conda: Program, small_channel: ChannelBuilder
) -> None:
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        channel = {"CONDA_CHANNELS": server.url("main")}
        conda.succeed("create", "-n", "one", "-y", "app=1.0", env=channel)
    conda.succeed("create", "-n", "two", "-y", "--offline", "app", env=channel)
    assert conda.installed("two") == conda.installed("one")


def test_an_offline_run_says_what_the_network_would_be_needed_for(
    conda: Program, small_channel: ChannelBuilder
) -> None:
    with ChannelServer() as server:
        server.mount("main", small_channel.root)
        channel = {"CONDA_CHANNELS": server.url("main")}
        conda.succeed("create", "-n", "one", "-y", "app=1.0", env=channel)
    outcome = conda("create", "-n", "two", "-y", "--offline", "data", "app=1.0", env=channel)
    assert (outcome.status, outcome.error) == (1, "OfflineError")
    assert "no cache holds these packages:\n\n  - data-1.0-0\n" in outcome.stderr
    assert not conda.prefix("two").exists()
    planned = conda.succeed(
        "create", "-n", "two", "--dry-run", "--offline", "--json", "data", env=channel
    )
    assert [each["name"] for each in planned.document["actions"]["FETCH"]] == ["data"]
    nowhere = conda("create", "-n", "two", "-y", "--offline", "nosuch", env=channel)
    assert nowhere.error == "PackagesNotFoundInChannelsError"


def test_records_on_disk_are_complete(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "data")
    record = json.loads((conda.prefix("e") / "conda-meta/data-1.0-0.json").read_text())
    assert record["channel"] == f"{conda.channel}/noarch"
    assert record["url"] == f"{conda.channel}/noarch/data-1.0-0.conda"
    assert record["files"] == ["share/data.txt"]
    assert record["link"] == {"source": str(conda.pkgs / "data-1.0-0"), "type": 1}
    assert record["requested_spec"] == "data"


def test_the_environment_is_registered(conda: Program, isolated: Path) -> None:
    conda.succeed("create", "-n", "e", "-y", "data")
    registry = isolated / ".conda/environments.txt"
    assert registry.read_text().split() == [str(conda.prefix("e"))]
