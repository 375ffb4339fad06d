"""Settings as plain data for `conda config`: what they come to, who says so, what they mean."""

import re

from conda_clone.config import slices
from conda_clone.config.errors import ConfigurationLoadError, Origin, combine
from conda_clone.config.schema import ListOf, MapOf, Scalar
from conda_clone.errors import CondaError, CondaMultiError

_TOKEN = re.compile(r"/t/[^/]+")
_PASSWORD = re.compile(r"(://[^/:\s]*):[^/\s]*@")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conda_clone.config.configuration import Configuration
    from conda_clone.config.parameters import Parameter
    from conda_clone.config.schema import Kind, Node
    from conda_clone.config.sources.source import Source

__all__ = ["described", "effective_values", "origins", "shown_names", "values_by_source"]


def shown_names(configuration: "Configuration") -> list[str]:
    """Return the settings that `conda config --show` shows when none is named.

    Settings that only this tool has are among them when some source gives them: programs that
    compare the output with conda's find the same names.
    """
    return [
        name
        for name, parameter in configuration.parameters.items()
        if not (parameter.is_own or name == "plugins")
        or configuration.is_given(name)
        or (name == "plugins" and configuration.plugin_rows)
    ]


def described(parameter: "Parameter") -> dict[str, object]:
    """Return what there is to know about a setting, in the form of conda's JSON."""
    kind = parameter.kind
    about: dict[str, object] = {
        "name": parameter.name,
        "aliases": parameter.aliases,
        "default_value": parameter.default,
        "description": parameter.description,
        "element_types": _element_types(kind),
        "parameter_type": _shape(kind),
    }
    if isinstance(kind, ListOf):
        about["string_delimiter"] = kind.separator
    return about


def _element_types(kind: "Kind") -> list[str]:
    if isinstance(kind, ListOf | MapOf):
        return [_shape(kind.element)]
    # Once for itself, and once for each truth value that stands for a choice.
    repeated = 1 + len(kind.words) if isinstance(kind, Scalar) else 1
    return [*kind.type_names] * repeated


def _shape(kind: "Kind") -> str:
    if isinstance(kind, ListOf):
        return "sequence"
    return "map" if isinstance(kind, MapOf) else "primitive"


def effective_values(configuration: "Configuration", names: "Iterable[str]") -> dict[str, object]:
    """Return what each setting comes to, places and platforms filled in.

    Raises:
        ConfigurationLoadError: One of them has a value that it cannot have.
        CondaMultiError: Several have.
    """
    wanted = sorted(names)
    # A name with a dot is that of a plugin's setting, which is a key of the map `plugins`.
    values = configuration.values({name.partition(".")[0]: None for name in wanted})
    values |= {f"plugins.{key}": value for key, value in values.get("plugins", {}).items()}
    derived = _derived(configuration, frozenset(wanted))
    return {name: _masked(derived.get(name, values[name])) for name in wanted}


def origins(configuration: "Configuration", name: str) -> "dict[object, Origin]":
    """Return where the parts of a value come from, those that a source gives.

    The parts are keys of a map, items of a list as they are shown, or None for a single value.
    """
    key, _, inner = name.partition(".")
    said = configuration.said(key)
    places = {
        id(part): Origin(name, source.name, part.line)
        for source, node in said
        for part in _parts(node)
    }
    if not said:
        return {}
    merged = configuration.parameters[key].kind.merge([node for _, node in said])
    if isinstance(merged.value, dict):
        found = {
            part: places[id(node)] for part, node in merged.value.items() if id(node) in places
        }
        return {None: found[inner]} if inner in found else found
    if isinstance(merged.value, tuple):
        shown = [_masked(configuration.expanded(key, part.plain())) for part in merged.value]
        return {
            text: places[id(part)]
            for text, part in zip(shown, merged.value, strict=True)
            if isinstance(text, str)
        }
    return {None: places[id(merged)]}


def _parts(node: "Node") -> "list[Node]":
    """Return what is merged one by one: items, entries, or the whole."""
    if isinstance(node.value, tuple):
        return list(node.value)
    return list(node.value.values()) if isinstance(node.value, dict) else [node]


def values_by_source(configuration: "Configuration") -> dict[str, dict[str, object]]:
    """Return what each source says, lowest first; sources that say nothing are left out.

    Raises:
        ConfigurationLoadError: A source gives a value that a setting cannot have.
        CondaMultiError: Several values are of that kind.
    """
    errors: list[CondaError] = []
    given: dict[str, dict[str, object]] = {}
    for source in configuration.sources:
        values: dict[str, object] = {}
        for name in source.names:
            try:
                value = _masked(_value_in(source, name, configuration.parameters))
                values[str(_masked(name))] = value
            except (ConfigurationLoadError, CondaMultiError) as error:
                errors.append(error)
        if values:
            given[source.name] = values
    if errors:
        raise combine(errors)
    return given


def _masked(value: object) -> object:
    """Return the value with secrets of URLs made unreadable: people post this output."""
    if isinstance(value, str):
        shown = _TOKEN.sub("/t/<TOKEN>", value) if "/t/" in value else value
        return _PASSWORD.sub(r"\1:<PASSWORD>@", shown) if "@" in value else shown
    if isinstance(value, tuple):
        return tuple([_masked(item) for item in value])
    if isinstance(value, dict):
        return {_masked(key): _masked(item) for key, item in value.items()}
    return value


def _value_in(source: "Source", name: str, parameters: "Mapping[str, Parameter]") -> object:
    raw = source.get(name)
    if raw is None or raw.value is None:
        return None
    if name in parameters:
        raw = parameters[name].kind.coerce(raw, Origin(name, source.name, raw.line))
    return raw.plain()


def _derived(configuration: "Configuration", wanted: frozenset[str]) -> dict[str, object]:
    """Return the wanted settings whose value depends on more than themselves."""
    values: dict[str, object] = {"root_prefix": configuration.root_prefix}
    if wanted & {"envs_dirs", "pkgs_dirs"}:
        paths = configuration.path_settings()
        values |= {"envs_dirs": paths.envs_dirs, "pkgs_dirs": paths.pkgs_dirs}
    if "channels" in wanted:
        values["channels"] = slices.given_channels(configuration)
    if wanted & {"subdir", "subdirs"}:
        subdirs = slices.subdirs(configuration)
        values |= {"subdir": configuration.value("subdir") or subdirs[0], "subdirs": subdirs}
    if "verbosity" in wanted:
        values["verbosity"] = configuration.output_settings().verbosity
    for name in wanted & {"default_threads", "repodata_threads"}:
        values[name] = configuration.value(name) or None
    if "fetch_threads" in wanted:
        values["fetch_threads"] = configuration.network_settings().fetch_threads
    for name in wanted & {"execute_threads", "verify_threads"}:
        values[name] = configuration.value(name) or configuration.value("default_threads") or 1
    return values
