"""Writes the sharded form (CEP 16) of an index beside it."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from conda_clone.gateways.whole_msgspec import msgspec
from conda_clone.testing.archives import compress_zstd

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_shards"]

_SECTIONS = ("packages", "packages.conda")
_DIGESTS = ("md5", "sha256")


def write_shards(folder: "Path", *, below: str = "shards", **info: object) -> dict[str, bytes]:
    """Write `repodata_shards.msgpack.zst` and its shards beside a `repodata.json`.

    Args:
        folder: The platform folder.
        below: Where the shards go, relative to the folder.
        info: Keys of the table's `info` that shall differ from what fits.

    Returns:
        The sha256 of each name's shard.
    """
    index = json.loads((folder / "repodata.json").read_bytes())
    shards: dict[str, dict[str, Any]] = {}
    for section in _SECTIONS:
        for fn, entry in index.get(section, {}).items():
            digests = {key: bytes.fromhex(entry[key]) for key in _DIGESTS if key in entry}
            shard = shards.setdefault(entry["name"], {key: {} for key in _SECTIONS})
            shard[section][fn] = {**entry, **digests}
    (folder / below).mkdir(parents=True, exist_ok=True)
    table = {}
    for name, shard in shards.items():
        body = compress_zstd(msgspec.msgpack.encode({**shard, "removed": []}))
        digest = hashlib.sha256(body).digest()
        (folder / below / f"{digest.hex()}.msgpack.zst").write_bytes(body)
        table[name] = digest
    about = {
        "subdir": folder.name,
        "base_url": index.get("info", {}).get("base_url", ""),
        "shards_base_url": f"{below}/",
        **info,
    }
    content = msgspec.msgpack.encode({"version": 1, "info": about, "shards": table})
    (folder / "repodata_shards.msgpack.zst").write_bytes(compress_zstd(content))
    return table
