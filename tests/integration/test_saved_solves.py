"""--save-solve and replay: any solve can be saved, and is solved the same again."""

import json
from pathlib import Path

import pytest

from conda_clone.config.settings import ChannelPriority, SolveSettings
from conda_clone.core.planning.request import EnvironmentRequest, Verb
from conda_clone.core.planning.snapshot import RecordingIndex, Snapshot, load, outcome_of
from conda_clone.core.planning.solver import Solver
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.errors import CondaError
from tests.support.cli import Program
from tests.support.recorded_solves import MACHINE, SNAPSHOTS, recordings, snapshot_index

EVERY = 12  # recorded problems of which one is a sample


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "solve.json"


def replayed(conda: Program, file: Path) -> str:
    return conda.succeed("replay", file).stdout


def test_a_creation_is_saved_and_solved_again(conda: Program, file: Path) -> None:
    outcome = conda.succeed("create", "-n", "e", "-y", "app", "--save-solve", file)

    assert f"The solve is saved in `{file}`." in outcome.stderr
    told = replayed(conda, file).splitlines()
    assert told[1] == "The answer is the same:"
    assert [line.rpartition("::")[2] for line in told[2:]] == [
        "zlib-1.0-0",
        "lib-2.0-0",
        "app-2.0-0",
    ]
    assert conda.installed("e") == ["app-2.0-0", "lib-2.0-0", "zlib-1.0-0"]


def test_installs_updates_and_removals_are_saved_too(conda: Program, file: Path) -> None:
    conda.succeed("create", "-n", "e", "-y", "app=1.0", "zlib")

    conda.succeed("install", "-n", "e", "--dry-run", "data", "--save-solve", file)
    assert "data-1.0-0" in replayed(conda, file)
    conda.succeed("update", "-n", "e", "--dry-run", "--all", "--save-solve", file)
    assert "  + " in replayed(conda, file)
    conda.succeed("remove", "-n", "e", "--dry-run", "lib", "--save-solve", file)
    assert "  - " in replayed(conda, file)
    conda.succeed("install", "-n", "e", "app=1.0", "--save-solve", file)
    assert "nothing changes" in replayed(conda, file)


def test_a_failure_is_saved(conda: Program, file: Path) -> None:
    assert conda("create", "-n", "e", "app=2", "lib=1.2", "--save-solve", file).status == 1
    assert "UnsatisfiableError" in replayed(conda, file)
    assert "app=2 -> lib[version='>=2']" in replayed(conda, file)
    assert conda("create", "-n", "e", "nothing", "--save-solve", file).status == 1
    assert "nothing" in replayed(conda, file)
    conda.succeed("create", "-n", "e", "-y", "app")
    assert conda("remove", "-n", "e", "data", "--save-solve", file).status == 1
    document = conda.succeed("replay", file, "--json").document
    assert document["outcome"]["error"] == "PackagesNotFoundInPrefixError"


def test_another_answer_is_shown_beside_the_saved_one(conda: Program, file: Path) -> None:
    conda.succeed("create", "-n", "e", "--dry-run", "app", "--save-solve", file)
    document = json.loads(file.read_text())
    del document["records"]["zlib"]
    document["records"]["app"] = document["records"]["app"][:1]
    file.write_text(json.dumps(document))

    told = conda("replay", file)

    assert told.status == 1
    assert "The answer was:" in told.stdout
    assert "The answer is now:" in told.stdout
    assert told.stdout.endswith("The snapshot does not hold:\n  zlib\n")
    assert conda("replay", file, "--json").document["unknown"] == ["zlib"]


def test_what_is_no_snapshot_is_said_to_be_none(conda: Program, file: Path) -> None:
    assert conda("replay", file).error == "InvalidSnapshotError"
    file.write_text("{}")
    assert conda("replay", file).error == "InvalidSnapshotError"


def test_the_command_for_developers_is_listed_nowhere(conda: Program) -> None:
    assert "replay" not in conda.succeed("--help").stdout


@pytest.mark.shared
@pytest.mark.parametrize("snapshot", SNAPSHOTS)
def test_recorded_problems_come_to_the_same_again(shared: Path, snapshot: str) -> None:
    source = snapshot_index(shared, snapshot)
    settings = SolveSettings(channel_priority=ChannelPriority.STRICT)
    state = EnvironmentState(virtual_packages=MACHINE)
    for recording in recordings(shared, snapshot, source)[::EVERY]:
        index = RecordingIndex(source)
        request = EnvironmentRequest(
            verb=Verb.CREATE,
            prefix="/p",
            specs_to_add=tuple([root.spec for root in recording.problem.roots]),
        )
        try:
            outcome = outcome_of(Solver(request, state, index, settings).solve_for_diff())
        except CondaError as error:
            outcome = outcome_of(error)
        saved = Snapshot(
            request=request,
            state=state,
            settings=settings,
            records=index.seen,
            channel_order=index.channel_order,
            searched=index.urls,
            outcome=outcome,
        )

        read = load(saved.to_bytes(), "FILE")

        assert read.outcome == saved.outcome, recording.name
        replay = read.replay()
        assert (replay.outcome, replay.unknown) == (saved.outcome, ()), recording.name
