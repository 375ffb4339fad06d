"""`LateDigests`: the digest of a large file is made in a thread, while others are staged.

It is needed when the records are written, which is after all files.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import _Hash
    from threading import Thread

__all__ = ["LateDigests"]

# Bytes from which a thread is worth it.
_LARGE = 1 << 19


class LateDigests:
    """SHA-256 digests, entered into mappings that others read after `finish`."""

    __slots__ = ("_digest", "_found", "_target", "_thread")

    def __init__(self) -> None:
        self._thread: Thread | None = None
        self._digest: _Hash
        self._found: dict[str, str]
        self._target: str

    def add(self, found: dict[str, str], target: str, content: bytearray) -> None:
        """Enter the digest of `content`, which does not change any more, as `found[target]`."""
        from hashlib import sha256  # 3 ms, and few packages have such files

        if len(content) < _LARGE:
            found[target] = sha256(content).hexdigest()
            return
        self.finish()  # no more than one large content is kept in memory
        from threading import Thread

        self._found, self._target, self._digest = found, target, sha256()
        self._thread = Thread(target=self._digest.update, args=[content])
        self._thread.start()

    def finish(self) -> None:
        """Wait until all digests are where they belong."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self._found[self._target] = self._digest.hexdigest()
