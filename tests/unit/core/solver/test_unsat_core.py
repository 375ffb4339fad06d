"""Minimal cores: nothing can be left out, roots go before what packages need."""

from conda_clone.core.solver.pool import Pool
from conda_clone.core.solver.problem import Problem
from conda_clone.core.solver.reasons import Reason, ReasonKind
from conda_clone.core.solver.sat import PycosatEngine
from conda_clone.core.solver.unsat_core import minimal_core
from tests.support.records import FakeIndex
from tests.support.solver_cases import universe


def pool_of(*names: str) -> Pool:
    pool = Pool(Problem(), FakeIndex(universe({f"{n}-{v}-0": [] for n in names for v in (1, 2)})))
    for name in names:
        pool.add(name)
    return pool


# Bits: version 2, version 1, absent.
APP = Reason(ReasonKind.ROOT, 0, 0b011)
NEEDS_NEW = Reason(ReasonKind.DEPENDS, 1, 0b001, source=0, users=0b011)
PINNED_OLD = Reason(ReasonKind.CONSTRAINT, 1, 0b110)
HARMLESS = Reason(ReasonKind.ROOT, 1, 0b011)


def test_what_does_not_matter_is_left_out() -> None:
    core, is_minimal = minimal_core(
        pool_of("app", "lib"),
        [APP, HARMLESS, NEEDS_NEW, PINNED_OLD],
        PycosatEngine(),
        lambda: False,
    )

    assert (core, is_minimal) == ([APP, NEEDS_NEW, PINNED_OLD], True)


def test_without_time_everything_stays() -> None:
    reasons = [APP, HARMLESS, NEEDS_NEW, PINNED_OLD]

    assert minimal_core(pool_of("app", "lib"), reasons, PycosatEngine(), lambda: True) == (
        reasons,
        False,
    )
