"""Extract archives, every file checked: here, or by processes where there are many.

The processes are copies of this one. What fails in one of them is done again here, where it can
say why.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from conda_clone.core.packages.verify import verify_files
from conda_clone.gateways.disk.delete import remove_tree
from conda_clone.gateways.disk.write import make_directories
from conda_clone.gateways.forked_process import can_fork, cores

if TYPE_CHECKING:
    from conda_clone.gateways.forked_workers import ForkedWorkers

__all__ = ["Extraction", "extract_checked"]

# Fewer packages are extracted before processes are up.
_WORTH_WORKERS = 8
_NEEDED = ("json", "msgspec.json", "conda_clone.gateways.archives.extractors")


def extract_checked(archive: str, folder: str) -> None:
    """Extract an archive, and compare every file with what the package says of it.

    Raises:
        InvalidArchiveError: The archive is damaged or would do harm.
        CondaVerificationError: A file is not what the package says.
        NoSpaceLeftError: The disk is full.
        NotWritableError: The folder cannot be written.
    """
    # 5 ms, and who only looks for packages extracts none.
    from conda_clone.gateways.archives.extractors import extract_package

    extracted = extract_package(archive, folder)
    if extracted is not None:
        verify_files(archive, folder, extracted)


class Extraction:
    """The extraction of some packages, for which threads ask.

    Args:
        packages: How many there may be.
        checkpoint: Raises if what a process has not come to its end with is not wanted any more.
    """

    def __init__(self, packages: int, checkpoint: Callable[[], None]) -> None:
        self._checkpoint = checkpoint
        self._workers = _workers_for(packages)

    def extract(self, archive: str, folder: str) -> None:
        """Extract an archive into an empty folder; raises what `extract_checked` does."""
        if self._workers is not None:
            if self._workers.run(archive, folder):
                return
            self._checkpoint()
            remove_tree(folder)
            make_directories(folder)
        extract_checked(archive, folder)

    def stop(self) -> None:
        """Let nothing be extracted any more; who waits for it goes on to the checkpoint."""
        if self._workers is not None:
            self._workers.stop()

    def close(self) -> None:
        """Let go of processes that were stopped; no thread may be waiting for them."""
        if self._workers is not None:
            self._workers.close()


def _workers_for(packages: int) -> "ForkedWorkers | None":
    if packages < _WORTH_WORKERS or not can_fork() or cores() == 1:
        return None
    from conda_clone.gateways.forked_workers import ForkedWorkers  # 1 ms

    _load()
    return ForkedWorkers(min(cores(), packages), extract_checked)


def _load() -> None:
    """Load once what every worker needs: it takes 30 ms."""
    for name in _NEEDED:
        import_module(name)
    from conda_clone.gateways.archives.decompress import zstd_module

    zstd_module()
