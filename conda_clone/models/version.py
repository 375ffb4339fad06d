"""Versions and their order (CEP 33).

A version is cut into an epoch, components (at `.` and `_`) and a local part after `+`; a component
is cut into runs of digits and of other characters. All comparisons are comparisons of `key`, a flat
tuple of ints and strings that Python compares in C.
"""

import re
from functools import lru_cache, total_ordering

from conda_clone.models.errors import InvalidVersionSpec

__all__ = ["VersionOrder"]

# One component: number, letters, number, letters, ... It always starts with a number (CEP 33 puts a
# 0 in front of letters), so even places hold ints and odd places hold strings.
Component = tuple[int | str, ...]

_VALID = re.compile(r"[0-9a-z_.!+*-]*").fullmatch
_RUNS = re.compile(r"[0-9]+|[^0-9]+").findall

# Strings that stand for values outside the alphabet. A version is lower case, so these cannot occur
# in one: `DEV` sorts before `_` and all letters; the end of a component, which counts as the number
# 0, after all letters; `post` after that.
_DEV = "DEV"
_END = "~"
_POST = "~~"

_ZERO: Component = (0,)

# Python refuses to read numbers of more than 4300 digits; no version is nearly as long.
_LONGEST = 1000


@total_ordering
class VersionOrder:
    """A version that compares as conda's versions do.

    >>> VersionOrder("1.0rc1") < VersionOrder("1.0") == VersionOrder("1.0.0")
    True

    Attributes:
        text: The version as it was written, stripped.
        epoch: The number before `!`.
        components: The runs of each component of the public part.
        local: The same for the part behind `+`; empty without one.
        key: What order and equality go by.
    """

    __slots__ = ("components", "epoch", "key", "local", "text")

    def __init__(self, text: str) -> None:
        """Parse a version.

        Raises:
            InvalidVersionSpec: The text is not a version.
        """
        self.text = text.strip()
        if len(self.text) > _LONGEST:
            raise InvalidVersionSpec(f"{self.text[:40]}...", "it is too long")
        lowered = self.text.lower()
        self.epoch = 0
        self.local: tuple[Component, ...] = ()
        if lowered.isascii() and lowered.replace(".", "").isdigit():
            # Fast path for three quarters of all versions: numbers and dots only.
            pieces = lowered.split(".")
            if "" in pieces:
                raise InvalidVersionSpec(text, "one of its components is empty")
            self.components: tuple[Component, ...] = tuple([(int(piece),) for piece in pieces])
        else:
            self._parse(lowered)
        self.key = (self.epoch, *_sequence_key(self.components), *_sequence_key(self.local))

    @staticmethod
    def parse(text: str) -> "VersionOrder":
        """Return the version of a text; the same text gives the same object."""
        return _parse(text)

    def starts_with(self, prefix: "VersionOrder") -> bool:
        """Tell whether this version begins with all components of the other one.

        The last component of the prefix only has to agree as far as it goes, so that 1.2a1 starts
        with 1.2; numbers agree when they are equal, so that 1.20 does not. Missing components are
        0. A prefix with a local part needs the whole public part to be equal.
        """
        if self.epoch != prefix.epoch:
            return False
        if prefix.local:
            return _sequence_key(self.components) == _sequence_key(
                prefix.components
            ) and _components_start_with(self.local, prefix.local)
        return _components_start_with(self.components, prefix.components)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VersionOrder) and self.key == other.key

    def __lt__(self, other: "VersionOrder") -> bool:
        return self.key < other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"VersionOrder({self.text!r})"

    def _parse(self, text: str) -> None:
        if not _VALID(text):
            raise InvalidVersionSpec(
                self.text, "only letters, digits and `_ . ! + * -` may occur in a version"
            )
        if "-" in text:
            if "_" in text:
                raise InvalidVersionSpec(self.text, "`-` and `_` must not both occur")
            text = text.replace("-", "_")
        if "!" in text:
            text = self._parse_epoch(text)
        public, plus, local = text.partition("+")
        if "+" in local:
            raise InvalidVersionSpec(self.text, "there is more than one local part (`+`)")
        if not public:
            raise InvalidVersionSpec(
                self.text, "it is empty, or nothing but an epoch or a local part"
            )
        self.components = _split(public, self.text)
        if plus:
            self.local = _split(local, self.text)

    def _parse_epoch(self, text: str) -> str:
        epoch, _, rest = text.partition("!")
        if "!" in rest:
            raise InvalidVersionSpec(self.text, "there is more than one epoch (`!`)")
        if not epoch.isdigit():
            raise InvalidVersionSpec(self.text, "its epoch, before `!`, is not a number")
        self.epoch = int(epoch)
        return rest


@lru_cache(maxsize=1 << 17)
def _parse(text: str) -> VersionOrder:
    return VersionOrder(text)


def _split(text: str, whole: str) -> tuple[Component, ...]:
    """Split at dots and underscores; a trailing underscore belongs to the last component."""
    if text.endswith("_"):
        pieces = text[:-1].replace("_", ".").split(".")
        pieces[-1] += "_" if pieces[-1] else ""
    else:
        pieces = text.replace("_", ".").split(".")
    if "" in pieces:
        raise InvalidVersionSpec(whole, "one of its components is empty")
    return tuple([_component(piece) for piece in pieces])


def _component(text: str) -> Component:
    if text.isdigit():
        return (int(text),)
    runs: list[int | str] = [] if text[0].isdigit() else [0]
    for run in _RUNS(text):
        if run[0].isdigit():
            runs.append(int(run))
        else:
            runs.append(_DEV if run == "dev" else _POST if run == "post" else run)
    return tuple(runs)


def _sequence_key(components: tuple[Component, ...]) -> tuple[int | str, ...]:
    """Return a flat tuple that orders like the endless sequence padded with zero components.

    A component that equals 0 is only counted. Each other one is written as its sign (1 above zero,
    -1 below), the count of zeros before it (the more zeros the closer to zero, whatever the sign),
    its runs, and the end mark. The whole ends with the sign 0.
    """
    key: list[int | str] = []
    zeros = 0
    for component in components:
        if len(component) == 1:
            if not component[0]:
                zeros += 1
                continue
            sign = 1
        else:
            if len(component) % 2 == 0:
                component = (*component, 0)  # noqa: PLW2901 - missing runs are 0
            sign = 1 if component[0] or component[1] == _POST else -1
        key.append(sign)
        key.append(-sign * zeros)
        key.extend(component)
        key.append(_END)
        zeros = 0
    key.append(0)
    return tuple(key)


def _components_start_with(
    components: tuple[Component, ...], prefix: tuple[Component, ...]
) -> bool:
    last = len(prefix) - 1
    if len(components) <= last:
        components += (_ZERO,) * (last + 1 - len(components))
    if components[:last] != prefix[:last] and any(
        _padded(mine) != _padded(theirs)
        for mine, theirs in zip(components[:last], prefix, strict=False)
    ):
        return False
    mine, theirs = components[last], prefix[last]
    if len(mine) < len(theirs):
        mine += (0,) * (len(theirs) - len(mine))
    if mine[: len(theirs) - 1] != theirs[:-1]:
        return False
    run, wanted = mine[len(theirs) - 1], theirs[-1]
    if isinstance(run, str) and isinstance(wanted, str):
        return run.startswith(wanted)
    return run == wanted


def _padded(component: Component) -> Component:
    return component if len(component) % 2 else (*component, 0)
