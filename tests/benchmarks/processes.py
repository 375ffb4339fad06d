"""Run programs in processes of their own, and measure each: wall time, CPU time, peak memory."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Run", "median", "run_process"]

_MIB = 1024  # KiB


@dataclass(frozen=True, slots=True)
class Run:
    """One process: wall time and CPU time in milliseconds, peak memory in MiB."""

    wall: float
    cpu: float
    memory: float
    status: int
    errors: str = ""


def run_process(command: Sequence[str | Path], environment: Mapping[str, str]) -> Run:
    """Run a program to its end, its output thrown away."""
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")
    cpu = usage.ru_utime + usage.ru_stime
    return Run(wall * 1e3, cpu * 1e3, usage.ru_maxrss / _MIB, process.returncode, said)


def median(runs: Sequence[Run], what: str) -> float:
    """Return the median of a figure of some runs."""
    figures: list[float] = [getattr(run, what) for run in runs]
    return statistics.median(figures)
