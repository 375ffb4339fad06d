"""`ExportedEnvironment` -> the text of a file that it can be created from.

The functions that end in `_text` are our formats; `plugins.builtin` has their names.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from conda_clone.core.env_formats.errors import EnvironmentExporterNotDetected
from conda_clone.errors import CondaValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.models.package_record import PackageRecord

__all__ = [
    "ExportedEnvironment",
    "Exporter",
    "explicit_text",
    "exporter_for",
    "exporter_named",
    "json_text",
    "requirements_text",
    "yaml_text",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedEnvironment:
    """What is to be written about one environment on one platform.

    Attributes:
        name: Its name, or None.
        prefix: Its path.
        platform: The platform that it is for.
        channels: Channels in their order.
        specs: `name=version=build`, or less of it, in order of names.
        exact_specs: Specs with their channels that only one package fits.
        urls: Addresses of all packages in link order, with digests.
        pip: Requirements of what only pip knows.
        variables: Variables that activation sets.
        program: The program that writes, with its version.
        records: All packages in link order, for formats of plugins.
    """

    name: str | None
    prefix: str
    platform: str
    channels: tuple[str, ...]
    specs: tuple[str, ...]
    exact_specs: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    program: str = "conda"
    records: "tuple[PackageRecord, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """A format that environments can be written in.

    Attributes:
        name: What people give to --format.
        aliases: Other names.
        filenames: Patterns of names of files that stand for it.
        text: Writes environments, one for each platform.
    """

    name: str
    aliases: tuple[str, ...]
    filenames: tuple[str, ...]
    text: Callable[[Sequence[ExportedEnvironment]], str]


def exporter_named(name: str, exporters: Sequence[Exporter]) -> Exporter:
    """Return the format of that name.

    Raises:
        EnvironmentExporterNotDetected: There is none.
    """
    wanted = name.lower().strip()
    for exporter in exporters:
        if wanted in (exporter.name, *exporter.aliases):
            return exporter
    raise EnvironmentExporterNotDetected(name, [exporter.name for exporter in exporters])


def exporter_for(filename: str, exporters: Sequence[Exporter]) -> Exporter:
    """Return the format that a file's name stands for; the first one counts.

    Raises:
        EnvironmentExporterNotDetected: It stands for none.
    """
    base = filename.replace("\\", "/").rpartition("/")[2]
    for exporter in exporters:
        if any(fnmatchcase(base, pattern) for pattern in exporter.filenames):
            return exporter
    raise EnvironmentExporterNotDetected(filename, [exporter.name for exporter in exporters])


def _document(environments: Sequence[ExportedEnvironment]) -> dict[str, object]:
    environment = environments[0]
    document: dict[str, object] = {}
    if environment.name:
        document["name"] = environment.name
    document["channels"] = list(environment.channels)
    dependencies: list[object] = list(environment.specs)
    if environment.pip:
        dependencies.append({"pip": list(environment.pip)})
    document["dependencies"] = dependencies
    if len(environments) > 1:
        document["platforms"] = [each.platform for each in environments]
    if environment.variables:
        document["variables"] = dict(environment.variables)
    document["prefix"] = environment.prefix
    return document


def yaml_text(environments: Sequence[ExportedEnvironment]) -> str:
    """Return the YAML of `environment.yml`.

    Raises:
        CondaValueError: The platforms need different packages.
    """
    from io import StringIO

    from ruamel.yaml import YAML  # 23 ms

    _check_same_specs(environments)
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 4096
    stream = StringIO()
    yaml.dump(_document(environments), stream)
    return stream.getvalue()


def json_text(environments: Sequence[ExportedEnvironment]) -> str:
    """Return the same as JSON.

    Raises:
        CondaValueError: The platforms need different packages.
    """
    import json  # 7 ms

    _check_same_specs(environments)
    return json.dumps(_document(environments), indent=2, ensure_ascii=False) + "\n"


def _check_same_specs(environments: Sequence[ExportedEnvironment]) -> None:
    """Refuse what one document cannot say: other packages on another platform."""
    first = environments[0]
    others = [each.platform for each in environments if each.specs != first.specs]
    if others:
        raise CondaValueError(
            f"The packages for {', '.join(others)} are not those for {first.platform}, and this"
            " format has one list for all platforms.",
            hint="Use --from-history, which writes what was asked for, or one file for each.",
        )


def explicit_text(environments: Sequence[ExportedEnvironment]) -> str:
    """Return a list of addresses of archives (CEP 23).

    Raises:
        CondaValueError: There are several platforms, or packages of pip.
    """
    environment = _only(environments, "explicit")
    if environment.pip:
        raise CondaValueError(
            f"An explicit list cannot hold what pip has installed: {', '.join(environment.pip)}.",
            hint="Use another format, or uninstall these packages.",
        )
    return _lines(environment, "@EXPLICIT", *environment.urls)


def requirements_text(environments: Sequence[ExportedEnvironment]) -> str:
    """Return a list of specs that only one package fits each.

    Raises:
        CondaValueError: There are several platforms.
    """
    environment = _only(environments, "requirements")
    return _lines(environment, *environment.exact_specs)


def _only(environments: Sequence[ExportedEnvironment], name: str) -> ExportedEnvironment:
    if len(environments) > 1:
        raise CondaValueError(
            f"The format `{name}` describes one platform.", hint="Write a file for each of them."
        )
    return environments[0]


def _lines(environment: ExportedEnvironment, *lines: str) -> str:
    return "\n".join(
        (
            "# This file may be used to create an environment using:",
            "# $ conda create --name <env> --file <this file>",
            f"# platform: {environment.platform}",
            f"# created-by: {environment.program}",
            *lines,
            "",
        )
    )
