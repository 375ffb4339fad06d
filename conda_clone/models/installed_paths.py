"""Read what a record says of its files where nothing is odd about it: most of them, in one go.

A record of 8,400 files takes a third of the time of looking at every key of every entry.
"""

import msgspec

from conda_clone.models.installed_files import PrefixPath

__all__ = ["ordinary_paths"]


class _Entry(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    path: str = msgspec.field(name="_path")
    path_type: str = "hardlink"
    sha256: str | None = None
    sha256_in_prefix: str | None = None
    size_in_bytes: int | None = None
    file_mode: str | None = None
    prefix_placeholder: str | None = None
    no_link: bool = False


def ordinary_paths(items: list[object]) -> tuple[PrefixPath, ...] | None:
    """Return the details of files, or None where an entry has to be looked at more closely."""
    try:
        entries = msgspec.convert(items, list[_Entry])
    except msgspec.ValidationError:
        return None
    return tuple(
        [
            PrefixPath(
                entry.path,
                entry.path_type or "hardlink",
                sha256=entry.sha256,
                sha256_in_prefix=entry.sha256_in_prefix,
                size_in_bytes=entry.size_in_bytes,
                file_mode=entry.file_mode,
                prefix_placeholder=entry.prefix_placeholder,
                no_link=entry.no_link,
            )
            for entry in entries
        ]
    )
