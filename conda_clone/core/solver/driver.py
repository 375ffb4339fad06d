"""`solve`: from a problem to the best solution, or to an explained conflict."""

from conda_clone.core.solver.conflict import conflict_of
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.learning import facts_behind
from conda_clone.core.solver.optimise import Walk
from conda_clone.core.solver.pool import Pool
from conda_clone.core.solver.problem import CandidateSource, Problem, Solution
from conda_clone.core.solver.search import Search
from conda_clone.models.prefix_graph import PrefixGraph

__all__ = ["solve"]


def solve(problem: Problem, source: CandidateSource) -> Solution:
    """Return the best solution of a problem.

    Raises:
        UnsatisfiableError: There is none.
    """
    pool = Pool(problem, source)
    search = Search(pool)
    walk = Walk(search)
    proof = walk.run()
    if proof is not None:
        reasons, limited = facts_behind(search.trail, proof)
        for name in limited:
            reasons.extend(pool.rows[name].limits)
        reasons = list(dict.fromkeys(reasons))
        c = conflict_of(pool, reasons, minimal=False)
        raise UnsatisfiableError("\n".join(map(str, c.needs)), c, [], hint=None)
    records = [pool.rows[name].records[bit] for name, bit in walk.chosen()]
    return Solution(
        records=PrefixGraph(records).sorted(),
        statistics={
            "names": len(pool.rows),
            "candidates": sum(len(row.records) for row in pool.rows),
            "facts": len(search.facts),
            "conflicts": search.conflicts,
        },
    )
