"""`conda doctor`: what is found in a damaged environment, and how it is repaired."""

import json
import os
import random
import shutil
import ssl
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program
from tests.support.terminals import Person, needs_terminals
from tests.support.transactions import snapshot

ALL = (
    "altered-files",
    "consistency",
    "environment-txt",
    "file-locking",
    "missing-files",
    "pinned",
    "requests-ca-bundle",
)


@pytest.fixture
def prefix(conda: Program) -> Path:
    """Return an environment with packages that need each other, and one that knows its place."""
    conda.succeed("create", "-n", "e", "app", "text", "-y", "-q")
    return conda.prefix("e")


def content(prefix: Path) -> dict[str, tuple[str, int, bytes]]:
    """Return what an environment holds, its history apart, which tells of repairs."""
    return {path: state for path, state in snapshot(prefix).items() if path != "conda-meta/history"}


def failing(conda: Program, *words: str) -> dict[str, dict[str, list[str]]]:
    """Return what `doctor` finds, by the names of the checks."""
    document = conda.succeed("doctor", "-n", "e", "--json", *words).document
    found = {
        name: check["details"] for name, check in document["checks"].items() if not check["ok"]
    }
    assert document["ok"] is not bool(found)
    return found


def test_all_is_well(conda: Program, prefix: Path) -> None:
    assert conda.succeed("check", "-n", "e", "--strict", "--json").document == {
        "success": True,
        "prefix": str(prefix),
        "ok": True,
        "checks": {
            "altered-files": {
                "ok": True,
                "summary": "No package has altered files.",
                "details": {},
            },
            "consistency": {
                "ok": True,
                "summary": "The packages of the environment fit together.",
                "details": {},
            },
            "environment-txt": {
                "ok": True,
                "summary": "The environment is in the user's list of environments.",
                "details": {},
            },
            "file-locking": {
                "ok": True,
                "summary": "The file system of the environment has locks.",
                "details": {},
            },
            "missing-files": {
                "ok": True,
                "summary": "No package has missing files.",
                "details": {},
            },
        },
    }


def test_the_checks_are_listed(conda: Program) -> None:
    listing = conda.succeed("doctor", "--list", "--json").document
    assert tuple(row["name"] for row in listing["health_checks"]) == ALL
    text = conda.succeed("doctor", "--list").stdout
    assert [line.split(":")[0].strip() for line in text.splitlines() if ": " in line] == list(ALL)


def test_damage_is_found_but_is_no_failure(conda: Program, prefix: Path) -> None:
    (prefix / "bin/app").unlink()
    (prefix / "lib/lib.txt").write_text("altered")
    assert failing(conda) == {
        "altered-files": {"lib-2.0-0": ["lib/lib.txt"]},
        "missing-files": {"app-2.0-0": ["bin/app"]},
    }
    outcome = conda.succeed("doctor", "-n", "e")
    assert "❌ 1 package has altered files.\n  lib-2.0-0: 1\n" in outcome.stdout
    assert "    bin/app\n" in conda.succeed("doctor", "-n", "e", "-v").stdout


@needs_terminals
def test_a_person_is_told_what_to_do_about_damage(conda: Program, prefix: Path) -> None:
    well = Person(conda, "doctor", "-n", "e")
    assert well.status() == 0
    assert "hint:" not in well.screen.text
    (prefix / "lib/lib.txt").unlink()
    damaged = Person(conda, "doctor", "-n", "e")
    assert damaged.status() == 0
    assert "hint: -v names the files and packages, --fix repairs" in damaged.screen.text
    repaired = Person(conda, "doctor", "-n", "e", "--fix", "-d")
    assert repaired.status() == 0
    assert "hint:" not in repaired.screen.text


def test_strict_makes_damage_a_failure(conda: Program, prefix: Path) -> None:
    (prefix / "bin/app").unlink()
    assert conda("doctor", "-n", "e", "--strict").status == 1
    assert conda("doctor", "-n", "e", "--strict", "pinned").status == 0


def test_checks_are_chosen_by_name(conda: Program, prefix: Path) -> None:
    outcome = conda.succeed("doctor", "-n", "e", "--json", "missing-files", "no-such")
    assert list(outcome.document["checks"]) == ["missing-files"]
    assert outcome.stderr == "WARNING: There is no health check called `no-such`.\n"


def test_an_environment_must_be_there(conda: Program) -> None:
    assert conda("doctor", "-n", "none", "--json").error == "EnvironmentLocationNotFound"


