"""How the tool introduces itself to servers: tool, interpreter, system and C library with versions.

Those who run channels count by it what is in use (spec/settings.md, section 4).
"""

import os
import re
import sys
from importlib.machinery import PathFinder

from conda_clone import __version__

__all__ = ["requests_version", "user_agent", "with_requests"]

_VERSION = re.compile(r"^__version__\s*=\s*['\"]([\w.+-]+)['\"]", re.MULTILINE)
_PYTHONS = {"cpython": "CPython", "pypy": "PyPy"}


def user_agent(release_file: str = "/etc/os-release") -> str:
    """Return the parts that this machine tells about itself.

    Args:
        release_file: Where a distribution says which one it is.
    """
    python = _PYTHONS.get(sys.implementation.name, sys.implementation.name)
    parts = [f"conda/{__version__}", f"{python}/{'.'.join(map(str, sys.version_info[:3]))}"]
    if hasattr(os, "uname"):
        machine = os.uname()
        parts.append(f"{machine.sysname}/{machine.release}")
    return " ".join([*parts, *_distribution(release_file), *_libc(), "solver/conda-clone"])


def requests_version() -> str:
    """Return the version of the library `requests` beside us, without loading it (66 ms)."""
    spec = PathFinder.find_spec("requests")
    folder = os.path.dirname(spec.origin or "") if spec is not None else ""
    try:
        with open(os.path.join(folder, "__version__.py"), encoding="utf-8") as stream:
            found = _VERSION.search(stream.read())
    except OSError:
        found = None
    return found[1] if found is not None else "unknown"


def with_requests(agent: str, version: str) -> str:
    """Return the text with the version of `requests`, second, as those who count know it."""
    tool, _, rest = agent.partition(" ")
    return " ".join(part for part in (tool, f"requests/{version}", rest) if part)


def _distribution(release_file: str) -> list[str]:
    """Return name and version of the distribution, in a list that is empty when nobody says."""
    try:
        with open(release_file, encoding="utf-8", errors="replace") as stream:
            lines = stream.read().splitlines()
    except OSError:
        return []
    said = {name: value.strip("\"' ") for name, _, value in (line.partition("=") for line in lines)}
    known = [said[name] for name in ("ID", "VERSION_ID") if said.get(name)]
    text = "/".join(known)
    # It becomes part of a header.
    return [text] if text.isascii() and text.isprintable() and known and " " not in text else []


def _libc() -> list[str]:
    try:
        text = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, ValueError, OSError):  # not on Windows, not with other libraries
        return []
    name, _, version = text.partition(" ")
    return [f"{name}/{version}"] if version else []
