"""JSON patches (RFC 6902) on large documents: only what a patch touches is ever decoded.

A document is opened level by level, along the paths of the operations: what lies beside them stays
text, and is written out as it was. 2,500 operations on an index of 178 MB take 0.5 s this way, and
2.8 s with all of it decoded (docs/development/decisions/0010-patches-open-what-they-touch.md).

`copy` and `test` are refused: no list of changes needs them, and a few of them make a document of
any size, or take any time.
"""

import re
from collections.abc import Iterable
from typing import Any

from conda_clone.core.channels.repodata.formats import BodyError
from conda_clone.gateways.whole_msgspec import msgspec

__all__ = ["apply_patches"]


class _Operation(msgspec.Struct, frozen=True):
    op: str
    path: str
    source: str | None = msgspec.field(name="from", default=None)
    value: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_OPERATIONS = msgspec.json.Decoder(list[_Operation])
_LEVEL = msgspec.json.Decoder(dict[str, msgspec.Raw] | list[msgspec.Raw])

_POSITION = re.compile(r"0|[1-9][0-9]{0,8}")

_Container = dict[str, Any] | list[Any]


def apply_patches(body: bytes, patches: Iterable[bytes | msgspec.Raw]) -> bytes:
    """Return a JSON document after patches.

    Args:
        body: An object or a list, as JSON text.
        patches: Lists of operations, as JSON text, in the order in which they apply.

    Raises:
        BodyError: The text is not JSON, a patch is none, or does not fit the document.
    """
    try:
        document = _LEVEL.decode(body)
        for patch in patches:
            for operation in _OPERATIONS.decode(patch):
                _apply(document, operation)
        return msgspec.json.encode(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BodyError(f"a patch of it, or what it is for, is damaged ({error})") from error


def _apply(document: _Container, operation: _Operation) -> None:
    parent, key = _find(document, operation.path)
    kind = operation.op
    if kind == "add":
        _add(parent, key, _value_of(operation))
    elif kind == "remove":
        _remove(parent, key)
    elif kind == "replace":
        place = _existing(parent, key)
        parent[place] = _value_of(operation)  # type: ignore[index]  # as `_existing` says
    elif kind == "move":
        _move(document, operation)
    else:
        raise BodyError(f"a patch has the operation `{kind}`")


def _move(document: _Container, operation: _Operation) -> None:
    source, path = operation.source or "", operation.path
    if path.startswith(f"{source}/"):
        raise BodyError("a patch moves something into itself")
    moved = _remove(*_find(document, source))
    _add(*_find(document, path), moved)


def _find(document: _Container, pointer: str) -> tuple[_Container, str]:
    """Return the container that a pointer (RFC 6901) leads into, and the key there."""
    if not pointer.startswith("/"):
        raise BodyError(f"a patch has the path `{pointer}`")
    tokens = pointer[1:].split("/")
    if "~" in pointer:
        tokens = [token.replace("~1", "/").replace("~0", "~") for token in tokens]
    container = document
    for token in tokens[:-1]:
        place: Any = _existing(container, token)
        inner = container[place]
        if isinstance(inner, msgspec.Raw):
            inner = container[place] = _LEVEL.decode(inner)
        container = inner
    return container, tokens[-1]


def _existing(container: _Container, key: str) -> str | int:
    """Return the key or the position of something that is there."""
    if isinstance(container, dict):
        if key in container:
            return key
    elif _POSITION.fullmatch(key) and int(key) < len(container):
        return int(key)
    raise BodyError(f"a patch is about `{key}`, which is not there")


def _add(container: _Container, key: str, value: Any) -> None:
    if isinstance(container, dict):
        container[key] = value
    elif key in {"-", str(len(container))}:
        container.append(value)
    else:
        container.insert(int(_existing(container, key)), value)


def _remove(container: _Container, key: str) -> Any:
    place: Any = _existing(container, key)
    return container.pop(place)


def _value_of(operation: _Operation) -> msgspec.Raw:
    if operation.value is msgspec.UNSET:
        raise BodyError(f"a patch says `{operation.op}`, but not what")
    return operation.value
