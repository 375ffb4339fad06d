"""What makes one solution better than another: one ordered list, and nothing else.

Solutions are compared by the first objective, name by name in the objective's order of names;
only where all names tie does the next objective count. `optimise` walks this list. The order of
needed names is breadth first from the roots: what is asked for, then what that needs, and so on,
so that names close to the request weigh more.

What the user names counts before what is installed is kept: an update that never moved a dependency
would update little. Who wants nothing else to move locks it, as a plain `install` tries first.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

from conda_clone.core.solver.pool import Pool, Row
from conda_clone.core.solver.problem import Origin
from conda_clone.models.records import PackageRecord

__all__ = ["OBJECTIVES", "Grade", "Objective", "Scope", "preferred", "values"]


class Scope(StrEnum):
    """Which names an objective looks at, and in which order."""

    FAVOURED = "names with a favoured record, roots first"
    REQUESTED = "names that the user asks for and that have no favoured record, in request order"
    NEEDED = "all names of the solution, breadth first from the roots"


class Grade(Enum):
    """How finely an objective tells candidates of one name apart."""

    KEPT = "the favoured record"
    VERSION = "channel, features and version"
    BUILD = "build number"
    RECORD = "platform before noarch, time, build string"


@dataclass(frozen=True, slots=True)
class Objective:
    """One goal.

    Attributes:
        name: For people and statistics.
        scope: The names it goes through.
        grades: What it decides about each name, before it goes to the next.
    """

    name: str
    scope: Scope
    grades: tuple[Grade, ...]


OBJECTIVES = (
    Objective("requested versions", Scope.REQUESTED, (Grade.VERSION,)),
    Objective("kept", Scope.FAVOURED, (Grade.KEPT,)),
    Objective("requested builds", Scope.REQUESTED, (Grade.BUILD,)),
    Objective("versions", Scope.NEEDED, (Grade.VERSION,)),
    Objective("builds", Scope.NEEDED, (Grade.BUILD,)),
    Objective("ties", Scope.NEEDED, (Grade.RECORD,)),
)


def preferred(grade: Grade, row: Row, domain: int, kept: int) -> int:
    """Return the part of a domain that a grade likes best.

    Args:
        grade: What is being decided.
        row: The candidates of the name.
        domain: What can still become of the name.
        kept: The bit of the favoured record, 0 without one.
    """
    if grade is Grade.KEPT:
        return domain & (kept | row.absent) if domain & kept else domain
    best = domain & -domain
    if best == row.absent or grade is Grade.RECORD:
        return best
    bit = best.bit_length() - 1
    return domain & (row.version_class if grade is Grade.VERSION else row.build_class)[bit]


def values(pool: Pool, records: Sequence[PackageRecord]) -> dict[str, int]:
    """Return what a solution costs by each objective, in their order; 0 is the ideal.

    A name costs the number of distinct better ways that the channels would have for it.
    """
    favoured = pool.problem.favoured.keys() - pool.problem.update_roots
    requested = {root.spec.name for root in pool.problem.roots if root.origin is Origin.REQUESTED}
    requested -= favoured
    by_name = {record.name: record for record in records}
    costs = {}
    for objective in OBJECTIVES:
        scope: Collection[str] = by_name
        if objective.scope is not Scope.NEEDED:
            scope = requested if objective.scope is Scope.REQUESTED else favoured
        costs[objective.name] = sum(
            _cost(grade, pool, by_name[name])
            for name in scope
            if name in by_name
            for grade in objective.grades
        )
    return costs


def _cost(grade: Grade, pool: Pool, record: PackageRecord) -> int:
    if grade is Grade.KEPT:
        return int(pool.problem.favoured[record.name] != record)
    row = pool.rows[pool.index[record.name]]
    place = row.records.index(record)
    if grade is Grade.VERSION:
        return len(set(row.version_class[:place]) - {row.version_class[place]})
    version = row.version_class[place]
    if grade is Grade.BUILD:
        mates = [row.build_class[bit] for bit in range(place) if version >> bit & 1]
        return len(set(mates) - {row.build_class[place]})
    return sum(row.build_class[place] >> bit & 1 for bit in range(place))
