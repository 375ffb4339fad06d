# ruff: noqa: T201 - printing a report is what this is for
"""Feed the models inputs that are nearly right; report what is accepted, refused and wrong.

    python -m tests.fuzz.run                            a million inputs over all targets
    python -m tests.fuzz.run --only channel --count 5000
    python -m tests.fuzz.run --only channel --chunk 17  one chunk again, as in the first line

An input may be accepted or refused with a `CondaError`; everything else is a failure: another
exception, a broken law, or more than `PATIENCE` seconds of CPU time. Inputs come in chunks; seed,
target and number of the chunk decide about all of them, whatever runs beside.
"""

import argparse
import os
import random
import signal
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from types import FrameType

from conda_clone.errors import CondaError
from tests.fuzz.targets import TARGETS, Target

__all__ = ["Tally", "fuzz_chunk", "main"]

CHUNK = 2_000
PATIENCE = 2.0  # seconds of CPU time for one input
LONGEST_SHOWN = 300
MOST_SHOWN = 20


class TookTooLong(BaseException):
    """One input used up the patience; no handler of ordinary errors may catch this."""


@dataclass
class Tally:
    """What happened to inputs of one target.

    Attributes:
        accepted: How many were understood.
        refused: How many gave a typed error.
        failures: Chunk, input and what went wrong.
        slowest: Seconds, and the input that took them.
    """

    accepted: int = 0
    refused: int = 0
    failures: list[tuple[int, str, str]] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    @property
    def inputs(self) -> int:
        """How many there were."""
        return self.accepted + self.refused + len(self.failures)

    def add(self, other: "Tally") -> None:
        """Count another tally of the same target in."""
        self.accepted += other.accepted
        self.refused += other.refused
        self.failures += other.failures
        self.slowest = max(self.slowest, other.slowest)


def fuzz_chunk(name: str, seed: int, chunk: int, count: int = CHUNK) -> Tally:
    """Try the inputs of one chunk of a target."""
    rng = random.Random(f"{seed}:{name}:{chunk}")
    target = TARGETS[name]
    tally = Tally()
    with_watchdog = hasattr(signal, "setitimer")
    if with_watchdog:
        signal.signal(signal.SIGVTALRM, _bite)
    warnings.simplefilter("error")  # users would see them
    for _ in range(count):
        value = target.make(rng)
        started = time.perf_counter()
        if with_watchdog:
            signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
        reason = _outcome(target, value, tally)
        if with_watchdog:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        taken = time.perf_counter() - started
        if reason:
            tally.failures.append((chunk, _shown(value), reason))
        elif taken > tally.slowest[0]:
            # Once more, three times: the machine may have been busy with something else.
            tally.slowest = max(tally.slowest, (min(taken, _fastest(target, value)), _shown(value)))
    return tally


def _fastest(target: Target, value: object) -> float:
    """Return how long an input that did no harm takes at least, in seconds."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        _outcome(target, value, Tally())
        times.append(time.perf_counter() - started)
    return min(times)


def _outcome(target: Target, value: object, tally: Tally) -> str:
    """Count an input that behaves; return what is wrong with another one."""
    try:
        accepted = target.check(value)
    except CondaError as error:
        str(error)
        error.to_dict()
        tally.refused += 1
        return ""
    except TookTooLong:
        return f"it takes more than {PATIENCE} s"
    except Exception as error:  # noqa: BLE001 - whatever comes is the finding
        return f"{type(error).__name__}: {error}"
    if accepted:
        tally.accepted += 1
    else:
        tally.refused += 1
    return ""


def _bite(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise TookTooLong


def _shown(value: object) -> str:
    text = ascii(value)  # unpaired surrogates cannot be printed
    if len(text) > LONGEST_SHOWN:
        return f"{text[:LONGEST_SHOWN]}... ({len(text)} characters)"
    return text


def _chunks(names: Sequence[str], count: int) -> Iterator[tuple[str, int, int]]:
    """Yield target, number and size of the chunks that share the count evenly."""
    share, remainder = divmod(count, len(names))
    shares = {name: share + (place < remainder) for place, name in enumerate(names)}
    for chunk in range(max(shares.values()) // CHUNK + 1):
        for name, wanted in shares.items():
            size = min(CHUNK, wanted - chunk * CHUNK)
            if size > 0:
                yield name, chunk, size


def _run(names: Sequence[str], options: argparse.Namespace) -> dict[str, Tally]:
    """Try chunks on all processors until the count or the time is used up."""
    tallies = {name: Tally() for name in names}
    if options.chunk is not None:
        for name in names:
            tallies[name].add(fuzz_chunk(name, options.seed, options.chunk))
        return tallies
    deadline = time.monotonic() + options.seconds
    chunks = list(_chunks(names, options.count))
    with ProcessPoolExecutor(options.jobs) as pool:
        running = [
            (name, pool.submit(fuzz_chunk, name, options.seed, chunk, size))
            for name, chunk, size in chunks
        ]
        for name, future in running:
            if time.monotonic() > deadline and future.cancel():
                continue
            tallies[name].add(future.result())
    return tallies


def _report(tallies: dict[str, Tally]) -> None:
    width = max(map(len, tallies))
    columns = f"{'accepted':>9} {'refused':>9} {'failed':>7} {'slowest':>10}"
    print(f"{'':{width}} {'inputs':>9} {columns}")
    total = Tally()
    for name, tally in [*tallies.items(), ("total", total)]:
        print(
            f"{name:{width}} {tally.inputs:9,} {tally.accepted:9,} {tally.refused:9,}"
            f" {len(tally.failures):7,} {tally.slowest[0] * 1e3:7.1f} ms"
        )
        total.add(tally)
    print(f"slowest input: {total.slowest[1]}")
    for name, tally in tallies.items():
        for chunk, value, reason in tally.failures[:MOST_SHOWN]:
            print(f"FAILED {name}, chunk {chunk}: {value}\n    {reason}")


def main(arguments: Sequence[str]) -> int:
    """Fuzz, print what happened, and return 1 when something failed."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Fuzz the models.")
    parser.add_argument("--only", choices=sorted(TARGETS), action="append", help="these targets")
    parser.add_argument("--count", type=int, default=1_000_000, help="inputs over all targets")
    parser.add_argument("--seconds", type=float, default=900.0, help="when to stop in any case")
    parser.add_argument("--seed", type=int, default=0, help="another one gives other inputs")
    parser.add_argument("--chunk", type=int, help="only the chunk of that number")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    tallies = _run(options.only or list(TARGETS), options)
    _report(tallies)
    inputs = sum(tally.inputs for tally in tallies.values())
    failures = sum(len(tally.failures) for tally in tallies.values())
    seconds = time.monotonic() - started
    print(f"{inputs:,} inputs of seed {options.seed} in {seconds:.0f} s, {failures} failures")
    return 1 if failures or not inputs else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
