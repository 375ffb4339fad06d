"""`SubdirData`: the records of one platform folder of one channel, by name or by spec.

Records are built when their name is first asked for. One that cannot be used (its version, a
dependency or its file name makes no sense) is left out with a caution and never stops a command.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

from conda_clone.core.channels.repodata.fetch import IndexFetcher
from conda_clone.core.channels.repodata.names_index import NamesIndex
from conda_clone.core.channels.repodata.place import (
    GrowingIndex,
    OpenIndex,
    Place,
    ShardsUnusableError,
    is_growing,
)
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.network.transport import Transport, prepare
from conda_clone.models.errors import InvalidMatchSpec, InvalidRecord, InvalidVersionSpec
from conda_clone.models.events import Caution
from conda_clone.models.match_spec.matchers import StringMatch
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.record_json import record_from_repodata
from conda_clone.models.version import VersionOrder

if TYPE_CHECKING:
    from conda_clone.config.settings import ChannelSettings
    from conda_clone.core.channels.repodata.run_exports import RunExports
    from conda_clone.models.channel import Channel
    from conda_clone.models.events import Reporter
    from conda_clone.models.records import PackageRecord

__all__ = ["REPODATA", "Spot", "SubdirData"]

Spot = tuple[int, ...] | tuple[str, str]

REPODATA = "repodata.json"
_NOT_FOUND = 404
_TOO_MANY_REQUESTS = 429
_MANY_NAMES = 50  # of a sharded index: more are had faster with the whole of it
_FIRST_PYTHON_WITH_PIP = VersionOrder("2")
_EXTENSIONS = (".conda", ".tar.bz2")
_UNSAFE = frozenset('/\\\0\n\r:*?"<>|')


class SubdirData:
    """The packages in one platform folder of a channel.

    Attributes:
        channel: The channel; its credentials go with every request.
        subdir: Name of the platform folder.
        missing: The error that says that the server has no such folder (it then counts as empty).
    """

    def __init__(
        self,
        channel: "Channel",
        subdir: str,
        settings: "ChannelSettings",
        transport: "Transport",
        cache_dir: str,
        reporter: "Reporter",
        *,
        repodata_fn: str = REPODATA,
        now: Callable[[], int] = time.time_ns,
    ) -> None:
        self.channel = channel
        self.subdir = subdir
        self.missing: CondaHTTPError | None = None
        self._settings = settings
        self._reporter = reporter
        self._label = f"{channel.canonical_name}/{subdir}"
        self._url = channel.subdir_url(subdir, with_credentials=True)
        place = Place(url=self._url, subdir=subdir, label=self._label)
        self._fetcher = IndexFetcher(place, settings, transport, cache_dir, reporter, now=now)
        self._place, self._transport = place, transport
        self._cache_dir, self._now = cache_dir, now
        self._fns = _with_fallbacks(repodata_fn, settings.repodata_fns)
        self._index: OpenIndex | None = None
        self._whole = threading.Lock()
        self._records: dict[str, list[PackageRecord]] = {}
        # Entries of names of which only some records are wanted.
        self._looked_up: dict[str, dict[str, dict[str, object]]] = {}
        # Names of which something was left out: that has to be said each time.
        self._damaged: set[str] = set()

    def load_if_ready(self) -> bool:
        """Open the index if that takes a millisecond; return whether it is open now."""
        if self._index is None:
            self._index = self._fetcher.open_ready(self._fns[0])
        return self._index is not None

    def prepare(self, connections: int) -> None:
        """Begin so many connections to the server, which `load` will ask."""
        prepare(self._transport, self._url, connections)

    def load(self) -> None:
        """Open the index, fetched if need be; a folder that does not exist is `missing`.

        Raises:
            CondaHTTPError: The server refuses, or cannot be reached.
            ParseError: What it has is not an index.
            CondaUpgradeError: The index is in a later format.
        """
        if self._index is not None or self.missing is not None:
            return
        for fn in self._fns:
            try:
                self._index = self._fetcher.open(fn)
            except CondaHTTPError as error:
                if error.status != _NOT_FOUND:
                    self._index = self._open_spare(error)
                    return
                self.missing = error
            else:
                self.missing = None
                return

    def _open_spare(self, error: CondaHTTPError) -> OpenIndex:
        """Open the index that stands in for one that the server withholds.

        Errors name the spare one, which scripts expect. A server that cannot be reached, or wants
        fewer requests, is not asked again.

        Raises:
            CondaHTTPError: There is none, or it is withheld as well.
        """
        spare = self._settings.spare_repodata_fn
        if error.is_connection_failure or error.status == _TOO_MANY_REQUESTS:
            # Whatever form was asked for first: scripts expect the name of an index.
            failure = error.at(f"{self._url}/{spare or self._fns[0]}")
            failure.hint = error.hint
            raise failure from None
        if not spare or spare in self._fns:
            raise error
        try:
            index = self._fetcher.open(spare)
        except CondaHTTPError as second:
            if second.status == _NOT_FOUND:
                raise error from None
            second.hint = error.hint
            raise
        self._reporter.report(
            Caution(
                f"`{spare}`, which lists the newest packages only, stands in for the whole index "
                f"of {self._label}: {error.message}"
            )
        )
        return index

    @property
    def is_sharded(self) -> bool:
        """Whether the open index fetches names when they are asked for."""
        return is_growing(self._index)

    def has(self, name: str) -> bool:
        """Tell whether asking for a name's packages needs no network."""
        return not is_growing(self._index) or self._index.has(name)

    def bring(self, name: str) -> None:
        """Fetch what is known of a name; may be called from several threads.

        Raises:
            ShardsUnusableError: A piece of a sharded index cannot be had; see `use_whole`.
            CondaHTTPError: The server cannot be reached.
        """
        if is_growing(self._index):
            self._index.bring(name)

    def use_whole(self, reason: str) -> None:
        """Fetch the whole index in place of the sharded one, and say why.

        Raises:
            CondaHTTPError: The server refuses, or cannot be reached.
            ParseError: What it has is not an index.
        """
        if is_growing(self._index):
            self._open_whole(self._index, reason)

    def earlier(self, name: str) -> tuple[set[str], bool] | None:
        """Return what is known of a name from when it was last fetched; None for nothing.

        Names that its packages depended on, and whether its entries are others now.
        """
        return self._index.earlier(name) if is_growing(self._index) else None

    def remember(self) -> None:
        """Keep in mind what has been fetched, for `earlier`."""
        if is_growing(self._index):
            self._index.remember()

    def _open_whole(self, sharded: GrowingIndex, reason: str = "") -> None:
        with self._whole:
            if self._index is not sharded:
                return
            if reason:
                self._reporter.report(
                    Caution(f"The whole index of {self._label} is fetched instead: {reason}")
                )
            self._index = self._fetcher.open(REPODATA, whole=True)

    def names(self) -> list[str]:
        """Return the names of all packages, sorted."""
        self.load()
        return [] if self._index is None else self._index.names()

    def records(self, name: str) -> "list[PackageRecord]":
        """Return the packages of that name, in the order of the index."""
        found = self._records.get(name)
        if found is None:
            found = self._records[name] = self._build(name)
        return found

    @property
    def state(self) -> tuple[object, ...] | None:
        """What all records follow from, as plain values; None while it is not known.

        Those of a sharded index follow from what `stamp_of` says of their name as well.
        """
        settings, index = self._settings, self._index
        if self.missing is not None:
            return ()
        flags = (settings.add_pip_as_python_dependency, settings.use_only_tar_bz2)
        if isinstance(index, NamesIndex):
            return (*index.stamp, index.base_url, *flags)
        return (index.base_url, *flags) if is_growing(index) else None

    def stamp_of(self, name: str) -> bytes | None:
        """Return what records of a name follow from, beside `state`; None if some are missing."""
        index = self._index
        return index.stamp_of(name) if is_growing(index) else b""

    def places(self, name: str) -> list[Spot] | None:
        """Return where each of the records of a name is found, None if it cannot be said.

        Numbers in an index that lies in one piece, otherwise name and file name.
        """
        records = self.records(name)
        if self._index is None:
            return []
        if name in self._damaged:
            return None
        if not isinstance(self._index, NamesIndex):
            return [(name, record.fn) for record in records]
        places = self._index.places(name)
        return [
            places[fn] if fn in places else places[fn.removesuffix(".conda")]
            for fn in (record.fn for record in records)
        ]

    def record_at(self, spot: Spot) -> "PackageRecord":
        """Return the record that is found there; it has been checked before."""
        index = self._index
        if isinstance(index, NamesIndex) and isinstance(spot[1], int):
            key, entry = index.entry_at(*spot)
            return self._record(_archive(key, entry), entry, index.base_url)
        name, fn = cast("tuple[str, str]", spot)
        entries = self._looked_up.get(name)
        if entries is None:
            entries = self._looked_up[name] = self._entries(name)
        entry = entries[fn if fn in entries else fn.removesuffix(".conda")]
        return self._record(fn, entry, "" if self._index is None else self._index.base_url)

    def run_exports(self, record: "PackageRecord") -> dict[str, list[str]]:
        """Return what a package of this folder exports, by kind; {} if nobody knows (CEP 12)."""
        from conda_clone.core.channels.repodata.run_exports import exports_of  # few ask

        if "run_exports" in record.extra:  # sharded indexes say it themselves (CEP 21)
            return exports_of(record.extra["run_exports"])
        return self._run_exports.of(record.fn)

    @cached_property
    def _run_exports(self) -> "RunExports":
        from conda_clone.core.channels.repodata.run_exports import RunExports  # as above

        return RunExports(
            self._place,
            self._settings,
            self._transport,
            self._cache_dir,
            self._reporter,
            now=self._now,
        )

    def query(self, spec: MatchSpec) -> "list[PackageRecord]":
        """Return the packages that the spec matches; its name may be a pattern."""
        if spec.name_is_exact:
            return [record for record in self.records(spec.name) if spec.match(record)]
        fits = StringMatch(spec.name, ignore_case=True).match
        names = [name for name in self.names() if fits(name)]
        self._need(names)
        return [record for name in names for record in self._build(name) if spec.match(record)]

    def all_records(self) -> "Iterator[PackageRecord]":
        """Yield all packages, by name; they are not kept in memory."""
        names = self.names()
        self._need(names)
        for name in names:
            yield from self._build(name)

    def _need(self, names: Sequence[str]) -> None:
        """Fetch the whole index where so many names, one by one, would take longer."""
        index = self._index
        if is_growing(index) and not self._settings.offline:
            lacking = sum(not index.has(name) for name in names)
            if lacking > _MANY_NAMES:
                self._open_whole(index)

    def _entries(self, name: str) -> dict[str, dict[str, object]]:
        index = self._index
        if index is None:
            return {}
        try:
            return index.entries(name)
        except ShardsUnusableError as error:
            if not is_growing(index):
                raise
            self._open_whole(index, str(error))
            return self._entries(name)

    def _build(self, name: str) -> "list[PackageRecord]":
        self.load()
        entries = self._entries(name)
        if self._index is None:
            return []
        base_url = self._index.base_url
        records = []
        reasons = []
        for key, entry in entries.items():
            try:
                records.append(self._checked(self._record(_archive(key, entry), entry, base_url)))
            except (InvalidRecord, InvalidMatchSpec, InvalidVersionSpec) as error:
                reasons.append(error.message)
        if reasons:
            self._damaged.add(name)
            self._reporter.report(
                Caution(
                    f"{len(reasons)} of the packages `{name}` of {self._label} are left out. "
                    f"The first reason: {reasons[0]}"
                )
            )
        return records

    def _record(self, fn: str, entry: dict[str, object], base_url: str) -> "PackageRecord":
        if self._settings.add_pip_as_python_dependency and entry.get("name") == "python":
            _add_pip(entry)
        return record_from_repodata(
            entry, fn=fn, channel=self.channel, subdir=self.subdir, base_url=base_url
        )

    def _checked(self, record: "PackageRecord") -> "PackageRecord":
        _check_file_names(record)
        VersionOrder.parse(record.version)
        parse = MatchSpec.parse
        for text in record.depends:
            parse(text)
        for text in record.constrains:
            parse(text)
        return record


