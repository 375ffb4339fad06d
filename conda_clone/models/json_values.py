"""Values of metadata files: checked, and old spellings of them understood.

Every function raises `TypeError` or `ValueError` with the reason, a clause about "its" value, when
a value cannot be what its key stands for; the caller says which file it was.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    NoarchKind = Literal["python", "generic"]

__all__ = ["milliseconds", "noarch_kind", "number", "text_of", "texts_of", "words_of"]

# Timestamps above this are milliseconds: as seconds it is the end of the year 9999 (CEP 36).
_LAST_SECOND = 253402300799


def text_of(entry: "Mapping[str, object]", key: str) -> str | None:
    """Return a text, or None when there is none."""
    value = entry.get(key)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):  # `license` of some old packages
        return ", ".join(map(str, value))
    raise TypeError(f"its `{key}` is not a text")


def texts_of(entry: "Mapping[str, object]", key: str) -> tuple[str, ...]:
    """Return a list of texts; a lone text is a list of one, and nothing an empty list."""
    value = entry.get(key)
    if not value:
        return ()
    if isinstance(value, list | tuple):
        texts = tuple(value)
        for text in texts:
            if not isinstance(text, str):
                raise TypeError(f"its `{key}` holds something else than texts")
        return texts
    if isinstance(value, str):
        return (value,)
    raise TypeError(f"its `{key}` is not a list of texts")


def words_of(entry: "Mapping[str, object]", key: str) -> tuple[str, ...]:
    """Return the words of a text such as "a b" or "a,b", or of a list."""
    value = entry.get(key)
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    return texts_of(entry, key)


def number(value: object) -> int:
    """Return a whole number, which old files may have as a text."""
    if isinstance(value, int):
        return value
    if isinstance(value, str | float):
        return int(value)
    raise TypeError(f"`{value}` is not a number")


def milliseconds(value: object) -> int:
    """Return a point in time in milliseconds since 1970; 0 when unknown."""
    if not value:
        return 0
    if not isinstance(value, int | float):
        return 0  # a few indexes have dates as texts; a timestamp only breaks ties
    return int(value if value > _LAST_SECOND else value * 1000)


def noarch_kind(value: object) -> "NoarchKind | None":
    """Read the kind of a package for all platforms; the oldest spelling of generic is `true`."""
    if value == "python":
        return "python"
    if not value:
        return None
    if value is True or str(value).lower() in {"true", "generic"}:
        return "generic"
    if str(value).lower() == "python":
        return "python"
    raise ValueError(f"`{value}` is not a kind of noarch package")
