"""Builds one package archive from a description in keywords.

The same description gives the same bytes. `info/` is complete (spec/formats.md, section 5): a
package that is built here looks to the tool like one from a real channel.
"""

import hashlib
import json
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Required, TypedDict, Unpack

from conda_clone.testing.archives import ARCHIVE_TIME, ArchiveFormat, Member, write_archive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "DEFAULT_SUBDIR",
    "PLACEHOLDER",
    "BuiltPackage",
    "Content",
    "PackageFields",
    "build_package",
    "digests",
]

PLACEHOLDER = "/placeholder".ljust(255, "_")
"""What stands for the prefix in built files unless `placeholder` says otherwise."""

DEFAULT_SUBDIR = "linux-64"

Content = bytes | str | Path
"""What a packaged file holds: bytes, text (UTF-8), or the content and mode of a file on disk."""


class PackageFields(TypedDict, total=False):
    """The description of a package; everything but the name has a default.

    - `name`, `version` ("1.0"), `build` ("0"), `build_number` (0), `subdir` (linux-64, or noarch
      for a noarch package), `depends`, `constrains`, `timestamp` (milliseconds): as in repodata.
    - `noarch`: "python" or "generic"; with "python", `entry_points` (`command = module:function`)
      count, modules belong under `site-packages/` and scripts under `python-scripts/`.
    - `files`: path to content; `executables`: which of them get mode 755; `links`: path to target;
      `directories`: empty folders; `no_link`: files that are copied, never linked.
    - `prefix_files`: path to "text" or "binary", for files that hold `placeholder`.
    - `link_scripts`: "post-link", "pre-unlink" or "pre-link" to the text of a shell script.
    - `menus`: file name below `Menu/` to its JSON content.
    - `activate`, `deactivate`: file name below `etc/conda/(de)activate.d` to its text.
    - `run_exports`, `about`: content of those files in `info/`.
    - `index`: further keys of `info/index.json` and of the repodata record, replacing others.
    - `legacy_metadata`: write `info/files`, `has_prefix` and `no_link` in place of `paths.json`.
    - `format`: "conda" or "tar.bz2".
    """

    name: Required[str]
    version: str
    build: str
    build_number: int
    subdir: str
    depends: "Sequence[str]"
    constrains: "Sequence[str]"
    timestamp: int
    license: str
    track_features: str
    noarch: Literal["python", "generic"] | None
    entry_points: "Sequence[str]"
    files: "Mapping[str, Content]"
    executables: "Sequence[str]"
    links: "Mapping[str, str]"
    directories: "Sequence[str]"
    no_link: "Sequence[str]"
    prefix_files: "Mapping[str, Literal['text', 'binary']]"
    placeholder: str
    link_scripts: "Mapping[str, str]"
    menus: "Mapping[str, Mapping[str, object]]"
    activate: "Mapping[str, str]"
    deactivate: "Mapping[str, str]"
    run_exports: "Mapping[str, Sequence[str]]"
    about: "Mapping[str, object]"
    index: "Mapping[str, object]"
    legacy_metadata: bool
    format: ArchiveFormat


@dataclass(frozen=True, slots=True)
class BuiltPackage:
    """An archive on disk, and what a channel says about it."""

    path: Path
    fn: str
    record: dict[str, object]

    @property
    def stem(self) -> str:
        """The file name without its extension: `name-version-build`."""
        return "{name}-{version}-{build}".format_map(self.record)

    @property
    def subdir(self) -> str:
        """The platform folder of the channel that the archive belongs into."""
        return str(self.record["subdir"])


def build_package(destination: Path, **fields: Unpack[PackageFields]) -> BuiltPackage:
    """Write the archive that `fields` describe into the folder `destination`.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> build_package(Path(folder.name), name="hello", files={"share/hello": "Hello"}).fn
    'hello-1.0-0.conda'
    >>> folder.cleanup()
    """
    index = _index(fields)
    archive_format = fields.get("format", "conda")
    fn = "{name}-{version}-{build}".format_map(index) + f".{archive_format}"
    content = sorted(_content(fields), key=lambda member: member.path)
    info = _info(fields, index, content)
    destination.mkdir(parents=True, exist_ok=True)
    path = destination / fn
    write_archive(path, [*info, *content], archive_format)
    return BuiltPackage(path, fn, {**index, **digests(path)})


def digests(path: Path) -> dict[str, object]:
    """Return size, md5 and sha256 of a file, under the names that repodata has for them."""
    data = path.read_bytes()
    return {
        "md5": hashlib.md5(data).hexdigest(),
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }


