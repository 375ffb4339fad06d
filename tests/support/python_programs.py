"""Programs in Python that a test runs beside itself: they have one thread, and can be copied."""

import subprocess
import sys
from pathlib import Path

__all__ = ["output_of"]

_LONGEST = 120.0  # seconds


def output_of(
    text: str, *arguments: str | Path, said: str = "", status: int | None = 0
) -> list[str]:
    """Run a program, and return the lines that it writes.

    Args:
        text: The program.
        arguments: What it is called with.
        said: What it can read.
        status: How it must end; None for however it may.

    Raises:
        AssertionError: It ends in another way, or complains.
    """
    done = subprocess.run(
        [sys.executable, "-c", text, *arguments],
        input=said,
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST,
    )
    assert done.stderr == ""
    assert status in {None, done.returncode}
    return done.stdout.splitlines()
