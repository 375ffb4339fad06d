"""Describes installed distributions as conda packages.

The files are those of the distribution's RECORD. A distribution without compiled code becomes a
`noarch: python` package with its entry points, any other one a package for this platform and this
series of Python. Dependencies are those of its metadata whose markers hold here; extras are left
out.

Names are the distribution's own in lower case (`ruamel.yaml`), as they are in public channels;
comparing them follows PEP 503.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from conda_clone.testing.packages import PLACEHOLDER, Content, PackageFields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conda_clone.testing.interpreter import Interpreter

__all__ = ["DistributionAbsentError", "distribution_package", "find_distribution", "requirements"]

_COMPILED_SUFFIXES = (".so", ".pyd", ".dylib")
_SKIPPED_METADATA = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
_SHEBANG = re.compile(rb"#!.*python[\d.]*[^\n]*\n")
# What installers write where the interpreter's path is too long or has a space.
_LONG_SHEBANG = re.compile(rb"#!/bin/sh\n'''exec' [^\n]*\n' '''\n")


class DistributionAbsentError(LookupError):
    """A distribution is not installed, or not in a way that it can be packed from."""


def find_distribution(name: str) -> metadata.Distribution:
    """Return an installed distribution that lists its files.

    Raises:
        DistributionAbsentError: It is not installed, or has no RECORD.
    """
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise DistributionAbsentError(f"`{name}` is not installed") from None
    if found.read_text("RECORD") is None:
        raise DistributionAbsentError(f"`{name}` is installed without a list of its files (RECORD)")
    return found


def requirements(distribution: metadata.Distribution) -> "Iterator[Requirement]":
    """Yield what the distribution needs on this machine without any of its extras."""
    for text in distribution.requires or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def distribution_package(
    distribution: metadata.Distribution, interpreter: "Interpreter", *, build_number: int = 0
) -> PackageFields:
    """Describe the package of a distribution for `build_package`."""
    files = list(distribution.files or ())
    compiled = any(path.suffix in _COMPILED_SUFFIXES for path in files)
    layout = _Layout.native(interpreter) if compiled else _Layout()
    commands = sorted(
        {f"{entry.name} = {entry.value}" for entry in _commands(distribution)},
    )
    collected = _Collection(layout, set() if compiled else _generated_scripts(distribution))
    for path in files:
        collected.add(path, Path(str(distribution.locate_file(path))))
    collected.finish()
    fields = PackageFields(
        name=distribution.metadata["Name"].lower(),
        version=distribution.version,
        build_number=build_number,
        license=_field(distribution, "License-Expression") or "unknown",
        files=collected.files,
        executables=collected.executables,
        prefix_files=dict.fromkeys(collected.relocated, "text"),
        about={"summary": _field(distribution, "Summary")},
    )
    if compiled:
        tag = interpreter.series.replace(".", "")
        fields["build"] = f"py{tag}_{build_number}"
        python = f"python {interpreter.series}.*"
    else:
        fields["build"] = f"py_{build_number}"
        fields["noarch"] = "python"
        fields["entry_points"] = commands
        python = f"python {_field(distribution, 'Requires-Python')}"
    fields["depends"] = sorted({_without_spaces(python), *_dependencies(distribution)})
    return fields


def _field(distribution: metadata.Distribution, name: str) -> str:
    values = distribution.metadata.get_all(name)
    return str(values[0]) if values else ""


def _commands(distribution: metadata.Distribution) -> list[metadata.EntryPoint]:
    groups = ("console_scripts", "gui_scripts")
    return [entry for entry in distribution.entry_points if entry.group in groups]


def _generated_scripts(distribution: metadata.Distribution) -> set[str]:
    """Return the names of scripts that the tool makes again from the entry points."""
    return {entry.name for entry in _commands(distribution)}


def _dependencies(distribution: metadata.Distribution) -> "Iterator[str]":
    for requirement in requirements(distribution):
        name = canonicalize_name(requirement.name)
        try:
            name_here = metadata.distribution(name).metadata["Name"].lower()
        except metadata.PackageNotFoundError:
            name_here = name
        yield _without_spaces(f"{name_here} {requirement.specifier}")


def _without_spaces(requirement: str) -> str:
    """Return `name spec` with the rule about spaces and arbitrary equality of conda's specs."""
    name, _, spec = requirement.partition(" ")
    spec = ",".join(sorted(re.sub(r"\s+", "", spec).replace("===", "==").split(",")))
    return f"{name} {spec}".strip()


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the package has modules and scripts."""

    modules: str = "site-packages"
    scripts: str = "python-scripts"

    @classmethod
    def native(cls, interpreter: "Interpreter") -> "_Layout":
        return cls(interpreter.packages_path, "bin")


@dataclass(slots=True)
class _Collection:
    """Files of the package as they come together."""

    layout: _Layout
    generated: set[str]
    files: dict[str, Content] = field(default_factory=dict)
    executables: list[str] = field(default_factory=list)
    relocated: list[str] = field(default_factory=list)
    _info: str = ""

    def add(self, path: PurePosixPath, source: Path) -> None:
        """Add one line of the RECORD: `path` as it stands there, `source` on disk."""
        if path.suffix == ".pyc" or not source.is_file():
            return
        parts = [part for part in path.parts if part != ".."]
        if len(parts) == len(path.parts):
            self._add_module(path, source)
        elif parts[0] in ("bin", "Scripts"):
            self._add_script(path.name, source)
        else:
            self.files["/".join(parts)] = source

    def finish(self) -> None:
        """Say in the metadata who installs it, and list the files anew."""
        self.files[f"{self._info}/INSTALLER"] = b"conda\n"
        root = self.layout.modules
        below = [path for path in sorted(self.files) if path.startswith(f"{root}/")]
        lines = [self._record_line(path, path.removeprefix(f"{root}/")) for path in below]
        record = f"{self._info}/RECORD"
        lines.append(f"{record.removeprefix(f'{root}/')},,\n")
        self.files[record] = "".join(lines)

    def _add_module(self, path: PurePosixPath, source: Path) -> None:
        folder = path.parts[0]
        if folder.endswith((".dist-info", ".egg-info")):
            self._info = f"{self.layout.modules}/{folder}"
            if path.name in _SKIPPED_METADATA:
                return
        self.files[f"{self.layout.modules}/{path}"] = source

    def _add_script(self, name: str, source: Path) -> None:
        if name in self.generated:
            return
        packed = f"{self.layout.scripts}/{name}"
        data = source.read_bytes()
        head = _LONG_SHEBANG.match(data) or _SHEBANG.match(data)
        if head is not None:
            data = f"#!{PLACEHOLDER}/bin/python\n".encode() + data[head.end() :]
            self.relocated.append(packed)
        self.files[packed] = data
        self.executables.append(packed)

    def _record_line(self, packed: str, listed: str) -> str:
        content = self.files[packed]
        data = content.read_bytes() if isinstance(content, Path) else content
        data = data.encode() if isinstance(data, str) else data
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        quoted = f'"{listed}"' if "," in listed else listed
        return f"{quoted},sha256={digest},{len(data)}\n"
