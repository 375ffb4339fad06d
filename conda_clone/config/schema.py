"""Kinds of settings: how one raw value is understood, and how several are merged.

Everything here is pure. Values travel as trees of `Node`, because a file can mark every key with
`#!final` and every item of a list with `#!top` or `#!bottom` (spec/settings.md, section 1).
Lists of nodes are always ordered lowest source first.
"""

from conda_clone.config.errors import (
    ConfigurationLoadError,
    CustomValidationError,
    InvalidElementTypeError,
    InvalidTypeError,
    Origin,
    combine,
)
from conda_clone.errors import CondaMultiError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, Protocol, TypeVar

    from conda_clone.errors import CondaError

    K = TypeVar("K", int, str)

    class Kind(Protocol):
        """How values of a setting are understood and merged."""

        @property
        def expected(self) -> str:
            """What may be given, in words."""

        @property
        def type_names(self) -> tuple[str, ...]:
            """What may be given, in the names of Python's types."""


__all__ = ["Anything", "ListOf", "MapOf", "Node", "Scalar", "to_bool"]

_TRUE = frozenset({"true", "yes", "y", "on"})
_FALSE = frozenset({"false", "no", "n", "off", "none", ""})
_NULL = frozenset({"none", "null", "~"})


class Node:
    """One raw value, and what its source says about merging it.

    Attributes:
        value: A scalar, a tuple of nodes, or a dictionary of nodes.
        final: Whether higher sources must not change it (`#!final`, `!important`).
        place: "top", "bottom" or "", for an item of a list.
        line: Line in its file, counted from 1, or None.
    """

    __slots__ = ("final", "line", "place", "value")

    def __init__(
        self, value: "Any", *, final: bool = False, place: str = "", line: int | None = None
    ) -> None:
        self.value = value
        self.final = final
        self.place = place
        self.line = line

    @classmethod
    def of(cls, value: object) -> "Node":
        """Return the unmarked tree of a plain value.

        >>> Node.of({"a": [1]}).plain()
        {'a': (1,)}
        """
        if isinstance(value, (list, tuple)):
            return cls(tuple([cls.of(item) for item in value]))
        if isinstance(value, dict):
            return cls({str(key): cls.of(item) for key, item in value.items()})
        return cls(value)

    def plain(self) -> "Any":
        """Return the value without its marks; lists become tuples."""
        value = self.value
        if isinstance(value, tuple):
            return tuple([item.plain() for item in value])
        if isinstance(value, dict):
            return {key: item.plain() for key, item in value.items()}
        return value

    def with_value(self, value: object) -> "Node":
        """Return a node with the same marks and another value."""
        return Node(value, final=self.final, place=self.place, line=self.line)


class Scalar:
    """A setting of one value.

    Attributes:
        accepts: Which of "bool", "int", "float" and "str" it may be, the preferred one first.
        nullable: Whether it may be null.
        choices: The only texts that are allowed, or () for any.
        words: The choices that true and false stand for, if they do.
        enum: What programs that describe settings call the type of a choice.
    """

    __slots__ = ("accepts", "choices", "enum", "nullable", "words")

    def __init__(
        self,
        *accepts: str,
        nullable: bool = False,
        choices: tuple[str, ...] = (),
        words: "Mapping[bool | None, str] | None" = None,
        enum: str = "str",
    ) -> None:
        self.accepts = accepts
        self.nullable = nullable
        self.choices = choices
        self.words: Mapping[bool | None, str] = words or {}
        self.enum = enum

    @property
    def expected(self) -> str:
        """What may be given, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        names = {"bool": "a boolean", "int": "a whole number", "float": "a number", "str": "a text"}
        listed = [names[accepted] for accepted in self.accepts]
        return " or ".join([*listed, "null"] if self.nullable else listed)

    @property
    def type_names(self) -> tuple[str, ...]:
        """What may be given, in the names of Python's types."""
        if self.choices:
            return (self.enum,)
        return (*self.accepts, "NoneType") if self.nullable else self.accepts

    def coerce(self, node: Node, origin: Origin) -> Node:
        """Return the node with the value that it means.

        Raises:
            InvalidTypeError: The value is of a kind that has no such meaning.
            CustomValidationError: It is a text without such a meaning, or not among the choices.
        """
        raw = node.value
        if isinstance(raw, (tuple, dict)):
            raise InvalidTypeError(origin, node.plain(), self)
        if self.choices:
            return node.with_value(self._choose(raw, origin))
        if raw is None and self.nullable:
            return node
        if isinstance(raw, str):
            return node.with_value(self._from_text(raw, origin))
        for accepted in self._conversions(raw):
            if accepted in self.accepts:
                return node.with_value(_CONVERT[accepted](raw))
        raise InvalidTypeError(origin, raw, self)

    def merge(self, nodes: "Sequence[Node]") -> Node:
        """Return the first final node from below, or else the highest."""
        for node in nodes:
            if node.final:
                return node
        return nodes[-1]

    def _choose(self, raw: object, origin: Origin) -> str:
        if isinstance(raw, str):
            if raw in self.choices:
                return raw
            word = raw.lower()
            raw_truth = True if word in _TRUE else False if word and word in _FALSE else None
        else:
            raw_truth = raw if isinstance(raw, bool) else None
        if raw_truth in self.words:
            return self.words[raw_truth]
        raise CustomValidationError(origin, raw, self.expected)

    def _from_text(self, text: str, origin: Origin) -> object:
        if self.nullable and text.lower() in _NULL:
            return None
        for accepted in ("int", "float", "bool", "str"):
            if accepted in self.accepts:
                try:
                    return _PARSE[accepted](text)
                except ValueError:
                    continue
        raise CustomValidationError(origin, text, self.expected)

    @staticmethod
    def _conversions(raw: object) -> tuple[str, ...]:
        """Return the types that a value may become, the closest first."""
        if isinstance(raw, bool):
            return ("bool", "int")
        if isinstance(raw, int):
            return ("int", "float", "bool", "str")
        if isinstance(raw, float):
            return ("float", "bool", "str")
        return () if raw is None else ("str",)


