"""`PrefixGraph`: who depends on whom among the packages of one environment.

The order of `sorted()` depends on the records alone, not on the order they are given in:
dependencies come first and names decide among equals. Cycles are allowed and broken by rule.
"""

import heapq

from conda_clone.models.match_spec.spec import MatchSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conda_clone.models.records import PackageRecord

__all__ = ["PrefixGraph"]

_PYTHON = "python"


class PrefixGraph:
    """The dependencies among records of distinct names.

    Attributes:
        records: Name to record, by name.
        requested: Names of records that one of the given specs asks for.
    """

    __slots__ = ("_dependencies", "_dependents", "records", "requested")

    def __init__(
        self, records: "Iterable[PackageRecord]", specs: "Iterable[MatchSpec]" = ()
    ) -> None:
        self.records: dict[str, PackageRecord] = {
            record.name: record for record in sorted(records, key=lambda record: record.name)
        }
        self.requested = frozenset(
            record.name for spec in specs for record in self._candidates(spec) if spec.match(record)
        )
        self._dependencies = {
            name: self._names_needed(record) for name, record in self.records.items()
        }
        self._dependents = _reversed(self._dependencies)

    def sorted(self) -> "tuple[PackageRecord, ...]":
        """Return all records, dependencies before dependents.

        `python` comes before all `noarch: python` packages, even when it depends on one: these need
        it to be installed.
        """
        return tuple([self.records[name] for name in _ordered(self._install_order_graph())])

    def dependencies_of(self, name: str) -> tuple[str, ...]:
        """Return the names that a record needs directly; those that are not there are left out."""
        return tuple(sorted(self._dependencies.get(name, ())))

    def dependents_of(self, name: str) -> tuple[str, ...]:
        """Return the names of records that need this one directly."""
        return tuple(sorted(self._dependents.get(name, ())))

    def reachable_from(self, names: "Iterable[str]") -> frozenset[str]:
        """Return these names and those of everything they need, directly or not."""
        return _closure(names, self._dependencies)

    def depending_on(self, names: "Iterable[str]") -> frozenset[str]:
        """Return these names and those of everything that needs them, directly or not."""
        return _closure(names, self._dependents)

    def prune(self, keep: "Iterable[str]" = ()) -> "tuple[PackageRecord, ...]":
        """Return, in order, the records that the requested ones and `keep` need."""
        needed = self.reachable_from([*self.requested, *keep])
        return tuple([record for record in self.sorted() if record.name in needed])

    def _candidates(self, spec: MatchSpec) -> "Iterable[PackageRecord]":
        if not spec.name_is_exact:
            return self.records.values()
        record = self.records.get(spec.name)
        return () if record is None else (record,)

    def _names_needed(self, record: "PackageRecord") -> frozenset[str]:
        needed = {
            candidate.name
            for text in record.depends
            for candidate in self._candidates(MatchSpec.parse(text))
        }
        return frozenset(needed - {record.name})

    def _install_order_graph(self) -> "Mapping[str, frozenset[str]]":
        """Return the dependencies, with the rule about `python` put in."""
        if _PYTHON not in self.records:
            return self._dependencies
        scripts = {
            name
            for name, record in self.records.items()
            if record.noarch == "python" and name != _PYTHON
        }
        graph = {
            name: needed | {_PYTHON} if name in scripts else needed
            for name, needed in self._dependencies.items()
        }
        graph[_PYTHON] = graph[_PYTHON] - scripts
        return graph


def _reversed(graph: "Mapping[str, frozenset[str]]") -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {name: set() for name in graph}
    for name, needed in graph.items():
        for other in needed:
            found[other].add(name)
    return {name: frozenset(dependents) for name, dependents in found.items()}


def _closure(names: "Iterable[str]", graph: "Mapping[str, frozenset[str]]") -> frozenset[str]:
    seen: set[str] = set()
    waiting = [name for name in names if name in graph]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(graph[name] - seen)
    return frozenset(seen)


def _ordered(graph: "Mapping[str, frozenset[str]]") -> "Iterator[str]":
    """Yield names, needed ones first, alphabetically among those that wait for nothing.

    1. Names that wait for nothing go onto a heap; the first in the alphabet is taken.
    2. When the heap is empty and names are left, these wait for a cycle. One that waits for nothing
       outside itself is broken: `python` goes first if it is there, else the name that waits for
       the fewest others.
    """
    waiting_for = {name: set(needed) for name, needed in graph.items()}
    dependents = _reversed(graph)
    ready = [name for name, needed in waiting_for.items() if not needed]
    heapq.heapify(ready)
    while waiting_for:
        if not ready:
            cycle = _first_cycle(waiting_for)
            ready.append(
                min(cycle, key=lambda name: (name != _PYTHON, len(waiting_for[name]), name))
            )
        name = heapq.heappop(ready)
        del waiting_for[name]
        for dependent in dependents[name]:
            needed = waiting_for.get(dependent)
            if needed is not None and name in needed:
                needed.discard(name)
                if not needed:
                    heapq.heappush(ready, dependent)
        yield name


def _first_cycle(graph: "Mapping[str, set[str]]") -> frozenset[str]:
    """Return names that need each other and nothing else: Tarjan's first component.

    Names are visited in alphabetical order, without recursion, since chains can be long.
    """
    start = min(graph)
    order = {start: 0}
    lowest = {start: 0}
    path = [start]
    work = [(start, iter(sorted(graph[start])))]
    while True:
        name, remaining = work[-1]
        following = next(remaining, None)
        if following is None:
            if lowest[name] == order[name]:
                return frozenset(path[order[name] :])
            work.pop()
            parent = work[-1][0]
            lowest[parent] = min(lowest[parent], lowest[name])
        elif following in order:
            lowest[name] = min(lowest[name], order[following])
        else:
            order[following] = lowest[following] = len(path)
            path.append(following)
            work.append((following, iter(sorted(graph[following]))))
