"""Make an environment exactly what was asked for: as if it were created now."""

from dataclasses import replace

from conda_clone.core.env_formats.explicit import ExplicitPackage
from conda_clone.core.planning.diff import difference
from conda_clone.core.planning.request import EnvironmentRequest, Verb
from conda_clone.core.transaction.change import HistoryUpdate
from conda_clone.operations.change_environment import prepare_explicit, prepare_solve, read_state
from conda_clone.operations.prepared_change import PreparedChange, prepared_change
from conda_clone.operations.session import Session

__all__ = ["prepare_exact"]


def prepare_exact(
    session: Session,
    request: EnvironmentRequest,
    archives: tuple[ExplicitPackage, ...] = (),
) -> PreparedChange:
    """Find out what turns an environment into the one that a new one would be.

    Packages that nothing asks for go, and so do older wishes; what stays the same is not touched.

    Args:
        session: The invocation.
        request: All that the environment is to hold.
        archives: The same as archives, instead of the request's specs.

    Raises:
        CondaError: There is no such environment to be had.
    """
    anew = replace(request, verb=Verb.CREATE, default_packages=False)
    fresh = prepare_explicit(session, anew, archives) if archives else prepare_solve(session, anew)
    state = read_state(session, request.prefix)
    wishes = {spec.name: spec for spec in request.specs_to_add}
    history = HistoryUpdate(
        command=request.command,
        update_specs=fresh.change.history.update_specs,
        remove_specs=tuple(sorted(state.requested.keys() - wishes.keys())),
    )
    change = difference(request.prefix, state.installed, fresh.change.link, history, wishes=wishes)
    return prepared_change(session, request, change)
