"""Facts about the machine, told to the solver as packages (CEPs 30 to 32 and 46).

`detect_all` gathers them from `families`; the other modules here know one family each. A fact can
be replaced, or taken away with an empty value, by `CONDA_OVERRIDE_<NAME>` or the setting
`override_virtual_packages`; the variable wins. For a foreign platform only that platform's packages
exist, and what cannot be known has version 0 (spec/formats.md, section 13).

Which processor this is takes 10 ms to find out, more than all else here together, and few packages
depend on it: that record finds out when somebody looks at it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conda_clone.core.virtual_packages.families import Fact, Question
    from conda_clone.models.package_record import PackageFields
    from conda_clone.models.records import PackageRecord

__all__ = ["detect_all"]

_PREFIX = "CONDA_OVERRIDE_"


def detect_all(
    environ: "Mapping[str, str]",
    overrides: "Mapping[str, str]",
    subdir: str,
    tool_version: str,
    more: "Iterable[tuple[str, str, str]]" = (),
    families: "Iterable[Callable[[Question], Iterator[Fact]]] | None" = None,
) -> "tuple[PackageRecord, ...]":
    """Return the virtual packages for `subdir`, sorted by name.

    Args:
        environ: Environment variables; those called `CONDA_OVERRIDE_<NAME>` matter.
        overrides: The setting; keys such as "cuda" or "__cuda".
        subdir: The platform that packages are chosen for.
        tool_version: Becomes `__conda`.
        more: Name, version and build of facts that others know; overrides are their business.
        families: Who is asked; by default all that there are.
    """
    from conda_clone.core.virtual_packages.families import FAMILIES, Question

    replaced = {key.lstrip("_").upper(): str(value) for key, value in overrides.items()}
    replaced.update(
        (key.removeprefix(_PREFIX), value)
        for key, value in environ.items()
        if key.startswith(_PREFIX)
    )
    question = Question(overrides=replaced, subdir=subdir, tool_version=tool_version)
    asked = FAMILIES if families is None else families
    facts: list[Fact] = [fact for family in asked for fact in family(question)]
    facts += more
    return tuple(_record(fact, subdir) for fact in sorted(facts, key=lambda fact: fact[:2]))


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
