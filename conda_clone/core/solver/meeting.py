"""Where wishes meet: the package that all of them lead to, as conda shows a conflict to programs.

The package is one that was wished for itself, or else the one farthest away. Chains lead to it from
each wish through what packages need, two steps far at most, as conda looks by default. What a step
asks for is what any of the packages asks for that fit so far.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import islice, zip_longest
from operator import or_
from typing import TYPE_CHECKING

from conda_clone.core.solver.matching import mask_of_text, target_name
from conda_clone.errors import CondaError
from conda_clone.models.match_spec.spec import MatchSpec

if TYPE_CHECKING:
    from conda_clone.core.solver.pool import Pool, Row

__all__ = ["meeting_chains"]

_STEPS = 2  # the default of `unsatisfiable_hints_check_depth`
_MOST_NAMES = 50  # that a wish may lead to; more are no answer to anybody
_MOST_CHAINS = 20  # per wish

_Path = tuple[str, ...]


def meeting_chains(pool: "Pool", wishes: Sequence[MatchSpec]) -> list[list[str]]:
    """Return chains of specs from wishes to where they meet, each wish's first one first.

    The list is empty where fewer than two wishes lead to one package.
    """
    ways = [_Ways(pool, wish) for wish in wishes]
    place = _meeting_place(ways)
    if place is None:
        return []
    chains = [list(islice(each.chains(place), _MOST_CHAINS)) for each in ways]
    return [chain for rank in zip_longest(*chains) for chain in rank if chain]


def _meeting_place(ways: "Sequence[_Ways]") -> str | None:
    """Return the name that most wishes lead to: a wish, or else the one farthest away."""
    wished = {each.name for each in ways}
    meeting: dict[str, tuple[int, bool, int]] = {}
    for name in dict.fromkeys(name for each in ways for name in each.steps):
        steps = [each.steps[name] for each in ways if name in each.steps]
        if len(steps) > 1:
            meeting[name] = (len(steps), name in wished, sum(steps))
    return max(meeting, key=lambda name: meeting[name], default=None)


class _Ways:
    """What one wish leads to.

    Attributes:
        name: The name that is wished for.
        steps: Each name that it leads to, with the number of steps.
    """

    def __init__(self, pool: "Pool", wish: MatchSpec) -> None:
        self._pool = pool
        self._wish = wish
        self.name = wish.name
        self.steps = {wish.name: 0}
        # The spec texts by which paths of names go on, by path.
        self._on: dict[_Path, dict[str, list[str]]] = {}
        row = self._row(wish.name)
        if row is not None:
            self._follow((wish.name,), mask_of_text(row, str(wish)) or 0)

    def _row(self, name: str) -> "Row | None":
        """Return the candidates of a package, None if they cannot be had."""
        pool = self._pool
        if not pool.is_package(name):
            return None
        try:
            return pool.rows[pool.index[name] if name in pool.index else pool.add(name)]
        except CondaError:  # of a server; the conflict is what is to be told
            return None

    def _follow(self, path: _Path, mask: int) -> None:
        if len(path) > _STEPS or len(self.steps) > _MOST_NAMES:
            return
        on: dict[str, list[str]] = {}
        row = self._row(path[-1])
        for text, users in ({} if row is None else row.depends_users).items():
            target = target_name(text)
            if users & mask and target is not None and target not in path:
                on.setdefault(target, []).append(text)
        known = self._on[path] = {}
        for target, texts in on.items():
            below = self._row(target)
            masks = {} if below is None else {text: mask_of_text(below, text) for text in texts}
            known[target] = [text for text, fitting in masks.items() if fitting is not None]
            if not known[target]:
                continue
            self.steps[target] = min(self.steps.get(target, len(path)), len(path))
            self._follow((*path, target), reduce(or_, filter(None, masks.values()), 0))

    def chains(self, place: str) -> Iterator[list[str]]:
        """Yield the chains to a name, short ones first."""
        if place == self.name:
            yield [str(self._wish)]
            return
        for path in sorted(self._on, key=len):
            if self._on[path].get(place):
                yield [str(self._wish), *self._specs((*path, place))]

    def _specs(self, path: _Path) -> Iterator[str]:
        for end in range(1, len(path)):
            yield _union(path[end], self._on[path[:end]][path[end]])


def _union(name: str, texts: Sequence[str]) -> str:
    """Return one spec for what any of several asks for.

    >>> _union("lib", ["lib >=2", "lib >=1,<2"])
    "lib[version='>=1,<2|>=2']"
    >>> _union("lib", ["lib >=2", "lib"])
    'lib'
    """
    specs = [MatchSpec.parse(text) for text in dict.fromkeys(texts)]
    if len(specs) == 1:
        return str(specs[0])
    versions = [spec.get("version") for spec in specs]
    if None in versions:
        return name
    return str(MatchSpec(name=name, version="|".join(sorted(map(str, versions)))))