def _index(fields: PackageFields) -> dict[str, object]:
    noarch = fields.get("noarch")
    index: dict[str, object] = {
        "build": fields.get("build", "0"),
        "build_number": fields.get("build_number", 0),
        "constrains": list(fields.get("constrains", ())),
        "depends": list(fields.get("depends", ())),
        "license": fields.get("license", "BSD-3-Clause"),
        "name": fields["name"],
        "subdir": fields.get("subdir", "noarch" if noarch else DEFAULT_SUBDIR),
        "timestamp": fields.get("timestamp", ARCHIVE_TIME * 1000),
        "version": fields.get("version", "1.0"),
    }
    if noarch:
        index["noarch"] = noarch
    if "track_features" in fields:
        index["track_features"] = fields["track_features"]
    index.update(fields.get("index", {}))
    return index


def _content(fields: PackageFields) -> "Iterator[Member]":
    """Yield everything that is installed."""
    executables = frozenset(fields.get("executables", ()))
    for path, content in fields.get("files", {}).items():
        yield _file(path, content, executable=path in executables)
    for kind, text in fields.get("link_scripts", {}).items():
        yield _file(f"bin/.{fields['name']}-{kind}.sh", text, executable=True)
    for file_name, menu in fields.get("menus", {}).items():
        yield _file(f"Menu/{file_name}", _json(menu))
    for file_name, text in fields.get("activate", {}).items():
        yield _file(f"etc/conda/activate.d/{file_name}", text)
    for file_name, text in fields.get("deactivate", {}).items():
        yield _file(f"etc/conda/deactivate.d/{file_name}", text)
    for path, target in fields.get("links", {}).items():
        yield Member(path, target=target)
    for path in fields.get("directories", ()):
        yield Member(path)


def _file(path: str, content: Content, *, executable: bool = False) -> Member:
    if isinstance(content, Path):
        executable = executable or bool(content.stat().st_mode & 0o100)
        content = content.read_bytes()
    elif isinstance(content, str):
        content = content.encode()
    return Member(path, content, 0o755 if executable else 0o644)


def _info(
    fields: PackageFields, index: "Mapping[str, object]", content: "Sequence[Member]"
) -> "Iterator[Member]":
    yield _file("info/index.json", _json(index))
    yield _file("info/about.json", _json(fields.get("about", {})))
    yield _file("info/files", "".join(f"{member.path}\n" for member in content))
    if fields.get("legacy_metadata"):
        yield from _legacy_metadata(fields)
    else:
        yield _file("info/paths.json", _json(_paths(fields, content)))
    if fields.get("noarch") == "python":
        noarch = {"type": "python", "entry_points": list(fields.get("entry_points", ()))}
        link = {"noarch": noarch, "package_metadata_version": 1}
        yield _file("info/link.json", _json(link))
    if "run_exports" in fields:
        yield _file("info/run_exports.json", _json(fields["run_exports"]))


def _legacy_metadata(fields: PackageFields) -> "Iterator[Member]":
    placeholder = fields.get("placeholder", PLACEHOLDER)
    lines = [
        f'"{placeholder}" "{mode}" "{path}"\n'
        for path, mode in sorted(fields.get("prefix_files", {}).items())
    ]
    if lines:
        yield _file("info/has_prefix", "".join(lines))
    if "no_link" in fields:
        yield _file("info/no_link", "".join(f"{path}\n" for path in fields["no_link"]))


def _paths(fields: PackageFields, content: "Sequence[Member]") -> dict[str, object]:
    modes = fields.get("prefix_files", {})
    unlinkable = frozenset(fields.get("no_link", ()))
    by_path = {member.path: member for member in content}
    entries = []
    for member in content:
        entry: dict[str, object] = {"_path": member.path, "path_type": _path_type(member)}
        packaged = _resolve(member, by_path)
        if packaged is not None:
            entry["sha256"] = hashlib.sha256(packaged).hexdigest()
            entry["size_in_bytes"] = len(packaged)
        if member.path in unlinkable:
            entry["no_link"] = True
        if member.path in modes:
            entry["file_mode"] = modes[member.path]
            entry["prefix_placeholder"] = fields.get("placeholder", PLACEHOLDER)
        entries.append(entry)
    return {"paths": entries, "paths_version": 1}


def _path_type(member: Member) -> str:
    if member.target is not None:
        return "softlink"
    return "directory" if member.content is None else "hardlink"


def _resolve(member: Member, by_path: "Mapping[str, Member]") -> bytes | None:
    """Return the content that a path leads to inside the package; nothing for a folder.

    A link that leads out of the package or nowhere counts as empty, as in published packages.
    """
    for _ in range(len(by_path)):
        if member.target is None:
            return member.content
        target = posixpath.normpath(posixpath.join(posixpath.dirname(member.path), member.target))
        if target not in by_path:
            break
        member = by_path[target]
    return b""


def _json(value: object) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"
