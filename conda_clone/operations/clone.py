"""Clone an environment: the same archives, and the files that no package owns."""

import os

from conda_clone.core.channels.index import Index
from conda_clone.core.planning.errors import PackagesNotFoundInChannelsError
from conda_clone.core.planning.explicit import change_to_explicit
from conda_clone.core.planning.request import EnvironmentRequest, Verb
from conda_clone.core.prefix.contents import untracked_files, untracked_folders
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.core.transaction.change import CopiedFiles, PrefixChange
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.models.records import PackageRecord, PrefixRecord
from conda_clone.models.values import replace, value
from conda_clone.operations.change_environment import carry_out, read_state
from conda_clone.operations.prepared_change import PreparedChange, fetch
from conda_clone.operations.session import Session

__all__ = ["CloneSource", "clone_environment", "survey", "with_urls"]


@value(kw_only=True)
class CloneSource:
    """What a clone copies.

    Attributes:
        prefix: The environment to copy.
        records: Its packages, dependencies first.
        untracked: Files that no package owns, relative to the prefix, sorted.
        folders: Folders that no package brings, and their permission bits.
        edited: Packaged files that are to be copied as they are now.
    """

    prefix: str
    records: tuple[PrefixRecord, ...]
    untracked: tuple[str, ...]
    folders: tuple[tuple[str, int], ...] = ()
    edited: tuple[str, ...] = ()


def survey(session: Session, prefix: str) -> CloneSource:
    """Find out what there is to copy.

    Raises:
        CorruptedEnvironmentError: A record cannot be understood.
    """
    installed = PrefixData(prefix, session.channels.config).records()
    ordered = PrefixGraph(installed.values()).sorted()
    owned = {path for record in installed.values() for path in record.files}
    untracked = untracked_files(prefix, owned)
    return CloneSource(
        prefix=prefix,
        records=tuple(installed[record.name] for record in ordered),
        untracked=untracked,
        folders=untracked_folders(prefix, owned, of_files=untracked),
    )


def clone_environment(
    session: Session,
    source: CloneSource,
    prefix: str,
    *,
    replaces: bool = False,
    memory: tuple[str, ...] = (),
) -> PrefixChange:
    """Make `prefix` a copy of an environment, and return what was linked.

    Args:
        session: The invocation.
        source: What is copied.
        prefix: Where.
        replaces: An environment is there, and goes when the copy comes.
        memory: Files of the source that are taken over as they are, its history for instance.

    Raises:
        PackagesNotFoundInChannelsError: A package without a URL is in no channel.
        CondaError: An archive cannot be had, or linking failed; all is as it was before.
    """
    records = with_urls(session, source.records)
    packages = fetch(session, records)
    request = EnvironmentRequest(verb=Verb.CREATE, prefix=prefix, command=session.command)
    change = change_to_explicit(
        request, read_state(session, prefix, new=True), packages, session.solve.disallowed_packages
    )
    change = replace(
        change,
        replaces=replaces,
        copied=CopiedFiles(
            source=source.prefix,
            paths=source.untracked,
            edited=source.edited,
            folders=source.folders,
            memory=memory,
        ),
    )
    by_name = {package.name: package for package in packages}
    carry_out(
        session,
        PreparedChange(request=request, change=change),
        [by_name[record.name] for record in change.link],
    )
    return change


def with_urls(session: Session, records: tuple[PrefixRecord, ...]) -> tuple[PackageRecord, ...]:
    """Look up packages whose record does not say where they came from.

    Raises:
        PackagesNotFoundInChannelsError: One of them is in no channel.
    """
    if all(record.url for record in records):
        return records
    cache_dir = os.path.join(session.caches.first_for_indexes(), "cache")
    index = Index.open(
        session.channels, session.transport, cache_dir, session.console, "repodata.json"
    )
    found: list[PackageRecord] = []
    missing: list[str] = []
    for record in records:
        spec = MatchSpec(record.name, version=record.version, build=record.build)
        matches = [record] if record.url else index.query(spec)
        found += matches[:1]
        if not matches:
            missing.append(str(spec))
    if missing:
        raise PackagesNotFoundInChannelsError(missing, index.urls)
    return tuple(found)
