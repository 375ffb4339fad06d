"""`Rings`: the names that a solution may hold, from the roots outwards, in order of weight.

The roots are the first ring. The next ring are the names that the last one may need: those that any
candidate depends on that is as good as the one that a name takes (same version, same build number);
of a name that may be left out, any that is as good as its best.

Invariant: rings depend on the problem and on what has been decided for the names before them, never
on how far the search has narrowed the rest. So the order of weight belongs to the problem, and two
ways of searching find the same solution.
"""

from collections.abc import Mapping

from conda_clone.core.solver.matching import target_name
from conda_clone.core.solver.search import Search

__all__ = ["Rings"]


class Rings:
    """Needed names in order of weight.

    Attributes:
        names: Numbers of the names, ring by ring.
    """

    def __init__(self, search: Search, kept: Mapping[int, int]) -> None:
        """Start without names; `kept` holds the bits of favoured records."""
        self.names: list[int] = []
        self._search = search
        self._kept = kept
        self._known: set[int] = set()
        # Where each ring starts among the names.
        self._starts: list[int] = []
        # What is known already, because rings are often the same again after jumping back.
        self._known_targets: dict[tuple[int, int], list[int]] = {}

    def add(self, ring: list[int]) -> None:
        """Append a ring."""
        self._starts.append(len(self.names))
        self.names.extend(ring)
        self._known.update(ring)

    def cut(self, length: int) -> None:
        """Take back all rings but those of the first names."""
        self._known.difference_update(self.names[length:])
        del self.names[length:]
        while len(self._starts) > 1 and self._starts[-1] >= length:
            self._starts.pop()

    def next(self) -> list[int]:
        """Return the next ring: what most of the last one and of itself need comes first.

        A name of the new ring counts by the best candidate that the problem allows. Python thus
        comes before what is built for it.
        """
        rows, domains = self._search.pool.rows, self._search.domains
        counts: dict[int, int] = {}
        for name in self.names[self._starts[-1] :]:
            row = rows[name]
            taken = domains[name]
            if taken & row.absent:
                # It has been decided to be kept or, otherwise, the best there is - or left out.
                taken = self._kept.get(name, row.start)
            best = (taken & -taken & row.candidates).bit_length() - 1
            mates = row.build_class[best] & row.start if best >= 0 else 0
            for target in self._targets(name, mates):
                if target not in self._known:
                    counts[target] = counts.get(target, 0) + 1
        for name in list(counts):
            row = rows[name]
            for target in self._targets(name, row.start & -row.start & row.candidates):
                if target in counts:
                    counts[target] += 1
        return sorted(counts, key=counts.__getitem__, reverse=True)

    def _targets(self, name: int, candidates: int) -> list[int]:
        """Return the other names that some candidates of a name depend on, each once."""
        found = self._known_targets.get((name, candidates))
        if found is None:
            found = self._known_targets[name, candidates] = self._find_targets(name, candidates)
        return found

    def _find_targets(self, name: int, candidates: int) -> list[int]:
        depends = self._search.pool.rows[name].depends
        texts: dict[str, None] = {}
        while candidates:
            bit = candidates & -candidates
            candidates ^= bit
            texts.update(dict.fromkeys(depends[bit.bit_length() - 1]))
        names = dict.fromkeys([target_name(text) for text in texts])
        numbers = [self._search.reach(target) for target in names if target is not None]
        return [number for number in numbers if number != name]
