"""Bring in what a solve will ask for, many names at a time.

A solver reaches names one after the other, which over a network means waiting for each. `reach`
goes ahead of it: from each spec to the newest packages that match, and on to what they depend on,
while threads fetch. Two guesses tell what is worth waiting for:

- *Likely* packages fit what is wanted (`likely`). The newest likely package of a name is probably
  chosen; what it depends on is waited for. What other new packages depend on is asked for as well,
  but a solve can begin without it.
- Where the channel has been read before, what packages depended on then says which names will be
  reached.

A name that is missed is fetched when it is asked for.
"""

import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from queue import SimpleQueue
from typing import TYPE_CHECKING

from conda_clone.core.channels.likely import JUDGES, Likelihood
from conda_clone.core.channels.repodata.place import ShardsUnusableError
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
    wishes: Mapping[str, MatchSpec],
    threads: int,
    *,
    roots: Iterable[str] = (),
) -> None:
    """Fetch the names that solving these specs will probably need.

    Args:
        subdirs: The platform folders, in the order of their channels.
        specs: What is needed, and not known yet.
        wishes: What is wanted of each name, whether that is known or not.
        threads: How many names are fetched at the same time at most.
        roots: What they led to when they were last fetched is asked for at once, if it has changed.

    Raises:
        CondaHTTPError: A server cannot be reached.
    """
    if any(subdir.is_sharded for subdir in subdirs):
        walk = _Walk(subdirs, wishes, threads)
        try:
            walk.foresee(roots)
            walk.run(specs)
        finally:
            walk.stop()
        for subdir in subdirs:
            subdir.remember()


class _Walk:
    """One walk; all but fetching happens in the thread that called."""

    def __init__(
        self, subdirs: Sequence[SubdirData], wishes: Mapping[str, MatchSpec], threads: int
    ) -> None:
        self._subdirs = subdirs
        self._judges = [name for name in JUDGES if name in wishes]
        self._likelihood = Likelihood(subdirs, wishes)
        self._threads_left = threads
        self._jobs: SimpleQueue[tuple[SubdirData, str] | None] = SimpleQueue()
        self._results: SimpleQueue[tuple[SubdirData, str, Exception | None]] = SimpleQueue()
        self._workers: list[threading.Thread] = []
        self._is_over = False
        self._missing: dict[str, int] = {}  # name to the folders it is being fetched from
        self._probable: set[str] = set()
        # Of everything, whether it was reached by probable packages only.
        self._todo: deque[tuple[MatchSpec, bool]] = deque()
        self._waiting: dict[str, list[tuple[MatchSpec, bool]]] = {}
        self._seen: dict[str, bool] = {}
        self._followed: dict[PackageRecord, bool] = {}

    def run(self, specs: Iterable[MatchSpec]) -> None:
        """Follow the specs until all that is probable has come."""
        wanted = [spec for spec in specs if spec.name_is_exact]
        if wanted:
            for name in self._judges:
                self._ask(name)
        for spec in wanted:
            self._plan(spec, is_probable=True)
        while self._lacks(self._judges):
            self._receive()
        while self._todo or self._lacks(self._probable):
            if not self._todo:
                self._receive()
            # What has come leads to what is asked for next: it goes before what is at hand.
            while not self._results.empty():
                self._receive()
            if self._todo:
                self._visit(*self._todo.popleft())

    def stop(self) -> None:
        """End the threads once they have finished what they are at."""
        self._is_over = True
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

    def _lacks(self, names: Iterable[str]) -> bool:
        return not self._missing.keys().isdisjoint(names)

    def _receive(self) -> None:
        """Wait for one folder's part of a name; go on with who waits, if it was the last."""
        subdir, name, error = self._results.get()
        if isinstance(error, ShardsUnusableError):
            subdir.use_whole(str(error))
        elif error is not None:
            raise error
        self._missing[name] -= 1
        if not self._missing[name]:
            del self._missing[name]
            self._todo.extendleft(self._waiting.pop(name, ()))

    def _plan(self, spec: MatchSpec, is_probable: bool) -> None:  # noqa: FBT001 - as in `_visit`
        """Ask for the name of a spec; visit it when that is at hand."""
        name = spec.name
        if not spec.name_is_exact or name.startswith("__"):
            return
        if is_probable:
            self._probable.add(name)
        if self._ask(name):
            self._todo.append((spec, is_probable))
        else:
            self._waiting.setdefault(name, []).append((spec, is_probable))

    def _visit(self, spec: MatchSpec, is_probable: bool) -> None:  # noqa: FBT001 - from the queue
        for record in self._candidates(spec):
            if self._followed.get(record, -1) < is_probable:
                self._followed[record] = is_probable
                for text in record.depends:
                    if self._seen.get(text, -1) < is_probable:
                        self._seen[text] = is_probable
                        self._plan(MatchSpec.parse(text), is_probable)
            is_probable = False  # of those that follow, none will be chosen if the first is

    def _candidates(self, spec: MatchSpec) -> "Iterable[PackageRecord]":
        """Return packages that match, of the first channel that has any.

        The newest likely ones, and the newest: a solver looks at both.
        """
        found: list[PackageRecord] = []
        channel = None
        for subdir in self._subdirs:
            if found and subdir.channel is not channel:
                break
            channel = subdir.channel
            found += [record for record in subdir.records(spec.name) if spec.match(record)]
        found.sort(key=_newness, reverse=True)
        likely = islice(filter(self._likelihood.is_likely, found), _NEWEST)
        return dict.fromkeys((*likely, *found[:_NEWEST]))

    def _order(self, subdir: SubdirData, name: str) -> None:
        self._jobs.put((subdir, name))
        if self._threads_left:
            self._threads_left -= 1
            worker = threading.Thread(target=self._work, name="shards", daemon=True)
            self._workers.append(worker)
            worker.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None and not self._is_over:
            subdir, name = job
            try:
                subdir.bring(name)
            except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
                self._results.put((subdir, name, error))
            else:
                self._results.put((subdir, name, None))


def _newness(record: "PackageRecord") -> tuple[VersionOrder, int, int]:
    return VersionOrder.parse(record.version), record.build_number, record.timestamp or 0
