"""Packages that pip and its relatives have put into an environment, without conda's knowledge.

They show as folders or files in `site-packages` that no installed package of conda owns:
`NAME.dist-info` (wheels), `NAME.egg-info` and `NAME.egg` (older tools), and `NAME.egg-link`
(projects in development).
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conda_clone.gateways.disk.read import read_text
from conda_clone.models.records import PrefixRecord

__all__ = ["PythonPackage", "python_packages", "site_packages_of"]

_METADATA = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}
_FIELD = re.compile(r"^(Name|Version):[ \t]*(.*?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonPackage:
    """A package that pip knows, and conda does not.

    Attributes:
        name: Normalised name (PEP 503).
        version: Its version; "" when its metadata does not say.
        anchor: Path of its metadata, relative to the environment, with slashes.
        location: The folder of a project in development, or "".
    """

    name: str
    version: str
    anchor: str
    location: str = ""


def site_packages_of(python: PrefixRecord) -> str:
    """Return the folder for packages of an installed Python, relative to its environment."""
    if python.python_site_packages_path:
        return python.python_site_packages_path
    if python.subdir.startswith("win-"):
        return "Lib/site-packages"
    major, minor = ([*python.version.split("."), "0"])[:2]
    return f"lib/python{major}.{minor}/site-packages"


def python_packages(
    prefix: str, installed: Mapping[str, PrefixRecord]
) -> tuple[PythonPackage, ...]:
    """Return what pip has installed, sorted by name.

    Args:
        prefix: The environment.
        installed: Its packages of conda, by name.
    """
    python = installed.get("python")
    if python is None:
        return ()
    folder = site_packages_of(python)
    found = _packages_in(prefix, folder, _names_of_conda(folder, installed))
    return tuple(sorted(found, key=lambda package: package.name))


def _names_of_conda(folder: str, installed: Mapping[str, PrefixRecord]) -> frozenset[str]:
    """Return what packages of conda have put into a folder: looked up 300 times, built once."""
    start = f"{folder}/"
    length = len(start)
    return frozenset(
        path[length:].partition("/")[0]
        for record in installed.values()
        for path in record.files
        if path.startswith(start)
    )


def _packages_in(prefix: str, folder: str, owned: frozenset[str]) -> Iterator[PythonPackage]:
    try:
        names = sorted(os.listdir(os.path.join(prefix, folder)))
    except OSError:  # a Python that nothing has been installed for
        return
    for name in names:
        if name in owned:
            continue
        stem, ending = os.path.splitext(name)
        anchor = f"{folder}/{name}"
        if ending in _METADATA:
            yield from _described(prefix, anchor, stem, _METADATA[ending])
        elif ending == ".egg":
            yield from _described(prefix, f"{anchor}/EGG-INFO", stem, "PKG-INFO", shown=anchor)
        elif ending == ".egg-link":
            yield from _linked(prefix, anchor, stem)


def _described(
    prefix: str, anchor: str, stem: str, filename: str, *, shown: str = ""
) -> Iterator[PythonPackage]:
    """Yield the package whose metadata is there; the folder's own name helps where it is not."""
    path = os.path.join(prefix, anchor)
    text = _text(os.path.join(path, filename) if os.path.isdir(path) else path)
    head = text.partition("\n\n")[0]
    fields = dict(reversed(_FIELD.findall(head)))
    name, _, version = stem.partition("-")
    name = fields.get("Name", name)
    if name:
        yield PythonPackage(
            name=_normalised(name),
            version=fields.get("Version", version.partition("-py")[0]),
            anchor=shown or anchor,
        )


def _linked(prefix: str, anchor: str, stem: str) -> Iterator[PythonPackage]:
    """Yield the project in development that a `.egg-link` leads to."""
    lines = _text(os.path.join(prefix, anchor)).splitlines()
    location = lines[0].strip() if lines else ""
    metadata = os.path.join(location, f"{stem.replace('-', '_')}.egg-info", "PKG-INFO")
    fields = dict(reversed(_FIELD.findall(_text(metadata))))
    yield PythonPackage(
        name=_normalised(fields.get("Name", stem)),
        version=fields.get("Version", ""),
        anchor=anchor,
        location=location,
    )


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _text(path: str) -> str:
    try:
        return read_text(path)
    except OSError:
        return ""
