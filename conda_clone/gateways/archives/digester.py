"""SHA-256 of large pieces in a thread of its own, while the next are written.

Digests of small pieces are made in less time than it takes to hand them over.
"""

import queue
import threading
from contextlib import suppress

__all__ = ["Digester"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import _Hash

_WAITING = 4  # pieces that are kept in memory


class Digester:
    """Makes digests, piece by piece; `finish` ends its thread, if there is room for one."""

    # Smaller contents are not worth handing over.
    LARGE = 1 << 16

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[_Hash, memoryview] | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        thread = threading.Thread(target=self._work, daemon=True)
        with suppress(RuntimeError):  # the system has no room for one
            thread.start()
            self._thread = thread

    def add(self, digest: "_Hash", piece: memoryview) -> None:
        """Add the next piece to a digest, which is complete after `finish` only."""
        if self._thread is None:
            digest.update(piece)
        else:
            self._waiting.put((digest, piece))

    def finish(self) -> None:
        """Wait until all digests are complete."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (job := self._waiting.get()) is not None:
            digest, piece = job
            digest.update(piece)
