"""Fresh, revalidate or download: ends with an open `NamesIndex`, or with an error that says why.

The steps for one index file:

1. On this machine (`file://`), the body is read where it lies; only the index of names is kept.
2. A cached body that is fresh, or must do (offline, `use_index_cache`), is opened.
3. Otherwise the server is asked: for what has changed since (`incremental`), or for the index, on
   the condition that it has something else; 304 makes the cached body fresh again.
4. What comes is decoded and parsed before anything is replaced: an answer that is not an index
   never costs the old copy.

A cache folder that cannot be written does not stop anybody: the index is then kept in memory.
"""

import os
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from conda_clone.core.channels.errors import CondaUpgradeError
from conda_clone.core.channels.repodata.cache import CacheEntry, CacheState, is_fresh
from conda_clone.core.channels.repodata.formats import BodyError
from conda_clone.core.channels.repodata.names_index import BytesSource, NamesIndex, Source, encode
from conda_clone.core.channels.repodata.place import (
    OpenIndex,
    Place,
    keep,
    may_have_another_form,
    tell_age,
)
from conda_clone.gateways.disk.errors import ParseError
from conda_clone.gateways.disk.random_access import RandomAccessFile
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.network.transport import Transport
from conda_clone.models.events import Caution
from conda_clone.models.url import redact, url_to_path
from conda_clone.models.values import replace

if TYPE_CHECKING:
    from conda_clone.config.settings import ChannelSettings
    from conda_clone.core.channels.repodata.parse import Layout
    from conda_clone.core.channels.repodata.sharded import ShardedFetcher
    from conda_clone.models.events import Reporter

__all__ = ["IndexFetcher", "OpenIndex", "Place"]

_T = TypeVar("_T")
_WHOLE = "repodata.json"  # the index that may also come in shards
_SERVER_ERRORS = range(500, 600)


