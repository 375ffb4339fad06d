"""Recorded problems on real indexes, each with one peer's answer, and how ours compare.

Run as a program, it prints for every snapshot how many answers are equal, better and worse for what
is requested, in its order, and which are invalid:

    python -m tests.support.recorded_solves ../shared
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from conda_clone.core.channels.repodata.formats import Variant
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import Problem, Requirement, Solution
from conda_clone.models.channel import Channel
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.record_json import record_from_repodata
from conda_clone.models.records import PackageRecord
from conda_clone.models.version import VersionOrder
from tests.support.records import CONFIG, record
from tests.support.solution_checker import faults

SNAPSHOTS = ("main-2021-11", "conda-forge-union")
MACHINE = (
    record("__archspec", "1", "x86_64"),
    record("__glibc", "2.36"),
    record("__linux", "6.1"),
    record("__unix", "0"),
)


class Verdict(StrEnum):
    """How an answer compares with the peer's."""

    EQUAL = "equal"
    BETTER = "better"
    WORSE = "worse"
    INVALID = "invalid"
    OTHER_STATUS = "other status"


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded problem.

    Attributes:
        name: Its identifier.
        problem: What is asked.
        peer: The peer's versions by package name, None when it found the problem unsatisfiable.
    """

    name: str
    problem: Problem
    peer: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Our answer to a recorded problem beside the peer's.

    Attributes:
        recording: The problem.
        solution: Our answer, None when we found none.
        verdict: How it compares.
        differences: One line for each requested name that differs, or for each fault.
    """

    recording: Recording
    solution: Solution | None
    verdict: Verdict
    differences: tuple[str, ...] = ()


class SnapshotIndex:
    """The records of one recorded index, built when they are asked for.

    Attributes:
        channel: Where they come from.
        channel_order, urls: The same, as planning asks for it.
    """

    def __init__(self, folder: Path) -> None:
        self.channel = Channel.from_text(f"https://channels.test/{folder.name}", CONFIG)
        self.channel_order = (str(self.channel.base_url),)
        self.urls = tuple([self.channel.subdir_url(subdir) for subdir in ("linux-64", "noarch")])
        self._entries: dict[str, list[tuple[dict[str, Any], str, str]]] = {}
        self._records: dict[str, list[PackageRecord]] = {}
        for subdir in ("linux-64", "noarch"):
            for fn, entry in _entries(folder / subdir / "repodata.json.zst"):
                self._entries.setdefault(entry["name"], []).append((entry, fn, subdir))

    def records(self, name: str) -> Sequence[PackageRecord]:
        """Return the records of a name."""
        if name not in self._records:
            self._records[name] = [
                record_from_repodata(
                    entry,
                    fn=fn,
                    channel=self.channel,
                    subdir=subdir,
                    base_url=self.channel.subdir_url(subdir),
                )
                for entry, fn, subdir in self._entries.get(name, ())
            ]
        return self._records[name]


def _entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    data = json.loads(Variant(".zst").decode([path.read_bytes()]))
    conda = data["packages.conda"]
    yield from conda.items()
    for fn, entry in data["packages"].items():
        if f"{fn.removesuffix('.tar.bz2')}.conda" not in conda:
            yield fn, entry


def snapshot_index(shared: Path, snapshot: str) -> SnapshotIndex:
    """Return the index of a snapshot."""
    return SnapshotIndex(shared / "data" / "repodata" / snapshot)


def recordings(shared: Path, snapshot: str, index: SnapshotIndex) -> list[Recording]:
    """Return the recorded problems of a snapshot."""
    text = (shared / "golden" / "solves" / f"{snapshot}.json").read_text(encoding="utf-8")
    return [
        Recording(
            each["id"],
            Problem(
                roots=tuple(Requirement(MatchSpec(spec)) for spec in each["specs"]),
                virtual_packages=MACHINE,
                channel_order=(str(index.channel.base_url),),
                channel_priority="strict",
            ),
            dict(package.split("=")[:2] for package in each["rattler"])
            if each["status"] == "solved"
            else None,
        )
        for each in json.loads(text)
    ]


def compare(recording: Recording, index: SnapshotIndex) -> Comparison:
    """Solve a recorded problem and hold the answer against the peer's."""
    try:
        found = solve(recording.problem, index)
    except UnsatisfiableError:
        found = None
    if found is not None and (wrong := faults(recording.problem, found.records)):
        return Comparison(recording, found, Verdict.INVALID, tuple(wrong))
    if found is None or recording.peer is None:
        agree = found is None and recording.peer is None
        return Comparison(recording, found, Verdict.EQUAL if agree else Verdict.OTHER_STATUS)
    ours = {each.name: each.version for each in found.records}
    differences = [
        (name, ours[name], recording.peer[name])
        for name in dict.fromkeys(root.spec.name for root in recording.problem.roots)
        if VersionOrder(ours[name]) != VersionOrder(recording.peer[name])
    ]
    verdict = Verdict.EQUAL
    if differences:
        _, our_version, peer_version = differences[0]
        is_newer = VersionOrder(our_version) > VersionOrder(peer_version)
        verdict = Verdict.BETTER if is_newer else Verdict.WORSE
    return Comparison(
        recording,
        found,
        verdict,
        tuple(f"{name} {our} (peer: {peer})" for name, our, peer in differences),
    )


def report(snapshot: str, compared: Sequence[Comparison]) -> str:
    """Return the counts of a snapshot, and a line for each answer that is not equal."""
    counts = ", ".join(
        f"{verdict} {sum(each.verdict is verdict for each in compared)}" for verdict in Verdict
    )
    lines = [f"{snapshot}: {len(compared)} problems: {counts}"]
    lines += [
        f"  {each.verdict} {each.recording.name}: {'; '.join(each.differences)}"
        for each in compared
        if each.verdict is not Verdict.EQUAL
    ]
    return "\n".join([*lines, ""])


def main(shared: Path) -> None:
    """Write the report of all snapshots."""
    for snapshot in SNAPSHOTS:
        index = snapshot_index(shared, snapshot)
        compared = [compare(each, index) for each in recordings(shared, snapshot, index)]
        sys.stdout.write(report(snapshot, compared))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
