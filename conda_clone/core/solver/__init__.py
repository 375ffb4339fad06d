"""The solver: from a problem to the best solution or an explained conflict.

A map of the package, in the order in which a problem passes through it:

- `problem`: the question and the form of the answer;
- `pool`, `preferences`, `matching`: names and candidates as integers and masks, best first;
- `alternatives`: dependencies with conditions or groups, as choices between plain ones;
- `recall`: all of this, as far as an earlier solve has worked it out;
- `reduce`: what limits one name regardless of the others; `reasons`: facts about names;
- `trail`, `search`, `learning`: what is possible, and what dead ends teach;
- `objectives`, `rings`, `fewest`, `optimise`: what is best, and the walk that finds it;
- `clauses`, `cardinality`, `sat`, `oracle`: the facts as clauses, and what the SAT engine says;
- `time_limit`: when any solution will do, and when to give up;
- `unsat_core`, `fewest_wishes`, `conflict`, `explain`, `errors`: why there is no solution;
- `remedies`, `advice`, `conflict_graph`, `meeting`: what would help, and all of it for programs;
- `held_back`: why a solution is not newer;
- `driver`: all of it in one function.
"""
