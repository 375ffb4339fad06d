"""`__linux`, `__glibc` and `__unix`: kernel and C library (CEP 30)."""

import os

from conda_clone.models.later_pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["detect"]

_KERNEL = pattern(r"\d+\.\d+(?:\.\d+){0,2}")
_GLIBC = pattern(r"glibc\s+(\d+(?:\.\d+)+)")


def detect(overrides: "Mapping[str, str]") -> "Iterator[tuple[str, str, str]]":
    """Yield the facts; on another system versions are 0 unless overridden."""
    native = hasattr(os, "uname") and os.uname().sysname == "Linux"
    release = os.uname().release if native else ""
    yield "__linux", overrides.get("LINUX", kernel_version(release)) or "0", "0"
    yield "__unix", "0", "0"
    glibc = overrides.get("GLIBC", glibc_version(_libc_text()) if native else "0")
    if glibc:
        yield "__glibc", glibc, "0"


def kernel_version(release: str) -> str:
    """Return the numbers that a kernel's release starts with, "0" when there are none."""
    match = _KERNEL.match(release)
    return match.group() if match else "0"


def glibc_version(text: str) -> str:
    """Return the version in what the C library says of itself, "" when it is not glibc."""
    match = _GLIBC.match(text)
    return match.group(1) if match else ""


def _libc_text() -> str:
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, OSError, ValueError):  # musl does not know the name
        return ""
