"""Says what is wanted, before packages are chosen."""

from conda.plugins import hookimpl
from conda.plugins.types import CondaPreSolve


def tell(specs_to_add, specs_to_remove):
    print(f"wanted: {sorted(map(str, specs_to_add))}, not: {sorted(map(str, specs_to_remove))}")


@hookimpl
def conda_pre_solves():
    yield CondaPreSolve(name="teller", action=tell)
