"""Facts about the machine, told to the solver as packages (CEPs 30 to 32 and 46).

`detect_all` gathers them; each module beside this one knows one family. A fact can be replaced, or
taken away with an empty value, by `CONDA_OVERRIDE_<NAME>` or the setting
`override_virtual_packages`; the variable wins. For a foreign platform only that platform's packages
exist, and what cannot be known has version 0 (spec/formats.md, section 13).

Which processor this is takes 10 ms to find out, more than all else here together, and few packages
depend on it: that record finds out when somebody looks at it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conda_clone.models.package_record import PackageFields
    from conda_clone.models.records import PackageRecord

    # Name, version, and the build string or what finds it out.
    Fact = tuple[str, str, str | Callable[[], str]]

__all__ = ["detect_all"]

_PREFIX = "CONDA_OVERRIDE_"


def detect_all(
    environ: "Mapping[str, str]",
    overrides: "Mapping[str, str]",
    subdir: str,
    tool_version: str,
    more: "Iterable[tuple[str, str, str]]" = (),
) -> "tuple[PackageRecord, ...]":
    """Return the virtual packages for `subdir`, sorted by name.

    Args:
        environ: Environment variables; those called `CONDA_OVERRIDE_<NAME>` matter.
        overrides: The setting; keys such as "cuda" or "__cuda".
        subdir: The platform that packages are chosen for.
        tool_version: Becomes `__conda`.
        more: Name, version and build of facts that others know; overrides are their business.
    """
    replaced = {key.lstrip("_").upper(): str(value) for key, value in overrides.items()}
    replaced.update(
        (key.removeprefix(_PREFIX), value)
        for key, value in environ.items()
        if key.startswith(_PREFIX)
    )
    facts: list[Fact] = [*_facts(replaced, subdir, tool_version), *more]
    return tuple(_record(fact, subdir) for fact in sorted(facts, key=lambda fact: fact[:2]))


def _facts(overrides: "Mapping[str, str]", subdir: str, tool_version: str) -> "Iterator[Fact]":
    from conda_clone.core.virtual_packages import archspec, cuda

    yield "__conda", tool_version, "0"
    system = subdir.partition("-")[0]
    if "ARCHSPEC" in overrides or archspec.family_of(subdir) is None:
        yield from archspec.detect(overrides, subdir)
    else:
        yield "__archspec", "1", lambda: archspec.microarchitecture_here(subdir)
    yield from cuda.detect(overrides)
    if system == "linux":
        from conda_clone.core.virtual_packages import linux

        yield from linux.detect(overrides)
    elif system == "osx":
        from conda_clone.core.virtual_packages import osx

        yield from osx.detect(overrides)
    elif system == "win":
        from conda_clone.core.virtual_packages import windows

        yield from windows.detect(overrides)
    elif system == "freebsd":
        yield "__freebsd", "0", "0"
        yield "__unix", "0", "0"


def _record(fact: "Fact", subdir: str) -> "PackageRecord":
    from conda_clone.core.virtual_packages.later import DetectedLater
    from conda_clone.models.channel import Channel, ChannelConfig
    from conda_clone.models.records import PackageRecord

    name, version, build = fact
    fields: PackageFields = {
        "name": name,
        "version": version,
        "build": build if isinstance(build, str) else "",
        "build_number": 0,
        "channel": Channel.from_text("@", ChannelConfig()),
        "subdir": subdir,
        "fn": name,
        "url": "",
        "package_type": "virtual_system",
    }
    return PackageRecord(**fields) if isinstance(build, str) else DetectedLater(build, **fields)
