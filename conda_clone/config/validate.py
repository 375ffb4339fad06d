"""Find everything that is wrong with settings, in all their sources at once.

A value of the wrong kind is an error, whether or not anybody needs the setting; a key that is no
setting may belong to another program, and is a finding to warn of. Nothing here fails.
"""

from conda_clone.config import slices
from conda_clone.config.errors import Origin
from conda_clone.config.parameters import PARAMETERS, close_names
from conda_clone.config.sources.source import COMMAND_LINE, ENVIRONMENT
from conda_clone.errors import CondaError, CondaMultiError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from conda_clone.config.configuration import Configuration
    from conda_clone.config.sources.source import Source

__all__ = ["UnknownKey", "errors_of_sources", "errors_of_values", "unknown_keys"]

# Keys that programs beside conda keep in the same files.
_OF_OTHERS = frozenset(
    {
        "anaconda_anon_usage",
        "extract_threads",
        "extract_sparse",
        "lock_timeout",
        "log_level",
        "mirrored_channels",
        "no_rc",
        "rc_files",
        "use_lockfiles",
        "use_uv",
    }
)


class UnknownKey:
    """A key of a file that is no setting.

    Attributes:
        key: As it is written.
        origin: Where it stands.
    """

    __slots__ = ("key", "origin")

    def __init__(self, key: str, origin: Origin) -> None:
        self.key = key
        self.origin = origin

    def __str__(self) -> str:
        close = close_names(self.key)
        meant = f"; did you mean `{close[0]}`?" if close else "."
        return f"`{self.key}` in {self.origin} is not a setting{meant}"


def unknown_keys(sources: "Iterable[Source]") -> list[UnknownKey]:
    """Return the keys of files that neither we nor a program that we know of understands."""
    return [
        UnknownKey(key, Origin(key, source.name, node.line))
        for source in sources
        if source.name not in {ENVIRONMENT, COMMAND_LINE}
        for key, node in source.unknown_entries()
        if key not in _OF_OTHERS
    ]


def errors_of_sources(sources: "Iterable[Source]") -> list[CondaError]:
    """Return an error for each value that its setting cannot have, and each setting given twice."""
    errors: list[CondaError] = []
    for source in sources:
        for name in source.names:
            if name not in PARAMETERS:
                continue
            kind = PARAMETERS[name].kind
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
