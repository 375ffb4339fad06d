"""Find packages in channels, and in environments."""

import os
from typing import TYPE_CHECKING

from conda_clone.core.channels.errors import NoChannelsConfiguredError
from conda_clone.core.planning.errors import PackagesNotFoundInChannelsError
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.errors import CondaError
from conda_clone.models.channel import Channel
from conda_clone.models.events import stage
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.version import VersionOrder
from conda_clone.operations.environments import known_prefixes
from conda_clone.operations.session import Session

if TYPE_CHECKING:
    from conda_clone.core.channels.index import Index

__all__ = [
    "PackagesNotFoundError",
    "SearchResult",
    "search_channels",
    "search_environments",
]


class PackagesNotFoundError(CondaError):
    """No environment holds the package."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"No environment holds `{package}`.",
            hint="`conda env list` shows the environments that were searched.",
            packages=[package],
            packages_formatted=f"\n  - {package}",
            channel_urls=[],
            channels_formatted="",
        )


class SearchResult:
    """What a search found, sorted by name, version and build; and how it searched.

    Attributes:
        records: The packages.
        relaxed_to: The name that was searched for in the end, if not the one that was given.
    """

    __slots__ = ("_index", "records", "relaxed_to")

    def __init__(
        self, index: "Index", records: list[PackageRecord], relaxed_to: str | None = None
    ) -> None:
        self._index = index
        self.records = records
        self.relaxed_to = relaxed_to

    def run_exports(self, record: PackageRecord) -> dict[str, list[str]]:
        """Return what a package exports, by kind, if its channel says that; may be fetched."""
        return self._index.run_exports(record)


def search_channels(
    session: Session, text: str, *, subdirs: tuple[str, ...] | None = None, flexible: bool = True
) -> SearchResult:
    """Return the packages that a spec matches in the channels.

    Args:
        session: The invocation.
        text: The spec; a channel in it is searched instead of the configured ones.
        subdirs: Platforms to search instead of the configured one.
        flexible: If nothing matches, look for names that contain the spec's name.

    Raises:
        NoChannelsConfiguredError: There is no channel to search.
        PackagesNotFoundInChannelsError: Nothing matches.
        CondaError: A channel cannot be read.
    """
    from dataclasses import replace

    from conda_clone.core.channels.index import Index  # the network half

    spec = MatchSpec(text)
    # A search that lacks the older packages would say of them that there are none.
    settings = replace(session.channels, spare_repodata_fn="")
    if spec.channel is not None and "*" not in spec.channel:
        settings = replace(settings, channels=(spec.channel,))
    if spec.subdir is not None and "*" not in spec.subdir:
        settings = replace(settings, subdirs=(spec.subdir,))
    elif subdirs is not None:
        settings = replace(settings, subdirs=subdirs)
    with stage(session.console, "Loading channels"):
        if not settings.channels:
            raise NoChannelsConfiguredError([str(spec)])
        index = Index.open(
            settings,
            session.transport,
            os.path.join(session.caches.first_for_indexes(), "cache"),
            session.console,
            settings.repodata_fns[-1],
        )
        found = list(index.query(spec))
        relaxed_to = None
        if not found and flexible and spec.name_is_exact:
            relaxed_to = f"*{spec.name}*"
            found = list(index.query(MatchSpec(text, name=relaxed_to)))
    if not found:
        urls = [
            url
            for channel in settings.channels
            for url in Channel.from_text(channel, settings.config).urls(settings.subdirs)
        ]
        from conda_clone.operations.whereabouts import with_whereabouts  # only then

        missing = PackagesNotFoundInChannelsError([str(spec)], list(dict.fromkeys(urls)))
        raise with_whereabouts(session, settings, index, missing)
    return SearchResult(index, _sorted(found), relaxed_to)


def search_environments(session: Session, text: str) -> list[tuple[str, list[PackageRecord]]]:
    """Return the environments that hold what a spec matches, with those packages.

    Raises:
        PackagesNotFoundError: None does.
    """
    spec = MatchSpec(text)
    found: list[tuple[str, list[PackageRecord]]] = []
    with stage(session.console, f"Searching environments for {spec}"):
        for prefix in known_prefixes(session):
            records = PrefixData(prefix, session.channels.config).query(spec)
            if records:
                found.append((prefix, _sorted(list(records))))
        if not found:
            raise PackagesNotFoundError(str(spec))
    return found


def _sorted(records: list[PackageRecord]) -> list[PackageRecord]:
    return sorted(
        records, key=lambda record: (record.name, VersionOrder(record.version), record.build)
    )
