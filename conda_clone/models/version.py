"""Versions and their order (CEP 33).

A version is its text and its sort key (`version_key`); every comparison is one of two keys.
"""

from functools import lru_cache

from conda_clone.models.errors import InvalidVersionSpec
from conda_clone.models.version_key import LONGEST, prefix_range, version_key

__all__ = ["VersionOrder"]


class VersionOrder:
    """A version that compares as conda's versions do.

    >>> VersionOrder("1.0rc1") < VersionOrder("1.0") == VersionOrder("1.0.0")
    True

    Attributes:
        text: The version as it was written, stripped.
        key: What order and equality go by.
    """

    __slots__ = ("key", "text")

    def __init__(self, text: str) -> None:
        """Parse a version.

        Raises:
            InvalidVersionSpec: The text is not a version.
        """
        self.text = text = text.strip()
        if len(text) > LONGEST:
            raise InvalidVersionSpec(f"{text[:40]}...", "it is too long")
        self.key = version_key(text)

    @staticmethod
    def parse(text: str) -> "VersionOrder":
        """Return the version of a text; the same text gives the same object."""
        return _parse(text)

    def prefix_range(self) -> tuple[bytes, bytes]:
        """Return the lowest key of the versions that start with this one, and what ends them.

        A version starts with another one when all components are equal, the last one as far as it
        is written: 1.2a1 and 1.2.3 start with 1.2, but 1.20 does not. Missing components are 0. A
        version with a local part needs the whole public part to be equal.
        """
        return prefix_range(self.text)

    def starts_with(self, prefix: "VersionOrder") -> bool:
        """Tell whether this version lies in the prefix range of the other one."""
        start, end = prefix.prefix_range()
        return start <= self.key < end

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VersionOrder) and self.key == other.key

    # All four, because sorting and comparing must not take the detour of `total_ordering`.
    def __lt__(self, other: "VersionOrder") -> bool:
        return self.key < other.key

    def __le__(self, other: "VersionOrder") -> bool:
        return self.key <= other.key

    def __gt__(self, other: "VersionOrder") -> bool:
        return self.key > other.key

    def __ge__(self, other: "VersionOrder") -> bool:
        return self.key >= other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"VersionOrder({self.text!r})"


@lru_cache(maxsize=1 << 17)
def _parse(text: str) -> VersionOrder:
    return VersionOrder(text)
