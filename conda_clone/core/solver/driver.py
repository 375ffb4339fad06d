"""`solve`: from a problem to the best solution, or to an explained conflict.

1. Names are reached from the roots; their candidates become masks (`pool`, `reduce`).
2. The walk takes the best step after step (`objectives`, `optimise`) through what the facts allow
   (`search`, `learning`); it consults the SAT engine where the search alone does not get on.
3. Where nothing is left, the proof is cut to a minimal set of facts and explained (`unsat_core`,
   `conflict`, `explain`).
"""

from conda_clone.core.solver.alternatives import with_plain_roots
from conda_clone.core.solver.errors import SolveTimeoutError, UnsatisfiableError
from conda_clone.core.solver.learning import facts_behind
from conda_clone.core.solver.objectives import values
from conda_clone.core.solver.optimise import PATIENCE, Walk
from conda_clone.core.solver.pool import Pool
from conda_clone.core.solver.problem import CandidateSource, Problem, Solution
from conda_clone.core.solver.sat import OutOfTimeError, PycosatEngine
from conda_clone.core.solver.search import Search
from conda_clone.core.solver.time_limit import TimeLimit
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
        SolveTimeoutError: The deadline passed, and no solution was found by then.
    """
    pool = Pool(with_plain_roots(problem), source)
    search = Search(pool)
    limit = TimeLimit(problem.deadline)
    engine = PycosatEngine(limit.is_late)
    walk = Walk(search, engine, patience=patience, limit=limit)
    try:
        proof = walk.run()
    except OutOfTimeError:
        raise _out_of_time(search) from None
    # Not where somebody has interrupted the solve, who wants it to end now.
    pool.remember()
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
    engine.is_late = TimeLimit(_EXPLANATION_TIME).is_late
    core, is_minimal = minimal_core(search.pool, reasons, engine, engine.is_late)
    return UnsatisfiableError(conflict_of(search.pool, core, minimal=is_minimal))


def _out_of_time(search: Search) -> SolveTimeoutError:
    """Tell what has been proven by then: how new each wish can be at most."""
    search.jump_back(0)
    newest = {}
    for root in search.pool.problem.roots:
        number = search.pool.index.get(root.spec.name)
        if number is None or not search.pool.is_package(root.spec.name):
            continue
        row = search.pool.rows[number]
        left = search.domains[number] & row.candidates
        best = row.start & -row.start
        if left & -left != best:
            newest[row.name] = row.records[(left & -left).bit_length() - 1].version
    return SolveTimeoutError(
        names=len(search.pool.rows),
        dead_ends=search.conflicts,
        newest=newest,
    )
