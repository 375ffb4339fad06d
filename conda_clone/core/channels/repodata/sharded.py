"""`ShardedIndex`: an open index whose names are fetched one by one, when they are asked for.

`ShardedFetcher` opens it: the table of shards is kept and revalidated as a whole index is, the
shards themselves never change. Whoever knows beforehand what will be asked for calls `bring` from
several threads.
"""

import hashlib
import os
import re
import time
from collections.abc import Callable, Mapping
from heapq import nlargest
from typing import TYPE_CHECKING

from conda_clone.core.channels.repodata.cache import CacheEntry, CacheState, is_fresh, mode_of
from conda_clone.core.channels.repodata.fetched import FetchedShards
from conda_clone.core.channels.repodata.formats import BodyError
from conda_clone.core.channels.repodata.place import (
    Place,
    ShardsUnusableError,
    keep,
    tell_age,
)
from conda_clone.core.channels.repodata.shard_store import SHARDS, ShardStore
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.network.transport import Request, Transport, prepare
from conda_clone.models.url import redact
from conda_clone.models.values import replace

if TYPE_CHECKING:
    from conda_clone.config.settings import ChannelSettings
    from conda_clone.core.channels.repodata.shards import ShardTable
    from conda_clone.models.events import Reporter

__all__ = ["ShardedFetcher", "ShardedIndex"]

_OK = 200
_NOT_MODIFIED = 304
_ATTEMPTS = 3  # at a shard whose connection breaks off, or that comes damaged
# Several times what conda-forge of 2026 has: 1.5 MB for its table, 400 kB for its largest shard.
_LARGEST_TABLE = 64 << 20  # bytes
_LARGEST_SHARD = 64 << 20
# What is asked for first leads to several times as much, which then need not wait for connections.
_FIRST_CONNECTIONS = 3
_FIRST_REQUESTS = 8
_CONNECTIONS_AHEAD = 3  # with each of them
_GLANCE = 8  # packages of a name whose dependencies are guessed to be needed
_NAME = re.compile(r"[\w.-]+(?![\w.-]|::)")
_COMPRESSED = {"Accept-Encoding": "identity"}


class ShardedIndex:
    """The names of one platform folder, and their entries on demand.

    Attributes:
        base_url: Folder of the archives.
    """

    __slots__ = ("_bodies", "_digests", "_fetched", "_get", "_load", "_only_tar_bz2", "base_url")

    def __init__(
        self,
        table: "ShardTable",
        store: ShardStore,
        fetched: FetchedShards,
        get: Callable[[bytes], bytes | None],
        *,
        use_only_tar_bz2: bool = False,
    ) -> None:
        """Open the index.

        Args:
            table: Which shards there are.
            store: Those that are on disk.
            fetched: Which of them each name had when it was last asked for.
            get: Returns the shard of a digest, or None when it cannot be had offline.
            use_only_tar_bz2: Whether `.conda` archives do not count.
        """
        self.base_url = table.base_url
        self._digests = table.digests
        self._load = store.load
        self._get = get
        self._fetched = fetched
        self._only_tar_bz2 = use_only_tar_bz2
        self._bodies: dict[str, bytes | None] = {}

    def names(self) -> list[str]:
        """Return all names, sorted."""
        return sorted(self._digests)

    def has(self, name: str) -> bool:
        """Tell whether the entries of a name are at hand, or known not to exist."""
        return name in self._bodies or name not in self._digests

    def bring(self, name: str) -> None:
        """Fetch the entries of a name; may be called from several threads.

        Raises:
            ShardsUnusableError: They cannot be had.
            CondaHTTPError: The server cannot be reached.
        """
        if not self.has(name):
            self._bodies[name] = self._get(self._digests[name])

    def earlier(self, name: str) -> tuple[set[str], bool] | None:
        """Return what is known of a name from when it was last fetched; None for nothing.

        Names that its packages depended on, and whether its entries are others now. Packages that
        came last are looked at, by their time stamps: comparing versions takes longer.
        """
        from conda_clone.core.channels.repodata.shards import decode_shard  # loaded with the table

        digest = self._fetched.digest_of(name)
        body = None if digest is None else self._load(digest)
        if body is None:
            return None
        try:
            entries = decode_shard(body)
        except BodyError:
            return None
        last = nlargest(_GLANCE, entries.values(), key=_timestamp)
        found = (_NAME.match(text) for entry in last for text in _texts(entry.get("depends")))
        mentioned = {match[0] for match in found if match is not None}
        return mentioned, self._digests.get(name, digest) != digest

    def remember(self) -> None:
        """Keep in mind which shards have been looked at, for `earlier`."""
        names = [name for name, body in list(self._bodies.items()) if body is not None]
        self._fetched.note({name: self._digests[name] for name in names})

    def stamp_of(self, name: str) -> bytes | None:
        """Return what changes with the entries of a name; None where they cannot be had now."""
        if self._bodies.get(name, b"") is None:
            return None
        return self._digests.get(name, b"")

    def entries(self, name: str) -> dict[str, dict[str, object]]:
        """Return the entries of a name, by file name; none when there is no such name.

        Raises:
            ShardsUnusableError: They cannot be had.
            CondaHTTPError: The server cannot be reached.
        """
        from conda_clone.core.channels.repodata.shards import decode_shard  # loaded with the table

        self.bring(name)
        body = self._bodies.get(name)
        if body is None:
            return {}
        try:
            return decode_shard(body, use_only_tar_bz2=self._only_tar_bz2)
        except BodyError as error:
            raise ShardsUnusableError(str(error)) from error


