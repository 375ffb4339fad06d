"""Counts the records of the environment that has changed."""

from pathlib import Path

from conda.core.path_actions import Action
from conda.plugins import hookimpl
from conda.plugins.types import CondaPostTransactionAction


class Count(Action):
    def execute(self):
        records = list((Path(self.target_prefix) / "conda-meta").glob("*.json"))
        print(f"{len(records)} packages are installed")


@hookimpl
def conda_post_transaction_actions():
    yield CondaPostTransactionAction(name="count", action=Count)
