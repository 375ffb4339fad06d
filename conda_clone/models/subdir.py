"""Platform folders of channels: which exist, and which one fits a machine.

A subdir such as `linux-64` names an operating system and an architecture; `noarch` fits all.
"""

import sys

__all__ = ["KNOWN_SUBDIRS", "is_subdir", "native_subdir"]

# Table of subdirs that channels use; the key is the name, the value its machine names.
_ARCHITECTURES = {
    "32": ("i386", "i486", "i586", "i686", "x86"),
    "64": ("x86_64", "amd64", "x64"),
    "aarch64": ("aarch64",),
    "arm64": ("arm64",),
    "armv6l": ("armv6l",),
    "armv7l": ("armv7l",),
    "ppc64": ("ppc64",),
    "ppc64le": ("ppc64le",),
    "riscv64": ("riscv64",),
    "s390x": ("s390x",),
    "wasm32": ("wasm32",),
    "z": ("s390",),
}

KNOWN_SUBDIRS = frozenset(
    {
        "noarch",
        "emscripten-wasm32",
        "freebsd-64",
        "linux-32",
        "linux-64",
        "linux-aarch64",
        "linux-armv6l",
        "linux-armv7l",
        "linux-ppc64",
        "linux-ppc64le",
        "linux-riscv32",
        "linux-riscv64",
        "linux-s390x",
        "osx-64",
        "osx-arm64",
        "wasi-wasm32",
        "win-32",
        "win-64",
        "win-arm64",
        "zos-z",
    }
)

_SYSTEMS = {"linux": "linux", "darwin": "osx", "win32": "win", "zos": "zos", "freebsd": "freebsd"}


def is_subdir(text: str) -> bool:
    """Tell whether the text is the name of a platform folder, `noarch` included."""
    return text in KNOWN_SUBDIRS


def native_subdir(system: str | None = None, machine: str | None = None) -> str:
    """Return the subdir of a machine, by default of the one we run on.

    Args:
        system: As in `sys.platform`.
        machine: As in `platform.machine()`.
    """
    if machine is None:
        machine = _native_machine()
    system = system or sys.platform
    folder = next((name for start, name in _SYSTEMS.items() if system.startswith(start)), system)
    for bits, machines in _ARCHITECTURES.items():
        if machine.lower() in machines:
            if folder in {"osx", "win"} and bits == "aarch64":
                bits = "arm64"  # noqa: PLW2901 - one machine, two spellings
            elif folder == "linux" and bits == "arm64":
                bits = "aarch64"  # noqa: PLW2901 - one machine, two spellings
            return f"{folder}-{bits}"
    return f"{folder}-{machine.lower()}"


def _native_machine() -> str:
    import os  # loaded by every interpreter

    if hasattr(os, "uname"):
        return os.uname().machine
    import platform  # 3 ms, and only where uname is missing

    return platform.machine()
