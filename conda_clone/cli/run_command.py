"""Run a command line from a program, without sharing anything with it (`api.run_command`)."""

import os
import sys
from typing import NamedTuple

from conda_clone.gateways.processes import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CommandResult", "run_command"]


class CommandResult(NamedTuple):
    """What a command line wrote, and the status that it ended with."""

    stdout: str
    stderr: str
    code: int


def run_command(
    *words: str,
    environ: "Mapping[str, str] | None" = None,
    cwd: str | None = None,
    answers: str = "",
    timeout: float | None = None,
) -> CommandResult:
    """Run `conda WORDS` in a process of its own, and return what came of it, errors included.

    Args:
        words: The words after `conda`.
        environ: Variables beside those of this process, or instead of theirs; `CONDA_*` variables
            are settings, so that two calls can have settings of their own at the same time.
        cwd: The working directory.
        answers: What is typed where the command asks.
        timeout: Seconds after which it is ended.

    Raises:
        TimeoutError: It took longer.
    """
    done = run(
        [sys.executable, "-m", "conda_clone", *words],
        env={**os.environ, **(environ or {})},
        cwd=cwd,
        input=answers,
        timeout=timeout,
    )
    return CommandResult(done.stdout, done.stderr, done.returncode)
