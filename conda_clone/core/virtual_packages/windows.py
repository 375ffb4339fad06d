"""`__win`: the version of Windows with its build number (CEP 30)."""

import platform
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["detect"]


def detect(overrides: "Mapping[str, str]") -> "Iterator[tuple[str, str, str]]":
    """Yield the fact; on another system the version is 0 unless overridden."""
    version = overrides.get("WIN", release(sys.platform, platform.version()))
    if version:
        yield "__win", version, "0"


def release(system: str, version: str) -> str:
    """Return the version of this Windows, "0" on another system."""
    return (version or "0") if system == "win32" else "0"
