"""All faults of networks (spec/reliability.md, section 3d), whole, for `nox -s faults`."""

from collections.abc import Callable, Iterator
from itertools import chain

from tests.support import network_faults as servers
from tests.support import network_surroundings as surroundings

__all__ = ["LEAST", "MATRICES"]

# How many cases the specification asks for, by kind.
LEAST = {
    "N1": 24, "N2": 12, "N3": 30, "N4": 6, "N5": 40, "N6": 12, "N7": 12, "N8": 300,
    "N9": 10, "N10": 20, "N11": 8, "N12": 9, "N13": 12, "N14": 10, "N15": 6,
}  # fmt: skip


def _whole(label: str, cases: Callable[[], Iterator[int]]) -> Callable[[], Iterator[int]]:
    """Return a matrix that fails when it has fewer cases than are asked for."""
    least = LEAST[label.partition(" ")[0]]

    def run() -> Iterator[int]:
        count = 0
        for each in cases():
            count += 1
            yield each
        assert count >= least, f"{label}: {count} cases of {least}"

    return run


MATRICES: dict[str, Callable[[], Iterator[int]]] = {
    label: _whole(label, cases)
    for label, cases in {
        "N1 bodies cut short": servers.cut_short,
        "N2 wrong lengths": servers.wrong_lengths,
        "N3 connections that break": servers.broken_connections,
        "N4 silence": servers.silence,
        "N5 busy servers": servers.busy_servers,
        "N6 wrong ranges": servers.ranges,
        "N7 validators that lie": servers.lying_validators,
        "N8 flipped bits": servers.flipped_bits,
        "N9 bombs": servers.bombs,
        "N10 redirections": servers.redirections,
        "N11 other content": servers.other_content,
        "N12 servers that are not trusted": surroundings.trust,
        "N13 names and proxies": lambda: chain(surroundings.names(), surroundings.proxies()),
        "N14 mirrors that disagree": servers.mirrors,
        "N15 offline, and wrong clocks": surroundings.offline,
    }.items()
}
