"""Checks an environment against the archives that were installed into it.

Knows nothing of the tool's own code, on purpose: archives are read with the standard library, and
the rules (spec/formats.md, sections 5, 7 and 8) are written down here a second time.

- A file without placeholder has the digest that the package states.
- A file with placeholder is the archive's content with the placeholder replaced: as text, with the
  rule for first lines; or in binaries inside NUL-terminated strings of unchanged length.
- Files of noarch Python packages are at their mapped places.
- Links have their target, files their executable bits.
- The record of every package lists exactly its files; of a noarch Python package also its commands
  and byte code.
"""

import hashlib
import io
import json
import os
import re
import shlex
import stat
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backports import zstd

DEFAULT_PLACEHOLDER = "/opt/anaconda1anaconda2anaconda3"
LONGEST_SHEBANG = 127


@dataclass
class Report:
    """What was checked, and all that is wrong; `problems` is empty if nothing is."""

    packages: int = 0
    files: int = 0
    relocated: int = 0
    problems: list[str] = field(default_factory=list)
    unowned: list[str] = field(default_factory=list)
    """Files of the prefix that no record lists, `conda-meta` aside."""


@dataclass(frozen=True)
class ArchivedFile:
    """One path as the archive has it and as the package describes it."""

    path: str
    member: tarfile.TarInfo | None
    content: bytes
    sha256: str | None = None
    placeholder: str | None = None
    mode: str = "text"
    no_link: bool = False


@dataclass(frozen=True)
class Archive:
    """An opened package."""

    index: Mapping[str, Any]
    files: tuple[ArchivedFile, ...]
    entry_points: tuple[str, ...]
    is_noarch_python: bool

    @property
    def stem(self) -> str:
        return "{name}-{version}-{build}".format_map(self.index)


def check_prefix(prefix: Path, archives: Iterable[Path], *, ignore: Iterable[str] = ()) -> Report:
    """Check that `prefix` holds what the archives hold; paths in `ignore` may have any content."""
    report = Report()
    opened = [open_archive(path) for path in archives]
    site_packages = _site_packages(opened)
    ignored = frozenset(ignore)
    listed: set[str] = set()
    for archive in opened:
        report.packages += 1
        expected = set()
        for file in archive.files:
            target = _mapped(file.path, archive, site_packages)
            expected.add(target)
            report.files += 1
            report.relocated += file.placeholder is not None
            if target not in ignored:
                report.problems.extend(
                    f"{archive.stem}: {target}: {problem}"
                    for problem in _check_file(prefix, target, file)
                )
        expected.update(f"bin/{point.partition('=')[0].strip()}" for point in archive.entry_points)
        problems, files = _check_record(prefix, archive, expected, site_packages)
        problems += _check_digests(prefix, archive, site_packages, ignored)
        report.problems.extend(f"{archive.stem}: {problem}" for problem in problems)
        listed |= files
    report.problems.extend(_unknown_records(prefix, opened))
    report.unowned.extend(sorted(_files_below(prefix) - listed))
    return report


def replacements(content: bytes, placeholder: str, prefix: str, mode: str) -> list[bytes]:
    """Return what a packaged file may become in `prefix`; the rule of the specification first.

    Where a first line would be too long or have a blank, `#!/usr/bin/env python` is the rule. It
    finds the right Python only in an activated environment, so for Python scripts the way of
    generated scripts (`/bin/sh` starts that very Python) is right as well.
    """
    old, new = placeholder.encode(), os.fsencode(prefix)
    if mode == "binary":
        return [_replace_in_binary(content, old, new)]
    first, newline, rest = content.partition(b"\n")
    return [line + newline + rest.replace(old, new) for line in _first_lines(first, old, new)]


def open_archive(path: Path) -> Archive:
    """Read a whole package."""
    members = dict(_members(path))
    index = json.loads(members["info/index.json"][1])
    link = json.loads(members["info/link.json"][1]) if "info/link.json" in members else {}
    noarch = link.get("noarch", {}).get("type") or index.get("noarch")
    if "info/paths.json" in members:
        described = json.loads(members["info/paths.json"][1])["paths"]
    else:
        described = list(_legacy_paths(members))
    files = tuple(_archived_file(entry, members) for entry in described)
    points = link.get("noarch", {}).get("entry_points", ())
    return Archive(index, files, tuple(points), str(noarch).lower() == "python")


