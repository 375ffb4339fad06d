"""Read pieces of a large file in any order, from any thread."""

import os
import threading

__all__ = ["RandomAccessFile"]


class RandomAccessFile:
    """An open file that is read by position.

    It stays what it was when it was opened even if its name is given to another file meanwhile,
    which is how files are replaced here.

    Attributes:
        size: Bytes in the file when it was opened.
        mtime_ns: When it was last changed then, in nanoseconds since 1970.
    """

    __slots__ = ("_descriptor", "_lock", "mtime_ns", "size")

    def __init__(self, path: str) -> None:
        self._descriptor = -1
        self._descriptor = os.open(
            path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        )
        self._lock = threading.Lock()
        facts = os.fstat(self._descriptor)
        self.size = facts.st_size
        self.mtime_ns = facts.st_mtime_ns

    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from that position on; fewer at the end of the file."""
        with self._lock:
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            return os.read(self._descriptor, size)

    def close(self) -> None:
        """Give the file back; also happens when the object is no longer used."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()
