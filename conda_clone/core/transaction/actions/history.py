"""Continue `conda-meta/history` by what the transaction did; its last step."""

import os
from datetime import datetime

from conda_clone.core.prefix.history import History
from conda_clone.core.transaction.actions.action import Action, Workplace
from conda_clone.core.transaction.steps import AppendHistory
from conda_clone.gateways.disk.delete import remove_file
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.disk.write import write_atomically

__all__ = ["AppendHistoryAction"]


class AppendHistoryAction(Action):
    """Performs `AppendHistory`.

    A change that changes nothing adds nothing, except to an environment without a history: the
    file is what makes a folder an environment.
    """

    def __init__(
        self, step: AppendHistory, workplace: Workplace, *, now: datetime, tool_version: str
    ) -> None:
        self._step = step
        self._history = History(workplace.prefix)
        self._now = now
        self._tool_version = tool_version
        self._before: bytes | None = None
        self._started = False

    def execute(self) -> None:
        """Add the block."""
        exists = os.path.isfile(self._history.path)
        if exists and not self._step.removed and not self._step.added:
            return
        self._before = read_bytes(self._history.path) if exists else None
        self._started = True
        update = self._step.update
        self._history.append_block(
            self._step.removed,
            self._step.added,
            when=self._now,
            tool_version=self._tool_version,
            command=update.command,
            update_specs=update.update_specs,
            remove_specs=update.remove_specs,
            neutered_specs=update.neutered_specs,
        )

    def reverse(self) -> None:
        """Restore the file as it was."""
        if not self._started:
            return
        if self._before is None:
            remove_file(self._history.path)
        else:
            write_atomically(self._history.path, self._before)
