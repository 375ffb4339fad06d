"""`conda-clone replay`: solve again what `--save-solve` has saved; for developers."""

import argparse

from conda_clone.cli import options
from conda_clone.core.planning.snapshot import Outcome, Replay, Snapshot
from conda_clone.operations.session import Session
from conda_clone.operations.solve_snapshots import read_snapshot

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("snapshot", metavar="FILE", help="What --save-solve has written.")
    options.add_output_options(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Solve again; the status tells whether the answer is the same.

    Raises:
        InvalidSnapshotError: The file is no snapshot.
    """
    snapshot = read_snapshot(session, args.snapshot)
    replay = snapshot.replay()
    is_same = replay.outcome == snapshot.outcome
    session.console.print(_text(snapshot, replay, is_same=is_same))
    session.console.document(
        {
            "success": is_same,
            "outcome": _document(replay.outcome),
            "saved": _document(snapshot.outcome),
            "unknown": list(replay.unknown),
        }
    )
    return 0 if is_same else 1


def _text(snapshot: Snapshot, replay: Replay, *, is_same: bool) -> str:
    lines = [f"Saved by version {snapshot.tool_version}: {snapshot.request.command}"]
    if is_same:
        lines += ["The answer is the same:", *_rows(replay.outcome)]
    else:
        lines += ["The answer was:", *_rows(snapshot.outcome)]
        lines += ["The answer is now:", *_rows(replay.outcome)]
    if replay.unknown:
        lines += ["The snapshot does not hold:", *(f"  {name}" for name in replay.unknown)]
    return "\n".join(lines)


def _rows(outcome: Outcome) -> list[str]:
    if outcome.error is not None:
        chains = [" -> ".join(chain) for chain in outcome.unsatisfiable]
        return [f"  {outcome.error}", *(f"    {each}" for each in (*outcome.packages, *chains))]
    rows = [f"  - {each}" for each in outcome.unlink] + [f"  + {each}" for each in outcome.link]
    return rows or ["  nothing changes"]


def _document(outcome: Outcome) -> dict[str, object]:
    return {
        "error": outcome.error,
        "link": list(outcome.link),
        "packages": list(outcome.packages),
        "unlink": list(outcome.unlink),
        "unsatisfiable": [list(chain) for chain in outcome.unsatisfiable],
    }
