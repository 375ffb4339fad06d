"""Sharded indexes (CEP 16): one table of digests, and one small file per package name.

- `ShardTable`: what `repodata_shards.msgpack.zst` says: which shard each name has, and where shards
  and archives are.
- `decode_shard`: the entries in a shard.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from conda_clone.core.channels.errors import CondaUpgradeError
from conda_clone.core.channels.repodata.formats import BodyError
from conda_clone.core.channels.repodata.names_index import describe_twin
from conda_clone.core.channels.repodata.parse import NEWEST_VERSION, archive_folder
from conda_clone.gateways.archives.decompress import zstd_chunks
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import DEFAULT_LIMITS
from conda_clone.gateways.whole_msgspec import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ShardTable", "decode_shard"]

_MAX_TABLE = 128 << 20  # bytes, decompressed
_MAX_SHARD = 16 << 20  # bytes, decompressed
_DIGEST = 32  # bytes of a sha256
_DIGESTS = ("md5", "sha256", "legacy_bz2_md5")
_CONDA = ".conda"
_TAR_BZ2 = ".tar.bz2"

_Entries = dict[str, dict[str, object]]


class _TableInfo(msgspec.Struct):
    base_url: str | None = None
    shards_base_url: str | None = None
    subdir: str | None = None


class _Table(msgspec.Struct):
    info: _TableInfo
    shards: dict[str, bytes]
    version: int = 1
    repodata_version: int = 1


class _Shard(msgspec.Struct):
    packages: dict[str, dict[str, object]] = msgspec.field(default_factory=dict)
    packages_conda: dict[str, dict[str, object]] = msgspec.field(
        name="packages.conda", default_factory=dict
    )
    removed: list[str] = msgspec.field(default_factory=list)


_TABLE = msgspec.msgpack.Decoder(_Table)
_SHARD = msgspec.msgpack.Decoder(_Shard)


class ShardTable:
    """Which shard has the packages of each name.

    Attributes:
        digests: Package name to the sha256 of its shard.
        base_url: Folder of the archives, without trailing slash and secrets.
        shards_url: Folder of the shards, likewise.
    """

    __slots__ = ("base_url", "digests", "shards_url")

    def __init__(self, digests: Mapping[str, bytes], base_url: str, shards_url: str) -> None:
        self.digests = digests
        self.base_url = base_url
        self.shards_url = shards_url

    @classmethod
    def decode(cls, body: bytes, *, source: str, subdir_url: str, subdir: str) -> "ShardTable":
        """Read the table.

        Args:
            body: The compressed file.
            source: Where it comes from, for messages; without secrets.
            subdir_url: Address of the platform folder, without secrets and trailing slash.
            subdir: Name of the platform folder.

        Raises:
            BodyError: It is not such a table, or one for another folder.
            CondaUpgradeError: It is in a later format.
            ParseError: It says that packages are where none can be.
        """
        try:
            table = _TABLE.decode(_decompressed([body], _MAX_TABLE))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BodyError(f"it is no table of shards ({error})") from error
        version = max(table.version, table.repodata_version)
        if version > NEWEST_VERSION:
            raise CondaUpgradeError(source, version, NEWEST_VERSION)
        if table.info.subdir and table.info.subdir != subdir:
            raise BodyError(f"it is the table of `{table.info.subdir}`")
        if any(len(digest) != _DIGEST for digest in table.shards.values()):
            raise BodyError("a digest in it is no sha256")
        return cls(
            table.shards,
            archive_folder(table.info.base_url or None, subdir_url, source),
            archive_folder(table.info.shards_base_url or None, subdir_url, source),
        )


def decode_shard(body: bytes, *, use_only_tar_bz2: bool = False) -> _Entries:
    """Return the entries of a shard by file name, as the JSON index would have them.

    The rules are those of the whole index: a `.conda` hides the `.tar.bz2` of the same stem, and
    what `removed` lists does not count.

    Raises:
        BodyError: It is not a shard, or too large for one.
    """
    try:
        shard = _SHARD.decode(_decompressed([body], _MAX_SHARD))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BodyError(f"it is no shard ({error})") from error
    removed = set(shard.removed)
    entries: _Entries = {}
    if not use_only_tar_bz2:
        entries = {fn: entry for fn, entry in shard.packages_conda.items() if fn not in removed}
    for fn, entry in shard.packages.items():
        if fn in removed:
            continue
        hiding = entries.get(f"{fn.removesuffix(_TAR_BZ2)}{_CONDA}")
        if hiding is None:
            entries[fn] = entry
        else:
            describe_twin(hiding, entry)
    for entry in entries.values():
        for kind in _DIGESTS:
            digest = entry.get(kind)
            if isinstance(digest, bytes):
                entry[kind] = digest.hex()
    return entries


def _decompressed(compressed: "Iterable[bytes]", most: int) -> bytes:
    parts = []
    size = 0
    try:
        for chunk in zstd_chunks(compressed, DEFAULT_LIMITS):
            size += len(chunk)
            if size > most:
                raise BodyError(f"it is larger than {most} bytes")
            parts.append(chunk)
    except MalformedError as error:
        raise BodyError(str(error)) from error
    return b"".join(parts)
