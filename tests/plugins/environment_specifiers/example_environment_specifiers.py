"""Reads `packages.wish`: one spec in each line."""

from pathlib import Path

from conda.base.context import context
from conda.models.environment import Environment
from conda.models.match_spec import MatchSpec
from conda.plugins import hookimpl
from conda.plugins.types import CondaEnvironmentSpecifier, EnvironmentSpecBase


class WishList(EnvironmentSpecBase):
    def __init__(self, filename):
        self.path = Path(filename)

    def can_handle(self):
        return self.path.exists() and self.path.read_text().startswith("wish list")

    @property
    def env(self):
        lines = self.path.read_text().splitlines()[1:]
        return Environment(
            platform=context.subdir, requested_packages=[MatchSpec(line) for line in lines]
        )


@hookimpl
def conda_environment_specifiers():
    yield CondaEnvironmentSpecifier(
        name="wish-list",
        environment_spec=WishList,
        default_filenames=("packages.wish",),
        aliases=("wishes",),
        description="One spec in each line.",
    )