def _archived_file(
    entry: Mapping[str, Any], members: Mapping[str, tuple[tarfile.TarInfo, bytes]]
) -> ArchivedFile:
    member, content = members.get(entry["_path"], (None, b""))
    return ArchivedFile(
        entry["_path"],
        member,
        content,
        entry.get("sha256"),
        entry.get("prefix_placeholder"),
        entry.get("file_mode", "text"),
        entry.get("no_link", False),
    )


def _members(path: Path) -> Iterator[tuple[str, tuple[tarfile.TarInfo, bytes]]]:
    for stream in _streams(path):
        with tarfile.open(fileobj=io.BytesIO(stream)) as tar:
            for member in tar:
                # `extractfile` follows a hard link to the member that has the content.
                file = tar.extractfile(member) if member.isreg() or member.islnk() else None
                yield member.name.removeprefix("./"), (member, file.read() if file else b"")


def _streams(path: Path) -> Iterator[bytes]:
    if path.name.endswith(".tar.bz2"):
        import bz2

        yield bz2.decompress(path.read_bytes())
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".tar.zst"):
                yield zstd.decompress(archive.read(name))


def _legacy_paths(
    members: Mapping[str, tuple[tarfile.TarInfo, bytes]],
) -> Iterator[dict[str, Any]]:
    def lines(name: str) -> list[str]:
        return members[name][1].decode().splitlines() if name in members else []

    placeholders = {}
    for line in lines("info/has_prefix"):
        parts = shlex.split(line)
        if len(parts) == 1:
            parts = [DEFAULT_PLACEHOLDER, "text", *parts]
        placeholders[parts[2]] = {"prefix_placeholder": parts[0], "file_mode": parts[1]}
    unlinkable = lines("info/no_link")
    for path in lines("info/files"):
        yield {"_path": path, "no_link": path in unlinkable, **placeholders.get(path, {})}


def _site_packages(archives: Iterable[Archive]) -> str | None:
    for archive in archives:
        if archive.index["name"] == "python":
            series = ".".join(archive.index["version"].split(".")[:2])
            stated = archive.index.get("python_site_packages_path")
            return stated or f"lib/python{series}/site-packages"
    return None


def _mapped(path: str, archive: Archive, site_packages: str | None) -> str:
    if not archive.is_noarch_python:
        return path
    if path.startswith("site-packages/"):
        return f"{site_packages}/{path.removeprefix('site-packages/')}"
    if path.startswith("python-scripts/"):
        return f"bin/{path.removeprefix('python-scripts/')}"
    return path


def _check_file(prefix: Path, target: str, file: ArchivedFile) -> Iterator[str]:
    path = prefix / target
    if file.member is None:
        yield "is described, but not in the archive"
    elif file.member.issym():
        if not path.is_symlink():
            yield "is no link"
        elif str(path.readlink()) != file.member.linkname:
            yield f"links to {path.readlink()}, not to {file.member.linkname}"
    elif file.member.isdir():
        if not path.is_dir():
            yield "is no folder"
    elif not path.is_file():
        yield "is missing"
    else:
        yield from _check_content(prefix, path, file, file.member)


def _check_content(
    prefix: Path, path: Path, file: ArchivedFile, member: tarfile.TarInfo
) -> Iterator[str]:
    found = path.read_bytes()
    if file.placeholder is None:
        expected = file.sha256 or hashlib.sha256(file.content).hexdigest()
        if hashlib.sha256(found).hexdigest() != expected:
            yield f"has not the digest {expected}"
    elif found not in replacements(file.content, file.placeholder, str(prefix), file.mode):
        yield f"is not the packaged file with its prefix replaced ({file.mode})"
    status = path.stat()
    if bool(status.st_mode & stat.S_IXUSR) != bool(member.mode & stat.S_IXUSR):
        yield "has lost or won its executable bit"
    if file.no_link and status.st_nlink > 1:
        yield "is linked, though it must be a copy"


