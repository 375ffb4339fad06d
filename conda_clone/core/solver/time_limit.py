"""`TimeLimit`: how long a solve may take.

When the time is over, a grace period starts in which a good answer will do; when that is over too,
any answer, or none.
"""

from collections.abc import Callable
from time import monotonic

__all__ = ["TimeLimit"]

# Seconds; one question to the SAT engine about a large problem takes a tenth of that.
_GRACE = 1.0


class TimeLimit:
    """The end of a solve, and of its grace period.

    Attributes:
        is_extended: Whether the grace period has started.
    """

    def __init__(
        self,
        seconds: float | None = None,
        *,
        grace: float = _GRACE,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Start the clock.

        Args:
            seconds: How long to look for the best answer; None for as long as it takes.
            grace: How much longer to look for a good answer.
            clock: Returns seconds that only grow.
        """
        self.is_extended = False
        self._grace = grace
        self._clock = clock
        self._end = None if seconds is None else clock() + seconds

    def is_late(self) -> bool:
        """Tell whether the time, or the grace period once it has started, is over."""
        return self._end is not None and self._clock() >= self._end

    def left(self) -> float | None:
        """Return how many seconds are left, None without a limit."""
        return None if self._end is None else max(0.0, self._end - self._clock())

    def extend(self) -> None:
        """Start the grace period."""
        self.is_extended = True
        self._end = self._clock() + self._grace
