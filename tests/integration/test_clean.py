import os
import subprocess
import sys
from pathlib import Path

import pytest

from conda_clone.core.packages.package_cache_data import PackageCacheData
from conda_clone.core.transaction.environment_lock import EnvironmentLock
from conda_clone.gateways.disk.lock import FileLock
from tests.support.cli import Program
from tests.support.package_caches import CONFIG
from tests.support.transactions import snapshot


@pytest.fixture
def caches(conda: Program) -> Program:
    """Return the program with a package cache that holds a bit of everything."""
    pkgs = conda.pkgs
    for name in ("used-1.0-0", "unused-1.0-0"):
        (pkgs / name / "info").mkdir(parents=True)
        (pkgs / name / "info" / "index.json").write_text("{}")
        (pkgs / name / "file").write_text("12345")
    (pkgs / "no-package").mkdir()
    conda.prefix("e").mkdir(parents=True)
    os.link(pkgs / "used-1.0-0" / "file", conda.prefix("e") / "file")
    (pkgs / "unused-1.0-0.conda").write_bytes(b"x" * 1500)
    (pkgs / "half-1.0-0.tar.bz2.partial").write_bytes(b"x" * 100)
    (pkgs / "shared-1.0-0.tar.bz2").write_bytes(b"x")
    os.link(pkgs / "shared-1.0-0.tar.bz2", conda.prefix("e") / "shared.tar.bz2")
    (pkgs / "urls.txt").touch()
    (pkgs / "cache").mkdir()
    (pkgs / "cache" / "1234abcd.json").write_text("{}")
    (pkgs / ".logs").mkdir()
    (pkgs / ".logs" / "log").touch()
    return conda


def names(folder: Path) -> set[str]:
    """Return what is in a folder, but for files that locks are taken on."""
    return {path.name for path in folder.iterdir() if not path.name.endswith(".lock")}


EVERYTHING = {
    ".logs",
    "cache",
    "half-1.0-0.tar.bz2.partial",
    "no-package",
    "shared-1.0-0.tar.bz2",
    "unused-1.0-0",
    "unused-1.0-0.conda",
    "urls.txt",
    "used-1.0-0",
}


def test_nothing_to_remove_is_wrong_usage(caches: Program) -> None:
    outcome = caches("clean", "--json")
    assert (outcome.status, outcome.error) == (2, "ArgumentError")


@pytest.mark.parametrize(
    ("option", "removed"),
    [
        ("--tarballs", {"unused-1.0-0.conda", "half-1.0-0.tar.bz2.partial"}),
        ("--packages", {"unused-1.0-0"}),
        ("--index-cache", {"cache"}),
    ],
)
def test_a_category_is_removed(caches: Program, option: str, removed: set[str]) -> None:
    outcome = caches.succeed("clean", option, "-y")
    assert f"Will remove {len(removed)} " in outcome.stdout
    assert names(caches.pkgs) == EVERYTHING - removed
    assert "There are no " in caches.succeed("clean", option, "-y").stdout


def test_compiled_modules_go_with_their_package(caches: Program) -> None:
    for name in ("used", "unused", "gone"):
        (caches.pkgs / ".compiled" / f"{name}-1.0-0-{'1' * 64}" / "python-3.12-0").mkdir(
            parents=True
        )
    caches.succeed("clean", "--packages", "--dry-run")
    assert len(names(caches.pkgs / ".compiled")) == 3
    caches.succeed("clean", "--packages", "-y")
    assert names(caches.pkgs / ".compiled") == {f"used-1.0-0-{'1' * 64}"}


def test_logs_are_removed(caches: Program) -> None:
    caches.succeed("clean", "--logfiles", "-y")
    assert names(caches.pkgs / ".logs") == set()


def test_leftovers_of_deletions_are_removed(caches: Program, tmp_path: Path) -> None:
    place = tmp_path / "place"
    (place / "deep" / ".123.c~").mkdir(parents=True)
    (place / "deep" / ".123.c~" / "inside.c~").touch()
    (place / "deep" / "old.trash").touch()
    (place / "deep" / "kept").touch()
    document = caches.succeed("clean", "-y", "--json", "--tempfiles", place).document
    assert document == {
        "success": True,
        "tempfiles": [str(place / "deep" / ".123.c~"), str(place / "deep" / "old.trash")],
    }
    assert names(place / "deep") == {"kept"}


def test_whole_caches_are_removed_by_force(caches: Program) -> None:
    document = caches.succeed("clean", "--force-pkgs-dirs", "-y", "--json").document
    assert document == {"success": True, "pkgs_dirs": [str(caches.pkgs)]}
    assert not caches.pkgs.exists()


def test_a_dry_run_only_shows(caches: Program) -> None:
    outcome = caches.succeed("clean", "--all", "--dry-run", "-v")
    assert "Will remove 2 (2 KB) tarball(s).\n" in outcome.stdout
    assert f"  - {caches.pkgs / 'unused-1.0-0.conda'}\n" in outcome.stdout
    assert "DryRunExit" in outcome.stderr
    assert names(caches.pkgs) == EVERYTHING


def test_a_dry_run_for_programs(caches: Program) -> None:
    pkgs = str(caches.pkgs)
    document = caches.succeed("clean", "-t", "-p", "-i", "-l", "-d", "--json").document
    document["tarballs"]["pkgs_dirs"][pkgs].sort()  # they come in the order of the disk
    assert document == {
        "success": True,
        "tarballs": {
            "pkgs_dirs": {pkgs: ["half-1.0-0.tar.bz2.partial", "unused-1.0-0.conda"]},
            "pkg_sizes": {pkgs: {"half-1.0-0.tar.bz2.partial": 100, "unused-1.0-0.conda": 1500}},
            "total_size": 1600,
            "warnings": [],
        },
        "index_cache": {"files": [f"{pkgs}/cache"]},
        "packages": {
            "pkgs_dirs": {pkgs: ["unused-1.0-0"]},
            "pkg_sizes": {pkgs: {"unused-1.0-0": 7}},
            "total_size": 7,
            "warnings": [],
        },
        "logfiles": [f"{pkgs}/.logs/log"],
    }
    assert names(caches.pkgs) == EVERYTHING