def test_an_environment_is_repaired_from_the_cache(conda: Program, prefix: Path) -> None:
    before = content(prefix)
    (prefix / "bin/app").unlink()
    (prefix / "etc/text.cfg").write_text("altered")
    outcome = conda.succeed("doctor", "-n", "e", "--fix", "-y", "--offline", "--json")
    assert outcome.document["ok"]
    assert outcome.document["checks"]["altered-files"]["fix_status"] == 0
    assert content(prefix) == before


def test_what_an_edit_damaged_in_the_cache_too_is_extracted_again(
    conda: Program, prefix: Path
) -> None:
    before = content(prefix)
    installed = prefix / "lib/lib.txt"
    installed.write_text("altered")
    assert (conda.pkgs / "lib-2.0-0/lib/lib.txt").read_text() == "altered"
    conda.succeed("doctor", "-n", "e", "--fix", "-y", "--offline")
    assert content(prefix) == before
    assert (conda.pkgs / "lib-2.0-0/lib/lib.txt").read_text() == "2.0"


def test_an_environment_is_repaired_without_caches(conda: Program, prefix: Path) -> None:
    before = content(prefix)
    (prefix / "bin/app").unlink()
    shutil.rmtree(conda.pkgs)
    conda.succeed("doctor", "-n", "e", "--fix", "-y")
    assert content(prefix) == before


def test_a_damaged_cache_that_cannot_be_written_is_passed_over(
    conda: Program, prefix: Path, tmp_path: Path
) -> None:
    before = content(prefix)
    (prefix / "lib/lib.txt").write_text("altered")
    read_only = tmp_path / "read-only"
    conda.pkgs.rename(read_only)
    (read_only / "urls.txt").unlink()
    (read_only / "urls.txt").mkdir()  # cannot be appended to, even by root
    caches = {"CONDA_PKGS_DIRS": f"{read_only},{conda.pkgs}"}
    conda.succeed("doctor", "-n", "e", "--fix", "-y", env=caches)
    assert content(prefix) == before
    assert (read_only / "lib-2.0-0/lib/lib.txt").read_text() == "altered"


def test_a_repair_that_fails_changes_nothing(conda: Program, prefix: Path) -> None:
    (prefix / "bin/app").unlink()
    shutil.rmtree(conda.pkgs)
    conda.pkgs.touch()  # so that nothing can be fetched
    before = snapshot(prefix)
    only = {"CONDA_PKGS_DIRS": str(conda.pkgs)}
    outcome = conda("doctor", "-n", "e", "--fix", "-y", "--json", env=only)
    assert (outcome.status, outcome.error) == (1, "NoWritablePkgsDirError")
    assert snapshot(prefix) == before


def test_wishes_survive_a_repair(conda: Program, prefix: Path) -> None:
    (prefix / "bin/app").unlink()
    (prefix / "lib/lib.txt").unlink()
    conda.succeed("doctor", "-n", "e", "--fix", "-y")
    requested = {
        record["name"]: record.get("requested_specs", [])
        for record in (json.loads(p.read_text()) for p in (prefix / "conda-meta").glob("*.json"))
    }
    assert requested == {"app": ["app"], "lib": [], "text": ["text"], "zlib": []}
    assert failing(conda) == {}


def test_a_person_is_asked_and_may_say_no(conda: Program, prefix: Path) -> None:
    (prefix / "bin/app").unlink()
    outcome = conda.succeed("doctor", "-n", "e", "--fix", stdin="\n")
    assert "Proceed (y/[n])? " in outcome.stdout
    assert not (prefix / "bin/app").exists()


def test_a_dry_run_repairs_nothing(conda: Program, prefix: Path) -> None:
    (prefix / "bin/app").unlink()
    outcome = conda.succeed("doctor", "-n", "e", "--fix", "--dry-run")
    assert "missing-files: Put the affected packages in place again.\n" in outcome.stdout
    assert not (prefix / "bin/app").exists()


def test_a_frozen_environment_is_repaired_only_when_told_so(conda: Program, prefix: Path) -> None:
    (prefix / "bin/app").unlink()
    (prefix / "conda-meta/frozen").touch()
    assert failing(conda) == {"missing-files": {"app-2.0-0": ["bin/app"]}}
    assert conda("doctor", "-n", "e", "--fix", "--json").error == "EnvironmentIsFrozenError"
    conda.succeed("doctor", "-n", "e", "--fix", "-y", "--override-frozen")
    assert (prefix / "bin/app").exists()


def test_a_missing_dependency_is_installed_but_not_wished_for(conda: Program, prefix: Path) -> None:
    conda.succeed("remove", "-n", "e", "lib", "--force", "-y")
    assert failing(conda) == {"consistency": {"app-2.0-0": ["needs lib >=2"]}}
    conda.succeed("doctor", "-n", "e", "--fix", "-y")
    assert failing(conda) == {}
    assert conda.installed("e") == ["app-2.0-0", "lib-2.0-0", "text-1.0-0", "zlib-1.0-0"]
    conda.succeed("remove", "-n", "e", "app", "-y")
    assert conda.installed("e") == ["text-1.0-0"]


