"""Environment files of real projects: where a recorded index holds their packages, they solve."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from conda_clone.core.env_formats.environment_yml import parse_environment_yml
from conda_clone.core.env_formats.errors import EnvironmentFileInvalid
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import Problem, Requirement
from conda_clone.models.match_spec.spec import MatchSpec
from tests.support.recorded_solves import MACHINE, SNAPSHOTS, SnapshotIndex, snapshot_index
from tests.support.solution_checker import faults

pytestmark = pytest.mark.shared

# Either index holds one Python 3.8 or one GDAL, but none for the other.
CONTRADICTORY = {"conda+conda-lock__tests__gdal__environment.yml"}


def wishes_of_projects(shared: Path) -> dict[str, tuple[MatchSpec, ...]]:
    """Return the specs of each file that can be read, wherever they are wanted from."""
    wishes = {}
    for path in sorted((shared / "data/environment-files").iterdir()):
        try:
            described = parse_environment_yml(
                path.read_text("utf-8"),
                source=path.name,
                folder=str(path.parent),
                subdir="linux-64",
                environ={},
            )
        except EnvironmentFileInvalid:
            continue
        wishes[path.name] = tuple(MatchSpec(text.rpartition("::")[2]) for text in described.specs)
    return wishes


def holds_all(index: SnapshotIndex, specs: Sequence[MatchSpec]) -> bool:
    return all(any(map(spec.match, index.records(spec.name))) for spec in specs)


@pytest.mark.parametrize(("snapshot", "count"), list(zip(SNAPSHOTS, (34, 43), strict=True)))
def test_files_whose_packages_are_all_there_are_solved(
    shared: Path, snapshot: str, count: int
) -> None:
    index = snapshot_index(shared, snapshot)
    asked = {
        name: specs for name, specs in wishes_of_projects(shared).items() if holds_all(index, specs)
    }
    assert len(asked) == count
    contradictory = set()
    for name, specs in asked.items():
        problem = Problem(
            roots=tuple(map(Requirement, specs)),
            virtual_packages=MACHINE,
            channel_order=index.channel_order,
        )
        try:
            solution = solve(problem, index)
        except UnsatisfiableError:
            contradictory.add(name)
        else:
            assert (faults(problem, solution.records), solution.optimal) == ([], True), name
    assert contradictory == CONTRADICTORY