class IndexFetcher:
    """Opens the indexes of one place."""

    def __init__(
        self,
        place: Place,
        settings: "ChannelSettings",
        transport: Transport,
        cache_dir: str,
        reporter: "Reporter",
        *,
        now: Callable[[], int] = time.time_ns,
    ) -> None:
        self._place = place
        self._settings = settings
        self._transport = transport
        self._cache_dir = cache_dir
        self._reporter = reporter
        self._now = now
        self._is_local = place.url.startswith("file://")
        self._told_age = False

    def open_ready(self, fn: str) -> OpenIndex | None:
        """Open the index if that takes neither the network nor the parsing of a body."""
        entry = self._entry(fn)
        if os.path.isfile(self._local_path(fn)):
            return self._open_indexed(entry, self._local_path(fn))
        state = entry.state()
        if entry.holds_body(state) and self._must_do(state):
            return self._open_indexed(entry, entry.body_path)
        return self._sharded.open_ready() if self._may_be_sharded(fn) else None

    def open(self, fn: str, *, whole: bool = False) -> OpenIndex:
        """Open the index, fetched if need be; offline, one that is not cached is empty.

        Args:
            fn: Its name.
            whole: Whether all of it is needed, so that fetching it in shards gains nothing.

        Raises:
            CondaHTTPError: The server has no such file (404), refuses, or cannot be reached.
            ParseError: What it has is not an index.
            CondaUpgradeError: The index is in a later format.
        """
        entry = self._entry(fn)
        path = self._local_path(fn)
        if os.path.isfile(path):
            return self._open_indexed(entry, path) or self._index_file(entry, fn, path)
        state = entry.state()
        has_body = entry.holds_body(state)
        if has_body and self._must_do(state):
            index = self._open_cached(entry, fn)
            if index is not None:
                return index
            has_body = False
        if self._settings.offline and not self._is_local:
            return self._open_offline(fn)
        try:
            return self._open_newest(entry, fn, state, has_body=has_body, whole=whole)
        except CondaHTTPError as error:
            if has_body and (error.is_connection_failure or error.status in _SERVER_ERRORS):
                error.hint = (
                    f"{error.hint or ''} An older copy of this index is cached: "
                    "`--use-index-cache` or `--offline` makes do with it."
                ).lstrip()
            raise

    def _open_offline(self, fn: str) -> OpenIndex:
        sharded = self._sharded.open_ready() if self._may_be_sharded(fn) else None
        if sharded is not None:
            return sharded
        self._reporter.report(
            Caution(f"The index of {self._place.label} is not cached; offline, it counts as empty.")
        )
        from conda_clone.core.channels.repodata.parse import Layout  # as in `_parse`

        return self._in_memory(Layout({}, redact(self._place.url)), b"")

    def _open_newest(
        self, entry: CacheEntry, fn: str, state: CacheState, *, has_body: bool, whole: bool
    ) -> OpenIndex:
        if not whole and self._may_be_sharded(fn) and not state.lacks_shards(self._now()):
            sharded, state = self._open_sharded(state)
            if sharded is not None:
                return sharded
        if has_body:
            updated, state = self._updated(entry, fn, state)
            if updated is not None:
                return updated
        return self._refresh(entry, fn, state, has_body=has_body)

    @cached_property
    def _sharded(self) -> "ShardedFetcher":
        # 3 ms that a channel in one piece does not cost.
        from conda_clone.core.channels.repodata.sharded import ShardedFetcher

        return ShardedFetcher(
            self._place,
            self._settings,
            self._transport,
            self._cache_dir,
            self._reporter,
            now=self._now,
        )

    def _may_be_sharded(self, fn: str) -> bool:
        return fn == _WHOLE and self._settings.repodata_use_shards and not self._is_local

    def _open_sharded(self, state: CacheState) -> tuple[OpenIndex | None, CacheState]:
        """Open the sharded form; if there is none, return what is known then."""
        try:
            return self._sharded.open(), state
        except CondaHTTPError as error:
            if error.is_connection_failure:
                raise
            if may_have_another_form(error):
                state = replace(state, no_shards_ns=self._now())
        except (BodyError, ParseError, CondaUpgradeError):
            pass  # the whole index may be better, and says what is wrong if it is not
        return None, state

    def _entry(self, fn: str) -> CacheEntry:
        return CacheEntry(
            self._cache_dir,
            self._place.url,
            fn,
            use_only_tar_bz2=self._settings.use_only_tar_bz2,
        )

    def _local_path(self, fn: str) -> str:
        return url_to_path(f"{self._place.url}/{fn}") if self._is_local else ""

    def _must_do(self, state: CacheState) -> bool:
        """Tell whether a cached body is used without asking."""
        if self._is_local:
            return False
        settings = self._settings
        if settings.offline or settings.use_index_cache:
            self._tell_age(state)
            return True
        return is_fresh(state, settings.local_repodata_ttl, self._now())

    def _tell_age(self, state: CacheState) -> None:
        """Say how old an index is that is used without asking, once, if it is days old."""
        if not self._told_age:
            self._told_age = tell_age(
                self._place, self._reporter, refresh_ns=state.refresh_ns, now_ns=self._now()
            )

    def _open_indexed(self, entry: CacheEntry, body_path: str) -> NamesIndex | None:
        """Open the body with the index of names that was built for it, if there is one."""
        try:
            body = RandomAccessFile(body_path)
            table = RandomAccessFile(entry.names_path)
            return NamesIndex(table, body, size=body.size, mtime_ns=body.mtime_ns)
        except (OSError, ValueError):
            return None

    def _open_cached(self, entry: CacheEntry, fn: str) -> NamesIndex | None:
        """Open the cached body; one that is no index is as good as none, unless offline."""
        index = self._open_indexed(entry, entry.body_path)
        if index is not None:
            return index
        try:
            return self._index_file(entry, fn, entry.body_path)
        except ParseError:
            if self._settings.offline:
                raise
            return None

    def _index_file(self, entry: CacheEntry, fn: str, path: str) -> NamesIndex:
        """Build the index of names for a body on disk, and keep it if that is possible."""
        try:
            file = RandomAccessFile(path)
            body = file.read(0, file.size)
        except OSError as error:
            raise ParseError(redact(path), error.strerror or str(error)) from error
        table = encode(self._parse(body, fn), size=file.size, mtime_ns=file.mtime_ns)
        self._keep(entry.save_names, table)
        return NamesIndex(BytesSource(table), file, size=file.size, mtime_ns=file.mtime_ns)

    def _parse(self, body: bytes, fn: str) -> "Layout":
        from conda_clone.core.channels.repodata.parse import parse  # 10 ms, once per download

        url = redact(self._place.url)
        layout = parse(
            body,
            source=f"{url}/{fn}",
            subdir_url=url,
            subdir=self._place.subdir,
            use_only_tar_bz2=self._settings.use_only_tar_bz2,
        )
        if layout.ignored:
            self._reporter.report(
                Caution(
                    f"{layout.ignored} entries of `{url}/{fn}` are left out: they are broken or "
                    f"do not belong to {self._place.subdir}."
                )
            )
        return layout

    def _refresh(
        self, entry: CacheEntry, fn: str, state: CacheState, *, has_body: bool
    ) -> NamesIndex:
        """Ask the server for something newer, in the best form that it has."""
        from conda_clone.core.channels.repodata.transfer import Transfer  # as in `_updated`

        transfer = Transfer(self._place, self._transport, self._reporter, self._now)
        newest = transfer.newest(
            fn,
            state,
            lambda body: self._parse(body, fn),
            use_zst=self._settings.repodata_use_zst,
            has_body=has_body,
        )
        if newest.body is not None and newest.content is not None:
            return self._store(entry, newest.body, newest.content, newest.state)
        self._keep(entry.save_state, newest.state)
        index = self._open_cached(entry, fn)
        return self._refresh(entry, fn, state, has_body=False) if index is None else index

    def _updated(
        self, entry: CacheEntry, fn: str, state: CacheState
    ) -> tuple[NamesIndex | None, CacheState]:
        """Open the cached index after it has been brought up to date by what has changed since.

        Where that cannot be done, return what is known then.
        """
        # 4 ms, and only where there is an index that is no longer fresh.
        from conda_clone.core.channels.repodata.incremental import IncrementalUpdater

        updater = IncrementalUpdater(self._place, self._transport, self._reporter, self._now)
        update = updater.update(entry, fn, state)
        if not update.is_newest:
            return None, update.state
        if update.body is None:
            self._keep(entry.save_state, update.state)
            return self._open_cached(entry, fn), update.state
        try:
            layout = self._parse(update.body, fn)
        except (ParseError, CondaUpgradeError):
            return None, state  # the whole index may be better, and says what is wrong if not
        return self._store(entry, update.body, layout, update.state), state

    def _store(
        self, entry: CacheEntry, body: bytes, layout: "Layout", state: CacheState
    ) -> NamesIndex:
        """Keep a new body, and open it."""
        if not self._keep(entry.save_body, body):
            return self._in_memory(layout, body)
        file: Source
        try:
            file = RandomAccessFile(entry.body_path)
        except OSError:
            return self._in_memory(layout, body)
        if file.size != len(body):  # somebody else was at it in the same moment
            return self._in_memory(layout, body)
        table = encode(layout, size=file.size, mtime_ns=file.mtime_ns)
        self._keep(entry.save_names, table)
        new_state = replace(state, size=file.size, mtime_ns=file.mtime_ns, refresh_ns=self._now())
        self._keep(entry.save_state, new_state)
        return NamesIndex(BytesSource(table), file, size=file.size, mtime_ns=file.mtime_ns)

    def _in_memory(self, layout: "Layout", body: bytes) -> NamesIndex:
        table = encode(layout, size=len(body), mtime_ns=0)
        return NamesIndex(BytesSource(table), BytesSource(body), size=len(body), mtime_ns=0)

    def _keep(self, save: Callable[[_T], None], value: _T) -> bool:
        """Write to the cache; return whether that was possible."""
        return keep(lambda: save(value), self._place, self._reporter)
