"""What the files below `info/` of a package say: its index entry, its paths, its entry points.

Pure: the caller gives a function that reads one file. Nothing here is trusted: names of paths
cannot lead out of the environment or into its metadata, and names of commands are plain words.
"""

from conda_clone.models.errors import InvalidPackageMetadata
from conda_clone.models.json_bytes import decode_json
from conda_clone.models.json_values import noarch_kind, number, text_of
from conda_clone.models.later_pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Literal

    from conda_clone.models.json_values import NoarchKind

    FileMode = Literal["text", "binary"]
    PathType = Literal["hardlink", "softlink", "directory"]
    Reader = Callable[[str], bytes | None]

__all__ = [
    "DEFAULT_PLACEHOLDER",
    "EntryPoint",
    "PackageContents",
    "PackagedPath",
    "check_path",
    "parse_entry_point",
    "read_contents",
]

# What packages carried before each had a placeholder of its own length (spec/formats.md, 8).
DEFAULT_PLACEHOLDER = "/opt/anaconda1anaconda2anaconda3"

_INDEX = "info/index.json"
_PATHS = "info/paths.json"
_LINK = "info/link.json"
# What the parts of plain paths, one in each line, do not have: one look at all saves one at each.
_ODD = ("\\", ":", "\0", "\n\n", "\n.\n", "\n..\n")
_PATH_TYPES = frozenset({"hardlink", "softlink", "directory"})
_TEXT_OR_NONE = frozenset({str, type(None)})
_NUMBER_OR_NONE = frozenset({int, type(None)})
_HAS_PREFIX_FIELD = pattern(r"\"([^\"]*)\"|'([^']*)'|(\S+)")


class EntryPoint:
    """A command that calls a Python function: `command = module:function`."""

    __slots__ = ("command", "function", "module")

    def __init__(self, command: str, module: str, function: str) -> None:
        self.command = command
        self.module = module
        self.function = function

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EntryPoint) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return f"{self.command} = {self.module}:{self.function}"

    def __repr__(self) -> str:
        return f"EntryPoint({str(self)!r})"


class PackagedPath:
    """One file of a package.

    Attributes:
        path: Relative to the package's folder, with slashes; checked to stay below it.
        path_type: What it is in the package.
        sha256: Of the file as packaged, or None when the package does not say.
        size_in_bytes: Of the file as packaged, or None when the package does not say.
        prefix_placeholder: What to replace by the prefix, or None.
        file_mode: How to replace it, or None.
        no_link: Whether the file has to be copied always.
    """

    __slots__ = (
        "file_mode",
        "no_link",
        "path",
        "path_type",
        "prefix_placeholder",
        "sha256",
        "size_in_bytes",
    )

    def __init__(
        self,
        path: str,
        path_type: "PathType" = "hardlink",
        sha256: str | None = None,
        size_in_bytes: int | None = None,
        prefix_placeholder: str | None = None,
        file_mode: "FileMode | None" = None,
        *,
        no_link: bool = False,
    ) -> None:
        self.path = path
        self.path_type = path_type
        self.sha256 = sha256
        self.size_in_bytes = size_in_bytes
        self.prefix_placeholder = prefix_placeholder
        self.file_mode = file_mode
        self.no_link = no_link

    def __repr__(self) -> str:
        return f"PackagedPath({self.path!r}, {self.path_type!r})"


class PackageContents:
    """What a package says about itself.

    Attributes:
        index: The object of `info/index.json`.
        paths: Its files, in the package's order, each path once.
        noarch: Kind of a package for all platforms, or None.
        entry_points: Commands to create, for `noarch: python`.
    """

    __slots__ = ("entry_points", "index", "noarch", "paths")

    def __init__(
        self,
        *,
        index: "Mapping[str, object]",
        paths: tuple[PackagedPath, ...],
        noarch: "NoarchKind | None",
        entry_points: tuple[EntryPoint, ...],
    ) -> None:
        self.index = index
        self.paths = paths
        self.noarch = noarch
        self.entry_points = entry_points


def read_contents(read: "Reader") -> PackageContents:
    """Return what the files below `info/` say.

    Args:
        read: Returns the bytes of a file of the package, named like `info/paths.json`, or None
            when there is no such file.

    Raises:
        InvalidPackageMetadata: A file is missing, broken or dangerous.
    """
    index = _read_object(read, _INDEX)
    if index is None:
        raise InvalidPackageMetadata(_INDEX, "it is missing")
    link = _read_object(read, _LINK)
    noarch, entry_points = _noarch_of(index, link)
    listing = _read_object(read, _PATHS)
    paths = _legacy_paths(read) if listing is None else _listed_paths(listing)
    return PackageContents(index=index, paths=paths, noarch=noarch, entry_points=entry_points)


