"""What makes one solution better than another: one ordered list, and nothing else.

Solutions are compared by the first objective, name by name in the objective's order of names;
only where all names tie does the next objective count. `optimise` walks this list, and
docs/explanation/solver.md tells it with examples.

What a name costs depends on the problem and on that name alone: how many distinct better ways the
problem allows for it, so that 0 is the ideal. A name that is not installed costs nothing, because
what is not there cannot be outdated; nor does a favoured record that is kept.

What the user names counts before what is installed is kept: an update that never moved a dependency
would update little. Who wants nothing else to move locks it, as a plain `install` tries first.
"""

from collections.abc import Collection, Sequence
from enum import Enum, StrEnum

from conda_clone.core.solver.pool import Pool, Row
from conda_clone.core.solver.problem import Origin
from conda_clone.models.records import PackageRecord
from conda_clone.models.values import value

__all__ = ["OBJECTIVES", "Grade", "Objective", "Scope", "preferred", "values"]


class Scope(StrEnum):
    """Which names an objective looks at, and in which order."""

    FAVOURED = "names with a favoured record, roots first"
    REQUESTED = "names that the user asks for and that have no favoured record, in request order"
    NEEDED = "the roots, then ring by ring what the names before may need"


class Grade(Enum):
    """How finely an objective tells what becomes of one name apart."""

    KEPT = "the favoured record"
    VERSION = "channel, features and version"
    BUILD = "build number"
    ABSENCE = "not installed"
    RECORD = "platform before noarch, time, build string"


@value()
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
    Objective("dependencies", Scope.NEEDED, (Grade.VERSION, Grade.BUILD)),
    # The count of packages comes first; which names they are, only among equal counts.
    Objective("packages", Scope.NEEDED, (Grade.ABSENCE,)),
    Objective("ties", Scope.NEEDED, (Grade.RECORD,)),
)


def preferred(grade: Grade, row: Row, domain: int, kept: int) -> int:
    """Return the part of a domain that costs least by a grade.

    Args:
        grade: What is being decided; for `BUILD`, versions have been decided.
        row: The candidates of the name.
        domain: What can still become of the name.
        kept: The bit of the favoured record, 0 without one.
    """
    if grade is Grade.RECORD:
        return domain & -domain
    if grade is Grade.KEPT:
        return domain & (kept | row.absent) or domain
    if grade is Grade.ABSENCE:
        return domain & row.absent or domain
    present = domain & row.candidates
    if not present & ~kept:
        return domain
    classes = row.version_class if grade is Grade.VERSION else row.build_class
    if domain & row.absent:
        # Only the ideal costs as little as absence.
        present = row.start & row.candidates
        if grade is Grade.BUILD:
            present &= row.version_class[_first(domain)]
    return domain & (row.absent | classes[_first(present)])


def values(pool: Pool, records: Sequence[PackageRecord]) -> dict[str, int]:
    """Return what a solution costs by each objective, in their order; 0 is the ideal.

    A name costs the number of distinct better ways that the problem allows for it; by `packages`,
    each name costs 1.
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
            _cost(grade, pool, by_name[name], is_favoured=name in favoured)
            for name in scope
            if name in by_name
            for grade in objective.grades
        )
    return costs


def _cost(grade: Grade, pool: Pool, record: PackageRecord, *, is_favoured: bool) -> int:
    if grade is Grade.ABSENCE:
        return 1
    is_kept = is_favoured and pool.problem.favoured[record.name] == record
    if is_kept or grade is Grade.KEPT:
        return int(not is_kept)
    row = pool.rows[pool.index[record.name]]
    place = row.mask_of(record).bit_length() - 1
    better = [bit for bit in range(place) if row.start >> bit & 1]
    if grade is Grade.VERSION:
        return len({row.version_class[bit] for bit in better} - {row.version_class[place]})
    mates = [bit for bit in better if row.version_class[place] >> bit & 1]
    if grade is Grade.BUILD:
        return len({row.build_class[bit] for bit in mates} - {row.build_class[place]})
    return sum(row.build_class[place] >> bit & 1 for bit in mates)


def _first(mask: int) -> int:
    """Return the number of the best candidate of a mask."""
    return (mask & -mask).bit_length() - 1
