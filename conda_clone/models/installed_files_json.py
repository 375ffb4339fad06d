"""What `conda-meta` records about installed files, to and from JSON.

Keys that we do not know are kept. Readers raise `KeyError`, `TypeError` or `ValueError` with the
reason, as in `json_values`; the caller says which record it was.
"""

from conda_clone.models.installed_files import LinkInfo, PrefixPath
from conda_clone.models.json_values import number, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

__all__ = ["link_from_json", "link_to_json", "paths_from_json", "paths_to_json"]

_PATH_KEYS = frozenset(
    {
        "_path",
        "file_mode",
        "no_link",
        "path_type",
        "prefix_placeholder",
        "sha256",
        "sha256_in_prefix",
        "size_in_bytes",
    }
)


def link_to_json(link: LinkInfo) -> dict[str, object]:
    """Return the value of `link`."""
    return {"source": link.source, "type": link.type}


def paths_to_json(paths: "Iterable[PrefixPath]") -> dict[str, object]:
    """Return the value of `paths_data`."""
    return {"paths_version": 1, "paths": [_path_to_json(path) for path in paths]}


def link_from_json(value: object) -> LinkInfo | None:
    """Read the value of `link`; None when there is nothing of use."""
    if not isinstance(value, dict):
        return None
    kind = value.get("type", 1)
    # Some tools write the kind as a word.
    return LinkInfo(str(value.get("source", "")), kind if type(kind) is int else 1)


def paths_from_json(value: object) -> tuple[PrefixPath, ...]:
    """Read the value of `paths_data`, which old tools did not write."""
    if not value:
        return ()
    items = value.get("paths", []) if isinstance(value, dict) else None
    if not isinstance(items, list):
        raise TypeError("its `paths_data` is not an object with a list of `paths`")
    return tuple(_ordinary_paths(items) or [_path(item) for item in items])


def _ordinary_paths(items: "Sequence[Any]") -> list[PrefixPath]:
    """Read a list field by field, which takes a third of the time of looking at every entry.

    Nothing where an entry is odd, and has to be looked at more closely.
    """
    try:
        if not set().union(*items) <= _PATH_KEYS:
            return []
        paths = [item["_path"] for item in items]
        kinds = [item.get("path_type") for item in items]
        modes = [item.get("file_mode") for item in items]
        placeholders = [item.get("prefix_placeholder") for item in items]
        digests = [item.get("sha256") for item in items]
        installed = [item.get("sha256_in_prefix") for item in items]
        sizes = [item.get("size_in_bytes") for item in items]
        copied = [bool(item.get("no_link")) for item in items]
    except (AttributeError, KeyError, TypeError):
        return []
    texts = (kinds, modes, placeholders, digests, installed)
    if not (
        set(map(type, paths)) <= {str}
        and set(map(type, sizes)) <= {int, type(None)}
        and all(set(map(type, column)) <= {str, type(None)} for column in texts)
    ):
        return []
    return [
        PrefixPath(
            path,
            kind or "hardlink",
            sha256=digest,
            sha256_in_prefix=digest_installed,
            size_in_bytes=size,
            file_mode=mode,
            prefix_placeholder=placeholder,
            no_link=is_copied,
        )
        for path, kind, mode, placeholder, digest, digest_installed, size, is_copied in zip(
            paths, *texts, sizes, copied, strict=True
        )
    ]


def _path(item: "Mapping[str, object]") -> PrefixPath:
    path = item["_path"]
    if not isinstance(path, str):
        raise TypeError("one of its paths is not a text")
    size = item.get("size_in_bytes")
    unknown = item.keys() - _PATH_KEYS
    return PrefixPath(
        path,
        text_of(item, "path_type") or "hardlink",
        sha256=text_of(item, "sha256"),
        sha256_in_prefix=text_of(item, "sha256_in_prefix"),
        size_in_bytes=None if size is None else number(size),
        file_mode=text_of(item, "file_mode"),
        prefix_placeholder=text_of(item, "prefix_placeholder"),
        no_link=bool(item.get("no_link")),
        extra={key: item[key] for key in sorted(unknown)} if unknown else {},
    )


def _path_to_json(path: PrefixPath) -> dict[str, object]:
    data: dict[str, object] = {"_path": path.path}
    _put(data, "prefix_placeholder", path.prefix_placeholder)
    _put(data, "file_mode", path.file_mode)
    if path.no_link:
        data["no_link"] = True
    data["path_type"] = path.path_type
    _put(data, "sha256", path.sha256)
    if path.size_in_bytes is not None:
        data["size_in_bytes"] = path.size_in_bytes
    _put(data, "sha256_in_prefix", path.sha256_in_prefix)
    data.update(path.extra)
    return data


def _put(data: dict[str, object], key: str, value: object) -> None:
    if value:
        data[key] = value
