"""Twice the files are twice the work: counted in calls of functions, which no machine disturbs."""

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path

import pytest

from conda_clone.core.packages.verify import verify_files
from conda_clone.gateways.archives.extract import extract_archive
from conda_clone.models.records import PackageCacheRecord
from tests.support.transactions import Workshop

COUNTS = (100, 200, 400)


def calls(work: Callable[[], object]) -> int:
    """Return how many functions a piece of work calls."""
    profile = cProfile.Profile()
    profile.runcall(work)
    total: int = pstats.Stats(profile).total_calls  # type: ignore[attr-defined] # not in typeshed
    return total


def workshop(root: Path, count: int) -> tuple[Workshop, PackageCacheRecord]:
    """Return a place to work in, and a package of so many files in folders of fifty."""
    made = Workshop(root / str(count))
    made.root.mkdir(parents=True)
    files = {f"lib/folder{number // 50}/file{number}.txt": "text" for number in range(count)}
    return made, made.package(name="many", files=files)


def extract(root: Path, count: int) -> int:
    made, record = workshop(root, count)
    archive, out = record.package_tarball_full_path, str(made.root / "out")
    return calls(lambda: verify_files(archive, out, extract_archive(archive, out)))


def link(root: Path, count: int) -> int:
    made, record = workshop(root, count)
    return calls(lambda: made.install(record))


def link_into_environment(root: Path, count: int) -> int:
    made, record = workshop(root, count)
    made.install(made.package(name="first", files={"lib/first": "text"}))
    return calls(lambda: made.install(record))


def unlink(root: Path, count: int) -> int:
    made, record = workshop(root, count)
    made.install(record)
    return calls(lambda: made.remove("many"))


@pytest.mark.parametrize("work", [extract, link, link_into_environment, unlink])
def test_work_grows_with_the_number_of_files(
    work: Callable[[Path, int], int], tmp_path: Path
) -> None:
    work(tmp_path / "warm", 1)  # what is imported or compiled once counts for nobody
    few, some, many = (work(tmp_path, count) for count in COUNTS)
    assert (many - some) / (2 * (some - few)) == pytest.approx(1, abs=0.03)
