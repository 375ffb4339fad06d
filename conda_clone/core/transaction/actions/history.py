"""Continue `conda-meta/history` by what the transaction does; the last thing that becomes true."""

from datetime import datetime

from conda_clone.core.prefix.history import History, format_block
from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.steps import AppendHistory
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.disk.write import write_new

__all__ = ["stage_history"]


def stage_history(
    step: AppendHistory, work: Workplace, *, now: datetime, tool_version: str
) -> None:
    """Write the history with one more block.

    A change that changes nothing adds nothing, except to an environment without a history: the
    file is what makes a folder an environment.
    """
    before = b"" if work.is_new else _history_of(work.prefix)
    if before is None:
        before = b""
    elif not work.is_new and not step.removed and not step.added:
        return
    update = step.update
    block = format_block(
        step.removed,
        step.added,
        when=now,
        tool_version=tool_version,
        command=update.command,
        specs={
            "update": update.update_specs,
            "remove": update.remove_specs,
            "neutered": update.neutered_specs,
        },
    )
    data = before + block.encode()
    work.stage.place("conda-meta/history", lambda path: write_new(path, data))


def _history_of(prefix: str) -> bytes | None:
    try:
        return read_bytes(History(prefix).path)
    except FileNotFoundError:
        return None
