"""`conda.common.configuration`: how plugins say of which kind a setting is.

Each class holds what the plugin said; `kind` turns it into a kind of `conda_clone.config.schema`.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from conda_clone.config.errors import CustomValidationError, Origin
from conda_clone.config.schema import ListOf, MapOf, Node, Scalar

__all__ = ["Choice", "MapParameter", "PrimitiveParameter", "SequenceParameter"]


class PrimitiveParameter:
    """A setting with one value.

    Args:
        default: Its value where nobody gives one.
        element_type: Its type, or a tuple of types; by default that of the default.
        validation: Returns whether a value will do, or what is wrong with it.
    """

    def __init__(
        self,
        default: Any,
        element_type: Any = None,
        validation: Callable[[Any], bool | str] | None = None,
    ) -> None:
        self.default = default
        self.element_type = element_type
        self.validation = validation

    def kind(self) -> Scalar:
        """Return how values are understood."""
        types = self.element_type or type(self.default)
        types = types if isinstance(types, tuple) else (types,)
        wanted = [each for each in types if each is not type(None)]
        nullable = self.default is None or len(wanted) < len(types)
        if wanted and isinstance(wanted[0], type) and issubclass(wanted[0], Enum):
            return Choice(wanted[0], nullable=nullable)
        names = [_ACCEPTED.get(each, "str") for each in wanted] or ["str"]
        return _Validated(*dict.fromkeys(names), nullable=nullable, validation=self.validation)


class Choice(Scalar):
    """A setting that is one of the members of an `Enum`, which plugins get.

    Attributes:
        members: The `Enum`.
    """

    __slots__ = ("members",)

    def __init__(self, members: type[Enum], *, nullable: bool) -> None:
        choices = tuple(str(member.value) for member in members)
        super().__init__("str", choices=choices, nullable=nullable, enum=members.__name__)
        self.members = members

    def member(self, value: object) -> Enum | None:
        """Return the member that a value of the setting means; None for none."""
        return next((each for each in self.members if str(each.value) == value), None)


_ACCEPTED = {bool: "bool", int: "int", float: "float", str: "str"}


class _Validated(Scalar):
    """A setting of one value that a plugin looks at."""

    __slots__ = ("validation",)

    def __init__(
        self,
        *accepts: str,
        nullable: bool,
        validation: Callable[[Any], bool | str] | None,
    ) -> None:
        super().__init__(*accepts, nullable=nullable)
        self.validation = validation

    def coerce(self, node: Node, origin: Origin) -> Node:
        """Return the node with the value that it means, if the plugin accepts that.

        Raises:
            InvalidTypeError: The value is of another kind.
            CustomValidationError: The plugin refuses it.
        """
        coerced = super().coerce(node, origin)
        verdict = True if self.validation is None else self.validation(coerced.value)
        if verdict is not True:
            raise CustomValidationError(origin, node.plain(), str(verdict or self.expected))
        return coerced


class SequenceParameter:
    """A setting with several values; those of all files are joined.

    Args:
        element_type: What each value is.
        default: The values where nobody gives any.
        string_delimiter: What separates them in an environment variable.
    """

    def __init__(
        self,
        element_type: "PrimitiveParameter | MapParameter",
        default: Iterable[Any] = (),
        validation: Callable[[Any], bool | str] | None = None,
        string_delimiter: str = ",",
    ) -> None:
        self.element_type = element_type
        self.default = tuple(default)
        self.validation = validation
        self.string_delimiter = string_delimiter

    def kind(self) -> ListOf:
        """Return how values are understood."""
        return ListOf(self.element_type.kind(), self.string_delimiter)


class MapParameter:
    """A setting with values by name; those of all files are joined.

    Args:
        element_type: What each value is.
        default: The values where nobody gives any.
    """

    def __init__(
        self,
        element_type: "PrimitiveParameter | SequenceParameter",
        default: Mapping[str, Any] | None = None,
        validation: Callable[[Any], bool | str] | None = None,
    ) -> None:
        self.element_type = element_type
        self.default = dict(default or {})
        self.validation = validation

    def kind(self) -> MapOf:
        """Return how values are understood."""
        return MapOf(self.element_type.kind())