def test_packages_that_cannot_be_together_are_found(conda: Program, prefix: Path) -> None:
    record = prefix / "conda-meta/text-1.0-0.json"
    document = {
        **json.loads(record.read_text()),
        "constrains": ["lib <1"],
        "depends": ["__never", "zlib[when='absent']", "lib[when='app']"],
    }
    record.write_text(json.dumps(document))
    assert failing(conda) == {
        "consistency": {"text-1.0-0": ["needs __never", "cannot be with lib-2.0-0"]}
    }
    outcome = conda("doctor", "-n", "e", "--fix", "-y", "--json")
    assert outcome.status == 1  # what the machine lacks cannot be installed
    assert outcome.document["checks"]["consistency"]["fix_status"] == 1


def test_the_list_of_environments_is_repaired(conda: Program, prefix: Path, isolated: Path) -> None:
    registered = isolated / ".conda/environments.txt"
    registered.unlink()
    assert failing(conda) == {"environment-txt": {str(prefix): []}}
    conda.succeed("doctor", "-n", "e", "--fix", "-y")
    assert registered.read_text() == f"{prefix}\n"


def test_pins_that_are_no_specs_become_comments(conda: Program, prefix: Path) -> None:
    pinned = prefix / "conda-meta/pinned"
    pinned.write_text("# mine\nlib 2.*\nlib ==!1\n\n")
    assert failing(conda) == {"pinned": {str(pinned): ["lib ==!1"]}}
    conda.succeed("doctor", "-n", "e", "--fix", "-y")
    assert pinned.read_text() == "# mine\nlib 2.*\n# not a spec: lib ==!1\n\n"
    assert failing(conda) == {}


def test_certificates_are_looked_at_where_the_variable_is_set(
    conda: Program, prefix: Path, tmp_path: Path
) -> None:
    def check(path: Path) -> tuple[bool, list[str]]:
        variables = {"REQUESTS_CA_BUNDLE": str(path)}
        document = conda.succeed("doctor", "-n", "e", "--json", env=variables).document
        found = document["checks"]["requests-ca-bundle"]
        return found["ok"], found["details"].get("REQUESTS_CA_BUNDLE", [])

    assert check(tmp_path / "absent") == (False, ["it does not exist"])
    assert check(tmp_path) == (True, [])
    (tmp_path / "text").write_text("no certificate")
    good, problems = check(tmp_path / "text")
    assert (good, len(problems)) == (False, 1)
    authorities = ssl.get_default_verify_paths().cafile
    if authorities:
        assert check(Path(authorities)) == (True, [])


def test_switched_off_locks_are_told(conda: Program, prefix: Path) -> None:
    document = conda.succeed("doctor", "-n", "e", "--json", env={"CONDA_NO_LOCK": "1"}).document
    assert document["checks"]["file-locking"]["ok"] is False


def test_a_check_that_cannot_look_is_told_and_skipped(conda: Program, prefix: Path) -> None:
    (prefix / "conda-meta/lib-2.0-0.json").write_text("{")
    outcome = conda.succeed("doctor", "-n", "e", "--json")
    assert outcome.document["checks"]["missing-files"]["ok"] is None
    assert outcome.document["checks"]["environment-txt"]["ok"] is True
    assert "WARNING: The check `missing-files` could not be made." in outcome.stderr
    assert outcome.document["ok"] is False


def test_a_thousand_damaged_files_are_restored(conda: Program, tmp_path: Path) -> None:
    channel = ChannelBuilder(tmp_path / "channel")
    for number in range(10):
        files = {f"share/{number}/{name}": f"{number} {name} " * 20 for name in range(150)}
        channel.add(name=f"many{number}", files=files)
    channel.write()
    names = [f"many{number}" for number in range(10)]
    conda.succeed("create", "-n", "e", "-y", "-q", "--override-channels", "-c", channel.url, *names)
    prefix = conda.prefix("e")
    before = content(prefix)
    chosen = random.Random(0).sample(sorted((prefix / "share").rglob("*/*")), 1000)
    for number, path in enumerate(chosen):
        if number % 3 == 0:
            path.unlink()
        elif number % 3 == 1:
            os.truncate(path, 3)
        else:
            path.write_bytes(b"X" + path.read_bytes()[1:])
    conda.succeed("doctor", "-n", "e", "--fix", "-y")
    assert content(prefix) == before
