"""Values of metadata files: checked, and old spellings of them understood.

Every function raises `TypeError` or `ValueError` with the reason, a clause about "its" value, when
a value cannot be what its key stands for; the caller says which file it was.
"""

from sys import intern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    NoarchKind = Literal["python", "generic"]

__all__ = [
    "milliseconds",
    "noarch_kind",
    "number",
    "text_of",
    "texts_of",
    "timestamp_of",
    "words_of",
]

# Timestamps above this are milliseconds: as seconds it is the end of the year 9999 (CEP 36).
_LAST_SECOND = 253402300799
_LAST_MILLISECOND = (_LAST_SECOND + 1) * 1000


def text_of(entry: "Mapping[str, object]", key: str) -> str | None:
    """Return a text, or None when there is none."""
    value = entry.get(key)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):  # `license` of some old packages
        return ", ".join(map(str, value))
    raise TypeError(f"its `{key}` is not a text")


def texts_of(entry: "Mapping[str, object]", key: str) -> tuple[str, ...]:
    """Return a list of texts; a lone text is a list of one, and nothing an empty list.

    Equal texts are one object: 10,000 records have 60,000 dependencies in 5,000 wordings.
    """
    value = entry.get(key)
    if not value:
        return ()
    if isinstance(value, list | tuple):
        try:
            return tuple(map(intern, value))
        except TypeError as error:
            raise TypeError(f"its `{key}` holds something else than texts") from error
    if isinstance(value, str):
        return (value,)
    raise TypeError(f"its `{key}` is not a list of texts")


def words_of(entry: "Mapping[str, object]", key: str) -> tuple[str, ...]:
    """Return the words of a text such as "a b" or "a,b", or of a list."""
    value = entry.get(key)
    text = value if isinstance(value, str) else " ".join(texts_of(entry, key))
    return tuple(text.replace(",", " ").split())


def number(value: object) -> int:
    """Return a whole number, which old files may have as a text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    raise TypeError(f"`{value}` is not a whole number")


def milliseconds(value: object) -> int:
    """Return a point in time in milliseconds since 1970; 0 when unknown.

    Indexes have seconds or milliseconds, and which it is follows from the size. A few have dates as
    texts, or nonsense: a timestamp only breaks ties, and is no reason to lose a package.
    """
    if not isinstance(value, int | float) or not 0 < value < _LAST_MILLISECOND:
        return 0
    return int(value if value > _LAST_SECOND else value * 1000)


def timestamp_of(time: int) -> int | float:
    """Return milliseconds such that `milliseconds` reads the same again.

    Those of the first years after 1970 would be taken for seconds, and are written as seconds.
    """
    if time > _LAST_SECOND:
        return time
    return time // 1000 if time % 1000 == 0 else time / 1000


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
