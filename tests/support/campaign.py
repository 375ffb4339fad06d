"""Go through matrices of cases, in as many processes as there are cores, and tell what held.

A case that does not hold is told, and ends its matrix; the others go on.
"""

import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Matrix", "Result", "Run", "run_matrices", "say", "tell"]

Run = Callable[[Path], Iterator[int]]
"""Goes through a matrix in an empty folder."""


@dataclass(frozen=True)
class Matrix:
    """One line of the table.

    Attributes:
        label: Its numbers in spec/reliability.md, section 3, and what happens.
        parts: What goes through it, in parts that can run beside each other.
        alone: It needs all cores.
    """

    label: str
    parts: tuple[Run, ...]
    alone: bool = False

    @property
    def numbers(self) -> frozenset[str]:
        """What the matrix can be chosen by."""
        return frozenset(self.label.replace(",", "").split())


@dataclass
class Result:
    """What came of a matrix, or of a part of it."""

    label: str
    count: int = 0
    seconds: float = 0.0
    violations: int = 0


def run_matrices(wanted: Sequence[Matrix], root: Path) -> list[Result]:
    """Run matrices in folders below `root`; return what came of them in their order."""
    results = {matrix.label: Result(matrix.label) for matrix in wanted}
    shared = [matrix for matrix in wanted if not matrix.alone]
    parts = [(matrix.label, run) for matrix in shared for run in matrix.parts]
    # The parts are functions of functions: a fork has them, a pickle could not.
    context = multiprocessing.get_context("fork")
    _PARTS[:] = parts
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        running = [pool.submit(_part, str(root), index) for index in range(len(parts))]
        for each in as_completed(running):
            _add(results[each.result().label], each.result())
    for matrix in wanted:
        if matrix.alone:
            _add(results[matrix.label], _go_through(matrix.label, matrix.parts[0], root))
    return list(results.values())


_PARTS: list[tuple[str, Run]] = []


def _part(root: str, index: int) -> Result:
    label, run = _PARTS[index]
    return _go_through(label, run, Path(root))


def _go_through(label: str, run: Run, root: Path) -> Result:
    """Count the cases that hold, up to the first that does not."""
    result = Result(label)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(dir=root) as name:
        Path(name).chmod(0o755)
        try:
            for _ in run(Path(name)):
                result.count += 1
        except Exception:  # noqa: BLE001 - whatever it is, the other matrices go on
            result.violations = 1
            say(traceback.format_exc())
    result.seconds = time.monotonic() - start
    return result


def _add(total: Result, part: Result) -> None:
    total.count += part.count
    total.seconds += part.seconds
    total.violations += part.violations
    held = "held" if not part.violations else "DID NOT HOLD"
    say(f"{part.label}: {part.count:,} cases {held}, {part.seconds:.1f} s")


def tell(results: Sequence[Result]) -> None:
    """Show the table of what held."""
    say(f"\n| {'matrix':62} | {'cases':>7} | violations | {'seconds':>7} |")
    say(f"|{'-' * 64}|{'-' * 9}|{'-' * 12}|{'-' * 9}|")
    total = Result(
        "all",
        sum(result.count for result in results),
        sum(result.seconds for result in results),
        sum(result.violations for result in results),
    )
    for each in (*results, total):
        say(f"| {each.label:62} | {each.count:7,} | {each.violations:10} | {each.seconds:7.0f} |")


def say(text: str) -> None:
    """Show a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
