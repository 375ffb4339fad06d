"""Says so after `conda info` and `conda list` have succeeded."""

from conda.plugins import hookimpl
from conda.plugins.types import CondaPostCommand


def announce(command):
    print(f"after {command}")


@hookimpl
def conda_post_commands():
    yield CondaPostCommand(name="announcer", action=announce, run_for={"info", "list"})
