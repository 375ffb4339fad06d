"""`ProgressiveFetchExtract`: bring packages into the cache, several at a time.

Each package goes through download, verification and extraction in one thread, which waits for the
network, and then for a process where there is much to extract (`extraction`). A large archive that
no whole one has to wait for is extracted while it comes (`early_extraction`). The results come in
the order of the request.

One package that fails is told at once and does not stop the others: whole ones stay for the next
try. What would hit all of them does, such as a full disk, refused credentials or a server that has
gone: nothing new is begun then, and what runs is stopped where it waits. Half-done packages are
removed.
"""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from conda_clone.config.settings import NetworkSettings
from conda_clone.core.packages.cache_dirs import CacheDirs
from conda_clone.core.packages.early_extraction import EarlyExtraction
from conda_clone.core.packages.extraction import Extraction
from conda_clone.core.packages.fetch_failures import CancelledError, concerns_all, raise_errors
from conda_clone.core.packages.fetch_steps import (
    Archive,
    FetchStep,
    StepKey,
    address_of,
    check_room,
    least_room,
    step_key,
    turn,
)
from conda_clone.core.packages.package_cache_data import PackageCacheData
from conda_clone.core.packages.verify import described_anew
from conda_clone.errors import (
    CondaError,
    CondaVerificationError,
    NoSpaceLeftError,
)
from conda_clone.gateways.disk.delete import remove_file
from conda_clone.gateways.forked_process import cores
from conda_clone.gateways.network.errors import (
    ChecksumMismatchError,
    CondaHTTPError,
)
from conda_clone.gateways.network.transport import Transport
from conda_clone.models.events import (
    Caution,
    Notice,
    TransferAdvanced,
    TransferFinished,
    TransferStarted,
)
from conda_clone.models.records import PackageCacheRecord, PackageRecord
from conda_clone.models.url import url_to_path

if TYPE_CHECKING:
    from conda_clone.gateways.network.stream_digests import Algorithm
    from conda_clone.models.events import Event, Reporter

__all__ = ["ProgressiveFetchExtract"]

_Listener = Callable[[PackageCacheRecord], None]

_LONGEST_DOWNLOAD = 86_400.0  # seconds that somebody else may take to fetch what we need too


