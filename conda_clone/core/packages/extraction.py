"""Extract archives, every file checked: here, or by processes where there is much to do.

The processes are copies of this one. Many packages keep one on each core busy; of a few, each takes
a second one for a large archive, which this process, with its threads, could not make. What fails
in one of them is done again here, where it can say why.
"""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module

from conda_clone.core.packages.verify import verify_files
from conda_clone.gateways.disk.delete import remove_tree
from conda_clone.gateways.disk.write import make_directories
from conda_clone.gateways.forked_process import can_fork, cores

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.gateways.forked_workers import ForkedWorkers, Job

__all__ = ["Extraction", "extract_checked"]

# Fewer packages are extracted before processes are up, if none of them is large.
_MANY = 8
_LARGE = 1 << 22  # compressed bytes
_NEEDED = ("conda_clone.models.json_bytes", "conda_clone.gateways.archives.extractors")


def extract_checked(
    archive: str, folder: str, arriving: str = "", size: str = "", *, alone: bool = True
) -> None:
    """Extract an archive, and compare every file with what the package says of it.

    What a worker is told has the form of texts (`ForkedWorkers`), numbers too.

    Args:
        archive: The archive.
        folder: Where to; it is empty.
        arriving: The file that becomes the archive when all of it has been downloaded, if that is
            still going on.
        size: How many bytes it will have.
        alone: Whether one archive may keep several cores busy.

    Raises:
        InvalidArchiveError: The archive is damaged or would do harm.
        CondaVerificationError: A file is not what the package says.
        NoSpaceLeftError: The disk is full.
        NotWritableError: The folder cannot be written.
    """
    # 5 ms, and who only looks for packages extracts none.
    from conda_clone.gateways.archives.arriving_file import ArrivingFile
    from conda_clone.gateways.archives.extractors import extract_package

    coming = ArrivingFile(arriving, int(size)) if arriving else None
    extracted = extract_package(archive, folder, alone=alone, arriving=coming)
    if extracted is not None:
        verify_files(archive, folder, extracted)


class Extraction:
    """The extraction of some packages, for which threads ask.

    Args:
        sizes: How large the archives are, in bytes; None where nobody knows.
        checkpoint: Raises if what a process has not come to its end with is not wanted any more.
    """

    def __init__(self, sizes: Sequence[int | None], checkpoint: Callable[[], None]) -> None:
        self._checkpoint = checkpoint
        self._workers = _workers_for(sizes)
        self._counting = threading.Lock()
        self._at_work = 0

    @property
    def is_busy(self) -> bool:
        """Whether every core has an archive to extract."""
        return self._at_work >= cores()

    def extract(self, archive: str, folder: str) -> None:
        """Extract an archive into an empty folder; raises what `extract_checked` does."""
        with self._counting:
            self._at_work += 1
        try:
            self._extract(archive, folder)
        finally:
            with self._counting:
                self._at_work -= 1

    def _extract(self, archive: str, folder: str) -> None:
        if self._workers is not None:
            if self._workers.run(archive, folder):
                return
            self._checkpoint()
            remove_tree(folder)
            make_directories(folder)
        extract_checked(archive, folder)

    def begin(self, archive: str, folder: str, arriving: str, size: int) -> "Job | None":
        """Extract an archive while it is being downloaded, if a process is idle now.

        Args:
            archive: The path that it will have.
            folder: Where to; it is empty.
            arriving: The path that it has until all of it is there.
            size: How many bytes it will have.
        """
        if self._workers is None:
            return None
        return self._workers.begin(archive, folder, arriving, str(size))

    @property
    def processes(self) -> int:
        """How many archives are extracted at a time by processes."""
        return 0 if self._workers is None else self._workers.count

    def stop(self) -> None:
        """Let nothing be extracted any more; who waits for it goes on to the checkpoint."""
        if self._workers is not None:
            self._workers.stop()

    def close(self) -> None:
        """Let go of processes that were stopped; no thread may be waiting for them."""
        if self._workers is not None:
            self._workers.close()


def _workers_for(sizes: Sequence[int | None]) -> "ForkedWorkers | None":
    are_many = len(sizes) >= _MANY
    is_worth_it = are_many or any(size is None or size >= _LARGE for size in sizes)
    if not is_worth_it or not can_fork() or cores() == 1:
        return None
    from conda_clone.gateways.forked_workers import ForkedWorkers  # 1 ms

    work = partial(extract_checked, alone=not are_many)
    # Each loads by itself what it needs: meanwhile, this one loads what downloading needs.
    return ForkedWorkers(min(cores(), len(sizes)), work, prepare=_load)


def _load() -> None:
    """Load what a worker needs: it takes 20 ms."""
    for name in _NEEDED:
        import_module(name)
    from conda_clone.gateways.archives.decompress import zstd_module

    zstd_module()
