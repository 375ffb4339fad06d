"""Whatever is killed, or fails, leaves the old environment or the new one, and nothing else.

More than three thousand cases; `nox -s faults` runs ten times as many, and counts them.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.config.settings import Durability
from tests.support import crash_matrices as matrices
from tests.support.crash_cases import (
    Build,
    Case,
    cloned,
    creation,
    large_update,
    replacement,
    scripted_creation,
    scripted_update,
    small_removal,
    update,
)
from tests.support.faults import Held
from tests.support.odd_disks import layered, without_exchange
from tests.support.transactions import Workshop

CHANGES = (creation, update, small_removal, scripted_creation, scripted_update)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return an empty folder, in memory where there is one: it is the calls that are tested."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


@pytest.mark.parametrize("how", ["kill", "torn", "power"])
@pytest.mark.parametrize("build", CHANGES, ids=lambda build: build.__name__)
def test_a_change_that_is_killed_anywhere_is_finished_or_undone(
    held: Held, folder: Path, build: Build, how: str
) -> None:
    case = Case(folder / "case", build)
    assert held(matrices.single_crashes(case, how)) == case.calls > 30


def test_a_larger_change_that_is_killed_anywhere_is_finished_or_undone(
    held: Held, folder: Path
) -> None:
    case = Case(folder / "case", large_update, durability=Durability.NONE)
    assert held(matrices.single_crashes(case)) > 250


@pytest.mark.parametrize("how", ["kill", "power"])
def test_an_environment_that_is_made_anew_is_the_old_or_the_new_one(
    held: Held, folder: Path, how: str
) -> None:
    case = Case(folder / "case", replacement, replaces=True)
    assert held(matrices.single_crashes(case, how)) == case.calls > 30
    assert held(matrices.errors_at_each_call(case, errors=(28, 5))) == 2 * case.calls


@pytest.mark.parametrize("how", ["kill", "power"])
def test_a_clone_in_the_place_of_an_environment_is_complete_or_absent(
    held: Held, folder: Path, how: str
) -> None:
    case = Case(folder / "case", replacement, replaces=True, copied=cloned)
    assert case.new is not None
    assert case.new["mine/deep/text"][2] == f"from {case.prefix}\n".encode()
    assert held(matrices.single_crashes(case, how)) == case.calls > 40


@pytest.mark.parametrize("durability", list(Durability))
def test_durability_does_not_matter_to_those_who_are_killed(
    held: Held, folder: Path, durability: Durability
) -> None:
    case = Case(folder / "case", scripted_update, durability=durability)
    assert held(matrices.single_crashes(case)) == case.calls


@pytest.mark.parametrize("durability", [Durability.SAFE, Durability.PARANOID])
def test_a_power_failure_at_any_call_costs_nothing(
    held: Held, folder: Path, durability: Durability
) -> None:
    case = Case(folder / "case", update, durability=durability)
    assert held(matrices.single_crashes(case, "power")) == case.calls


def test_recovering_can_be_killed_anywhere_too(held: Held, folder: Path) -> None:
    case = Case(folder / "case", small_removal)
    assert held(matrices.double_crashes(case)) > 300


@pytest.mark.parametrize("build", [update, scripted_update], ids=lambda build: build.__name__)
def test_recovering_from_larger_changes_can_be_killed_too(
    held: Held, folder: Path, build: Build
) -> None:
    case = Case(folder / "case", build)
    assert held(matrices.double_crashes(case, every=16)) > 50


def test_recovering_can_be_killed_again_and_again(held: Held, folder: Path) -> None:
    case = Case(folder / "case", update)
    assert held(matrices.triple_crashes(case, 60)) == 60


@pytest.mark.parametrize("build", CHANGES, ids=lambda build: build.__name__)
def test_a_call_that_fails_anywhere_leaves_the_environment_as_it_was(
    held: Held, folder: Path, build: Build
) -> None:
    case = Case(folder / "case", build)
    assert held(matrices.errors_at_each_call(case, errors=(28, 5, 13))) == 3 * case.calls


@pytest.mark.parametrize("build", CHANGES, ids=lambda build: build.__name__)
def test_a_disk_that_is_full_from_any_call_on_leaves_the_environment_as_it_was(
    held: Held, folder: Path, build: Build
) -> None:
    case = Case(folder / "case", build)
    assert held(matrices.errors_at_each_call(case, errors=(28,), forever=True)) == case.calls


def test_signals_leave_the_old_or_the_new_environment(held: Held, folder: Path) -> None:
    case = Case(folder / "case", update)
    assert held(matrices.interruptions(case, 40)) == 40


def test_what_others_change_before_recovering_is_kept(held: Held, folder: Path) -> None:
    case = Case(folder / "case", small_removal)
    assert held(matrices.foreign_changes(case)) > 100


def test_a_cached_package_is_whole_or_absent(held: Held, folder: Path) -> None:
    workshop = Workshop(folder)
    files = {f"share/{number}": "x" * number for number in range(12)}
    record = workshop.package(name="p", files=files, links={"link": "share"})
    archive = record.package_tarball_full_path
    cases = matrices.cache_entries(folder / "whole", record, archive, folder / "cache")
    assert held(cases) > 80


def test_small_files_are_old_or_new(held: Held, folder: Path) -> None:
    assert held(matrices.small_files(folder / "home")) > 40


@pytest.mark.parametrize("build", [small_removal, update], ids=lambda build: build.__name__)
def test_a_change_in_a_layer_of_an_image_is_finished_or_undone(
    held: Held, folder: Path, build: Build
) -> None:
    case = Case(folder / "case", build, around=layered)
    assert held(matrices.single_crashes(case)) == case.calls
    assert held(matrices.double_crashes(case, every=12)) > 20
    assert held(matrices.errors_at_each_call(case, errors=(28,))) == case.calls


def test_an_environment_that_changes_places_in_two_steps_is_old_or_new(
    held: Held, folder: Path
) -> None:
    case = Case(
        folder / "case",
        replacement,
        replaces=True,
        copied=cloned,
        around=lambda _: without_exchange(),
    )
    assert held(matrices.single_crashes(case)) == case.calls
