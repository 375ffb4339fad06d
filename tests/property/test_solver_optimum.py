"""The answer is the best there is, by the documented order of preference and in every objective.

Two references decide: one lists all right answers of thousands of small random channels, one asks a
SAT engine about all candidates of recorded problems on real channels.
"""

from pathlib import Path

import pytest

from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import CandidateSource, Problem, Solution
from conda_clone.models.records import PackageRecord
from tests.support.random_universes import random_case
from tests.support.recorded_solves import SNAPSHOTS, recordings, snapshot_index
from tests.support.records import FakeIndex
from tests.support.reference_optimiser import Enumeration, Formula, Optimiser
from tests.support.reference_universe import TooLargeError, Universe

SEEDS = 3000
# Records that a recorded problem may reach to be held against the formula.
LARGEST = {"main-2021-11": 400, "conda-forge-union": 3300}
LEAST_PROOFS = 60


def solved(problem: Problem, source: CandidateSource, **patience: int) -> Solution | None:
    try:
        return solve(problem, source, **patience)
    except UnsatisfiableError:
        return None


def differences(best: list[PackageRecord] | None, found: Solution | None) -> str:
    """Return what tells an answer from the best, empty when nothing does."""
    expected = None if best is None else sorted(each.dist_name for each in best)
    actual = None if found is None else sorted(each.dist_name for each in found.records)
    return "" if expected == actual else f"{expected} and not {actual}"


@pytest.mark.parametrize("block", range(4))
def test_small_channels_have_the_answer_that_is_best_of_all(block: int) -> None:
    """Status, packages and all objective values; with and without the engine's help."""
    found_none = 0
    for seed in range(block * SEEDS // 4, (block + 1) * SEEDS // 4):
        problem, records = random_case(seed)
        universe = Universe(problem, FakeIndex(records))
        reference = Optimiser(universe, Enumeration(universe))
        best = reference.best()
        found_none += best is None
        for patience in (0, 10**6):
            found = solved(problem, FakeIndex(records), patience=patience)
            assert differences(best, found) == "", (seed, patience)
            if found is not None and best is not None:
                assert list(found.objective_values.values()) == reference.totals(best), seed

    assert SEEDS // 10 < found_none < SEEDS // 6


@pytest.mark.parametrize("first_seed", range(0, 300, 100))
def test_both_references_agree(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 100):
        problem, records = random_case(seed)
        universe = Universe(problem, FakeIndex(records))
        listed = Optimiser(universe, Enumeration(universe)).best()

        assert Optimiser(universe, Formula(universe)).best() == listed, seed


@pytest.mark.shared
@pytest.mark.slow
def test_recorded_problems_have_the_answer_that_is_best_of_all(shared: Path) -> None:
    proofs = 0
    for snapshot in SNAPSHOTS:
        index = snapshot_index(shared, snapshot)
        for recording in recordings(shared, snapshot, index):
            found = solved(recording.problem, index)
            try:
                universe = Universe(recording.problem, index, LARGEST[snapshot])
            except TooLargeError:
                continue
            first = found.records if found else ()
            reference = Optimiser(universe, Formula(universe, first))
            best = reference.best()
            assert differences(best, found) == "", recording.name
            if found is not None and best is not None:
                assert list(found.objective_values.values()) == reference.totals(best)
                proofs += 1

    assert proofs >= LEAST_PROOFS
