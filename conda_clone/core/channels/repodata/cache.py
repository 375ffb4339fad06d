"""The copy of an index on disk, with its state file, as other conda programs keep them.

Beside each other in `<package cache>/cache` (spec/formats.md, section 4):

- `<key>.json`: the body, decoded;
- `<key>.msgpack.zst`: likewise, the table of a sharded index as it came;
- `<key>.info.json`: its state; a body whose size or time differs from it does not count;
- `<key>.names`: where each package name's entries lie in the body (`names_index`), or which shard
  each had when it was last fetched (`fetched`); ours alone.

Every file is replaced in one step, the state last, so that whoever is interrupted, or works at the
same time, leaves at worst a body that does not count.
"""

import os
import re
from collections.abc import Mapping

from conda_clone.gateways.disk.errors import EncodingError, ParseError
from conda_clone.gateways.disk.permissions import private_mode
from conda_clone.gateways.disk.read import read_json
from conda_clone.gateways.disk.write import write_atomically
from conda_clone.models.url import redact
from conda_clone.models.values import field, value

__all__ = ["CacheEntry", "CacheState", "is_fresh", "mode_of"]

_SECOND = 10**9  # ns
_MEMORY = 7 * 24 * 3600 * _SECOND  # how long the lack of a form is remembered
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d+)")
_NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b")
_NOMINAL = "blake2_256_nominal"
_KEYS = frozenset(
    {
        "url",
        "etag",
        "mod",
        "cache_control",
        "size",
        "mtime_ns",
        "refresh_ns",
        "has_zst",
        "has_shards",
        "has_jlap",
        "jlap",
        _NOMINAL,
        "blake2_256",  # of a body that may be another one by now
    }
)


