"""`ArrivingFile`: a file that is read while somebody else is still writing it."""

import os
import time
from io import FileIO

from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.forked_process import is_orphan

__all__ = ["ArrivingFile"]

_LOOK_AGAIN = 0.002  # seconds until somebody looks whether more has come


class ArrivingFile(FileIO):
    """A file of a known size whose end has not come yet; who reads waits for the bytes.

    Waiting ends in an error when the file has lost its name, for then somebody writes it anew, and
    when the process is gone that this one is a copy of.

    Args:
        path: The file.
        size: How many bytes it will have.

    Attributes:
        size: As given.
    """

    def __init__(self, path: str, size: int) -> None:
        super().__init__(path, "rb")
        self.size = size
        self._come = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many bytes, fewer only at the end of the whole file.

        Raises:
            MalformedError: They will never come.
        """
        end = self.size if size is None or size < 0 else self.tell() + size
        self._wait_for(min(end, self.size))
        return super().read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a position; the end is known when it has come.

        Raises:
            MalformedError: It will never come.
        """
        if whence == os.SEEK_END:
            self._wait_for(self.size)
        return super().seek(offset, whence)

    def _wait_for(self, end: int) -> None:
        while self._come < end:
            status = os.fstat(self.fileno())
            self._come = status.st_size
            if self._come >= end:
                return
            if not status.st_nlink or is_orphan():
                raise MalformedError("the rest of it does not come")
            time.sleep(_LOOK_AGAIN)
