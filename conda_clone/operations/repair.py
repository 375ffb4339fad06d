"""Repair an environment: put damaged packages in place again, add missing ones.

Both are ordinary transactions: the environment is repaired, or as it was before.
"""

from collections.abc import Sequence
from dataclasses import replace

from conda_clone.core.planning.request import EnvironmentRequest, Verb
from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.models.records import PrefixRecord
from conda_clone.operations.change_environment import carry_out, prepare_solve
from conda_clone.operations.clone import with_urls
from conda_clone.operations.prepared_change import PreparedChange, fetch
from conda_clone.operations.session import Session

__all__ = ["add_packages", "restore_packages"]


def restore_packages(session: Session, prefix: str, damaged: Sequence[PrefixRecord]) -> None:
    """Replace installed packages by the same ones, from package caches or channels.

    A package in a cache is looked at first: files of environments and caches can be one and the
    same, so that what damaged one has damaged the other.

    Raises:
        PackagesNotFoundInChannelsError: Nobody knows where a package came from.
        CondaError: A package cannot be had, or linking failed; the environment is as it was.
    """
    ordered = PrefixGraph(damaged).sorted()
    by_name = {record.name: record for record in damaged}
    originals = with_urls(session, tuple(by_name[record.name] for record in ordered))
    session.caches = session.caches.without_damaged(originals)
    packages = fetch(session, originals)
    change = PrefixChange(
        prefix=prefix,
        unlink=tuple(by_name[record.name] for record in reversed(ordered)),
        link=packages,
        history=HistoryUpdate(command=session.command),
        requested_specs=tuple((each.name, each.requested_specs) for each in damaged),
    )
    request = EnvironmentRequest(verb=Verb.INSTALL, prefix=prefix, command=session.command)
    carry_out(session, PreparedChange(request=request, change=change), packages)


def add_packages(session: Session, prefix: str, specs: Sequence[MatchSpec]) -> bool:
    """Install what dependencies ask for, without making wishes of the user of it.

    Returns:
        Whether there was something to install.

    Raises:
        CondaError: Nothing satisfies the specs, or linking failed; the environment is as it was.
    """
    request = EnvironmentRequest(
        verb=Verb.INSTALL, prefix=prefix, specs_to_add=tuple(specs), command=session.command
    )
    prepared = prepare_solve(session, request)
    kept = {record.name: record.requested_specs for record in prepared.change.unlink}
    change = replace(
        prepared.change,
        history=HistoryUpdate(command=session.command),
        requested_specs=tuple(kept.items()),
    )
    if change.is_empty:
        return False
    packages = fetch(session, change.link)
    carry_out(session, replace(prepared, change=change), packages)
    return True
