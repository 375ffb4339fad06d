"""A part of every matrix of network faults; `nox -s faults` runs them whole."""

from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from tests.support import network_faults as faults

PARTS: dict[str, tuple[Callable[[], Iterator[int]], int]] = {
    "N1 bodies cut short": (faults.cut_short, 36),
    "N2 wrong lengths": (lambda: faults.wrong_lengths(("json", "package")), 18),
    "N3 connections that break": (lambda: faults.broken_connections(places=3), 28),
    "N4 silence": (lambda: islice(faults.silence(("json",)), 1), 1),
    "N5 busy servers": (faults.busy_servers, 52),
    "N6 wrong ranges": (faults.ranges, 12),
    "N7 validators that lie": (faults.lying_validators, 21),
    "N8 flipped bits": (lambda: faults.flipped_bits(count=5), 15),
    "N9 bombs": (lambda: faults.bombs(megabytes=128), 10),
    "N10 redirections": (faults.redirections, 27),
    "N11 other content": (faults.other_content, 32),
    "N14 mirrors that disagree": (lambda: islice(faults.mirrors(), 8), 8),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_the_matrix_holds(name: str) -> None:
    cases, count = PARTS[name]
    assert sum(cases()) == count


def test_no_matrix_is_left_out() -> None:
    assert PARTS.keys() == faults.MATRICES.keys()