class ProgressiveFetchExtract:
    """Brings records into the package cache.

    Nothing is changed before `execute`. What is missing is looked up once, and once more before
    each download, because a question to the user may lie in between.
    """

    def __init__(
        self,
        records: Sequence[PackageRecord],
        caches: CacheDirs,
        transport: Transport,
        network: NetworkSettings,
        reporter: "Reporter",
    ) -> None:
        self._records = tuple(records)
        self._caches = caches
        self._transport = transport
        self._threads = network.fetch_threads
        self._verifies_local = network.verify_local
        self._reporter = reporter
        self._on_ready: _Listener = _ignore
        self._report_lock = threading.Lock()
        self._extraction = Extraction((), self._check_cancelled)
        self._extracting = threading.BoundedSemaphore(cores())
        self._stop = threading.Event()
        self._counting = threading.Lock()  # for the next three
        self._left = 0  # packages that are not done with
        self._unreached = 0  # packages in a row whose server did not answer
        self._has_failed = False

    @cached_property
    def to_fetch(self) -> tuple[PackageRecord, ...]:
        """The records whose archive is in no cache."""
        return tuple(
            step.record for step in self._steps if step.cached is None and step.archive is None
        )

    def is_busy(self) -> bool:
        """Tell whether every core has an archive to extract."""
        return self._extraction.is_busy

    def execute(self, on_ready: "_Listener | None" = None) -> tuple[PackageCacheRecord, ...]:
        """Bring in what is missing; return all packages in the order of the records.

        Args:
            on_ready: Hears of every package as soon as it can be linked, in any order and from
                any thread.

        Raises:
            NoWritablePkgsDirError: Something is missing, and no folder can be written.
            NoSpaceLeftError: What is missing is larger than what is free there.
            CondaMultiError: One or several packages failed. Among its errors are
                ChecksumMismatchError (a download is not what its channel says),
                InvalidArchiveError (an archive is damaged or would do harm) and
                CondaVerificationError (an archive holds another package).
        """
        if on_ready is not None:
            self._on_ready = on_ready
        missing = {step_key(step.record): step for step in self._steps if step.cached is None}
        if not missing:
            self._tell_of_cached()
            return tuple(step.cached for step in self._steps if step.cached is not None)
        brought = self._bring_all(missing, self._caches.first_writable())
        return tuple(step.cached or brought[step_key(step.record)] for step in self._steps)

    def _bring_all(
        self, missing: Mapping[StepKey, FetchStep], cache: PackageCacheData
    ) -> dict[StepKey, PackageCacheRecord]:
        check_room(missing.values(), cache)
        ordered = sorted(missing.items(), key=lambda item: turn(item[1].record))
        self._stop.clear()
        self._left = len(ordered)
        sizes = [step.record.size for _, step in ordered]
        self._extraction = Extraction(sizes, self._check_cancelled)
        self._tell_of_cached()  # after processes are made: who hears of it may have threads
        # 3 ms, and a dry run downloads nothing.
        from concurrent.futures import ThreadPoolExecutor, wait

        with ThreadPoolExecutor(min(self._threads, len(ordered)), "fetch") as pool:
            futures = {key: pool.submit(self._try, step, cache) for key, step in ordered}
            try:
                wait(futures.values())
            finally:  # also when the user interrupts
                self._stop.set()
                self._extraction.stop()
                pool.shutdown(cancel_futures=True)
        self._extraction.close()
        raise_errors(futures.values())
        return {key: future.result() for key, future in futures.items()}

    def _tell_of_cached(self) -> None:
        for step in self._steps:
            if step.cached is not None:
                self._on_ready(step.cached)

    @cached_property
    def _steps(self) -> tuple[FetchStep, ...]:
        return tuple(self._look_up(record) for record in self._records)

    def _look_up(self, record: PackageRecord) -> FetchStep:
        cached = self._caches.find(record) or self._find_anew(record)
        if cached is not None:
            return FetchStep(record, cached=cached)
        return FetchStep(record, archive=self._caches.find_archive(record))

    def _find_anew(self, record: PackageRecord) -> PackageCacheRecord | None:
        """Return a package that was taken before although its index says something else."""
        folders = (cache.extracted_path(record) for cache in self._caches.caches)
        path = url_to_path(record.url) if self._may_differ(record) else ""
        if not os.path.isfile(path) or not any(map(os.path.isdir, folders)):
            return None
        return self._caches.find(described_anew(record, path))

    def _may_differ(self, record: PackageRecord) -> bool:
        """Tell whether a caution is enough where an archive is not what its index says.

        Who builds into a folder does not always write its index anew, and conda takes these.
        """
        return not self._verifies_local and record.url.startswith("file://")

    def _try(self, step: FetchStep, cache: PackageCacheData) -> PackageCacheRecord:
        """Bring one package, and decide what a failure means for the others; runs in a thread."""
        self._check_cancelled()
        try:
            brought = self._bring(step, cache)
        except CancelledError:
            raise
        except CondaError as error:
            self._note_failure(step.record, error)
            raise
        except BaseException:
            self._stop.set()
            raise
        with self._counting:
            self._left -= 1
            self._unreached = 0
        self._on_ready(brought)
        return brought

    def _note_failure(self, record: PackageRecord, error: CondaError) -> None:
        with self._counting:
            self._left -= 1
            self._unreached += isinstance(error, CondaHTTPError) and error.is_connection_failure
            if concerns_all(error) or self._unreached >= self._threads:
                self._stop.set()
            is_worth_telling = self._left and not (self._has_failed or self._stop.is_set())
            self._has_failed = True
        if is_worth_telling:
            self._report(
                Caution(
                    f"`{record.dist_name}` cannot be had. {error.message} What else is missing is "
                    "fetched before this command ends."
                )
            )

    def _bring(self, step: FetchStep, cache: PackageCacheData) -> PackageCacheRecord:
        """Download and extract one package."""
        record = step.record
        lock = cache.entry_lock(record)
        lock.acquire(
            timeout=_LONGEST_DOWNLOAD,
            on_wait=lambda holder: self._report(
                Notice(f"Waiting for {holder}, which fetches `{record.dist_name}` ...")
            ),
            checkpoint=self._check_cancelled,
        )
        try:
            present = self._caches.find(record)
            if present is not None:  # another process was faster
                return present
            return self._bring_alone(FetchStep(record, archive=self._archive(step)), cache)
        except NoSpaceLeftError as error:
            needed = least_room(step) or None
            raise NoSpaceLeftError(error.path, needed=needed, free=error.free) from error
        finally:
            lock.release()

    def _archive(self, step: FetchStep) -> str | None:
        """Return where the archive lies by now; another process may have fetched it."""
        return step.archive or self._caches.find_archive(step.record)

    def _bring_alone(self, step: FetchStep, cache: PackageCacheData) -> PackageCacheRecord:
        record = step.record
        label = record.dist_name
        self._report(TransferStarted(label, record.size))
        ok = False
        early = self._early(record, cache)
        try:
            if step.archive is None:
                arrived = self._fetch(record, cache, early)
            else:
                arrived = Archive(record, step.archive)
            with self._extracting:
                self._check_cancelled()
                cached = self._extract(arrived, cache, early, is_ours=step.archive is None)
            if step.archive is not None:
                size = record.size or os.path.getsize(step.archive)
                self._report(TransferAdvanced(label, size))
            ok = True
        finally:
            early.close()
            self._report(TransferFinished(label, ok=ok))
        return cached

    def _early(self, record: PackageRecord, cache: PackageCacheData) -> EarlyExtraction:
        """Return what extracts a package while it comes, if there is a digest to compare it with.

        While other packages are waited for, processes are for those that are whole.
        """
        from conda_clone.gateways.network.download import partial_path  # loaded with the room

        target = cache.archive_path(record)
        has_digest = bool(record.sha256 or record.md5)
        return EarlyExtraction(
            self._extraction,
            target,
            partial_path(target),
            lambda: has_digest and self._left <= self._extraction.processes,
        )

    def _fetch(
        self, record: PackageRecord, cache: PackageCacheData, early: EarlyExtraction
    ) -> Archive:
        """Bring the archive."""
        if not record.url:
            raise CondaVerificationError(
                f"Nothing says where `{record.dist_name}` can be downloaded.",
                package=record.dist_name,
            )
        target = cache.archive_path(record)
        try:
            digests = self._download(record, target, early)
        except ChecksumMismatchError as error:
            early.close()
            if not self._may_differ(record):
                raise
            record = described_anew(record, url_to_path(record.url))
            self._report(Caution(f"{error.message} It is used as it is now."))
            digests = self._download(record, target, early)
        cache.note_url(record.url)
        return Archive(record, target, digests)

    def _download(
        self, record: PackageRecord, target: str, early: EarlyExtraction
    ) -> "Mapping[Algorithm, str]":
        """Bring the archive; return its digests, with those that the record lacks."""
        from conda_clone.gateways.network.download import download  # 3 ms; nothing in a dry run

        stated: dict[Algorithm, str | None] = {"md5": record.md5, "sha256": record.sha256}
        return download(
            self._transport,
            address_of(record),
            target,
            size=record.size,
            sha256=record.sha256,
            md5=record.md5,
            digests=[kind for kind, digest in stated.items() if not digest],
            on_progress=self._progress(record.dist_name, early),
            on_size=early.note_size,
        )

    def _extract(
        self, archive: Archive, cache: PackageCacheData, early: EarlyExtraction, *, is_ours: bool
    ) -> PackageCacheRecord:
        record, path, digests = archive
        try:
            return cache.add(record, path, early.extract, digests)
        except CondaError:
            if is_ours:  # we brought it, so we take it away
                remove_file(path)
            raise

    def _progress(self, label: str, early: EarlyExtraction) -> Callable[[int], None]:
        def advance(amount: int) -> None:
            self._check_cancelled()
            early.advance(amount)
            self._report(TransferAdvanced(label, amount))

        return advance

    def _check_cancelled(self) -> None:
        if self._stop.is_set():
            raise CancelledError

    def _report(self, event: "Event") -> None:
        with self._report_lock:
            self._reporter.report(event)


def _ignore(_: PackageCacheRecord) -> None:
    """Be told of a package where nobody wants to know."""
