"""Says what comes and goes, and refuses packages called `evil`."""

from conda.exceptions import CondaError
from conda.plugins import hookimpl
from conda.plugins.types import CondaPostSolve


def look(repodata_fn, unlink_precs, link_precs):
    names = [record.name for record in link_precs]
    print(f"{repodata_fn}: -{[record.name for record in unlink_precs]} +{names}")
    if "evil" in names:
        raise CondaError("Nobody wants `evil`.")


@hookimpl
def conda_post_solves():
    yield CondaPostSolve(name="looker", action=look)
