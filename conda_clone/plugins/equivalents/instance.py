"""This program as plugins use it outside their hooks: to solve, to read channels, to run commands.

What does that stands above plugins, so it is looked up by name (decision 0012).
"""

from importlib import import_module
from typing import Any

from conda_clone.plugins.equivalents.context import context

__all__ = ["current", "run_words"]


def current() -> Any:
    """Return `conda_clone.api.Conda` with the settings of this run."""
    embedded = import_module("conda_clone.operations.embedded")
    return embedded.Conda(configuration=context.configuration)


def run_words(*words: str) -> int:
    """Run a command line in this process, and return its exit status."""
    subshell = import_module("conda_clone.cli.subshell")
    return int(subshell.main_subshell(*words))
