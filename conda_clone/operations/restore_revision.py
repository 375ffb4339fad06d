"""Bring an environment back to a revision of its history (`install --revision`).

Packages come from the environment itself, then from the package caches, and only what neither has
is looked up in channels: those that are configured, and those that the history names.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

from conda_clone.core.channels.index import Index
from conda_clone.core.planning.errors import PackagesNotFoundInChannelsError
from conda_clone.core.planning.request import EnvironmentRequest
from conda_clone.core.planning.revision import (
    PastPackage,
    change_to_revision,
    packages_of_revision,
)
from conda_clone.core.prefix.history import History
from conda_clone.models.events import stage
from conda_clone.models.records import PackageRecord
from conda_clone.operations.change_environment import read_state
from conda_clone.operations.prepared_change import PreparedChange, prepared_change
from conda_clone.operations.session import Session

__all__ = ["prepare_revision"]


def prepare_revision(session: Session, request: EnvironmentRequest, number: int) -> PreparedChange:
    """Find out what restoring a revision changes: its packages, and what was asked for then.

    Raises:
        CondaIndexError: There is no such revision.
        PackagesNotFoundInChannelsError: A package of the revision is nowhere to be had any more.
    """
    history = History(request.prefix)
    past = packages_of_revision(history, number)
    state = read_state(session, request.prefix)
    with stage(session.console, f"Reverting to revision {number}"):
        found = _at_hand(session, past, state.installed.values())
        found.update(_in_channels(session, [each for each in past if each not in found]))
    wishes = history.requested_specs({each.name for each in past}, at=number)
    return prepared_change(
        session, request, change_to_revision(request, state, wishes, found.values())
    )


def _at_hand(
    session: Session, past: Iterable[PastPackage], installed: Iterable[PackageRecord]
) -> dict[PastPackage, PackageRecord]:
    by_name = {record.name: record for record in installed}
    found: dict[PastPackage, PackageRecord] = {}
    for each in past:
        present = by_name.get(each.name)
        record = each.best_of([*((present,) if present else ()), *session.caches.query(each.spec)])
        if record is not None and (record is present or each.is_at(record)):
            found[each] = record
    return found


def _in_channels(session: Session, past: Sequence[PastPackage]) -> dict[PastPackage, PackageRecord]:
    if not past:
        return {}
    cache_dir = os.path.join(session.caches.first_for_indexes(), "cache")
    channels = (*session.channels.channels, *(each.channel for each in past if each.channel))
    settings = replace(session.channels, channels=tuple(dict.fromkeys(channels)))
    index = Index.open(settings, session.transport, cache_dir, session.console, "repodata.json")
    found = {each: each.best_of(index.records(each.name)) for each in past}
    missing = [str(each.spec) for each, record in found.items() if record is None]
    if missing:
        raise PackagesNotFoundInChannelsError(missing, index.urls)
    return {each: record for each, record in found.items() if record is not None}
