"""Continue `conda-meta/history` by what the transaction did; its last step."""

from datetime import datetime

from conda_clone.core.prefix.history import History, format_block
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
        self._path = History(workplace.prefix).path
        self._now = now
        self._tool_version = tool_version
        self._before: bytes | None = None
        self._started = False

    def execute(self) -> None:
        """Add the block; the file is replaced in one step, so that no block is ever half there."""
        self._before = _content(self._path)
        if self._before is not None and not self._step.removed and not self._step.added:
            return
        update = self._step.update
        block = format_block(
            self._step.removed,
            self._step.added,
            when=self._now,
            tool_version=self._tool_version,
            command=update.command,
            specs={
                "update": update.update_specs,
                "remove": update.remove_specs,
                "neutered": update.neutered_specs,
            },
        )
        self._started = True
        write_atomically(self._path, (self._before or b"") + block.encode(), sync=False)

    def reverse(self) -> None:
        """Restore the file as it was."""
        if not self._started:
            return
        if self._before is None:
            remove_file(self._path)
        elif _content(self._path) != self._before:
            write_atomically(self._path, self._before)


def _content(path: str) -> bytes | None:
    try:
        return read_bytes(path)
    except FileNotFoundError:
        return None
