"""`__osx` and `__unix`: the release of macOS (CEP 30)."""

import platform
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["detect"]


def detect(overrides: "Mapping[str, str]") -> "Iterator[tuple[str, str, str]]":
    """Yield the facts; on another system the version is 0 unless overridden."""
    yield "__unix", "0", "0"
    version = overrides.get("OSX", release(sys.platform, platform.mac_ver()[0]))
    if version:
        yield "__osx", version, "0"


def release(system: str, version: str) -> str:
    """Return the release of this macOS, "0" on another system."""
    return (version or "0") if system == "darwin" else "0"
