"""When a solve is late, by a clock that the test moves."""

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
    clock = Clock()
    limit = TimeLimit(5, grace=2, clock=clock)

    assert limit.left() == 5
    clock.now = 104.9
    assert not limit.is_late()
    clock.now = 105
    assert limit.is_late()
    assert not limit.is_extended

    clock.now = 106
    limit.extend()
    assert limit.is_extended
    assert not limit.is_late()
    clock.now = 107.5
    assert limit.left() == 0.5
    clock.now = 109
    assert limit.left() == 0
    assert limit.is_late()