class ShardedFetcher:
    """Opens the sharded index of one place."""

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
        self._reporter = reporter
        self._now = now
        self._entry = CacheEntry(cache_dir, place.url, SHARDS)
        self._store = ShardStore(os.path.join(cache_dir, "shards"), mode_of(cache_dir, place.url))
        self._keeps = True
        self._first_requests = _FIRST_REQUESTS

    @property
    def state(self) -> CacheState | None:
        """What is known about the cached table, or None when there is none."""
        state = self._entry.state()
        return state if self._entry.holds_body(state) else None

    def open_ready(self) -> ShardedIndex | None:
        """Open the cached table if it is fresh, or must do (offline, `use_index_cache`)."""
        state = self.state
        if state is None:
            return None
        settings = self._settings
        must_do = settings.offline or settings.use_index_cache
        if must_do:
            tell_age(self._place, self._reporter, refresh_ns=state.refresh_ns, now_ns=self._now())
        if must_do or is_fresh(state, settings.local_repodata_ttl, self._now()):
            return self._open_cached()
        return None

    def open(self) -> ShardedIndex:
        """Open the table that the server has now.

        Raises:
            CondaHTTPError: The server has none, refuses, or cannot be reached.
            BodyError: What it has is no table of shards.
            ParseError: It says that packages are where none can be.
            CondaUpgradeError: It is in a later format.
        """
        state = self.state
        if state is None:  # nothing that it leads to will be here, either
            prepare(self._transport, self._place.url, _FIRST_CONNECTIONS)
        body, headers = self._receive(_COMPRESSED | (state.validators() if state else {}))
        if state is not None and body is None:
            index = self._open_cached()
            if index is not None:
                self._save_state(replace(state, refresh_ns=self._now()))
                return index
            body, headers = self._receive(_COMPRESSED)
        index = self._opened(body or b"")
        self._store_table(body or b"", headers)
        return index

    def _receive(self, headers: dict[str, str]) -> tuple[bytes | None, dict[str, str]]:
        """Return the table and the headers it came with; None when the cached one is the newest."""
        with self._transport.open(Request(f"{self._place.url}/{SHARDS}", headers)) as response:
            if response.status == _NOT_MODIFIED:
                return None, response.headers
            response.raise_for_status()
            return response.read(_LARGEST_TABLE), response.headers

    def _open_cached(self) -> ShardedIndex | None:
        try:
            return self._opened(read_bytes(self._entry.body_path))
        except (OSError, BodyError):
            return None

    def _opened(self, body: bytes) -> ShardedIndex:
        # 20 ms, which pass while it is on its way: see `Index.open`.
        from conda_clone.core.channels.repodata.shards import ShardTable

        place = self._place
        url = redact(place.url)
        table = ShardTable.decode(
            body, source=f"{url}/{SHARDS}", subdir_url=url, subdir=place.subdir
        )
        folder = _with_credentials(table.shards_url, place.url)
        return ShardedIndex(
            table,
            self._store,
            FetchedShards(self._entry, lambda save: keep(save, place, self._reporter)),
            lambda digest: self._shard(folder, digest),
            use_only_tar_bz2=self._settings.use_only_tar_bz2,
        )

    def _store_table(self, body: bytes, headers: dict[str, str]) -> None:
        if not keep(lambda: self._entry.save_body(body), self._place, self._reporter):
            return
        facts = os.stat(self._entry.body_path)
        self._save_state(
            CacheState(
                url=f"{self._place.url}/{SHARDS}",
                etag=headers.get("etag", ""),
                mod=headers.get("last-modified", ""),
                cache_control=headers.get("cache-control", ""),
                size=len(body),
                mtime_ns=facts.st_mtime_ns,
                refresh_ns=self._now(),
            )
        )

    def _save_state(self, state: CacheState) -> None:
        keep(lambda: self._entry.save_state(state), self._place, self._reporter)

    def _shard(self, folder: str, digest: bytes) -> bytes | None:
        """Return a shard from the cache or the server; None offline. Runs in several threads."""
        body = self._store.load(digest)
        if body is not None or self._settings.offline:
            return body
        url = f"{folder}/{digest.hex()}.msgpack.zst"
        if self._first_requests:
            self._first_requests -= 1
            prepare(self._transport, url, _CONNECTIONS_AHEAD)
        broken: CondaHTTPError | None = None
        for _ in range(_ATTEMPTS):
            # Outside of the attempts here: the transport has its own at opening.
            with self._transport.open(Request(url, _COMPRESSED)) as response:
                if response.status != _OK:
                    raise ShardsUnusableError(response.error().message)
                try:
                    body = response.read(_LARGEST_SHARD)
                except CondaHTTPError as error:
                    broken = error
                    continue
            if hashlib.sha256(body).digest() == digest:
                self._keep_shard(digest, body)
                return body
            broken = None
        if broken is not None:
            raise broken
        raise ShardsUnusableError(
            f"a shard of {self._place.label} does not have the digest that its table says"
        )

    def _keep_shard(self, digest: bytes, body: bytes) -> None:
        if self._keeps:  # said once is enough
            self._keeps = keep(lambda: self._store.save(digest, body), self._place, self._reporter)


def _with_credentials(folder: str, place_url: str) -> str:
    """Return the address of a folder with the credentials of its channel, if it is in the channel.

    Another server, or another folder of the same one, may belong to somebody else.
    """
    channel = redact(place_url).rpartition("/")[0]
    if folder.startswith(f"{channel}/"):
        return f"{place_url.rpartition('/')[0]}{folder[len(channel) :]}"
    return folder


def _timestamp(entry: Mapping[str, object]) -> int:
    value = entry.get("timestamp")
    return value if isinstance(value, int) else 0


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
