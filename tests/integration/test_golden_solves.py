"""Recorded problems on real indexes: the same status, and every answer is right.

The recordings hold one peer's answers. Ours may differ, but requested packages are not older.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from conda_clone.core.channels.repodata.formats import Variant
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import Problem, Requirement, Solution
from conda_clone.models.channel import Channel
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.record_json import record_from_repodata
from conda_clone.models.records import PackageRecord
from conda_clone.models.version import VersionOrder
from tests.support.records import CONFIG, record
from tests.support.solution_checker import faults

pytestmark = [pytest.mark.shared, pytest.mark.slow]

SNAPSHOTS = ["main-2021-11", "conda-forge-union"]
MACHINE = (
    record("__archspec", "1", "x86_64"),
    record("__glibc", "2.36"),
    record("__linux", "6.1"),
    record("__unix", "0"),
)


class SnapshotIndex:
    """The records of one recorded index, built when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.channel = Channel.from_text(f"https://channels.test/{folder.name}", CONFIG)
        self._entries: dict[str, list[tuple[dict[str, Any], str, str]]] = {}
        self._records: dict[str, list[PackageRecord]] = {}
        for subdir in ("linux-64", "noarch"):
            for fn, entry in _entries(folder / subdir / "repodata.json.zst"):
                self._entries.setdefault(entry["name"], []).append((entry, fn, subdir))

    def records(self, name: str) -> Sequence[PackageRecord]:
        """Return the records of a name."""
        if name not in self._records:
            self._records[name] = [
                record_from_repodata(
                    entry,
                    fn=fn,
                    channel=self.channel,
                    subdir=subdir,
                    base_url=self.channel.subdir_url(subdir),
                )
                for entry, fn, subdir in self._entries.get(name, ())
            ]
        return self._records[name]


def _entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    data = json.loads(Variant(".zst").decode([path.read_bytes()]))
    conda = data["packages.conda"]
    yield from conda.items()
    for fn, entry in data["packages"].items():
        if f"{fn.removesuffix('.tar.bz2')}.conda" not in conda:
            yield fn, entry


@pytest.fixture(scope="module", params=SNAPSHOTS)
def snapshot(request: pytest.FixtureRequest, shared: Path) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def index(snapshot: str, shared: Path) -> SnapshotIndex:
    return SnapshotIndex(shared / "data" / "repodata" / snapshot)


@pytest.fixture(scope="module")
def recordings(snapshot: str, shared: Path) -> list[dict[str, Any]]:
    text = (shared / "golden" / "solves" / f"{snapshot}.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def answers(
    index: SnapshotIndex, recordings: list[dict[str, Any]]
) -> dict[str, tuple[Problem, Solution | None]]:
    found = {}
    for recording in recordings:
        problem = Problem(
            roots=tuple(Requirement(MatchSpec(text)) for text in recording["specs"]),
            virtual_packages=MACHINE,
            channel_order=(str(index.channel.base_url),),
            channel_priority="strict",
        )
        try:
            solution = solve(problem, index)
        except UnsatisfiableError:
            solution = None
        found[recording["id"]] = (problem, solution)
    return found


Answers = dict[str, tuple[Problem, Solution | None]]


def test_every_problem_has_the_recorded_status(
    recordings: list[dict[str, Any]], answers: Answers
) -> None:
    different = [
        each["id"]
        for each in recordings
        if (each["status"] == "solved") != (answers[each["id"]][1] is not None)
    ]

    assert different == []


def test_every_answer_is_right_and_optimal(answers: Answers) -> None:
    solved = [(problem, found) for problem, found in answers.values() if found is not None]

    assert [faults(problem, found.records) for problem, found in solved] == [[]] * len(solved)
    assert all(found.optimal for _, found in solved)


def test_the_first_requested_package_is_never_older_than_the_peers(
    recordings: list[dict[str, Any]], answers: Answers
) -> None:
    """Whatever else differs, nothing counts for more than the version of the first request."""
    older = []
    for recording in recordings:
        problem, found = answers[recording["id"]]
        if found is None:
            continue
        name = problem.roots[0].spec.name
        ours = next(each.version for each in found.records if each.name == name)
        peers = next(
            text.split("=")[1] for text in recording["rattler"] if text.split("=")[0] == name
        )
        if VersionOrder(ours) < VersionOrder(peers):
            older.append((recording["id"], name, ours, peers))

    assert older == []
