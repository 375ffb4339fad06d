"""Facts about the machine, told to the solver as packages (CEPs 30 to 32 and 46).

`detect_all` gathers them; each module beside this one knows one family. A fact can be replaced, or
taken away with an empty value, by `CONDA_OVERRIDE_<NAME>` or the setting
`override_virtual_packages`; the variable wins. For a foreign platform only that platform's packages
exist, and what cannot be known has version 0 (spec/formats.md, section 13).
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conda_clone.models.records import PackageRecord

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
    facts = sorted([*_facts(replaced, subdir, tool_version), *more])
    return tuple(_record(*fact, subdir) for fact in facts)


def _facts(
    overrides: "Mapping[str, str]", subdir: str, tool_version: str
) -> "Iterator[tuple[str, str, str]]":
    from conda_clone.core.virtual_packages import archspec, cuda, linux, osx, windows

    yield "__conda", tool_version, "0"
    system = subdir.partition("-")[0]
    yield from archspec.detect(overrides, subdir)
    yield from cuda.detect(overrides)
    if system == "linux":
        yield from linux.detect(overrides)
    elif system == "osx":
        yield from osx.detect(overrides)
    elif system == "win":
        yield from windows.detect(overrides)
    elif system == "freebsd":
        yield "__freebsd", "0", "0"
        yield "__unix", "0", "0"


def _record(name: str, version: str, build: str, subdir: str) -> "PackageRecord":
    from conda_clone.models.channel import Channel, ChannelConfig
    from conda_clone.models.records import PackageRecord

    channel = Channel.from_text("@", ChannelConfig())
    return PackageRecord(
        name=name,
        version=version,
        build=build,
        build_number=0,
        channel=channel,
        subdir=subdir,
        fn=name,
        url="",
        package_type="virtual_system",
    )
