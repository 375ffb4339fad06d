"""`value`: classes like frozen dataclasses, without the time that generated code costs.

The standard library compiles five functions for each class, half a millisecond, and loads `inspect`
for it. A command uses some forty such classes and makes a handful of each: together they took a
fifth of an easy solve. Here all classes share their functions. What asks for the fields of a
dataclass (`dataclasses.replace`, `fields`, msgspec) gets them, and loads `dataclasses` then.

    >>> @value()
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> replace(Point(1), y=2)
    Point(x=1, y=2)
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    import dataclasses
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar, dataclass_transform

    T = TypeVar("T")
else:

    def dataclass_transform(**_options: object) -> "Callable[[T], T]":
        """Do nothing: `typing` costs 2 ms, and only type checkers need to know."""
        return lambda function: function


__all__ = ["field", "replace", "value"]


class _Factory:
    """A default that is made anew for each value."""

    __slots__ = ("init", "make")

    def __init__(self, make: "Callable[[], object]", *, init: bool) -> None:
        self.make = make
        self.init = init


_REQUIRED = object()


def field(*, default_factory: "Callable[[], T]", init: bool = True) -> "T":
    """Return a default that is made anew for each value.

    Args:
        default_factory: Makes it.
        init: Whether something else can be given; otherwise it is no part of what the value says,
            and the copy that `replace` makes has one of its own.
    """
    return _Factory(default_factory, init=init)  # type: ignore[return-value] # `value` takes it out


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(*, kw_only: bool = False, frozen: bool = True) -> "Callable[[type[T]], type[T]]":
    """Make a class of values from its annotations; equal when of one class with equal fields.

    Args:
        kw_only: Fields can only be given by name.
        frozen: Fields cannot be assigned to, and values can be hashed.
    """
    return lambda cls: _value(cls, kw_only=kw_only, frozen=frozen)


def replace(each: "T", /, **changes: "Any") -> "T":
    """Return a value, or a dataclass, that differs in some fields from another one."""
    cls = type(each)
    fields: Mapping[str, object] | None = getattr(cls, "__value_fields__", None)
    if fields is None:
        import dataclasses

        copy: T = dataclasses.replace(each, **changes)  # type: ignore[type-var] # what else it is
        return copy
    return cls(**{name: getattr(each, name) for name in fields} | changes)


def _value(cls: "type[T]", *, kw_only: bool, frozen: bool) -> "type[T]":
    namespace = dict(cls.__dict__)
    own = tuple(namespace.get("__annotations__") or cls.__annotations__)
    fields: dict[str, object] = {}
    for base in reversed(cls.__mro__[1:]):
        fields |= getattr(base, "__value_fields__", {})
    inherited = tuple(fields)
    fields |= {name: namespace.pop(name, _REQUIRED) for name in own}
    hidden = {
        name: fields.pop(name)
        for name, default in tuple(fields.items())
        if isinstance(default, _Factory) and not default.init
    }
    for unwanted in ("__dict__", "__weakref__"):
        namespace.pop(unwanted, None)
    namespace = {**_SHARED, **(_FROZEN if frozen else {}), **namespace}
    namespace |= {
        "__slots__": tuple([name for name in own if name not in inherited]),
        "__value_fields__": fields,
        "__value_hidden__": {**getattr(cls, "__value_hidden__", {}), **hidden},
        "__value_options__": (kw_only, frozen),
        "__match_args__": () if kw_only else tuple(fields),
        "__dataclass_fields__": _AsDataclass("__dataclass_fields__"),
        "__dataclass_params__": _AsDataclass("__dataclass_params__"),
    }
    made: type[T] = _made(cls, namespace)
    made.__qualname__ = cls.__qualname__
    return made


def _made(cls: "Any", namespace: "dict[str, object]") -> "Any":
    return type(cls)(cls.__name__, cls.__bases__, namespace)


class _AsDataclass:
    """What a dataclass has under this name, made when somebody asks."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> object:
        import dataclasses

        kw_only, frozen = owner.__value_options__  # type: ignore[attr-defined] # made by `value`
        types: dict[str, object] = {}
        for base in reversed(owner.__mro__):
            types |= getattr(base, "__annotations__", {})
        twin = dataclasses.make_dataclass(
            owner.__name__,
            [
                (name, types[name], _standard_field(default))
                for name, default in owner.__value_fields__.items()  # type: ignore[attr-defined] # likewise
            ],
            kw_only=kw_only,
            frozen=frozen,
        )
        found: object = getattr(twin, self._name)
        setattr(owner, self._name, found)
        return found


def _standard_field(default: object) -> "dataclasses.Field[Any]":
    import dataclasses

    if default is _REQUIRED:
        found: Any = dataclasses.field()
    elif isinstance(default, _Factory):
        found = dataclasses.field(default_factory=default.make)
    else:
        found = dataclasses.field(default=default)
    standard: dataclasses.Field[Any] = found
    return standard


# -- what all classes share ------------------------------------------------------------------------


def _init(self: "Any", *args: object, **given: object) -> None:
    cls = type(self)
    fields: Mapping[str, object] = cls.__value_fields__
    if args:
        names = () if cls.__value_options__[0] else tuple(fields)
        if len(args) > len(names):
            raise TypeError(f"{cls.__name__} takes {len(names)} positional arguments at most")
        for name, argument in zip(names, args, strict=False):
            if name in given:
                raise TypeError(f"{cls.__name__} got `{name}` twice")
            given[name] = argument
    assign = object.__setattr__
    for name, default in fields.items():
        if name in given:
            assign(self, name, given.pop(name))
        elif default is _REQUIRED:
            raise TypeError(f"{cls.__name__} needs `{name}`")
        else:
            assign(self, name, default.make() if isinstance(default, _Factory) else default)
    for name, hidden in cls.__value_hidden__.items():
        assign(self, name, hidden.make())
    if given:
        raise TypeError(f"{cls.__name__} has no `{next(iter(given))}`")


def _content(self: "Any") -> tuple[object, ...]:
    return tuple([getattr(self, name) for name in type(self).__value_fields__])


def _repr(self: "Any") -> str:
    """Return what the value holds, apart from secrets: it may end in a traceback."""
    cls = type(self)
    fields = ", ".join([f"{name}={getattr(self, name)!r}" for name in cls.__value_fields__])
    text = f"{cls.__qualname__}({fields})"
    if "://" not in text:
        return text
    from conda_clone.models.url import redact_urls  # few values hold addresses

    return redact_urls(text)


def _eq(self: object, other: object) -> bool:
    return _content(self) == _content(other) if type(self) is type(other) else NotImplemented


def _hash(self: object) -> int:
    return hash(_content(self))


def _reduce(self: object) -> tuple[object, ...]:
    return _rebuild, (type(self), _content(self))


def _rebuild(cls: "Any", content: tuple[object, ...]) -> object:
    return cls(**dict(zip(cls.__value_fields__, content, strict=True)))


def _refuse(self: object, name: str, *_: object) -> None:
    from dataclasses import FrozenInstanceError  # only where somebody is mistaken

    raise FrozenInstanceError(f"`{name}` of a {type(self).__name__} does not change")


_SHARED = {
    "__init__": _init,
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": None,
    "__reduce__": _reduce,
}
_FROZEN = {"__hash__": _hash, "__setattr__": _refuse, "__delattr__": _refuse}
