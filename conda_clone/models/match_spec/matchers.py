"""One small matcher per kind of field; each compares one text of a spec with one value of a record.

Matchers are immutable and answer `match(value)`; `is_exact` tells whether only one value matches.
"""

import re
from functools import lru_cache

from conda_clone.models.patterns import glob_matcher, regex_matcher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conda_clone.models.channel import Channel

__all__ = ["ChannelMatch", "FlagsMatch", "StringMatch", "SubsetMatch", "UrlMatch", "string_match"]


class StringMatch:
    """Equality, a `*` glob over the whole value, or a `^regex$` (see `models.patterns`).

    >>> StringMatch("py3*_0").match("py311_0")
    True

    Raises:
        ValueError: The text is a regular expression that is broken or takes too long.
    """

    __slots__ = ("_pattern", "ignore_case", "is_exact", "source", "text")

    def __init__(self, text: str, *, ignore_case: bool = False) -> None:
        self.text = text.lower() if ignore_case else text
        self.ignore_case = ignore_case
        self._pattern: Callable[[str], bool] | None = None
        # The regular expression that the text stands for, or None when it stands for itself.
        self.source: str | None = None
        if text.startswith("^") and text.endswith("$") and len(text) > 1:
            self.source = text[1:-1]
            self._pattern = regex_matcher(text, ignore_case=ignore_case)
        elif "*" in text:
            self.source = ".*".join(re.escape(piece) for piece in self.text.split("*"))
            self._pattern = glob_matcher(self.text)
        self.is_exact = self._pattern is None

    def match(self, value: str | None) -> bool:
        """Tell whether the value fits; None only fits `*`."""
        if self.ignore_case and value is not None:
            value = value.lower()
        if self._pattern is None:
            return value == self.text
        return self._pattern(value or "")

    def __repr__(self) -> str:
        return f"StringMatch({self.text!r})"


class SubsetMatch:
    """All words of the text are among the record's words (features, track_features)."""

    __slots__ = ("_words", "text")

    is_exact = True

    def __init__(self, text: str) -> None:
        self.text = text
        self._words = frozenset(text.replace(",", " ").split())

    def match(self, value: "Iterable[str]") -> bool:
        """Tell whether the record has all the words."""
        return self._words.issubset(value)


class FlagsMatch:
    """Each word of the text is among the record's flags; `*` stands for any run of characters.

    "A package is excluded from consideration if it does not contain every flag listed" (CEP 45).
    """

    __slots__ = ("_wanted", "text")

    is_exact = False

    def __init__(self, text: str) -> None:
        self.text = text
        self._wanted = tuple(StringMatch(word) for word in text.split(","))

    def match(self, value: "Iterable[str]") -> bool:
        """Tell whether the record carries all of them."""
        flags = tuple(value)
        return all(any(map(wanted.match, flags)) for wanted in self._wanted)


class ChannelMatch:
    """A channel's name, canonical name or base URL, with `*` for any run of characters."""

    __slots__ = ("_pattern", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._pattern = StringMatch(text) if "*" in text else None

    @property
    def is_exact(self) -> bool:
        """Whether the text names one channel."""
        return self._pattern is None

    def match(self, value: "Channel") -> bool:
        """Tell whether the channel goes by that name."""
        if self._pattern is None:
            return self.text in value.known_as
        return any(map(self._pattern.match, value.known_as))


class UrlMatch:
    """Equality of URLs; secrets have been removed from both."""

    __slots__ = ("text",)

    is_exact = True

    def __init__(self, text: str) -> None:
        self.text = text

    def match(self, value: str) -> bool:
        """Tell whether both are the same address."""
        return value == self.text


@lru_cache(maxsize=1 << 14)
def string_match(text: str) -> StringMatch:
    """Return the case-sensitive matcher of a text, made once: builds repeat all over an index."""
    return StringMatch(text)