def _archive(key: str, entry: dict[str, object]) -> str:
    """Return the file name of an entry; newer sections leave the ending out (CEP 48)."""
    stem = f"{entry.get('name')}-{entry.get('version')}-{entry.get('build')}"
    return f"{key}.conda" if key == stem else key


def _with_fallbacks(repodata_fn: str, configured: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of index files to try: that one, those configured after it, the usual."""
    later = configured[configured.index(repodata_fn) + 1 :] if repodata_fn in configured else ()
    return tuple(dict.fromkeys((repodata_fn, *later, REPODATA)))


def _add_pip(entry: dict[str, object]) -> None:
    """Make `pip` a dependency of python, so that every environment with python has it."""
    depends = entry.get("depends")
    version = entry.get("version")
    if not isinstance(depends, list) or not isinstance(version, str) or "pip" in depends:
        return
    if VersionOrder.parse(version) >= _FIRST_PYTHON_WITH_PIP:
        depends.append("pip")


def _check_file_names(record: "PackageRecord") -> None:
    """Refuse what would make files outside the folders meant for them.

    Name, version and build name folders of the package cache and files of `conda-meta`.
    """
    fn = record.fn
    if not fn.endswith(_EXTENSIONS) or fn.startswith(".") or not _UNSAFE.isdisjoint(fn):
        raise InvalidRecord(fn, "its file name is not that of a package")
    if f"{record.dist_name}{'.conda' if fn.endswith('.conda') else '.tar.bz2'}" == fn:
        return
    if record.name.startswith(".") or not _UNSAFE.isdisjoint(record.dist_name):
        raise InvalidRecord(fn, "its name, version or build cannot be part of a file name")
