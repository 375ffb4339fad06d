"""A part of every matrix of network faults; `nox -s faults` runs them whole."""

import importlib.util
from collections.abc import Callable, Iterator
from itertools import chain, islice

import pytest

from tests.support import network_faults as faults
from tests.support import network_surroundings as surroundings
from tests.support.network_matrices import LEAST, MATRICES

PARTS: dict[str, tuple[Callable[[], Iterator[int]], int]] = {
    "N1": (faults.cut_short, 36),
    "N2": (lambda: faults.wrong_lengths(("json", "package")), 18),
    "N3": (lambda: faults.broken_connections(places=3), 28),
    "N4": (lambda: islice(faults.silence(("json",)), 1), 1),
    "N5": (faults.busy_servers, 59),
    "N6": (faults.ranges, 12),
    "N7": (faults.lying_validators, 21),
    "N8": (lambda: faults.flipped_bits(count=5), 15),
    "N9": (lambda: faults.bombs(megabytes=128), 10),
    "N10": (faults.redirections, 27),
    "N11": (faults.other_content, 32),
    "N12": (lambda: surroundings.trust(("json",)), 17),
    "N13": (lambda: chain(surroundings.names(("json",)), surroundings.proxies(("json",))), 18),
    "N14": (lambda: islice(faults.mirrors(), 8), 8),
    "N15": (surroundings.offline, 21),
}


@pytest.mark.parametrize("kind", PARTS)
def test_a_part_of_the_matrix_holds(kind: str) -> None:
    if kind in {"N12", "N13"} and importlib.util.find_spec("trustme") is None:
        pytest.skip("trustme is not installed")
    cases, count = PARTS[kind]
    assert sum(cases()) == count


def test_no_matrix_is_left_out() -> None:
    assert [label.partition(" ")[0] for label in MATRICES] == list(PARTS) == list(LEAST)
