"""Laws over thousands of small random channels: what may change an answer, and what may not."""

import gc
import os
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from random import Random

import pytest

from conda_clone.core.solver.conflict import Conflict
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.fewest_wishes import with_fewest_wishes
from conda_clone.core.solver.problem import Problem, Requirement, Solution
from conda_clone.core.solver.reasons import ReasonKind
from conda_clone.models.records import PackageRecord
from tests.support.random_universes import random_case
from tests.support.records import FakeIndex, record

SEEDS = range(2000)


def solved(problem: Problem, records: list[PackageRecord]) -> Solution | None:
    try:
        return solve(problem, FakeIndex(records))
    except UnsatisfiableError:
        return None


def conflict_of(problem: Problem, records: list[PackageRecord]) -> Conflict | None:
    """Return the conflict as a user is told it."""
    index = FakeIndex(records)
    try:
        solve(problem, index)
    except UnsatisfiableError as error:
        return with_fewest_wishes(error.conflict, problem, index)
    return None


def requested_versions(problem: Problem, solution: Solution) -> list[int]:
    versions = {each.name: int(each.version) for each in solution.records}
    return [versions[root.spec.name] for root in problem.roots]


def test_a_newer_candidate_never_makes_a_requested_package_older() -> None:
    """In request order: the first that changes is newer, and what was possible stays possible."""
    changed = 0
    for seed in SEEDS:
        problem, records = random_case(seed)
        problem = replace(problem, favoured={}, locked={}, channel_priority="flexible")
        # Variants that nobody shall get by default come after older versions by rule.
        records = [each for each in records if not each.track_features]
        before = solved(problem, records)
        if before is None:
            continue
        random = Random(seed)
        example = random.choice(records)
        newer = record(example.name, "4", "new_0", example.depends, constrains=example.constrains)
        after = solved(problem, [*records, newer])
        assert after is not None, seed
        assert requested_versions(problem, after) >= requested_versions(problem, before), seed
        changed += after.records != before.records

    assert changed > len(SEEDS) // 20


def test_no_wish_of_a_conflict_can_be_left_out() -> None:
    """Together they have no answer; without any one of them there is one."""
    wishes = 0
    for seed in SEEDS:
        problem, records = random_case(seed)
        conflict = conflict_of(problem, records)
        if conflict is None:
            continue
        assert conflict.minimal, seed
        core = only(problem, conflict)
        assert solved(core, records) is None, seed
        for root in core.roots:
            wishes += 1
            rest = tuple(each for each in core.roots if each != root)
            assert solved(replace(core, roots=rest), records) is not None, (seed, root)
        for pin in core.constraints:
            rest = tuple(each for each in core.constraints if each != pin)
            assert solved(replace(core, constraints=rest), records) is not None, (seed, pin)

    assert wishes > len(SEEDS) // 4


def only(problem: Problem, conflict: Conflict) -> Problem:
    """Return a problem with those wishes and pins alone that take part in a conflict."""

    def part(requirements: tuple[Requirement, ...], kind: ReasonKind) -> tuple[Requirement, ...]:
        named = {(need.spec, need.origin) for need in conflict.needs if need.kind is kind}
        return tuple(each for each in requirements if (str(each.spec), each.origin) in named)

    return replace(
        problem,
        roots=part(problem.roots, ReasonKind.ROOT),
        constraints=part(problem.constraints, ReasonKind.CONSTRAINT),
    )


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_neither_answers_nor_conflicts_depend_on_the_hash_seed(
    hash_seed: str, request: pytest.FixtureRequest
) -> None:
    root = request.config.rootpath
    program = "from tests.property.test_solver_random_laws import told; print(told())"
    outcome = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert outcome.stdout.strip() == told()


def told(count: int = 200) -> str:
    """Return what is said about some random problems, as one line."""
    texts = []
    for seed in range(count):
        problem, records = random_case(seed)
        try:
            found = solve(problem, FakeIndex(records))
        except UnsatisfiableError as error:
            texts.append(f"{error.message} {error.to_dict()}")
        else:
            texts.append(f"{[each.dist_name for each in found.records]} {found.objective_values}")
    return repr(texts)


def test_a_hundred_problems_leave_nothing_behind() -> None:
    """Once the first problems have filled the memories of parsers, the next add nothing."""

    def solve_all(seeds: range) -> int:
        for seed in seeds:
            problem, records = random_case(seed)
            conflict_of(problem, records)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = solve_all(range(300))
        after = solve_all(range(300, 400))
    finally:
        tracemalloc.stop()

    assert after - before < 10_000  # bytes; a single problem takes more
