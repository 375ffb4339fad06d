"""Recorded problems on real indexes: the same status, right answers, nothing requested older.

The recordings hold one peer's answers. Ours may differ, but not for the worse: the first requested
name whose version differs is newer.
"""

from pathlib import Path

import pytest

from tests.support.recorded_solves import (
    SNAPSHOTS,
    Comparison,
    Verdict,
    compare,
    recordings,
    snapshot_index,
)

pytestmark = [pytest.mark.shared, pytest.mark.slow]


@pytest.fixture(scope="module", params=SNAPSHOTS)
def comparisons(request: pytest.FixtureRequest, shared: Path) -> list[Comparison]:
    index = snapshot_index(shared, request.param)
    return [compare(each, index) for each in recordings(shared, request.param, index)]


@pytest.mark.parametrize("verdict", [Verdict.OTHER_STATUS, Verdict.INVALID, Verdict.WORSE])
def test_no_answer_is(verdict: Verdict, comparisons: list[Comparison]) -> None:
    found = [
        (each.recording.name, each.differences) for each in comparisons if each.verdict is verdict
    ]

    assert found == []


def test_every_answer_is_optimal(comparisons: list[Comparison]) -> None:
    assert all(each.solution is None or each.solution.optimal for each in comparisons)
