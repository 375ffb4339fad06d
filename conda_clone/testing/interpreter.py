"""Describes the running CPython as the conda package `python`.

Taken is what `sysconfig` says is the interpreter's own: executable and its scripts, standard
library, shared library, headers, pkg-config files; from the base installation when we run in a
virtual environment. Left out for size: tests, IDLE, the static library, byte code.

The copy must not depend on the place of the original, nor on the length of its own:

- CPython finds its prefix and standard library relative to its executable.
- The run path to a shared `libpython` is made relative to the file that has it. Where that does not
  fit, the original's library is loaded, which serves as long as the original stays.
- Texts that the build has written hold the prefix. It gives way to the builders' placeholder, and
  only where it is the prefix of Python's own files: `/usr/bin/install` is not.
- The executable is copied, never linked: a soft link would lead CPython back to its target.
- Debian's Python looks for packages in `lib/python3/dist-packages` only; its record says so
  (CEP 17).

Libraries that extension modules need (OpenSSL, SQLite) come from the machine.
"""

import os
import platform
import re
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conda_clone.testing.elf import read_run_path, replace_run_path
from conda_clone.testing.packages import PLACEHOLDER, Content, PackageFields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["Interpreter", "python_package", "running_interpreter"]

_SKIPPED_FOLDERS = frozenset(
    {"__pycache__", "site-packages", "dist-packages", "test", "tests", "idlelib", "turtledemo"}
)
_SKIPPED_NAMES = frozenset({"EXTERNALLY-MANAGED", "sitecustomize.py", "usercustomize.py"})
_SKIPPED_SUFFIXES = (".a", ".o", ".pyc")
_SKIPPED_EXTENSIONS = re.compile(r"(_test|_ctypes_test|_xxtest|xx).*\.so")
# What the build writes; other texts that happen to hold the prefix (`/usr` in a docstring) stay.
_GENERATED = re.compile(
    r"_sysconfigdata.*\.py|_sysconfig_vars.*\.json|build-details\.json|Makefile|python-config\.py"
    r"|.*\.pc|.*-config|pydoc[\d.]+|2to3-[\d.]+"
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A CPython installation.

    Attributes:
        prefix: The folder that it is installed in.
        version: Such as "3.11.7".
        executable: The real file, no link.
        folders: Standard library, its platform part and headers, all below the prefix.
        library_folder: Where the shared library and the folder `pkgconfig` are.
        site_packages: Where it looks for packages below the prefix, if not in the usual place.
    """

    prefix: Path
    version: str
    executable: Path
    folders: tuple[Path, ...]
    library_folder: Path
    site_packages: str | None = None

    @property
    def series(self) -> str:
        """Major and minor version, such as "3.11"."""
        return ".".join(self.version.split(".")[:2])

    @property
    def packages_path(self) -> str:
        """Where the interpreter looks for packages below its prefix."""
        return self.site_packages or f"lib/python{self.series}/site-packages"


def running_interpreter() -> Interpreter:
    """Describe the interpreter that runs this code, or the one that its environment is based on."""
    prefix = Path(sys.base_prefix)
    executable = getattr(sys, "_base_executable", "") or sys.executable
    folders = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "include")}
    site_packages = None
    if "deb_system" in sysconfig.get_scheme_names():
        packages = sysconfig.get_path("purelib", "deb_system", {"base": sys.base_prefix})
        site_packages = os.path.relpath(packages, prefix)
    return Interpreter(
        prefix=prefix,
        version=platform.python_version().rstrip("+"),
        executable=Path(executable).resolve(),
        folders=tuple(
            sorted(folder for folder in folders if folder.is_relative_to(prefix)),
        ),
        library_folder=Path(sysconfig.get_config_var("LIBDIR") or prefix / "lib"),
        site_packages=site_packages,
    )


def python_package(interpreter: Interpreter) -> PackageFields:
    """Describe the package for `build_package`."""
    own = dict.fromkeys(_own_files(interpreter))
    collected = _Collection(interpreter)
    for path in own:
        collected.add(path, own)
    program = f"bin/python{interpreter.series}"
    collected.add_file(program, interpreter.executable)
    collected.links.update({"bin/python": Path(program).name, "bin/python3": Path(program).name})
    for name, numbered in (
        ("pydoc", f"pydoc{interpreter.series}"),
        ("python3-config", f"python{interpreter.series}-config"),
    ):
        if f"bin/{numbered}" in collected.files:
            collected.links[f"bin/{name}"] = numbered
    fields = PackageFields(
        name="python",
        version=interpreter.version,
        build="0_machine",
        license="PSF-2.0",
        files=collected.files,
        executables=collected.executables,
        links=collected.links,
        prefix_files=dict.fromkeys(collected.relocated, "text"),
        no_link=[program],
        about={"summary": "The Python of this machine"},
    )
    if interpreter.site_packages is not None:
        fields["index"] = {"python_site_packages_path": interpreter.site_packages}
    return fields


@dataclass(slots=True)
class _Collection:
    """Files of the package as they come together."""

    interpreter: Interpreter
    files: dict[str, Content] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    executables: list[str] = field(default_factory=list)
    relocated: list[str] = field(default_factory=list)

    def add(self, path: Path, own: "Collection[Path]") -> None:
        """Add a file at the place that it has below the prefix; links among `own` stay links."""
        packed = path.relative_to(self.interpreter.prefix).as_posix()
        target = path.readlink() if path.is_symlink() else None
        if target is not None and path.parent / target in own:
            self.links[packed] = str(target)
        else:
            self.add_file(packed, path)

    def add_file(self, packed: str, path: Path) -> None:
        """Add a file at the path `packed` of the package, without its ties to the prefix."""
        if _GENERATED.fullmatch(path.name):
            text = _relocatable(path.read_bytes(), self.interpreter.prefix)
            if PLACEHOLDER.encode() in text:
                self.relocated.append(packed)
            self._add_changed(packed, path, text)
        elif ".so" in path.suffixes or packed.startswith("bin/"):
            self._add_changed(packed, path, self._with_relative_run_path(packed, path))
        else:
            self.files[packed] = path

    def _add_changed(self, packed: str, path: Path, content: bytes) -> None:
        self.files[packed] = content
        if path.stat().st_mode & 0o100:
            self.executables.append(packed)

    def _with_relative_run_path(self, packed: str, path: Path) -> bytes:
        data = path.read_bytes()
        old = read_run_path(data)
        if old is None:
            return data
        here = os.path.dirname(packed)
        entries = []
        for entry in old.split(":"):
            if Path(entry).is_relative_to(self.interpreter.prefix):
                below = Path(entry).relative_to(self.interpreter.prefix)
                entries.append(f"$ORIGIN/{os.path.relpath(below, here)}")
            else:
                entries.append(entry)
        new = ":".join(entries)
        return replace_run_path(data, new) if len(new) <= len(old) else data


def _own_files(interpreter: Interpreter) -> "Iterator[Path]":
    """Yield what belongs to the interpreter, each path once, the executable excepted."""
    seen: set[Path] = set()
    for folder in interpreter.folders:
        for root, folders, names in os.walk(folder):
            folders[:] = sorted(set(folders) - _SKIPPED_FOLDERS)
            for path in (Path(root, name) for name in sorted(names)):
                if path not in seen and _is_wanted(path):
                    seen.add(path)
                    yield path
    if interpreter.library_folder.is_relative_to(interpreter.prefix):
        series = interpreter.series
        for pattern in (
            f"libpython{series}*.so*",
            "libpython3.so",
            f"pkgconfig/python-{series}*.pc",
            "pkgconfig/python3*.pc",
        ):
            yield from sorted(interpreter.library_folder.glob(pattern))
    for name in ("python{}-config", "pydoc{}", "2to3-{}"):
        path = interpreter.prefix / "bin" / name.format(interpreter.series)
        if path.is_file():
            yield path


def _is_wanted(path: Path) -> bool:
    return (
        path.is_file()
        and path.name not in _SKIPPED_NAMES
        and path.suffix not in _SKIPPED_SUFFIXES
        and _SKIPPED_EXTENSIONS.fullmatch(path.name) is None
    )


def _relocatable(data: bytes, prefix: Path) -> bytes:
    """Put the placeholder where a text names the prefix itself or Python's folders below it."""
    end = rb"(?=$|[\s'\":;,])"
    own = rb"(?:python|pydoc|pkgconfig)"
    pattern = (
        # Not within another path, but directly behind the options of a compiler.
        rb"(?:(?<![\w./-])|(?<=-[ILR]))"
        + re.escape(os.fsencode(prefix))
        + rb"(?:(?=/(?:bin|lib|include|share)/"
        + own
        + rb")|(?=/(?:bin|lib|include|share)/?"
        + end
        + rb")|"
        + end
        + rb")"
    )
    return re.sub(pattern, PLACEHOLDER.encode(), data, flags=re.MULTILINE)
