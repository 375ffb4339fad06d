"""`conda.core.subdir_data` and `conda.core.index`: the packages of channels."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from time import time_ns
from typing import Any, ClassVar

from conda_clone.core.channels.repodata.cache import CacheEntry
from conda_clone.core.channels.repodata.fetch import IndexFetcher
from conda_clone.core.channels.repodata.place import Place
from conda_clone.models.channel import Channel
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.url import redact, url_to_path
from conda_clone.plugins.equivalents.constants import REPODATA_FN
from conda_clone.plugins.equivalents.context import context
from conda_clone.plugins.equivalents.instance import current
from conda_clone.plugins.equivalents.models import channel_of

__all__ = [
    "Index",
    "RepodataFetch",
    "SubdirData",
    "all_channel_urls",
    "get_index",
    "prioritize_channels",
]


def all_channel_urls(
    channels: Iterable[Any],
    subdirs: Iterable[str] | None = None,
    with_credentials: bool = True,  # noqa: FBT001, FBT002 - the public interface
) -> list[str]:
    """Return the addresses of the platform folders of channels, in their order."""
    folders = None if subdirs is None else tuple(subdirs)
    found = [
        url
        for each in channels
        for url in _known(each).urls(folders, with_credentials=with_credentials)
    ]
    return list(dict.fromkeys(found))


def prioritize_channels(
    channels: Iterable[Any],
    with_credentials: bool = True,  # noqa: FBT001, FBT002 - the public interface
    subdirs: Iterable[str] | None = None,
) -> dict[str, tuple[str, int]]:
    """Return address of a platform folder -> name of its channel, and place of that from 0 on."""
    folders = None if subdirs is None else tuple(subdirs)
    members = dict.fromkeys(member for each in channels for member in _known(each).members)
    return {
        url: (member.canonical_name, place)
        for place, member in enumerate(members)
        for url in member.urls(folders, with_credentials=with_credentials)
    }


def _known(given: Any) -> Channel:
    return channel_of(given) if isinstance(given, str) else given


class SubdirData:
    """The packages in one platform folder of a channel.

    Args:
        channel: A channel, perhaps with a platform; by default that of the settings is meant.
        repodata_fn: Name of the index.

    Attributes:
        channel: That channel.
        repodata_fn: That name.
    """

    _cache_: ClassVar[dict[Any, Any]] = {}  # conda keeps its instances here; ours keep files

    def __init__(self, channel: Any, repodata_fn: str = REPODATA_FN) -> None:
        self.channel = _known(channel)
        self.repodata_fn = repodata_fn
        self._data = current().subdir_data(
            self.channel, self.channel.platform or context.subdir, repodata_fn
        )

    @staticmethod
    def query_all(
        package_ref_or_match_spec: Any,
        channels: Iterable[Any] | None = None,
        subdirs: Sequence[str] | None = None,
        repodata_fn: str = REPODATA_FN,  # noqa: ARG004 - the settings name the indexes
    ) -> tuple[PackageRecord, ...]:
        """Return the packages of channels that fit; by default those of the settings.

        Raises:
            CondaError: A channel is not allowed, or cannot be read.
        """
        conda = current().for_subdirs(tuple(subdirs or ()))
        wanted = channels if channels is None else tuple(channels)
        return tuple(conda.query(_spec_of(package_ref_or_match_spec), wanted))

    @property
    def url_w_subdir(self) -> str:
        """The address of the folder, without secrets."""
        return self.channel.subdir_url(self._data.subdir)

    @property
    def url_w_credentials(self) -> str:
        """The address of the folder, with token and password."""
        return self.channel.subdir_url(self._data.subdir, with_credentials=True)

    @property
    def repo_fetch(self) -> "RepodataFetch":
        """What fetches the index as a file."""
        return RepodataFetch(self.url_w_credentials, self._data.subdir, self.repodata_fn)

    def query(self, package_ref_or_match_spec: Any) -> tuple[PackageRecord, ...]:
        """Return the packages that fit a spec, or that a record is.

        Raises:
            CondaError: The index cannot be had.
        """
        self._data.load()
        return tuple(self._data.query(_spec_of(package_ref_or_match_spec)))

    def iter_records(self) -> Iterator[PackageRecord]:
        """Yield all packages.

        Raises:
            CondaError: The index cannot be had.
        """
        self._data.load()
        return iter(self._data.all_records())

    def load(self) -> "SubdirData":
        """Read the index.

        Raises:
            CondaError: The index cannot be had.
        """
        self._data.load()
        return self

    def reload(self) -> "SubdirData":
        """Return the packages as the index says now."""
        return SubdirData(self.channel, self.repodata_fn).load()


class RepodataFetch:
    """`conda.gateways.repodata.RepodataFetch`: fetches an index for those who read it themselves.

    Args:
        url: The address of the platform folder, with token and password.
        subdir: The name of the folder.
        fn: The name of the index.
    """

    def __init__(self, url: str, subdir: str, fn: str) -> None:
        self._url = url
        self._subdir = subdir
        self._fn = fn

    def fetch_latest_path(self) -> tuple[Path, dict[str, object]]:
        """Return the path of the whole index as JSON, fetched if need be, and what is known of it.

        Raises:
            CondaError: The index cannot be had.
        """
        session = current().session()
        cache_dir = os.path.join(session.caches.first_for_indexes(), "cache")
        place = Place(url=self._url, subdir=self._subdir, label=redact(self._url))
        fetcher = IndexFetcher(
            place, session.channels, session.transport, cache_dir, session.console, now=time_ns
        )
        fetcher.open(self._fn, whole=True)
        if self._url.startswith("file:"):
            return Path(url_to_path(f"{self._url}/{self._fn}")), {}
        entry = CacheEntry(
            cache_dir,
            self._url,
            self._fn,
            use_only_tar_bz2=session.channels.use_only_tar_bz2,
        )
        return Path(entry.body_path), entry.state().to_json()


def _spec_of(given: Any) -> MatchSpec:
    if isinstance(given, PackageRecord):
        return MatchSpec("", name=given.name, version=f"=={given.version}", build=given.build)
    return given if isinstance(given, MatchSpec) else MatchSpec(str(given))


class Index(Mapping[PackageRecord, PackageRecord]):
    """The packages of channels and, where wanted, of an environment and of the machine.

    Args:
        channels: Channels to read, before those of the settings.
        prepend: Whether those of the settings are read at all.
        platform: The platform, with noarch.
        subdirs: The folders, where `platform` does not say them.
        prefix: An environment whose packages are there, too.
        repodata_fn: Name of the indexes.
        use_system: Whether the facts about the machine are there, too.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the public interface
        self,
        channels: Iterable[Any] = (),
        prepend: bool = True,  # noqa: FBT001, FBT002 - the public interface
        platform: str | None = None,
        subdirs: Sequence[str] | None = None,
        use_local: bool = False,  # noqa: FBT001, FBT002 - as above
        use_cache: bool | None = None,  # noqa: FBT001, ARG002 - as above; caches count by their age
        prefix: Any = None,
        repodata_fn: str = REPODATA_FN,
        use_system: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> None:
        names = [
            *channels,
            *(["local"] if use_local else []),
            *(context.channels if prepend else ()),
        ]
        self._subdirs = (platform, "noarch") if platform else tuple(subdirs or context.subdirs)
        self._channels = tuple(dict.fromkeys(str(name) for name in names))
        self._repodata_fn = repodata_fn
        self._prefix = None if prefix is None else str(getattr(prefix, "prefix", prefix))
        self._use_system = use_system
        self._all: dict[PackageRecord, PackageRecord] | None = None

    @property
    def system_packages(self) -> dict[PackageRecord, PackageRecord]:
        """The facts about the machine."""
        return {record: record for record in current().virtual_packages()}

    def get_reduced_index(self, specs: Iterable[Any]) -> dict[PackageRecord, PackageRecord]:
        """Return the packages that specs name, and all that these may need.

        Raises:
            CondaError: A channel is not allowed, or cannot be read.
        """
        conda = current().for_subdirs(self._subdirs)
        waiting = [_spec_of(spec) for spec in specs]
        seen: set[str] = set()
        found = self._beside_channels()
        while waiting:
            spec = waiting.pop()
            if spec.name in seen or spec.name.startswith("__"):
                continue
            seen.add(spec.name)
            for record in conda.query(MatchSpec(spec.name), self._channels or None):
                found[record] = record
                waiting += map(MatchSpec.parse, record.depends)
        return found

    def __getitem__(self, record: PackageRecord) -> PackageRecord:
        return self._everything()[record]

    def __iter__(self) -> Iterator[PackageRecord]:
        return iter(self._everything())

    def __len__(self) -> int:
        return len(self._everything())

    def _everything(self) -> dict[PackageRecord, PackageRecord]:
        if self._all is None:
            folders = [
                SubdirData(f"{base}/{subdir}", self._repodata_fn)
                for name in self._channels
                for member in channel_of(name).members
                if (base := member.base_url)
                for subdir in self._subdirs
            ]
            records = chain.from_iterable(folder.iter_records() for folder in folders)
            self._all = {**{record: record for record in records}, **self._beside_channels()}
        return self._all

    def _beside_channels(self) -> dict[PackageRecord, PackageRecord]:
        found = dict(self.system_packages) if self._use_system else {}
        if self._prefix is not None:
            installed = current().prefix_data(self._prefix).records().values()
            found.update((record, record) for record in installed)
        return found


def get_index(
    channel_urls: Iterable[Any] = (),
    prepend: bool = True,  # noqa: FBT001, FBT002 - the public interface
    platform: str | None = None,
    **options: Any,
) -> Index:
    """Return the packages of channels, of an environment, and of the machine."""
    given = {name: value for name, value in options.items() if name != "unknown"}
    return Index(channel_urls, prepend, platform, use_system=True, **given)