@value(kw_only=True)
class CacheState:
    """What is known about a cached body.

    Attributes:
        url: Where it came from, without secrets.
        etag, mod, cache_control: The headers ETag, Last-Modified and Cache-Control of the answer.
        size: Bytes in the body; -1 when there is none.
        mtime_ns: When the body was written, in nanoseconds since 1970.
        refresh_ns: When the server last said that it is the newest.
        no_zst_ns: When the server last had no `.zst`; 0 when it has one or nobody knows.
        no_shards_ns: Likewise for the sharded form.
        no_jlap_ns: Likewise for incremental updates.
        nominal: BLAKE2b-256 of the index as the server has it, where the body was brought up to
            date by patches and is another text; "" where it is that of the body.
        jlap: How far the list of changes has been read.
        other: What other programs keep here.
    """

    url: str = ""
    etag: str = ""
    mod: str = ""
    cache_control: str = ""
    size: int = -1
    mtime_ns: int = -1
    refresh_ns: int = 0
    no_zst_ns: int = 0
    no_shards_ns: int = 0
    no_jlap_ns: int = 0
    nominal: str = ""
    jlap: Mapping[str, object] = field(default_factory=dict)
    other: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "CacheState":
        """Read the content of a state file; what cannot be understood counts as unknown."""
        jlap = _mapping(data.get("jlap"))
        is_of_body = jlap.get("mtime_ns") == data.get("mtime_ns")
        return cls(
            **{key: _text(data.get(key)) for key in ("url", "etag", "mod", "cache_control")},
            size=_number(data.get("size"), -1),
            mtime_ns=_number(data.get("mtime_ns"), -1),
            refresh_ns=_number(data.get("refresh_ns"), 0),
            no_zst_ns=_lack(data.get("has_zst")),
            no_shards_ns=_lack(data.get("has_shards")),
            no_jlap_ns=_lack(data.get("has_jlap")),
            # A program that knows nothing of these keeps them beside a new body.
            nominal=_text(data.get(_NOMINAL)) if is_of_body else "",
            jlap=jlap if is_of_body else {},
            other={key: value for key, value in data.items() if key not in _KEYS},
        )

    def to_json(self) -> dict[str, object]:
        """Return the content of the state file."""
        data: dict[str, object] = {
            **self.other,
            "url": redact(self.url),
            "etag": self.etag,
            "mod": self.mod,
            "cache_control": self.cache_control,
            "size": self.size,
            "mtime_ns": self.mtime_ns,
            "refresh_ns": self.refresh_ns,
        }
        if self.nominal:
            data |= {_NOMINAL: self.nominal, "jlap": {**self.jlap, "mtime_ns": self.mtime_ns}}
        lacks = {
            "has_zst": self.no_zst_ns,
            "has_shards": self.no_shards_ns,
            "has_jlap": self.no_jlap_ns,
        }
        for key, when_ns in lacks.items():
            if when_ns:
                from datetime import UTC, datetime  # 2 ms, and only where something is missing

                when = datetime.fromtimestamp(when_ns / _SECOND, UTC)
                checked = when.isoformat(timespec="seconds").replace("+00:00", "Z")
                data[key] = {"value": False, "last_checked": checked}
        return data

    def lacks_zst(self, now_ns: int) -> bool:
        """Tell whether it is known, from the last week, that there is no `.zst`."""
        return 0 <= now_ns - self.no_zst_ns < _MEMORY

    def lacks_shards(self, now_ns: int) -> bool:
        """Tell whether it is known, from the last week, that the index is not sharded."""
        return 0 <= now_ns - self.no_shards_ns < _MEMORY

    def lacks_jlap(self, now_ns: int) -> bool:
        """Tell whether it is known, from the last week, that there are no incremental updates."""
        return 0 <= now_ns - self.no_jlap_ns < _MEMORY

    def validators(self) -> dict[str, str]:
        """Return the headers that ask only for what is newer."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.mod}
        return {name: value for name, value in headers.items() if value}


class CacheEntry:
    """The files that belong to one index at one address."""

    __slots__ = ("_mode", "body_path", "names_path", "state_path")

    def __init__(
        self, cache_dir: str, subdir_url: str, fn: str, *, use_only_tar_bz2: bool = False
    ) -> None:
        """Name the files.

        Args:
            cache_dir: The folder of all of them.
            subdir_url: Address of the platform folder; with credentials, because who asks may
                decide what a server shows.
            fn: Name of the index.
            use_only_tar_bz2: Whether `.conda` archives do not count.
        """
        key = _key(subdir_url, fn) + ("1" if use_only_tar_bz2 else "")
        extension = "json" if fn.endswith(".json") else "msgpack.zst"
        self.body_path = os.path.join(cache_dir, f"{key}.{extension}")
        self.state_path = os.path.join(cache_dir, f"{key}.info.json")
        self.names_path = os.path.join(cache_dir, f"{key}.names")
        self._mode = mode_of(cache_dir, subdir_url)

    def state(self) -> CacheState:
        """Read the state file; without a usable one, nothing is known."""
        try:
            data = read_json(self.state_path)
        except (OSError, ParseError, EncodingError):
            return CacheState()
        return CacheState.from_json(data) if isinstance(data, dict) else CacheState()

    def holds_body(self, state: CacheState) -> bool:
        """Tell whether the body is the one that the state is about."""
        try:
            facts = os.stat(self.body_path)
        except OSError:
            return False
        return (facts.st_size, facts.st_mtime_ns) == (state.size, state.mtime_ns)

    def save_body(self, body: bytes) -> None:
        """Replace the body; until a state is saved that fits, it does not count.

        Raises:
            NotWritableError, NoSpaceLeftError: The folder cannot be used.
        """
        # Not synced: a body that a crash of the machine left empty has another size than its state.
        write_atomically(self.body_path, body, mode=self._mode, sync=False)

    def save_names(self, table: bytes) -> None:
        """Replace the index of names.

        Raises:
            NotWritableError, NoSpaceLeftError: The folder cannot be used.
        """
        write_atomically(self.names_path, table, mode=self._mode, sync=False)

    def save_state(self, state: CacheState) -> None:
        """Replace the state.

        Raises:
            NotWritableError, NoSpaceLeftError: The folder cannot be used.
        """
        # Loaded by whoever has parsed a body.
        from conda_clone.gateways.whole_msgspec import msgspec

        content = msgspec.json.encode(state.to_json())
        write_atomically(self.state_path, content, mode=self._mode, sync=False)


def mode_of(cache_dir: str, url: str) -> int | None:
    """Return the permission bits of what comes from there; None where the umask decides."""
    return None if redact(url) == url else private_mode(cache_dir)


def is_fresh(state: CacheState, ttl: int, now_ns: int) -> bool:
    """Tell whether a body can be used without asking the server (`local_repodata_ttl`).

    Args:
        state: Of the body.
        ttl: 0: never; 1: as long as the server allowed; more: that many seconds.
        now_ns: The time, in nanoseconds since 1970.
    """
    seconds = ttl if ttl > 1 else ttl and _max_age(state.cache_control)
    return 0 <= now_ns - state.refresh_ns < seconds * _SECOND


def _max_age(cache_control: str) -> int:
    found = _MAX_AGE.search(cache_control.lower())
    if found is None or _NOT_KEPT.search(cache_control.lower()):
        return 0
    return int(found.group(1))


def _key(subdir_url: str, fn: str) -> str:
    import hashlib  # 3 ms

    name = f"{subdir_url.rstrip('/')}/" + ("" if fn == "repodata.json" else fn)
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:8]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) else default


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _lack(value: object) -> int:
    """Return when a form was last found missing, in nanoseconds; 0 if it was not."""
    if not isinstance(value, dict) or value.get("value") is not False:
        return 0
    from datetime import datetime  # as above

    try:
        when = datetime.fromisoformat(_text(value.get("last_checked")))
    except ValueError:
        return 0
    return int(when.timestamp()) * _SECOND