def check_path(path: str, *, file: str) -> str:
    """Return a package's path in its shortest form.

    Raises:
        InvalidPackageMetadata: It is absolute, leads upwards, holds a NUL or points into the
            environment's own metadata.
    """
    if "\0" in path:
        raise InvalidPackageMetadata(file, f"the path {path!r} holds a NUL character")
    parts = path.split("/")
    is_absolute = path.startswith("/")
    if "" in parts or "." in parts:
        parts = [part for part in parts if part not in {"", "."}]
        path = "/".join(parts)
    # Backslashes and drives are checked everywhere: a package is the same on all systems.
    if is_absolute or path.startswith("\\") or path[1:2] == ":":
        raise InvalidPackageMetadata(file, f"the path `{path}` is absolute")
    if ".." in parts or ("\\" in path and ".." in path.replace("\\", "/").split("/")):
        raise InvalidPackageMetadata(file, f"the path `{path}` leads out of the environment")
    if not parts:
        raise InvalidPackageMetadata(file, "it lists an empty path")
    # File systems of macOS and Windows do not tell upper from lower case.
    if parts[0].partition("\\")[0].lower() == "conda-meta":
        raise InvalidPackageMetadata(
            file, f"the path `{path}` would write into the environment's own metadata"
        )
    return path


def parse_entry_point(text: str, *, file: str = _LINK) -> EntryPoint:
    """Parse `command = module:function`.

    >>> parse_entry_point("app = my.cli:main").module
    'my.cli'

    Raises:
        InvalidPackageMetadata: A part is missing, the command is not a plain file name, or module
            or function are not dotted identifiers (they become Python source).
    """
    command, equals, target = text.partition("=")
    command = command.strip()
    module, colon, function = target.partition("[")[0].partition(":")
    module, function = module.strip(), function.strip()
    if not equals or not colon:
        raise InvalidPackageMetadata(file, f"`{text}` is not of the form `command = module:name`")
    if not command or command.startswith(".") or any(bad in command for bad in "/\\\0\n\r"):
        raise InvalidPackageMetadata(file, f"{command!r} cannot be the name of a command")
    for part in (module, function):
        if not all(map(str.isidentifier, part.split("."))):
            raise InvalidPackageMetadata(file, f"{part!r} is not a dotted Python name")
    return EntryPoint(command, module, function)


