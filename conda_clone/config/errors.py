"""What can be wrong with settings, as errors that name setting, value, place and expectation.

A file that cannot be used at all is a `FileProblem`: it is collected and shown as a warning, since
one bad file must not stop the tool. A value that cannot be used is an error as soon as somebody
needs the setting.
"""

from conda_clone.errors import CondaError, CondaMultiError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conda_clone.config.schema import Kind

__all__ = [
    "CondaKeyError",
    "ConfigurationLoadError",
    "CustomValidationError",
    "FileProblem",
    "InvalidElementTypeError",
    "InvalidTypeError",
    "MultipleKeysError",
    "Origin",
    "combine",
    "variable_of",
]


class Origin:
    """Where a value stands: setting, source and line.

    Attributes:
        parameter: Name of the setting.
        source: Path of the file, `envvars`, `cmd_line`, or the name of an option.
        line: Line in the file, counted from 1; None when the source has no lines.
        is_merged: Whether the value is looked at because somebody needs the setting, rather than
            to find out what is wrong with the source.
    """

    __slots__ = ("is_merged", "line", "parameter", "source")

    def __init__(
        self, parameter: str, source: str, line: int | None = None, *, is_merged: bool = False
    ) -> None:
        self.parameter = parameter
        self.source = source
        self.line = line
        self.is_merged = is_merged

    def __str__(self) -> str:
        if self.source == "envvars":
            return f"the environment variable `{variable_of(self.parameter)}`"
        if self.source == "cmd_line":
            return "the command line"
        return self.source if self.line is None else f"{self.source}, line {self.line}"


def variable_of(name: str) -> str:
    """Return the environment variable that gives a setting.

    >>> variable_of("always_yes"), variable_of("plugins.some_name")
    ('CONDA_ALWAYS_YES', 'CONDA_PLUGINS_SOME_NAME')
    """
    return "CONDA_" + name.replace(".", "_").upper()


class FileProblem:
    """A configuration file that is left out of account, and why.

    Attributes:
        path: The file.
        reason: What is wrong with it.
        line: Line that the reason is about, counted from 1, or None.
        column: Column in that line, counted from 1, or None.
    """

    __slots__ = ("column", "line", "path", "reason")

    def __init__(
        self, path: str, reason: str, *, line: int | None = None, column: int | None = None
    ) -> None:
        self.path = path
        self.reason = reason
        self.line = line
        self.column = column

    @property
    def place(self) -> str:
        """Line and column, to put behind the path."""
        line = "" if self.line is None else f", line {self.line}"
        return line if self.column is None else f"{line}, column {self.column}"

    def __str__(self) -> str:
        return f"The configuration file `{self.path}`{self.place} is left out: {self.reason}."


class ConfigurationLoadError(CondaError):
    """The settings that were given cannot be used."""


class InvalidTypeError(ConfigurationLoadError):
    """A value is of another kind than its setting: a list for a number, a text for a list."""

    def __init__(self, origin: Origin, value: object, kind: "Kind") -> None:
        shown = _shown(value)
        super().__init__(
            f"Setting `{origin.parameter}` in {origin} is {shown!r}, which is a "
            f"{_type_in_words(value)}; expected is {kind.expected}.",
            parameter_name=_name_in_json(origin.parameter),
            parameter_value=shown,
            source=origin.source,
            valid_types=_types_in_json(kind),
            wrong_type=_type_in_json(value),
        )
        self.origin = origin


class InvalidElementTypeError(ConfigurationLoadError):
    """One item of a list or map is of another kind than the setting wants."""

    def __init__(self, origin: Origin, value: object, kind: "Kind", *, key: int | str) -> None:
        shown = _shown(value)
        where = f"Item {key + 1}" if isinstance(key, int) else f"Key `{key}`"
        super().__init__(
            f"{where} of the setting `{origin.parameter}` in {origin} is {shown!r}, which is a "
            f"{_type_in_words(value)}; expected is {kind.expected}.",
            index_or_key=key,
            parameter_name=_name_in_json(origin.parameter),
            parameter_value=shown,
            source=origin.source,
            valid_types=_types_in_json(kind),
            wrong_type=_type_in_json(value),
        )
        self.origin = origin


class CustomValidationError(ConfigurationLoadError):
    """A value has the right kind, and still makes no sense for its setting."""

    def __init__(self, origin: Origin, value: object, expected: str) -> None:
        shown = _shown(value)
        super().__init__(
            f"Setting `{origin.parameter}` in {origin} is {shown!r}; expected is {expected}.",
            parameter_name=origin.parameter,
            parameter_value=shown,
            source="<<merged>>" if origin.is_merged else origin.source,
        )
        self.origin = origin


class MultipleKeysError(ConfigurationLoadError):
    """One source gives a setting under two of its names."""

    def __init__(self, origin: Origin, keys: "Mapping[str, int | None]") -> None:
        """Tell of the keys as they are written, each with its line, if there are lines."""
        is_variable = origin.source == "envvars"
        names = {key: variable_of(key) if is_variable else key for key in keys}
        listed = " and ".join(
            f"`{names[key]}`" if line is None else f"`{names[key]}` (line {line})"
            for key, line in keys.items()
        )
        place = "the environment" if is_variable else origin.source
        preferred = names.get(origin.parameter, origin.parameter)
        super().__init__(
            f"{listed} are names of one setting, and both are given in {place}.",
            hint=f"Keep one of them, preferably `{preferred}`.",
            keys=list(keys),
            preferred_key=origin.parameter,
            source=origin.source,
        )
        self.origin = origin


class CondaKeyError(CondaError, KeyError):
    """A setting cannot be changed as asked."""

    def __init__(self, key: str, reason: str, *, hint: str | None = None) -> None:
        message = f"'{key}': {reason}"
        super().__init__(message, hint=hint, key=key, msg=message)


def combine(errors: "Sequence[CondaError]") -> CondaError:
    """Return the only error, or one that holds all of them, those of a file in its order."""
    single: list[CondaError] = []
    for error in errors:
        single += error.errors if isinstance(error, CondaMultiError) else [error]
    if len(single) == 1:
        return single[0]
    return CondaMultiError(sorted(single, key=lambda error: _place(getattr(error, "origin", None))))


def _place(origin: Origin | None) -> tuple[str, int]:
    return ("", 0) if origin is None else (origin.source, origin.line or 0)


_WORDS = {
    bool: "boolean",
    int: "whole number",
    float: "number",
    str: "text",
    type(None): "null",
    tuple: "list",
    dict: "map",
}
# Settings that conda's own JSON names by the attributes it keeps them in.
_UNDERSCORED = frozenset(
    {
        "channel_alias",
        "channels",
        "custom_channels",
        "custom_multichannels",
        "default_channels",
        "envs_dirs",
        "migrated_channel_aliases",
        "migrated_custom_channels",
        "pkgs_dirs",
        "subdir",
        "subdirs",
    }
)


def _type_in_words(value: object) -> str:
    return _WORDS.get(type(value), type(value).__name__)


def _type_in_json(value: object) -> str:
    return "frozendict" if isinstance(value, dict) else type(value).__name__


def _types_in_json(kind: "Kind") -> str | list[str]:
    names = list(kind.type_names)
    return names[0] if len(names) == 1 else names


def _name_in_json(parameter: str) -> str:
    return f"_{parameter}" if parameter in _UNDERSCORED else parameter


def _shown(value: object) -> object:
    """Return the value as it may be shown: without passwords."""
    if isinstance(value, str) and "://" in value:
        from conda_clone.models.url import redact  # only on errors

        return redact(value)
    if isinstance(value, (list, tuple)):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    return value
