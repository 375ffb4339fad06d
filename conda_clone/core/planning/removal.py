"""What goes when packages are removed: dependents, and dependencies nobody needs; pure.

No channel is read and nothing is solved: a removal never changes what stays.
"""

from collections.abc import Iterable

from conda_clone.core.planning.diff import difference
from conda_clone.core.planning.errors import PackagesNotFoundInPrefixError, RemoveError
from conda_clone.core.planning.request import EnvironmentRequest
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.models.records import PackageRecord

__all__ = ["check_protected", "names_to_remove", "solve_removal"]


def solve_removal(
    request: EnvironmentRequest, state: EnvironmentState, put_back: Iterable[PackageRecord] = ()
) -> PrefixChange:
    """Return the change that takes packages out, and puts some back that others lack.

    Raises:
        PackagesNotFoundInPrefixError: A spec matches nothing that is installed.
    """
    leaving = names_to_remove(request, state)
    staying = [record for name, record in state.installed.items() if name not in leaving]
    history = HistoryUpdate(
        command=request.command,
        remove_specs=tuple(str(spec) for spec in request.specs_to_remove),
    )
    return difference(request.prefix, state.installed, [*staying, *put_back], history)


def names_to_remove(request: EnvironmentRequest, state: EnvironmentState) -> frozenset[str]:
    """Return the names of all packages that leave the environment.

    Raises:
        PackagesNotFoundInPrefixError: A spec matches nothing that is installed.
    """
    if request.remove_all:
        return frozenset(state.installed)
    named = _matched(request, state)
    if request.force_remove:
        return named
    graph = PrefixGraph(state.installed.values())
    leaving = graph.depending_on(named)
    return leaving | _no_longer_needed(leaving, graph, state)


def _matched(request: EnvironmentRequest, state: EnvironmentState) -> frozenset[str]:
    found: set[str] = set()
    missing: list[str] = []
    for spec in request.specs_to_remove:
        wish = MatchSpec(f"*[track_features={spec.name}]") if request.remove_features else spec
        matches = {record.name for record in state.installed.values() if wish.match(record)}
        found |= matches
        if not matches:
            missing.append(str(wish))
    if missing:
        raise PackagesNotFoundInPrefixError(missing, request.prefix)
    return frozenset(found)


def _no_longer_needed(
    leaving: frozenset[str], graph: PrefixGraph, state: EnvironmentState
) -> frozenset[str]:
    """Return dependencies of the leaving packages that nothing which stays asks for.

    A package that no leaving one depends on stays even if nobody asked for it: it was there
    for a reason that the history does not know.
    """
    suspects = graph.reachable_from(leaving) - leaving - set(state.requested)
    keepers = set(state.installed) - leaving - suspects
    return suspects - graph.reachable_from(keepers)


def check_protected(
    leaving: Iterable[PackageRecord], prefix: str, root_prefix: str, *, forced: bool
) -> None:
    """Refuse to take conda out of a root prefix that holds it.

    Raises:
        RemoveError: `conda` itself would go.
    """
    if prefix != root_prefix or forced:
        return
    if any(record.name == "conda" for record in leaving):
        raise RemoveError(
            f"`conda` cannot be removed from `{prefix}`, the installation that it manages.",
            hint="Name other packages, or use --force-remove if you mean it.",
        )
