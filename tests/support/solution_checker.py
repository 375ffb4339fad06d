"""Checks an answer of the solver against its problem by the definitions alone.

Knows nothing of the solver: it holds records against specs, one pair at a time.
"""

from collections.abc import Iterable, Sequence

from conda_clone.core.solver.problem import Problem
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord


def faults(problem: Problem, records: Sequence[PackageRecord]) -> list[str]:
    """Return everything that is wrong with an answer, one sentence each; empty when it is right."""
    return [
        *_twice(records),
        *_virtual(records),
        *_unmet_roots(problem, records),
        *_unmet_dependencies(problem, records),
        *_broken_constraints(problem, records),
        *_not_allowed(problem, records),
        *_out_of_order(records),
    ]


def _twice(records: Sequence[PackageRecord]) -> Iterable[str]:
    names = [record.name for record in records]
    return [f"{name} is there twice" for name in sorted(set(names)) if names.count(name) > 1]


def _virtual(records: Sequence[PackageRecord]) -> Iterable[str]:
    return [f"{each.name} is a virtual package" for each in records if each.name.startswith("__")]


def _unmet_roots(problem: Problem, records: Sequence[PackageRecord]) -> Iterable[str]:
    for root in problem.roots:
        if root.spec.name_is_exact and not any(map(root.spec.match, records)):
            yield f"{root.spec} is not satisfied"


def _unmet_dependencies(problem: Problem, records: Sequence[PackageRecord]) -> Iterable[str]:
    present = {record.name: record for record in (*problem.virtual_packages, *records)}
    for record in records:
        for text in record.depends:
            spec = MatchSpec.parse(text)
            found = present.get(spec.name)
            if found is None or not spec.match(found):
                yield f"{record.dist_name} needs {text}"


def _broken_constraints(problem: Problem, records: Sequence[PackageRecord]) -> Iterable[str]:
    present = {record.name: record for record in (*problem.virtual_packages, *records)}
    for record in records:
        for text in record.constrains:
            spec = MatchSpec.parse(text)
            found = present.get(spec.name)
            if found is not None and not spec.match(found):
                yield f"{record.dist_name} forbids {found.dist_name} by {text}"


def _not_allowed(problem: Problem, records: Sequence[PackageRecord]) -> Iterable[str]:
    for record in records:
        for constraint in problem.constraints:
            if constraint.spec.name in {record.name, "*"} and not constraint.spec.match(record):
                yield f"{record.dist_name} breaks {constraint.spec}"
        if problem.locked.get(record.name, record) != record:
            yield f"{record.dist_name} is not the locked one"
        if any(forbidden.spec.match(record) for forbidden in problem.forbidden):
            yield f"{record.dist_name} is forbidden"


def _out_of_order(records: Sequence[PackageRecord]) -> Iterable[str]:
    """A dependency comes first, unless the two need each other, directly or not."""
    needs = {
        record.name: {MatchSpec.parse(each).name for each in record.depends} for record in records
    }
    place = {record.name: number for number, record in enumerate(records)}
    for name, targets in needs.items():
        for target in targets & place.keys():
            is_late = place[target] > place[name] and name not in _closure(target, needs)
            # Python before noarch packages that it needs is a rule of installing.
            if is_late and name != "python":
                yield f"{name} comes before {target}, which it needs"


def _closure(start: str, needs: dict[str, set[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = needs.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return found