def _read_object(read: "Reader", file: str) -> "dict[str, object] | None":
    content = read(file)
    if content is None:
        return None
    try:
        value = decode_json(content)
    except ValueError as error:
        raise InvalidPackageMetadata(file, f"it is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidPackageMetadata(file, "it is not a JSON object")
    return value


def _noarch_of(
    index: "Mapping[str, object]", link: "Mapping[str, object] | None"
) -> "tuple[NoarchKind | None, tuple[EntryPoint, ...]]":
    """Return kind and entry points; `info/link.json` wins over the mark in the index entry."""
    section = link.get("noarch") if link else None
    if section is None:
        try:
            return noarch_kind(index.get("noarch")), ()
        except ValueError as error:
            raise InvalidPackageMetadata(_INDEX, str(error)) from error
    if not isinstance(section, dict):
        raise InvalidPackageMetadata(_LINK, "its `noarch` is not an object")
    try:
        kind = noarch_kind(section.get("type"))
    except ValueError as error:
        raise InvalidPackageMetadata(_LINK, str(error)) from error
    entry_points = section.get("entry_points") or []
    if not isinstance(entry_points, list) or not all(isinstance(e, str) for e in entry_points):
        raise InvalidPackageMetadata(_LINK, "its `entry_points` are not a list of texts")
    return kind, tuple([parse_entry_point(text) for text in entry_points])


def _listed_paths(listing: "Mapping[str, object]") -> tuple[PackagedPath, ...]:
    """Read `info/paths.json`."""
    version, items = listing.get("paths_version", 1), listing.get("paths")
    if version != 1:
        raise InvalidPackageMetadata(_PATHS, f"its version {version} is unknown to us")
    if not isinstance(items, list):
        raise InvalidPackageMetadata(_PATHS, "it has no list of `paths`")
    found = _ordinary_paths(items) or [_checked_item(item) for item in items]
    return tuple({path.path: path for path in found}.values())


def _ordinary_paths(items: "Sequence[Any]") -> list[PackagedPath]:
    """Read a list field by field, which takes a third of the time of looking at every entry.

    Nothing where something is odd: whoever looks closer accepts it, or says what is wrong.
    """
    try:
        paths = [item["_path"] for item in items]
        types = [item.get("path_type", "hardlink") for item in items]
        digests = [item.get("sha256") for item in items]
        sizes = [item.get("size_in_bytes") for item in items]
        if not (
            set(map(type, paths)) <= {str}
            and set(types) <= _PATH_TYPES
            and set(map(type, digests)) <= _TEXT_OR_NONE
            and set(map(type, sizes)) <= _NUMBER_OR_NONE
        ):
            return []
    except (AttributeError, KeyError, TypeError):
        return []
    found = list(map(PackagedPath, _checked_paths(paths), types, digests, sizes))
    for number_of_item, item in enumerate(items):
        if "prefix_placeholder" in item or "no_link" in item:
            found[number_of_item] = _checked_item(item)
    return found


def _checked_paths(paths: "Sequence[str]") -> "Sequence[str]":
    parts = "\n".join(["", *paths, ""]).replace("/", "\n")
    if any(odd in parts for odd in _ODD) or "\nconda-meta" in parts.lower():
        return [check_path(path, file=_PATHS) for path in paths]
    return paths


def _checked_item(item: "Mapping[str, object]") -> PackagedPath:
    try:
        return _listed_path(item)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidPackageMetadata(_PATHS, f"the entry {item!r} is broken") from error


def _listed_path(item: "Mapping[str, object]") -> PackagedPath:
    path, size = text_of(item, "_path"), item.get("size_in_bytes")
    if path is None:
        raise KeyError("_path")
    placeholder = text_of(item, "prefix_placeholder")
    if placeholder is not None and len(placeholder) == 1:  # would replace every such letter
        raise InvalidPackageMetadata(_PATHS, f"`{path}` has the placeholder `{placeholder}`")
    return PackagedPath(
        check_path(path, file=_PATHS),
        _path_type(text_of(item, "path_type")),
        sha256=text_of(item, "sha256"),
        size_in_bytes=None if size is None else number(size),
        prefix_placeholder=placeholder or None,
        file_mode=_file_mode(text_of(item, "file_mode") or "text") if placeholder else None,
        no_link=bool(item.get("no_link")),
    )


def _path_type(text: str | None) -> "PathType":
    if text is None or text == "hardlink":
        return "hardlink"
    if text == "softlink":
        return "softlink"
    if text == "directory":
        return "directory"
    raise ValueError(text)


def _file_mode(text: str) -> "FileMode":
    if text == "text":
        return "text"
    if text == "binary":
        return "binary"
    raise ValueError(text)


def _legacy_paths(read: "Reader") -> tuple[PackagedPath, ...]:
    """Read the three lists that packages had before `info/paths.json`."""
    lines = _read_lines(read, "info/files")
    if lines is None:
        raise InvalidPackageMetadata(_PATHS, "it is missing, and so is `info/files`")
    placeholders = _legacy_placeholders(read)
    no_link = {
        check_path(line, file=file)
        for file in ("info/no_link", "info/no_softlink")
        for line in _read_lines(read, file) or ()
    }
    paths: dict[str, PackagedPath] = {}
    for line in lines:
        path = check_path(line, file="info/files")
        placeholder, mode = placeholders.get(path, (None, None))
        paths[path] = PackagedPath(
            path, prefix_placeholder=placeholder, file_mode=mode, no_link=path in no_link
        )
    return tuple(paths.values())


def _legacy_placeholders(read: "Reader") -> "dict[str, tuple[str, FileMode]]":
    """Read lines of `placeholder mode path`, each part perhaps quoted, or of just a path."""
    file = "info/has_prefix"
    placeholders: dict[str, tuple[str, FileMode]] = {}
    for line in _read_lines(read, file) or ():
        fields = ["".join(groups) for groups in _HAS_PREFIX_FIELD.findall(line)]
        if len(fields) == 3 and fields[1] in {"text", "binary"}:  # noqa: PLR2004 - see docstring
            placeholders[check_path(fields[2], file=file)] = (fields[0], _file_mode(fields[1]))
        elif len(fields) == 1:
            placeholders[check_path(fields[0], file=file)] = (DEFAULT_PLACEHOLDER, "text")
        else:
            raise InvalidPackageMetadata(
                file, f"the line `{line}` is not of the form `placeholder mode path`"
            )
    return placeholders


def _read_lines(read: "Reader", file: str) -> list[str] | None:
    content = read(file)
    if content is None:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise InvalidPackageMetadata(file, "it is not UTF-8") from error
    return [line.strip() for line in text.splitlines() if line.strip()]
