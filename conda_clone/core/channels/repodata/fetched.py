"""`FetchedShards`: which shard of each name was fetched last, whatever the table says by now.

What packages depended on then is a good guess at what they depend on now. The file lies beside the
table of shards (`<key>.names`), and is only ever a hint: where it is damaged or cannot be written,
nothing is known.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from conda_clone.gateways.disk.read import read_bytes

if TYPE_CHECKING:
    from conda_clone.core.channels.repodata.cache import CacheEntry

__all__ = ["FetchedShards"]


class FetchedShards:
    """Digests by name; read when first needed.

    Args:
        entry: Of the table.
        keep: Runs what writes, where that is possible.
    """

    def __init__(self, entry: "CacheEntry", keep: Callable[[Callable[[], None]], bool]) -> None:
        self._entry = entry
        self._keep = keep

    def digest_of(self, name: str) -> bytes | None:
        """Return the digest of the shard that a name had when it was last fetched."""
        return self._digests.get(name)

    def note(self, digests: Mapping[str, bytes]) -> None:
        """Remember the shards of these names."""
        if digests.items() <= self._digests.items():
            return
        from conda_clone.gateways.whole_msgspec import msgspec  # as in `_digests`

        self._digests |= digests
        content = msgspec.msgpack.encode(self._digests)
        self._keep(lambda: self._entry.save_names(content))

    @cached_property
    def _digests(self) -> dict[str, bytes]:
        try:
            content = read_bytes(self._entry.names_path)
        except OSError:
            return {}
        # 17 ms, which pass while the table of shards is on its way.
        from conda_clone.gateways.whole_msgspec import msgspec

        try:
            return msgspec.msgpack.decode(content, type=dict[str, bytes])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return {}
