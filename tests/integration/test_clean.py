import os
from pathlib import Path

import pytest

from tests.support.cli import Program


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
    return {path.name for path in folder.iterdir()}


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
    assert caches.succeed("clean", "-t", "-p", "-i", "-l", "-d", "--json").document == {
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
