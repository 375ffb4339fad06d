"""Says so before `conda info` runs, and keeps `conda clean` from running."""

from conda.exceptions import CondaError
from conda.plugins import hookimpl
from conda.plugins.types import CondaPreCommand


def announce(command):
    print(f"before {command}")


def refuse(command):
    raise CondaError(f"`conda {command}` is not for today.")


@hookimpl
def conda_pre_commands():
    yield CondaPreCommand(name="announcer", action=announce, run_for={"info", "env_list"})
    yield CondaPreCommand(name="refuser", action=refuse, run_for={"clean"})