def _check_record(
    prefix: Path, archive: Archive, expected: set[str], site_packages: str | None
) -> tuple[list[str], set[str]]:
    """Return what is wrong with a package's record, and the files that it lists."""
    path = prefix / "conda-meta" / f"{archive.stem}.json"
    if not path.is_file():
        return ["has no record"], set()
    record = json.loads(path.read_bytes())
    files = set(record["files"])
    # `paths_data` has a noarch package's files under their packaged names, as conda writes it.
    entries = {
        _mapped(entry["_path"], archive, site_packages): entry
        for entry in record["paths_data"]["paths"]
    }
    byte_code = set()
    if archive.is_noarch_python:
        byte_code = {name for name in files if _is_byte_code(name, expected)}
    problems = [f"the record does not list {name}" for name in sorted(expected - files)]
    problems += [
        f"the record lists {name}, which the package has not"
        for name in sorted(files - expected - byte_code)
    ]
    if set(entries) != files or len(record["files"]) != len(files):
        problems.append("`files` and `paths_data` of the record differ")
    problems += [
        f"the record lists {name}, which is missing"
        for name in sorted(files - expected)
        if not (prefix / name).is_file()
    ]
    return problems, files


def _check_digests(
    prefix: Path, archive: Archive, site_packages: str | None, ignored: frozenset[str]
) -> Iterator[str]:
    """Yield the files whose content is not what the package's record states of it."""
    path = prefix / "conda-meta" / f"{archive.stem}.json"
    record = json.loads(path.read_bytes()) if path.is_file() else {"paths_data": {"paths": []}}
    for entry in record["paths_data"]["paths"]:
        name = _mapped(entry["_path"], archive, site_packages)
        stated = entry.get("sha256_in_prefix")
        if stated and name not in ignored and (prefix / name).is_file():
            digest = hashlib.sha256((prefix / name).read_bytes()).hexdigest()
            if digest != stated:
                yield f"the record states another digest for {name}"


def _is_byte_code(name: str, expected: set[str]) -> bool:
    match = re.fullmatch(r"(.*/)?__pycache__/([^/]+)\.cpython-\d+(?:\.opt-\d)?\.pyc", name)
    return match is not None and f"{match[1] or ''}{match[2]}.py" in expected


def _unknown_records(prefix: Path, archives: Iterable[Archive]) -> Iterator[str]:
    stems = {archive.stem for archive in archives}
    for path in sorted((prefix / "conda-meta").glob("*.json")):
        if path.stem not in stems:
            yield f"{path.stem}: is recorded, but was not to be installed"


def _files_below(prefix: Path) -> set[str]:
    found: set[str] = set()
    for root, folders, names in os.walk(prefix):
        if Path(root) == prefix and "conda-meta" in folders:
            folders.remove("conda-meta")
        links = [name for name in folders if Path(root, name).is_symlink()]
        found.update(Path(root, name).relative_to(prefix).as_posix() for name in [*names, *links])
    return found


def _first_lines(line: bytes, old: bytes, new: bytes) -> list[bytes]:
    replaced = line.replace(old, new)
    shebang = re.fullmatch(rb"#!\s*(\S+)(.*)", line)
    if shebang is None or old not in shebang[1]:
        return [replaced]
    if len(replaced) <= LONGEST_SHEBANG and b" " not in new:
        return [replaced]
    interpreter, options = (part.replace(old, new) for part in shebang.groups())
    program = interpreter.rpartition(b"/")[2]
    lines = [b"#!/usr/bin/env " + program + options]
    if options:
        # Without -S, env takes program and options for one word.
        lines.append(b"#!/usr/bin/env -S " + program + options)
    if program.startswith(b"python"):
        start = b"#!/bin/sh\n'''exec' \"" + interpreter + b'"' + options
        lines.append(start + b" \"$0\" \"$@\"\n' '''")
    return lines


def _replace_in_binary(content: bytes, old: bytes, new: bytes) -> bytes:
    def replace(match: re.Match[bytes]) -> bytes:
        text: bytes = match[0]
        return text.replace(old, new).ljust(len(text), b"\0")

    return re.sub(re.escape(old) + rb"[^\0]*(?=\0)", replace, content)
