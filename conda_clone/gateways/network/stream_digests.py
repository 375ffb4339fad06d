"""`StreamDigests`: digests of what arrives, made while more of it arrives.

Digests let other threads run. Of a long stream, each is made in a thread of its own where there are
cores for that: it takes about as long as receiving the bytes and writing them.
"""

import hashlib
import queue
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from conda_clone.gateways.forked_process import cores

__all__ = ["Algorithm", "StreamDigests"]

if TYPE_CHECKING:
    from hashlib import _Hash

Algorithm = Literal["md5", "sha256"]

# Bytes that are digested at once, before anybody knows how many there will be.
_WORTH_THREADS = 1 << 22
_WAITING = 8  # chunks that are kept in memory for each thread


class StreamDigests:
    """Digests of one stream.

    Args:
        algorithms: Which ones.
    """

    def __init__(self, algorithms: Iterable[Algorithm]) -> None:
        self._digests = {
            name: hashlib.new(name, usedforsecurity=False) for name in dict.fromkeys(algorithms)
        }
        self._length = 0
        self._lanes: list[_Lane] = []
        self._may_divide = cores() > 1

    def update(self, chunk: bytes) -> None:
        """Add the next bytes of the stream."""
        self._length += len(chunk)
        if self._may_divide and self._length > _WORTH_THREADS:
            self._divide()
        if self._lanes:
            for lane in self._lanes:
                lane.waiting.put(chunk)
        else:
            for digest in self._digests.values():
                digest.update(chunk)

    def _divide(self) -> None:
        """Give each digest a thread, if the system has room for them."""
        self._may_divide = False
        try:
            for digest in self._digests.values():
                self._lanes.append(_Lane(digest))
        except RuntimeError:
            self.close()

    def result(self) -> dict[Algorithm, str]:
        """Return the digests of the whole stream, in hexadecimal."""
        self.close()
        return {name: digest.hexdigest() for name, digest in self._digests.items()}

    def close(self) -> None:
        """End the threads, when they are through with what has come."""
        for lane in self._lanes:
            lane.waiting.put(None)
        for lane in self._lanes:
            lane.thread.join()
        self._lanes.clear()


class _Lane:
    """One digest, and the thread that makes it."""

    def __init__(self, digest: "_Hash") -> None:
        self._digest = digest
        self.waiting: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self.thread = threading.Thread(target=self._work, name="digest", daemon=True)
        self.thread.start()

    def _work(self) -> None:
        while (chunk := self.waiting.get()) is not None:
            self._digest.update(chunk)
