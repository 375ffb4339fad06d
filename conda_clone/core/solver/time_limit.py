"""`TimeLimit`: how long a solve may take.

When the time is over, a grace period starts in which a good answer will do; when that is over too,
any answer, or none. The limit is one of a person who waits, so it counts the seconds that pass; the
grace period is one of work, so it counts those that the processor spends here: where much else is
going on, a good answer is worth the wait.
"""

from collections.abc import Callable
from time import monotonic, process_time

__all__ = ["TimeLimit"]

# Seconds of work; one question to the SAT engine about a large problem takes a tenth of that.
_GRACE = 2.0


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
        work_clock: Callable[[], float] = process_time,
    ) -> None:
        """Start the clock.

        Args:
            seconds: How long to look for the best answer; None for as long as it takes.
            grace: How many seconds of work to spend on a good answer after that.
            clock: Returns seconds that pass.
            work_clock: Returns seconds of work.
        """
        self.is_extended = False
        self._grace = grace
        self._clock = clock
        self._work_clock = work_clock
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
        self._clock = self._work_clock
        self._end = self._clock() + self._grace
