"""When a solve is late, by clocks that the test moves."""

from conda_clone.core.solver.time_limit import TimeLimit


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_without_a_limit_nothing_is_late() -> None:
    assert not TimeLimit().is_late()
    assert TimeLimit().left() is None


def test_a_limit_passes_and_so_does_the_grace_period() -> None:
    clock, work = Clock(), Clock()
    limit = TimeLimit(5, grace=2, clock=clock, work_clock=work)

    assert limit.left() == 5
    clock.now = 104.9
    assert not limit.is_late()
    clock.now = 105
    assert limit.is_late()
    assert not limit.is_extended

    limit.extend()
    assert limit.is_extended
    assert not limit.is_late()
    clock.now = 200  # spent by others
    work.now = 101.5
    assert limit.left() == 0.5
    assert not limit.is_late()
    work.now = 103
    assert limit.left() == 0
    assert limit.is_late()