def test_a_person_may_say_no(caches: Program) -> None:
    outcome = caches.succeed("clean", "--tarballs", "--packages", stdin="n\ny\n")
    assert outcome.stdout.count("Proceed ([y]/n)? ") == 2
    assert names(caches.pkgs) == EVERYTHING - {"unused-1.0-0"}


def test_without_caches_there_is_nothing(conda: Program) -> None:
    document = conda.succeed("clean", "-t", "-i", "-p", "--json").document
    nothing = {"pkgs_dirs": {}, "pkg_sizes": {}, "total_size": 0, "warnings": []}
    assert document == {
        "success": True,
        "tarballs": nothing,
        "index_cache": {"files": []},
        "packages": nothing,
    }


def use_lock(conda: Program) -> FileLock:
    """Return the lock of those who use the package cache."""
    return PackageCacheData(str(conda.pkgs), CONFIG).use_lock()


def test_nothing_is_removed_while_somebody_uses_the_cache(caches: Program) -> None:
    with use_lock(caches):
        outcome = caches("clean", "--packages", "-y", "--json", "--lock-timeout", "0")
        assert (outcome.status, outcome.error) == (1, "LockError")
        assert names(caches.pkgs) == EVERYTHING
        settings = {"CONDA_LOCK_TIMEOUT": "0"}
        assert caches("clean", "--packages", "-y", env=settings).status == 1
    caches.succeed("clean", "--packages", "-y", "--lock-timeout", "0")
    assert names(caches.pkgs) == EVERYTHING - {"unused-1.0-0"}


def test_a_look_at_the_cache_needs_no_lock(caches: Program) -> None:
    with use_lock(caches):
        caches.succeed("clean", "--all", "--dry-run", "--json", "--lock-timeout", "0")


def test_nothing_is_fetched_while_the_cache_is_cleaned(caches: Program) -> None:
    with PackageCacheData(str(caches.pkgs), CONFIG).use_lock(alone=True):
        outcome = caches("create", "-n", "new", "-y", "zlib", "--json", "--lock-timeout", "0")
        assert outcome.error == "LockError"
    caches.succeed("create", "-n", "new", "-y", "zlib")


def test_what_has_come_into_use_since_it_was_shown_stays(caches: Program) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "conda_clone", "clean", "--packages"],
        env=caches.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    shown = b""
    while b"Proceed" not in shown:
        shown += process.stdout.read(1)
    assert b"Will remove 1 " in shown
    os.link(caches.pkgs / "unused-1.0-0/file", caches.prefix("e") / "other")
    process.communicate(b"y\n")
    assert process.returncode == 0
    assert names(caches.pkgs) == EVERYTHING


def test_temporary_names_that_may_be_in_use_stay(caches: Program, tmp_path: Path) -> None:
    young, old = tmp_path / ".0123456789abcdef.c~", tmp_path / ".fedcba9876543210.c~"
    young.touch()
    old.touch()
    os.utime(old, (1, 1))
    caches.succeed("clean", "-y", "--tempfiles", tmp_path)
    assert young.exists()
    assert not old.exists()


def test_what_killed_programs_left_is_removed_by_the_next_that_fetches(caches: Program) -> None:
    left = caches.pkgs / ".0123456789abcdef.c~"
    left.mkdir()
    with use_lock(caches):
        caches.succeed("create", "-n", "one", "-y", "zlib")
        assert left.exists()
    caches.succeed("create", "-n", "two", "-y", "zlib")
    assert not left.exists()


@pytest.mark.parametrize("option", ["--copy", "--no-deps"])
def test_no_environment_loses_a_file(conda: Program, option: str) -> None:
    conda.succeed("create", "-n", "e", "-y", "app", "text", option)
    before = snapshot(conda.prefix("e"))
    conda.succeed("clean", "--all", "-y")
    assert snapshot(conda.prefix("e")) == before
    assert conda.succeed("doctor", "-n", "e", "--json", "missing-files").document["ok"]


def test_packages_that_an_environment_has_links_to_stay(conda: Program) -> None:
    softly = {"CONDA_ALWAYS_SOFTLINK": "1", "CONDA_ALLOW_SOFTLINKS": "1"}
    conda.succeed("create", "-n", "e", "-y", "lib", env=softly)
    assert (conda.prefix("e") / "lib/lib.txt").is_symlink()
    conda.succeed("clean", "--packages", "-y")
    assert (conda.prefix("e") / "lib/lib.txt").read_text() == "2.0"
    conda.succeed("remove", "-n", "e", "--all", "-y")
    conda.succeed("clean", "--packages", "-y")
    assert not (conda.pkgs / "lib-2.0-0").exists()


def test_packages_of_an_environment_that_nobody_here_can_recover_stay(conda: Program) -> None:
    softly = {"CONDA_ALWAYS_SOFTLINK": "1"}
    conda.succeed("create", "-n", "e", "-y", "lib", env=softly)
    prefix = conda.prefix("e")
    (prefix / "conda-meta/lib-2.0-0.json").unlink()
    (prefix / "conda-meta/.txn").mkdir()
    (prefix / "conda-meta/.txn/journal").touch()
    with EnvironmentLock(str(prefix)):  # somebody is at work
        assert conda.as_process("clean", "--packages", "-y").status == 0
    assert (prefix / "lib/lib.txt").read_text() == "2.0"
