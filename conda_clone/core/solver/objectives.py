"""What makes one solution better than another: one ordered list, and nothing else.

Solutions are compared by the first objective, name by name in the objective's order of names;
only where all names tie does the next objective count. `optimise` walks this list. The order of
needed names is breadth first from the roots: what is asked for, then what that needs, and so on,
so that names close to the request weigh more.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

from conda_clone.core.solver.pool import Row

__all__ = ["OBJECTIVES", "Grade", "Objective", "Scope", "preferred"]


class Scope(StrEnum):
    """Which names an objective looks at, and in which order."""

    FAVOURED = "names with a favoured record, roots first"
    REQUESTED = "names that the user asks for, in the order of the request"
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
    Objective("kept", Scope.FAVOURED, (Grade.KEPT,)),
    Objective("requested versions", Scope.REQUESTED, (Grade.VERSION,)),
    Objective("requested builds", Scope.REQUESTED, (Grade.BUILD,)),
    Objective("dependencies", Scope.NEEDED, (Grade.VERSION, Grade.BUILD)),
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
