"""`ShardStore`: shards on disk, named by their digest.

They never change, so one that is there is right for ever; what is read is compared with its digest,
so that damage counts as absence.
"""

import hashlib
import os

from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.disk.write import write_atomically, write_new

__all__ = ["SHARDS", "ShardStore"]

SHARDS = "repodata_shards.msgpack.zst"  # the table that names them


class ShardStore:
    """Shards in a folder of the cache.

    Args:
        folder: Need not exist, or be writable.
        mode: Permission bits of what is kept; None where the umask decides.
    """

    __slots__ = ("_folder", "_mode")

    def __init__(self, folder: str, mode: int | None = None) -> None:
        self._folder = folder
        self._mode = mode

    def load(self, digest: bytes) -> bytes | None:
        """Return the shard with that sha256, or None when it is not here or damaged."""
        try:
            body = read_bytes(self._path(digest))
        except OSError:
            return None
        return body if hashlib.sha256(body).digest() == digest else None

    def save(self, digest: bytes, body: bytes) -> None:
        """Keep a shard that has that digest.

        Raises:
            NotWritableError, NoSpaceLeftError: The folder cannot be used.
        """
        # Neither synced nor under another name first: what is not whole does not have the digest.
        path = self._path(digest)
        try:
            write_new(path, body, mode=self._mode)
        except (FileExistsError, FileNotFoundError):
            write_atomically(path, body, mode=self._mode, sync=False)

    def _path(self, digest: bytes) -> str:
        return os.path.join(self._folder, f"{digest.hex()}.msgpack.zst")
