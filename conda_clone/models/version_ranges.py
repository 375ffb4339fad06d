"""Constraints as ranges of sort keys, and many sorted versions to hold them against at once.

A set of versions is a row of keys in ascending order at which it begins and ends by turns: `>=1,<2`
is two keys, `>=1` a single one, `<1` the lowest key and another one. Such rows are combined with
"and" and "or" when a constraint is read, so that `>=1,<3,!=2` costs three comparisons for a version
and four binary searches for all versions of a name. Globs and regular expressions look at the text
of a version; they stay conditions of their own beside the ranges.
"""

import operator
from bisect import bisect_left, bisect_right
from functools import reduce
from itertools import accumulate, pairwise

from conda_clone.models.version import VersionOrder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Protocol

    Bounds = tuple[bytes, ...]

    class Condition(Protocol):
        """What versions have to fulfil; immutable."""

        def match(self, version: VersionOrder) -> bool:
            """Tell whether one version fulfils it."""

        def select(self, versions: "SortedVersions") -> int:
            """Return the bits of the versions that fulfil it."""


__all__ = [
    "Pattern",
    "Ranges",
    "SortedVersions",
    "all_of",
    "any_of",
    "comparison",
    "starting_with",
]

_LOWEST = b""


class SortedVersions:
    """The distinct versions of one name in ascending order, each with bits of the caller's.

    The bits say what has the version, as candidates numbered by the caller; no two versions share
    one. `VersionSpec.select` answers with the bits of all versions that match.

    >>> from conda_clone.models.version_spec import VersionSpec
    >>> versions = SortedVersions.numbered(["1.10", "1.9", "2.0a1"])
    >>> versions.texts
    ('1.9', '1.10', '2.0a1')
    >>> bin(VersionSpec(">=1.10").select(versions))
    '0b110'

    Attributes:
        keys: The sort keys; equal versions with different texts have equal keys.
        everything: The bits of all.
    """

    __slots__ = ("_below", "_versions", "everything", "keys")

    def __init__(self, bits: "Mapping[str, int]") -> None:
        """Sort the versions.

        Raises:
            InvalidVersionSpec: One of the texts is not a version.
        """
        parse = VersionOrder.parse
        parsed = [(parse(text), own) for text, own in bits.items()]
        rows = sorted([(version.key, version.text, own, version) for version, own in parsed])
        self.keys = [row[0] for row in rows]
        self._versions = [row[3] for row in rows]
        # The bits of all versions before each place: those of a range are a difference of two.
        self._below = list(accumulate([row[2] for row in rows], operator.or_, initial=0))
        self.everything = self._below[-1]

    @classmethod
    def numbered(cls, texts: "Iterable[str]") -> "SortedVersions":
        """Return versions whose bits are their places: bit 0 for the lowest."""
        ordered = cls(dict.fromkeys(texts, 0)).texts
        return cls({text: 1 << place for place, text in enumerate(ordered)})

    @property
    def texts(self) -> tuple[str, ...]:
        """The versions as they are written, in order."""
        return tuple([version.text for version in self._versions])

    def within(self, bounds: "Bounds") -> int:
        """Return the bits of the versions in a set of ranges of keys (see the module)."""
        keys, below = self.keys, self._below
        found = 0
        for bound in bounds:
            # Begins and ends take turns, so that what lies before both cancels out.
            found ^= below[bisect_left(keys, bound)]
        return found ^ self.everything if len(bounds) & 1 else found

    def where(self, match: "Callable[[VersionOrder], bool]") -> int:
        """Return the bits of the versions for which a condition holds; it is asked for each."""
        found = 0
        for version, (before, upto) in zip(self._versions, pairwise(self._below), strict=True):
            if match(version):
                found |= before ^ upto
        return found

    def __len__(self) -> int:
        return len(self.keys)


class Ranges:
    """The condition to lie in one of some ranges of keys.

    Attributes:
        bounds: Where the set begins and ends by turns, in ascending order.
    """

    __slots__ = ("bounds",)

    def __init__(self, bounds: "Bounds") -> None:
        self.bounds = bounds

    def match(self, version: VersionOrder) -> bool:
        """Tell whether a version lies in the set: whether more ranges began than ended."""
        return bisect_right(self.bounds, version.key) & 1 == 1

    def select(self, versions: SortedVersions) -> int:
        """Return the bits of the versions in the set."""
        return versions.within(self.bounds)


