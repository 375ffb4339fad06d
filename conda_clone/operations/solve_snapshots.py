"""Save a solve in a file, and read it from there (`--save-solve`, `conda-clone replay`)."""

import os

from conda_clone import __version__
from conda_clone.core.planning.errors import InvalidSnapshotError
from conda_clone.core.planning.removal import solve_removal
from conda_clone.core.planning.request import EnvironmentRequest
from conda_clone.core.planning.snapshot import (
    Outcome,
    RecordingIndex,
    Snapshot,
    load,
    outcome_of,
)
from conda_clone.core.planning.solver import Solver
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.errors import CondaError
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.disk.write import write_atomically
from conda_clone.operations.session import Session

__all__ = ["read_snapshot", "save_removal", "solve_and_save"]


def solve_and_save(session: Session, solver: Solver, path: str) -> PrefixChange:
    """Solve, and save the solve whether it succeeds or not.

    Args:
        session: The invocation.
        solver: What to solve; its index is watched.
        path: The file to write; an older one is replaced.

    Raises:
        NotWritableError: The file cannot be written.
        CondaError: There is no solution.
    """
    solver.index = index = RecordingIndex(solver.index)
    try:
        change = solver.solve_for_diff()
    except CondaError as error:
        _save(session, path, _snapshot(solver, index, outcome_of(error)))
        raise
    _save(session, path, _snapshot(solver, index, outcome_of(change)))
    return change


def _snapshot(solver: Solver, index: RecordingIndex, outcome: Outcome) -> Snapshot:
    return Snapshot(
        request=solver.request,
        state=solver.state,
        settings=solver.settings,
        records=index.seen,
        channel_order=index.channel_order,
        searched=index.urls,
        outcome=outcome,
        tool_version=__version__,
    )


def save_removal(
    session: Session, request: EnvironmentRequest, state: EnvironmentState, path: str
) -> None:
    """Save a removal whether it is possible or not; it looks at nothing but the environment.

    Raises:
        NotWritableError: The file cannot be written.
    """
    result: PrefixChange | CondaError
    try:
        result = solve_removal(request, state)
    except CondaError as error:
        result = error
    snapshot = Snapshot(
        request=request,
        state=state,
        settings=session.solve,
        outcome=outcome_of(result),
        tool_version=__version__,
    )
    _save(session, path, snapshot)


def _save(session: Session, path: str, snapshot: Snapshot) -> None:
    write_atomically(os.path.join(session.cwd, os.path.expanduser(path)), snapshot.to_bytes())
    session.console.note(f"The solve is saved in `{path}`.")


def read_snapshot(session: Session, path: str) -> Snapshot:
    """Return the snapshot in a file.

    Raises:
        InvalidSnapshotError: The file is not there, or is none.
    """
    try:
        data = read_bytes(os.path.join(session.cwd, os.path.expanduser(path)))
    except OSError as error:
        raise InvalidSnapshotError(path, error.strerror or str(error)) from error
    return load(data, path)
