"""Problems for the solver from texts, and answers as texts."""

from collections.abc import Iterable, Mapping
from typing import Any

from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.problem import Origin, Problem, Requirement, Solution
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from tests.support.records import CHANNEL, FakeIndex, record


def requirement(text: str, origin: Origin = Origin.REQUESTED) -> Requirement:
    """Return one requirement."""
    return Requirement(MatchSpec(text), origin)


def requirements(*texts: str, origin: Origin = Origin.REQUESTED) -> tuple[Requirement, ...]:
    """Return requirements of one origin."""
    return tuple(requirement(text, origin) for text in texts)


def universe(packages: Mapping[str, Iterable[str]]) -> list[PackageRecord]:
    """Return records from `name-version-build` texts and their dependencies."""
    records = []
    for text, depends in packages.items():
        name, version, build = text.rsplit("-", 2)
        number = int(build.rpartition("_")[2])
        records.append(record(name, version, build, depends, build_number=number))
    return records


def problem(*roots: str, **fields: Any) -> Problem:
    """Return a problem on the channel of `records`."""
    given: dict[str, Any] = {"channel_order": (str(CHANNEL.base_url),), **fields}
    return Problem(roots=requirements(*roots), **given)


def answer(
    packages: Mapping[str, Iterable[str]] | list[PackageRecord],
    *roots: str,
    **fields: Any,
) -> list[str]:
    """Solve and return the dist names of the answer, in its order."""
    return texts(solution(packages, problem(*roots, **fields)))


def solution(
    packages: Mapping[str, Iterable[str]] | list[PackageRecord], question: Problem
) -> Solution:
    """Solve a problem over packages."""
    records = packages if isinstance(packages, list) else universe(packages)
    return solve(question, FakeIndex(records))


def texts(result: Solution) -> list[str]:
    """Return the dist names of an answer, in its order."""
    return [each.dist_name for each in result.records]


def crowded(holes: int) -> list[PackageRecord]:
    """Return packages that do not fit together, which takes very long to find out by trying.

    `p0`, `p1` ... are one more than there are versions, and no two can have the same version; the
    package `all` needs all of them.
    """
    names = [f"p{number}" for number in range(holes + 1)]
    records = [
        record(
            name,
            str(version),
            constrains=tuple(f"{other} !={version}" for other in names if other != name),
        )
        for name in names
        for version in range(1, holes + 1)
    ]
    return [*records, record("all", "1", depends=names)]
