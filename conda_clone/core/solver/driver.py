"""`solve`: from a problem to the best solution, or to an explained conflict.

1. Names are reached from the roots; their candidates become masks (`pool`, `reduce`).
2. The walk takes the best step after step (`objectives`, `optimise`) through what the facts allow
   (`search`, `learning`); it consults the SAT engine where the search alone does not get on.
3. Where nothing is left, the proof is cut to a minimal set of facts and explained (`unsat_core`,
   `conflict`, `explain`).
"""

from collections.abc import Callable
from time import monotonic

from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.learning import facts_behind
from conda_clone.core.solver.objectives import values
from conda_clone.core.solver.optimise import PATIENCE, Walk
from conda_clone.core.solver.pool import Pool
from conda_clone.core.solver.problem import CandidateSource, Problem, Solution
from conda_clone.core.solver.sat import PycosatEngine
from conda_clone.core.solver.search import Search
from conda_clone.core.solver.trail import Learnt
from conda_clone.models.prefix_graph import PrefixGraph

__all__ = ["solve"]

# Seconds to spend on making an explanation shorter.
_EXPLANATION_TIME = 2.0


def solve(problem: Problem, source: CandidateSource, *, patience: int = PATIENCE) -> Solution:
    """Return the best solution of a problem.

    Args:
        problem: What is asked for.
        source: Where candidates come from.
        patience: Dead ends before the SAT engine is consulted.

    Raises:
        UnsatisfiableError: There is none.
    """
    pool = Pool(problem, source)
    search = Search(pool)
    engine = PycosatEngine()
    walk = Walk(search, engine, patience=patience, is_late=_timer(problem.deadline))
    proof = walk.run()
    if proof is not None:
        raise _unsatisfiable(search, proof, engine)
    records = walk.chosen()
    return Solution(
        records=PrefixGraph(records).sorted(),
        objective_values=values(pool, records),
        statistics={
            "names": len(pool.rows),
            "candidates": sum(len(row.records) for row in pool.rows),
            "facts": len(search.facts),
            "conflicts": search.conflicts,
            "engine_calls": engine.calls,
        },
        optimal=walk.is_optimal,
    )


def _unsatisfiable(search: Search, proof: Learnt, engine: PycosatEngine) -> UnsatisfiableError:
    # Imported only here: most problems have a solution.
    from conda_clone.core.solver.conflict import conflict_of
    from conda_clone.core.solver.unsat_core import minimal_core

    reasons, limited = facts_behind(search.trail, proof)
    for name in limited:
        reasons.extend(search.pool.rows[name].limits)
    core, is_minimal = minimal_core(search.pool, reasons, engine, _timer(_EXPLANATION_TIME))
    return UnsatisfiableError(conflict_of(search.pool, core, minimal=is_minimal))


def _timer(seconds: float | None) -> Callable[[], bool]:
    """Return a function that tells whether that many seconds have passed."""
    if seconds is None:
        return lambda: False
    end = monotonic() + seconds
    return lambda: monotonic() >= end