class ListOf:
    """A setting of several values in order.

    Attributes:
        element: The kind of each.
        separator: What stands between them in an environment variable.
    """

    __slots__ = ("element", "separator")

    expected = "a list"
    type_names = ("tuple",)

    def __init__(self, element: "Scalar | MapOf", separator: str = ",") -> None:
        self.element = element
        self.separator = separator

    def coerce(self, node: Node, origin: Origin) -> Node:
        """Return the node with coerced items.

        Raises:
            InvalidTypeError: The value is no list.
            InvalidElementTypeError: An item is of the wrong kind.
            CustomValidationError: An item makes no sense.
            CondaMultiError: That is so of several items.
        """
        if not isinstance(node.value, tuple):
            raise InvalidTypeError(origin, node.plain(), self)
        items = _coerce_elements(self.element, enumerate(node.value), origin)
        return node.with_value(tuple(items.values()))

    def merge(self, nodes: "Sequence[Node]") -> Node:
        """Join the lists, the highest first, each item once.

        Items marked top come before all others, those of the lowest source first of all; items
        marked bottom come after all others, those of the lowest source last of all.
        """
        nodes = _up_to_final(nodes)
        tops = [item for node in nodes for item in node.value if item.place == "top"]
        rest = [
            item
            for place in ("", "bottom")
            for node in reversed(nodes)
            for item in node.value
            if item.place == place
        ]
        seen: list[object] = []
        kept: list[Node] = []
        for item in tops + rest:
            plain = item.plain()
            if plain not in seen:
                seen.append(plain)
                kept.append(item)
        return Node(tuple(kept), final=nodes[-1].final)


class MapOf:
    """A setting of named values.

    Attributes:
        element: The kind of each value.
    """

    __slots__ = ("element",)

    expected = "a map of names to values"
    type_names = ("frozendict",)

    def __init__(self, element: "Scalar | ListOf | Anything") -> None:
        self.element = element

    def kind_of(self, key: str) -> "Scalar | ListOf | MapOf | Anything":  # noqa: ARG002 - for maps whose keys differ
        """Return the kind of what one key has."""
        return self.element

    def coerce(self, node: Node, origin: Origin) -> Node:
        """Return the node with coerced values.

        Raises:
            InvalidTypeError: The value is no map.
            InvalidElementTypeError: A value in it is of the wrong kind.
            CustomValidationError: A value in it makes no sense.
            CondaMultiError: That is so of several values.
        """
        if not isinstance(node.value, dict):
            raise InvalidTypeError(origin, node.plain(), self)
        return node.with_value(_coerce_elements(self.element, node.value.items(), origin))

    def merge(self, nodes: "Sequence[Node]") -> Node:
        """Merge what each key has; a final map or key is not changed from above."""
        by_key: dict[str, list[Node]] = {}
        nodes = _up_to_final(nodes)
        for node in nodes:
            for key, item in node.value.items():
                by_key.setdefault(key, []).append(item)
        merged = {key: self.kind_of(key).merge(items) for key, items in by_key.items()}
        return Node(merged, final=nodes[-1].final)


class Anything:
    """A value that other programs understand."""

    __slots__ = ()

    expected = "any value"
    type_names = ("object",)

    def coerce(self, node: Node, origin: Origin) -> Node:  # noqa: ARG002 - as in the other kinds
        """Return the node as it is."""
        return node

    def merge(self, nodes: "Sequence[Node]") -> Node:
        """Return the first final node from below, or else the highest."""
        return Scalar.merge(_ANY_SCALAR, nodes)


def to_bool(text: str) -> bool:
    """Return the truth value that a text means.

    >>> [to_bool(text) for text in ("Yes", "0", "", "2.5")]
    [True, False, False, True]

    Raises:
        ValueError: It means none.
    """
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    return float(word) != 0


def _coerce_elements(
    kind: "Scalar | ListOf | MapOf | Anything",
    given: "Iterable[tuple[K, Node]]",
    origin: Origin,
) -> "dict[K, Node]":
    """Return the items with their meanings; when some have none, tell of all of them."""
    coerced: dict[K, Node] = {}
    errors: list[CondaError] = []
    for key, node in given:
        try:
            coerced[key] = _coerce_element(kind, node, origin, key)
        except (ConfigurationLoadError, CondaMultiError) as error:
            errors.append(error)
    if errors:
        raise combine(errors)
    return coerced


def _coerce_element(
    kind: "Scalar | ListOf | MapOf | Anything", node: Node, origin: Origin, key: int | str
) -> Node:
    here = Origin(
        origin.parameter, origin.source, node.line or origin.line, is_merged=origin.is_merged
    )
    try:
        return kind.coerce(node, here)
    except InvalidTypeError as error:
        raise InvalidElementTypeError(here, node.plain(), kind, key=key) from error


def _up_to_final(nodes: "Sequence[Node]") -> "Sequence[Node]":
    for count, node in enumerate(nodes, 1):
        if node.final:
            return nodes[:count]
    return nodes


_PARSE: "Mapping[str, Callable[[str], object]]" = {
    "int": int,
    "float": float,
    "bool": to_bool,
    "str": str,
}
_CONVERT: "Mapping[str, Callable[[Any], object]]" = {
    "int": int,
    "float": float,
    "bool": bool,
    "str": str,
}
_ANY_SCALAR = Scalar("str")