class Pattern:
    """The condition to be written in a certain way, or not to be."""

    __slots__ = ("_fits", "_wanted")

    def __init__(self, fits: "Callable[[str], bool]", *, wanted: bool = True) -> None:
        """Take a function that tells whether a text fits."""
        self._fits = fits
        self._wanted = wanted

    def match(self, version: VersionOrder) -> bool:
        """Tell whether the text of a version fits."""
        return self._fits(version.text) is self._wanted

    def select(self, versions: SortedVersions) -> int:
        """Return the bits of the versions whose texts fit; each is looked at."""
        return versions.where(self.match)


class _Conjunction:
    __slots__ = ("_parts",)

    def __init__(self, parts: "Sequence[Condition]") -> None:
        self._parts = tuple(parts)

    def match(self, version: VersionOrder) -> bool:
        return all(part.match(version) for part in self._parts)

    def select(self, versions: SortedVersions) -> int:
        return reduce(operator.and_, [part.select(versions) for part in self._parts])


class _Choice:
    __slots__ = ("_parts",)

    def __init__(self, parts: "Sequence[Condition]") -> None:
        self._parts = tuple(parts)

    def match(self, version: VersionOrder) -> bool:
        return any(part.match(version) for part in self._parts)

    def select(self, versions: SortedVersions) -> int:
        return reduce(operator.or_, [part.select(versions) for part in self._parts])


def comparison(sign: str, version: VersionOrder) -> Ranges:
    """Return the versions on one side of a version: sign is `==`, `!=`, `<`, `<=`, `>` or `>=`."""
    at = version.key
    if sign == ">=":
        return Ranges((at,))
    if sign == "<":
        return Ranges((_LOWEST, at))
    # No key lies between another one and this.
    after = at + b"\x00"
    if sign == ">":
        return Ranges((after,))
    if sign == "<=":
        return Ranges((_LOWEST, after))
    return Ranges((at, after) if sign == "==" else (_LOWEST, at, after))


def starting_with(prefix: VersionOrder, *, wanted: bool = True) -> Ranges:
    """Return the versions that start with another one, or those that do not."""
    start, end = prefix.prefix_range()
    return Ranges((start, end) if wanted else (_LOWEST, start, end))


def all_of(conditions: "Sequence[Condition]") -> "Condition":
    """Return what fulfils every condition; ranges become one."""
    ranges, others = _sorted_out(conditions)
    if len(ranges) > 1:
        ranges = [Ranges(_common(ranges))]
    return _Conjunction((*ranges, *others)) if others else ranges[0]


def any_of(conditions: "Sequence[Condition]") -> "Condition":
    """Return what fulfils one of the conditions; ranges become one."""
    ranges, others = _sorted_out(conditions)
    if len(ranges) > 1:
        ranges = [Ranges(_covered(ranges, 1))]
    return _Choice((*ranges, *others)) if others else ranges[0]


def _sorted_out(conditions: "Sequence[Condition]") -> "tuple[list[Ranges], list[Condition]]":
    ranges: list[Ranges] = []
    others: list[Condition] = []
    for condition in conditions:
        if isinstance(condition, Ranges):
            ranges.append(condition)
        else:
            others.append(condition)
    return ranges, others


def _common(ranges: "Sequence[Ranges]") -> "Bounds":
    """Return the bounds of what lies in all sets."""
    if len(ranges) == 2:  # noqa: PLR2004 - `>=a,<b`, half of all constraints
        first, second = ranges[0].bounds, ranges[1].bounds
        if len(first) == 1 and len(second) == 2 and not second[0]:  # noqa: PLR2004 - as above
            return (first[0], second[1]) if first[0] < second[1] else ()
    return _covered(ranges, len(ranges))


def _covered(ranges: "Sequence[Ranges]", times: int) -> "Bounds":
    """Return the bounds of what lies in at least so many of the sets.

    Walks over the bounds of all in order and counts the sets that are open.
    """
    steps = [
        (bound, -1 if place & 1 else 1)
        for each in ranges
        for place, bound in enumerate(each.bounds)
    ]
    steps.sort()
    bounds: list[bytes] = []
    covered = 0
    for bound, step in steps:
        before = covered >= times
        covered += step
        if (covered >= times) is not before:
            if bounds and bounds[-1] == bound:
                bounds.pop()
            else:
                bounds.append(bound)
    return tuple(bounds)
