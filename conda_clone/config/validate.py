"""Find everything that is wrong with settings, in all their sources at once.

A value of the wrong kind is an error, whether or not anybody needs the setting; a key that is no
setting may belong to another program, and is a finding to warn of. Nothing here fails.
"""

from conda_clone.config import slices
from conda_clone.config.errors import Origin
from conda_clone.config.parameters import close_names
from conda_clone.config.sources.source import COMMAND_LINE, ENVIRONMENT
from conda_clone.errors import CondaError, CondaMultiError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conda_clone.config.configuration import Configuration
    from conda_clone.config.parameters import Parameter
    from conda_clone.config.sources.source import Source

__all__ = ["KEYS_OF_OTHERS", "UnknownKey", "errors_of_sources", "errors_of_values", "unknown_keys"]

# Keys that programs beside conda keep in the same files.
KEYS_OF_OTHERS = frozenset(
    {
        "anaconda_anon_usage",
        "extract_threads",
        "extract_sparse",
        "log_level",
        "no_rc",
        "rc_files",
        "use_lockfiles",
        "use_uv",
    }
)


class UnknownKey:
    """A key of a file that is no setting.

    Attributes:
        key: As it is written; below `plugins`, with `plugins.`.
        origin: Where it stands.
        others: Names of settings beside ours.
    """

    __slots__ = ("key", "origin", "others")

    def __init__(self, key: str, origin: Origin, others: "Iterable[str]" = ()) -> None:
        self.key = key
        self.origin = origin
        self.others = others

    def __str__(self) -> str:
        close = close_names(self.key, self.others)
        meant = f"; did you mean `{close[0]}`?" if close else "."
        return f"`{self.key}` in {self.origin} is not a setting{meant}"


def unknown_keys(
    sources: "Iterable[Source]", plugin_rows: "Mapping[str, Parameter] | None" = None
) -> list[UnknownKey]:
    """Return the keys of files that neither we nor a program that we know of understands.

    Keys below `plugins` are among them once any plugin has declared settings.
    """
    found = []
    for source in sources:
        if source.name not in {ENVIRONMENT, COMMAND_LINE}:
            found += [
                UnknownKey(key, Origin(key, source.name, node.line))
                for key, node in source.unknown_entries()
                if key not in KEYS_OF_OTHERS
            ]
            found += _unknown_to_plugins(source, plugin_rows or {})
    return found


def _unknown_to_plugins(source: "Source", rows: "Mapping[str, Parameter]") -> list[UnknownKey]:
    known = {name for row in rows.values() for name in (row.name, *row.aliases)}
    given = source.entries.get("plugins")
    if not known or given is None or not isinstance(given.value, dict):
        return []
    return [
        UnknownKey(name, Origin(name, source.name, node.line), known)
        for name, node in ((f"plugins.{key}", node) for key, node in given.value.items())
        if name not in known
    ]


def errors_of_sources(
    sources: "Iterable[Source]", parameters: "Mapping[str, Parameter]"
) -> list[CondaError]:
    """Return an error for each value that its setting cannot have, and each setting given twice."""
    errors: list[CondaError] = []
    for source in sources:
        for name in source.names:
            if name not in parameters:
                continue
            kind = parameters[name].kind
            try:
                raw = source.get(name)
                if raw is not None and raw.value is not None:
                    kind.coerce(raw, Origin(name, source.name, raw.line))
            except CondaError as error:
                errors.append(error)
    return errors


def errors_of_values(configuration: "Configuration") -> list[CondaError]:
    """Return an error for each wish that contradicts another one; all values must be usable."""
    errors: list[CondaError] = []
    for check in (slices.network_settings, slices.link_settings):
        try:
            check(configuration)
        except CondaMultiError as error:
            errors += error.errors
        except CondaError as error:
            errors.append(error)
    return errors
