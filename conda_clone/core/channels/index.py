"""`Index`: the records visible through an ordered list of channels, loaded by name.

Which of several channels counts for a name is the solver's policy; here all records are returned,
those of earlier channels first, and `channel_order` says which channel is earlier.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Self, cast

from conda_clone.core.channels.errors import (
    ChannelDenied,
    ChannelNotAllowed,
    UnavailableInvalidChannel,
)
from conda_clone.core.channels.likely import first_wishes
from conda_clone.core.channels.memory import ChannelMemory
from conda_clone.core.channels.reach import reach
from conda_clone.core.channels.repodata.cache import mode_of
from conda_clone.core.channels.subdir_data import REPODATA, Spot, SubdirData
from conda_clone.models.channel import Channel
from conda_clone.models.events import Caution
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.url import url_to_path

if TYPE_CHECKING:
    from conda_clone.config.settings import ChannelSettings
    from conda_clone.gateways.network.errors import CondaHTTPError
    from conda_clone.gateways.network.transport import Transport
    from conda_clone.models.events import Event, Reporter
    from conda_clone.models.records import PackageRecord

__all__ = ["Index"]

# The number of a platform folder, and where it finds the record.
Place = tuple[int, ...] | tuple[int, str, str]

_THREADS = 8  # when `repodata_threads` leaves it to us; servers of channels stand more
_SHARD_THREADS = 32  # shards are small: waiting for them is all that takes time
_NOT_FOUND = 404
_WHOLE_READER = "conda_clone.core.channels.repodata.parse"
_SHARDS_READER = "conda_clone.core.channels.repodata.shards"  # needs the other, too


class Index:
    """The packages of several channels.

    Attributes:
        subdirs: The platform folders, in the order of their channels.
        channel_order: Base URLs of the channels, highest priority first.
    """

    def __init__(
        self, subdirs: Sequence[SubdirData], *, threads: int = 0, cache_dir: str | None = None
    ) -> None:
        self.subdirs = tuple(subdirs)
        self._cache_dir = cache_dir
        self._threads = threads or _SHARD_THREADS
        self._wishes: dict[str, MatchSpec] = {}
        self._has_foreseen = False
        self.channel_order = tuple(
            dict.fromkeys(
                subdir.channel.base_url for subdir in subdirs if subdir.channel.base_url is not None
            )
        )

    @classmethod
    def open(
        cls,
        settings: "ChannelSettings",
        transport: "Transport",
        cache_dir: str,
        reporter: "Reporter",
        repodata_fn: str = REPODATA,
        *,
        now: Callable[[], int] = time.time_ns,
    ) -> Self:
        """Open the indexes of all configured channels, several at once.

        Args:
            settings: Which channels and platforms, and how their indexes are kept.
            transport: How to fetch what is not cached.
            cache_dir: Folder of the cached indexes; need not exist or be writable.
            reporter: Who wants to know about downloads.
            repodata_fn: Name of the index files; those without it are asked for the next name.
            now: The clock, in nanoseconds since 1970.

        Raises:
            ChannelDenied, ChannelNotAllowed: The configuration forbids a channel.
            UnavailableInvalidChannel: A channel has none of the platform folders.
            CondaHTTPError: A server refuses, or cannot be reached.
            ParseError: A server has something that is not an index.
        """
        safe_reporter = _OneAtATime(reporter)
        subdirs = [
            SubdirData(
                channel,
                subdir,
                settings,
                transport,
                cache_dir,
                safe_reporter,
                repodata_fn=repodata_fn,
                now=now,
            )
            for channel, subdir in _places(settings)
        ]
        _load_all(subdirs, settings)
        for of_channel in _by_channel(subdirs):
            _check_available(of_channel, settings, safe_reporter)
        return cls(subdirs, threads=settings.repodata_threads, cache_dir=cache_dir)

    @property
    def urls(self) -> tuple[str, ...]:
        """Addresses of all platform folders that were looked into, without secrets."""
        return tuple(subdir.channel.subdir_url(subdir.subdir) for subdir in self.subdirs)

    def names(self) -> list[str]:
        """Return the names of all packages, sorted."""
        return sorted({name for subdir in self.subdirs for name in subdir.names()})

    def records(self, name: str) -> "list[PackageRecord]":
        """Return the packages of that name, those of earlier channels first."""
        if not all(subdir.has(name) for subdir in self.subdirs):
            self._fetch([MatchSpec(name)])
        return [record for subdir in self.subdirs for record in subdir.records(name)]

    def reach(self, specs: "Iterable[MatchSpec]") -> None:
        """Fetch, many at a time, what solving these specs will probably ask for.

        Nothing is fetched for names of which enough is remembered.

        Raises:
            CondaHTTPError: A server cannot be reached.
        """
        if any(subdir.is_sharded for subdir in self.subdirs):
            exact = [spec for spec in specs if spec.name_is_exact]
            unknown = [spec for spec in exact if self.recall(spec.name) is None]
            self._wishes = first_wishes((*self._wishes.values(), *exact))
            if unknown:
                self._fetch(unknown)

    def _fetch(self, specs: "Sequence[MatchSpec]") -> None:
        # What is wanted leads to the same names all the time: once is enough.
        roots = () if self._has_foreseen else tuple(self._wishes)
        self._has_foreseen = True
        reach(self.subdirs, specs, self._wishes, self._threads, roots=roots)

    def recall(self, key: str) -> tuple[object, ...] | None:
        """Return what was kept under a key for this state of the channels, None for nothing.

        Args:
            key: The name that the values are about; more can follow after a blank.
        """
        kept = None if self._memory is None else self._memory.recall(key)
        if kept is None:
            return None
        stamps, columns = kept
        return cast("tuple[object, ...]", columns) if stamps == self._stamps(key) else None

    def keep(self, columns: Mapping[str, tuple[object, ...]]) -> None:
        """Keep plain values by key, for as long as what they are about stays as it is."""
        if self._memory is None or self._states != [subdir.state for subdir in self.subdirs]:
            return
        stamped = {key: (self._stamps(key), values) for key, values in columns.items()}
        self._memory.keep({key: value for key, value in stamped.items() if None not in value[0]})

    @cached_property
    def _memory(self) -> ChannelMemory | None:
        if self._cache_dir is None or None in self._states:
            return None
        # As private as the most private of the channels.
        folder = self._cache_dir
        modes = [
            mode_of(folder, subdir.channel.subdir_url(subdir.subdir, with_credentials=True))
            for subdir in self.subdirs
        ]
        mode = min(filter(None, modes), default=None)
        return ChannelMemory(self._cache_dir, self.urls, self._states, mode=mode)

    @cached_property
    def _states(self) -> list[tuple[object, ...] | None]:
        return [subdir.state for subdir in self.subdirs]

    def _stamps(self, key: str) -> tuple[bytes | None, ...]:
        name = key.partition(" ")[0]
        return tuple(subdir.stamp_of(name) for subdir in self.subdirs)

    def places(self, name: str) -> list[Place] | None:
        """Return where each of the records of a name is found; None when that cannot be said."""
        found: list[Place] = []
        for number, subdir in enumerate(self.subdirs):
            places = subdir.places(name)
            if places is None:
                return None
            found += [(number, *spot) for spot in places]
        return found

    def record_at(self, place: Place) -> "PackageRecord":
        """Return the record that is found there."""
        number, *spot = place
        return self.subdirs[number].record_at(cast("Spot", tuple(spot)))

    def query(self, spec: "MatchSpec") -> "list[PackageRecord]":
        """Return the packages that the spec matches; its name may be a pattern."""
        return [record for subdir in self.subdirs for record in subdir.query(spec)]

    def run_exports(self, record: "PackageRecord") -> dict[str, list[str]]:
        """Return what a package of these channels exports, by kind; {} if nobody knows (CEP 12)."""
        for subdir in self.subdirs:
            if subdir.subdir == record.subdir and subdir.channel == record.channel:
                return subdir.run_exports(record)
        return {}


class _OneAtATime:
    """A reporter for several threads: events reach the real one in turn."""

    __slots__ = ("_lock", "_reporter")

    def __init__(self, reporter: "Reporter") -> None:
        self._reporter = reporter
        self._lock = threading.Lock()

    def report(self, event: "Event") -> None:
        with self._lock:
            self._reporter.report(event)


def _places(settings: "ChannelSettings") -> Iterator[tuple[Channel, str]]:
    """Yield the platform folders in the order of their channels, each once."""
    seen: set[tuple[str | None, str]] = set()
    allowed = _base_urls(settings.allowlist_channels, settings)
    denied = _base_urls(settings.denylist_channels, settings)
    for text in settings.channels:
        written = Channel.from_text(text, settings.config)
        for channel in _expanded(written):
            url = channel.base_url or ""
            if url in denied:
                raise ChannelDenied(channel.canonical_name, url)
            if allowed and url not in allowed:
                raise ChannelNotAllowed(channel.canonical_name, url)
            for subdir in _subdirs_of(written.platform or channel.platform, settings):
                if (url, subdir) not in seen:
                    seen.add((url, subdir))
                    yield channel, subdir


def _base_urls(texts: Iterable[str], settings: "ChannelSettings") -> frozenset[str | None]:
    return frozenset(
        member.base_url
        for text in texts
        for member in _expanded(Channel.from_text(text, settings.config))
    )


def _expanded(channel: Channel) -> Iterator[Channel]:
    """Yield the channels behind one; members of a multichannel can be multichannels."""
    if not channel.is_multichannel:
        yield channel
        return
    for member in channel.members:
        yield from _expanded(member)


def _subdirs_of(platform: str | None, settings: "ChannelSettings") -> Sequence[str]:
    """Return the folders of a channel that was written with that platform, or with none."""
    if platform is None:
        return settings.subdirs
    return ("noarch",) if platform == "noarch" else (platform, "noarch")


def _load_all(subdirs: Sequence[SubdirData], settings: "ChannelSettings") -> None:
    """Load all; of several errors, the one of the first channel is raised."""
    # What is cached and indexed opens faster than a thread starts.
    waiting = deque(subdir for subdir in subdirs if not subdir.load_if_ready())
    remote = [each for each in waiting if not settings.offline and each.channel.scheme != "file"]
    _connect(remote)
    errors: dict[int, Exception] = {}
    order = {id(subdir): number for number, subdir in enumerate(waiting)}

    def work() -> None:
        while True:
            try:
                subdir = waiting.popleft()
            except IndexError:
                return
            try:
                subdir.load()
            except Exception as error:  # noqa: BLE001 - raised again by the main thread
                errors[order[id(subdir)]] = error

    helpers = [
        threading.Thread(target=work, name="repodata", daemon=True)
        for _ in range(min(settings.repodata_threads or _THREADS, len(waiting)))
    ]
    for helper in helpers:
        helper.start()
    if remote:  # what reads the answers is loaded while these are on their way
        import_module(_SHARDS_READER if settings.repodata_use_shards else _WHOLE_READER)
    for helper in helpers:
        helper.join()
    if errors:
        raise errors[min(errors)]


def _connect(subdirs: Iterable[SubdirData]) -> None:
    """Begin to connect to the servers of platform folders, and load what speaks to them."""
    for of_channel in _by_channel(subdirs):
        of_channel[0].prepare(len(of_channel))


def _by_channel(subdirs: Iterable[SubdirData]) -> Iterable[list[SubdirData]]:
    channels: dict[str | None, list[SubdirData]] = {}
    for subdir in subdirs:
        channels.setdefault(subdir.channel.base_url, []).append(subdir)
    return channels.values()


def _check_available(
    subdirs: Sequence[SubdirData], settings: "ChannelSettings", reporter: "Reporter"
) -> None:
    """Refuse a channel that has nothing where a channel must be.

    A channel need not have every platform, nor `noarch`, as long as it has something to read.
    """
    error = subdirs[-1].missing
    if error is None or any(subdir.missing is None for subdir in subdirs):
        return
    channel = subdirs[-1].channel
    problem = _unavailable(channel, error)
    if not settings.allow_non_channel_urls:
        raise problem
    reporter.report(Caution(problem.message))


def _unavailable(channel: Channel, error: "CondaHTTPError") -> UnavailableInvalidChannel:
    details = str(error.details["response_details"])
    url = channel.base_url or channel.name
    if not error.url.startswith("file://"):
        return UnavailableInvalidChannel(
            channel.name, url, status=_NOT_FOUND, reason=error.reason, response_details=details
        )
    return UnavailableInvalidChannel(
        channel.name,
        url,
        status=_NOT_FOUND,
        reason="UNAVAILABLE OR INVALID",
        response_details=details,
        json={
            "error": "file does not exist",
            "exception": "FileNotFoundError(2, 'No such file or directory')",
            "path": url_to_path(error.url),
        },
    )
