"""Bring in what a solve will ask for, many names at a time.

A solver reaches names one after the other, which over a network means waiting for each. `reach`
goes ahead of it: from each spec to the newest packages that match, and on to what they depend on,
while threads fetch. Where the channel has been read before, it takes what packages depended on then
as a hint. It guesses; a name that it misses is fetched when it is asked for.
"""

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from queue import SimpleQueue
from typing import TYPE_CHECKING

from conda_clone.core.channels.subdir_data import SubdirData
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.version import VersionOrder

if TYPE_CHECKING:
    from conda_clone.models.records import PackageRecord

__all__ = ["reach"]

_NEWEST = 4  # candidates of a spec whose dependencies are followed


def reach(
    subdirs: Sequence[SubdirData],
    specs: Iterable[MatchSpec],
    threads: int,
    *,
    wanted: Iterable[str] = (),
) -> None:
    """Fetch the names that solving these specs will probably need.

    Args:
        subdirs: The platform folders, in the order of their channels.
        specs: What is wanted, and not known yet.
        threads: How many names are fetched at the same time at most.
        wanted: All names that are wanted; what they led to may have changed.

    Raises:
        CondaHTTPError: A server cannot be reached.
    """
    if any(subdir.is_sharded for subdir in subdirs):
        walk = _Walk(subdirs, threads)
        try:
            walk.foresee(wanted)
            walk.run(specs)
        finally:
            walk.stop()


class _Walk:
    """One walk; all but fetching happens in the thread that called."""

    def __init__(self, subdirs: Sequence[SubdirData], threads: int) -> None:
        self._subdirs = subdirs
        self._threads_left = threads
        self._jobs: SimpleQueue[tuple[SubdirData, str] | None] = SimpleQueue()
        self._results: SimpleQueue[tuple[str, Exception | None]] = SimpleQueue()
        self._workers: list[threading.Thread] = []
        self._missing: dict[str, int] = {}  # name to the folders it is being fetched from
        self._waiting: dict[str, list[MatchSpec]] = {}
        self._todo: deque[MatchSpec] = deque()
        self._seen: set[str] = set()
        self._followed: set[PackageRecord] = set()

    def run(self, specs: Iterable[MatchSpec]) -> None:
        """Follow the specs until nothing new turns up."""
        self._todo.extend(specs)
        while self._todo or self._missing:
            while self._todo:
                self._visit(self._todo.popleft())
            if not self._missing:
                return
            name, error = self._results.get()
            if error is not None:
                raise error
            self._missing[name] -= 1
            if not self._missing[name]:
                del self._missing[name]
                self._todo.extendleft(self._waiting.pop(name, ()))

    def stop(self) -> None:
        """End the threads once they have finished what they are at."""
        for _ in self._workers:
            self._jobs.put(None)

    def foresee(self, names: Iterable[str]) -> None:
        """Ask at once for what has changed among the names that these led to before.

        Where a channel has changed since it was last read, most names still depend on the same
        others: following what is on disk takes no round trips, and all that is new takes one.
        """
        todo = list(names)
        seen = set(todo)
        while todo:
            name = todo.pop()
            known = [found for subdir in self._subdirs if (found := subdir.earlier(name))]
            if any(has_changed for _, has_changed in known):
                self._ask(name)
            new = {each for mentioned, _ in known for each in mentioned} - seen
            seen |= new
            todo += new

    def _ask(self, name: str) -> bool:
        """Tell whether a name is at hand; see to it if it is not."""
        if name in self._missing:
            return False
        lacking = [subdir for subdir in self._subdirs if not subdir.has(name)]
        if not lacking:
            return True
        self._missing[name] = len(lacking)
        for subdir in lacking:
            self._order(subdir, name)
        return False

    def _visit(self, spec: MatchSpec) -> None:
        name = spec.name
        if not spec.name_is_exact or name.startswith("__"):
            return
        if not self._ask(name):
            self._waiting.setdefault(name, []).append(spec)
            return
        for record in self._newest(spec):
            if record not in self._followed:
                self._followed.add(record)
                for text in record.depends:
                    if text not in self._seen:
                        self._seen.add(text)
                        self._todo.append(MatchSpec.parse(text))

    def _newest(self, spec: MatchSpec) -> "list[PackageRecord]":
        """Return the newest packages that match, of the first channel that has any."""
        found: list[PackageRecord] = []
        channel = None
        for subdir in self._subdirs:
            if found and subdir.channel is not channel:
                break
            channel = subdir.channel
            found += [record for record in subdir.records(spec.name) if spec.match(record)]
        found.sort(key=_newness, reverse=True)
        return found[:_NEWEST]

    def _order(self, subdir: SubdirData, name: str) -> None:
        self._jobs.put((subdir, name))
        if self._threads_left:
            self._threads_left -= 1
            worker = threading.Thread(target=self._work, name="shards", daemon=True)
            self._workers.append(worker)
            worker.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            subdir, name = job
            try:
                subdir.bring(name)
            except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
                self._results.put((name, error))
            else:
                self._results.put((name, None))


def _newness(record: "PackageRecord") -> tuple[VersionOrder, int, int]:
    return VersionOrder.parse(record.version), record.build_number, record.timestamp or 0
