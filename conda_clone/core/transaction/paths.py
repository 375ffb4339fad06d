"""Where each packaged path lands in an environment (spec/formats.md, section 8); pure.

Paths are relative, to the package or to the prefix, with forward slashes on every platform.
"""

import posixpath
import re

from conda_clone.models.later_pattern import pattern
from conda_clone.models.records import PackageCacheRecord, PackageRecord
from conda_clone.models.values import value

__all__ = [
    "COMPILED",
    "PythonTarget",
    "compiled_folder",
    "python_target",
    "scripts_folder",
    "target_path",
    "unsafe_reason",
]

# The folder of a package cache that keeps compiled modules.
COMPILED = ".compiled"

_SITE_PACKAGES = "site-packages/"
_SCRIPTS = "python-scripts/"
_FILE_NAME = pattern(r"[\w+!-][\w.+!-]*", re.ASCII)


@value(kw_only=True)
class PythonTarget:
    """The Python that an environment has when the transaction is over.

    Attributes:
        version: Major and minor number, such as "3.12".
        site_packages: Where its packages are imported from.
        executable: The interpreter.
        cache_tag: What its compiled files are named after, or "" where they lie beside their
            source (Python 2).
        identity: A file name that no other build of Python has, or "" where that is not known.
    """

    version: str
    site_packages: str
    executable: str
    cache_tag: str
    identity: str = ""

    def compiled_path(self, source: str) -> str:
        """Return where the byte-compiled form of a module lies (PEP 3147).

        >>> python = PythonTarget(
        ...     version="3.12", site_packages="", executable="", cache_tag="cpython-312"
        ... )
        >>> python.compiled_path("lib/a/b.py")
        'lib/a/__pycache__/b.cpython-312.pyc'
        """
        if not self.cache_tag:
            return source + "c"
        folder, name = posixpath.split(source)
        return posixpath.join(folder, "__pycache__", f"{name[:-3]}.{self.cache_tag}.pyc")


def python_target(record: PackageRecord) -> PythonTarget:
    """Return what the record of the package `python` says about its interpreter."""
    major, _, rest = record.version.partition(".")
    minor = rest.partition(".")[0]
    version = f"{major}.{minor}"
    implementation = "pypy" if "pypy" in record.build else "cpython-"
    if record.subdir.startswith("win-"):
        site_packages, executable = "Lib/site-packages", "python.exe"
    else:
        site_packages, executable = f"lib/python{version}/site-packages", f"bin/python{version}"
    return PythonTarget(
        version=version,
        site_packages=record.python_site_packages_path or site_packages,
        executable=executable,
        cache_tag="" if major == "2" else f"{implementation}{major}{minor}",
        identity="" if major == "2" else _identity(record),
    )


def compiled_folder(package: PackageCacheRecord, python: PythonTarget) -> str:
    """Return where the cache of a package keeps what this Python compiles of it.

    The result is empty where a record does not say which archive it is of: nothing is kept then.
    """
    identity = _identity(package)
    cache = posixpath.dirname(package.extracted_package_dir)
    if not identity or not python.identity or not cache:
        return ""
    return f"{cache}/{COMPILED}/{identity}/{python.identity}"


def scripts_folder(subdir: str) -> str:
    """Return the folder of executable scripts."""
    return "Scripts" if subdir.startswith("win-") else "bin"


def target_path(path: str, python: PythonTarget, scripts: str) -> str:
    """Return where a path of a `noarch: python` package lands; other packages keep their paths."""
    if path.startswith(_SITE_PACKAGES):
        return f"{python.site_packages}/{path[len(_SITE_PACKAGES) :]}"
    if path.startswith(_SCRIPTS):
        return f"{scripts}/{path[len(_SCRIPTS) :]}"
    return path


def unsafe_reason(path: str) -> str | None:
    r"""Return why nothing may be written to or removed at `path` in an environment, or None.

    >>> unsafe_reason("../outside")
    'it leads out of the environment'
    >>> unsafe_reason("lib/libz.so") is None
    True
    """
    if not path or "\0" in path:
        return "it is not a path"
    if path[0] in "/\\" or path[1:2] == ":":
        return "it is absolute"
    parts = path.replace("\\", "/").split("/")
    if ".." in parts:
        return "it leads out of the environment"
    if all(part in ("", ".") for part in parts):
        return "it is the environment itself"
    folder, *rest = (part for part in parts if part not in ("", "."))
    # CEP 34: a package must not bring what belongs to the package manager.
    if folder.lower() == "conda-meta" and _is_record_keeping(rest):
        return "it is for the package manager alone"
    return None


def _is_record_keeping(parts: list[str]) -> bool:
    if not parts:
        return True
    name = parts[0].lower()
    return name in {"history", ".txn"} or name.endswith(".json")


def _identity(record: PackageRecord) -> str:
    digest = record.sha256 or record.md5
    name = f"{record.dist_name}-{digest}"
    return name if digest and _FILE_NAME.fullmatch(name) else ""
