"""Writes down which errors ended commands."""

import sys

from conda.plugins import hookimpl
from conda.plugins.types import CondaExceptionObserver


def watch(event):
    name = event.exc_type.__name__
    print(f"seen {name}, status {event.return_code}, for {event.subdir}", file=sys.stderr)


@hookimpl
def conda_exception_observers():
    yield CondaExceptionObserver(
        name="watcher", hook=watch, watch_for={"EnvironmentLocationNotFound"}
    )
