"""`EarlyExtraction`: extract a large archive while it is still being downloaded.

A process reads the file that grows, into a folder of a temporary name in the package cache, and is
done soon after the last byte has come. Nothing of it counts before the digest of the whole is known
to be right, and all files have been compared with what the package says of them. If anything is the
matter, the archive is extracted in the usual way, which says what it is.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from conda_clone.core.packages.extraction import Extraction
from conda_clone.errors import CondaError
from conda_clone.gateways.disk.delete import remove_tree
from conda_clone.gateways.disk.write import make_temporary_directory, rename

if TYPE_CHECKING:
    from conda_clone.gateways.forked_workers import Job

__all__ = ["EarlyExtraction"]

# Bytes of an archive that takes some time to extract.
_WORTH_IT = 1 << 22


class EarlyExtraction:
    """The extraction of one archive; used by one thread.

    Args:
        extraction: Who extracts.
        archive: The path that the archive will have.
        arriving: The path that it has until all of it is there.
        may_begin: Tells whether no whole archive will need the process more.
    """

    def __init__(
        self, extraction: Extraction, archive: str, arriving: str, may_begin: Callable[[], bool]
    ) -> None:
        self._extraction = extraction
        self._archive = archive
        self._arriving = arriving
        self._may_begin = may_begin
        self._size = 0
        self._job: Job | None = None
        self._folder = ""

    def note_size(self, size: int) -> None:
        """Take note of how many bytes the archive will have, as the server says it now."""
        if size != self._size:
            self.close()  # who reads it waits for another end
        self._size = size

    def advance(self, amount: int) -> None:
        """Take note that more of the archive has come; a negative amount was of no use."""
        if amount < 0:
            self.close()
        elif self._size >= _WORTH_IT and not self._folder and self._may_begin():
            self._folder = make_temporary_directory(self._archive)
            self._job = self._extraction.begin(
                self._archive, self._folder, self._arriving, self._size
            )
            if self._job is None:
                self.close()

    def extract(self, archive: str, folder: str) -> None:
        """Fill an empty folder with the archive, which has come and is what it should be.

        Raises:
            CondaError: As `Extraction.extract` does.
        """
        job = self._job
        # A process that has been told of more waits for the rest.
        if job is not None and os.path.getsize(archive) == self._size:
            self._job = None
            if job.is_done():
                rename(self._folder, folder)
                return
        self.close()
        self._extraction.extract(archive, folder)

    def close(self) -> None:
        """Give up what nobody has waited for, and remove what is left."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self._folder:
            with suppress(CondaError):  # the next who brings packages here removes it
                remove_tree(self._folder)
            self._folder = ""
        self._size = 0
