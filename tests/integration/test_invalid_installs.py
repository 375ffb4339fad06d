"""Archives that no channel should have, given to the command line by their path."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.support.cli import Program

# What is said of the archives, and of how many; most describe files that they do not hold.
EXPECTED = {
    "CondaValueError": 3,  # not called NAME-VERSION-BUILD
    "CondaVerificationError": 58,
    "InvalidArchiveError": 2,
    "InvalidMatchSpec": 8,  # plain .tar files
    "installed": 1,
}


def everything_below(*folders: Path) -> dict[Path, bytes | None]:
    return {
        path: path.read_bytes() if path.is_file() and not path.is_symlink() else None
        for folder in folders
        for path in folder.rglob("*")
    }


@pytest.mark.shared
@pytest.mark.slow
def test_an_invalid_archive_is_refused_by_name_or_installed_without_harm(
    conda: Program, shared: Path, tmp_path: Path
) -> None:
    bystander = tmp_path / "bystander"
    bystander.mkdir()
    (bystander / "file").write_text("mine")
    before = everything_below(bystander, Path(conda.environment["HOME"]))
    outcomes = {}
    for archive in sorted((shared / "data/invalid").iterdir()):
        prefix = tmp_path / "prefix" / re.sub(r"\W", "_", archive.name)
        outcome = conda("create", "-p", prefix, "-y", archive)
        outcomes[archive.name] = "installed" if outcome.status == 0 else outcome.error
        if outcome.status == 0:
            conda.succeed("remove", "-p", prefix, "--all", "-y")
        assert not prefix.exists(), archive.name
    assert Counter(outcomes.values()) == EXPECTED
    assert {path.name for path in tmp_path.iterdir()} <= {"bystander", "prefix", "root"}
    changed = everything_below(bystander, Path(conda.environment["HOME"]))
    assert {path for path in changed if before.get(path) != changed[path]} <= {
        Path(conda.environment["HOME"]) / ".conda",
        Path(conda.environment["HOME"]) / ".conda/environments.txt",
        Path(conda.environment["HOME"]) / ".conda/.environments.txt.lock",
        *Path(conda.environment["HOME"]).glob(".cache/**/*"),
        Path(conda.environment["HOME"]) / ".cache",
    }
