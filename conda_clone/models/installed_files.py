"""What `conda-meta` records about the files of an installed package.

Values without behaviour; `records.PrefixRecord` holds them.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LinkInfo", "PrefixPath"]

_NOTHING: "Mapping[str, object]" = {}


class PrefixPath:
    """One file that a package owns in an environment, as `conda-meta` records it.

    Attributes:
        path: Relative to the prefix, with slashes; as in the package for `noarch: python`.
        path_type: How it got there: `hardlink`, `softlink`, `directory`, `pyc_file`,
            `unix_python_entry_point` ...
        sha256: Of the file in the package.
        sha256_in_prefix: Of the file as installed.
        size_in_bytes: Of the file in the package.
        file_mode: `text` or `binary` when the prefix was written into the file.
        prefix_placeholder: What the prefix replaced.
        no_link: Whether the file is copied always.
        extra: Keys that we do not know, as they were.
    """

    __slots__ = (
        "extra",
        "file_mode",
        "no_link",
        "path",
        "path_type",
        "prefix_placeholder",
        "sha256",
        "sha256_in_prefix",
        "size_in_bytes",
    )

    def __init__(  # noqa: PLR0913 - one argument for each field of the format
        self,
        path: str,
        path_type: str = "hardlink",
        *,
        sha256: str | None = None,
        sha256_in_prefix: str | None = None,
        size_in_bytes: int | None = None,
        file_mode: str | None = None,
        prefix_placeholder: str | None = None,
        no_link: bool = False,
        extra: "Mapping[str, object]" = _NOTHING,
    ) -> None:
        self.path = path
        self.path_type = path_type
        self.sha256 = sha256
        self.sha256_in_prefix = sha256_in_prefix
        self.size_in_bytes = size_in_bytes
        self.file_mode = file_mode
        self.prefix_placeholder = prefix_placeholder
        self.no_link = no_link
        self.extra = extra

    def __repr__(self) -> str:
        return f"PrefixPath({self.path!r}, {self.path_type!r})"


class LinkInfo:
    """Where a package was linked from, and how: 1 hard, 2 soft, 3 copy, 4 directory."""

    __slots__ = ("source", "type")

    def __init__(self, source: str, type: int) -> None:  # noqa: A002 - the field's name in the file
        self.source = source
        self.type = type

    def __repr__(self) -> str:
        return f"LinkInfo({self.source!r}, {self.type:d})"
