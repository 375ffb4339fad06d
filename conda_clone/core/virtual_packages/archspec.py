"""`__archspec`: the microarchitecture of the processor (CEP 31).

The build string is the name that the archspec library gives it; the version is always 1.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["detect", "family_of", "microarchitecture_here"]

# Second half of a subdir -> archspec's name of the family.
_FAMILIES = {
    "32": "x86",
    "64": "x86_64",
    "aarch64": "aarch64",
    "arm64": "arm64",
    "armv6l": "armv6l",
    "armv7l": "armv7l",
    "ppc64": "ppc64",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}
_MACHINES = {"amd64": "x86_64", "i386": "x86", "i686": "x86", "arm64": "arm64"}


def detect(overrides: "Mapping[str, str]", subdir: str) -> "Iterator[tuple[str, str, str]]":
    """Yield the fact, unless an empty override hides it or the platform has no processor."""
    build = overrides["ARCHSPEC"] if "ARCHSPEC" in overrides else microarchitecture_here(subdir)
    if build:
        yield "__archspec", "1", build


def microarchitecture_here(subdir: str) -> str:
    """Return the name for `subdir` on this machine, "" where a platform has no processor."""
    import platform  # 1 ms

    return microarchitecture(subdir, platform.machine()) or ""


def microarchitecture(subdir: str, machine: str) -> str | None:
    """Return the name for `subdir`: this processor's own if it is of that family."""
    family = family_of(subdir)
    if family is None or _MACHINES.get(machine.lower(), machine.lower()) not in (
        family,
        {"arm64": "aarch64", "aarch64": "arm64"}.get(family),
    ):
        return family
    import archspec.cpu  # 25 ms: reads its tables from JSON

    return str(archspec.cpu.host().name)


def family_of(subdir: str) -> str | None:
    """Return the processor family that packages of `subdir` are built for."""
    return _FAMILIES.get(subdir.partition("-")[2])
