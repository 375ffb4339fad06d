"""A solver that says that it is at work, and then does what the classic one does."""

from conda.core.solve import Solver
from conda.plugins import hookimpl
from conda.plugins.types import CondaSolver


class ChattySolver(Solver):
    """Overrides the one method that a solver has to have."""

    def solve_final_state(self, *args, **kwargs):
        print(f"chatty solves for {sorted(map(str, self.specs_to_add))}")
        return super().solve_final_state(*args, **kwargs)


@hookimpl
def conda_solvers():
    yield CondaSolver(name="chatty", backend=ChattySolver)
