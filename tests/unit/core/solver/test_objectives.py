"""What each grade likes best about one name."""

import pytest

from conda_clone.core.solver.objectives import Grade, preferred
from conda_clone.core.solver.pool import Row
from conda_clone.core.solver.preferences import order_candidates
from tests.support.records import record

ROW = Row(
    "p",
    order_candidates(
        [
            record("p", "2", "b_1", build_number=1),
            record("p", "2", "a_0"),
            record("p", "2", "b_0"),
            record("p", "1", "a_0"),
        ],
        lambda _: 0,
    ),
)
KEPT = 0b01000


@pytest.mark.parametrize(
    ("grade", "domain", "expected"),
    [
        (Grade.VERSION, 0b01111, 0b00111),
        (Grade.VERSION, 0b01100, 0b00100),
        (Grade.BUILD, 0b01111, 0b00001),
        (Grade.BUILD, 0b01110, 0b00110),
        (Grade.RECORD, 0b01110, 0b00010),
        (Grade.KEPT, 0b11111, 0b11000),
        (Grade.KEPT, 0b01111, 0b01000),
        (Grade.KEPT, 0b10111, 0b10000),
        (Grade.KEPT, 0b00111, 0b00111),
        (Grade.VERSION, 0b10000, 0b10000),
        # Absence costs as little as the best version or build, and no worse one.
        (Grade.VERSION, 0b11111, 0b10111),
        (Grade.VERSION, 0b10001, 0b10001),
        (Grade.BUILD, 0b10111, 0b10001),
        (Grade.BUILD, 0b10110, 0b10000),
        # What is kept costs nothing, however old it is.
        (Grade.VERSION, 0b11000, 0b11000),
        (Grade.ABSENCE, 0b11111, 0b10000),
        (Grade.ABSENCE, 0b00111, 0b00111),
    ],
)
def test_the_part_of_a_domain_that_is_liked_best(grade: Grade, domain: int, expected: int) -> None:
    assert preferred(grade, ROW, domain, KEPT) == expected
