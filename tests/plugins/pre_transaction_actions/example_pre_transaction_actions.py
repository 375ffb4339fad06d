"""Writes the names of new packages into a file first, and takes that back on errors."""

from pathlib import Path

from conda.core.path_actions import Action
from conda.plugins import hookimpl
from conda.plugins.types import CondaPreTransactionAction


class Note(Action):
    def verify(self):
        if any(record.name == "evil" for record in self.link_precs):
            return ValueError("`evil` is in it")
        return super().verify()

    def execute(self):
        path = Path(self.target_prefix).parent / "coming.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(" ".join(record.name for record in self.link_precs))

    def reverse(self):
        (Path(self.target_prefix).parent / "coming.txt").unlink()

    def cleanup(self):
        print("noted")


@hookimpl
def conda_pre_transaction_actions():
    yield CondaPreTransactionAction(name="note", action=Note)
