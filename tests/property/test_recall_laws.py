"""Laws: what an earlier solve has kept changes no answer, and spares building the records again."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from conda_clone.core.channels.index import Index
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import Problem
from conda_clone.models.events import SilentReporter
from conda_clone.models.record_json import record_to_json
from conda_clone.models.records import PackageRecord
from tests.support.channels import channel_settings, plain_transport
from tests.support.random_universes import random_case


def written(folder: Path, records: Sequence[PackageRecord]) -> Path:
    """Make a channel folder with these records; a later call makes the channel another one."""
    for subdir in ("linux-64", "noarch"):
        packages = {
            each.fn: record_to_json(each) | {"subdir": subdir}
            for each in records
            if (each.noarch is None) == (subdir == "linux-64")
        }
        path = folder / subdir / "repodata.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        older = path.stat().st_mtime_ns if path.exists() else 0
        path.write_text(json.dumps({"packages": packages}))
        os.utime(path, ns=(0, older + 1))
    return folder


def opened(channel: Path, cache: Path) -> Index:
    settings = channel_settings(str(channel), subdirs=("linux-64", "noarch"))
    return Index.open(settings, plain_transport(), str(cache), SilentReporter())


def answer(problem: Problem, index: Index) -> object:
    """Return all that is said about a problem."""
    problem = replace(problem, channel_order=index.channel_order)
    try:
        solution = solve(problem, index)
    except UnsatisfiableError as error:
        return str(error)
    return [record_to_json(record) for record in solution.records], solution.objective_values


def test_a_second_solve_says_what_the_first_has_said(tmp_path: Path) -> None:
    """Of other channels of the same address, too: each one is another state."""
    channel = tmp_path / "channel"
    for seed in range(100):
        problem, records = random_case(seed)
        written(channel, records)
        first = answer(problem, opened(channel, tmp_path / "cache"))
        assert answer(problem, opened(channel, tmp_path / "cache")) == first
        assert answer(problem, opened(channel, tmp_path / f"cache{seed}")) == first


def test_what_other_problems_have_kept_changes_nothing(tmp_path: Path) -> None:
    _, records = random_case(5)
    channel = written(tmp_path / "channel", records)
    for seed in range(100):
        problem, _ = random_case(seed)
        problem = replace(problem, locked={}, favoured={})
        shared = answer(problem, opened(channel, tmp_path / "cache"))
        assert answer(problem, opened(channel, tmp_path / f"cache{seed}")) == shared
