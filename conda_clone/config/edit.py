"""Change the text of a configuration file: text in, text out; every other byte stays as it is.

The YAML library only tells where values stand; the text is then cut and joined at those places, so
that comments, order, quotes and blank lines survive. All changes of one call are made, or none.
"""

from conda_clone.config.errors import (
    CondaKeyError,
    ConfigurationLoadError,
    CustomValidationError,
    FileProblem,
    MultipleKeysError,
    Origin,
)
from conda_clone.config.parameters import PARAMETERS, canonical_name, close_names
from conda_clone.config.schema import Anything, ListOf, MapOf, Node, Scalar
from conda_clone.config.sources.condarc import parse_condarc
from conda_clone.config.sources.yaml_text import YamlText
from conda_clone.errors import CondaValueError
from conda_clone.models.url import redact_urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Literal

    from conda_clone.config.parameters import Parameter

    Verb = Literal["set", "append", "prepend", "remove", "remove_key"]

__all__ = ["Change", "Edited", "edit", "merge"]


class Change:
    """One wish about one setting.

    Attributes:
        verb: set, append, prepend, remove (an item of a list) or remove_key.
        key: Name of the setting; `name.key` for one key of a map.
        value: The text that was given; "" for remove_key.
    """

    __slots__ = ("key", "value", "verb")

    def __init__(self, verb: "Verb", key: str, value: str = "") -> None:
        self.verb = verb
        self.key = key
        self.value = value


class Edited:
    """What came out.

    Attributes:
        text: The new content of the file.
        warnings: What went differently than somebody may expect.
    """

    __slots__ = ("text", "warnings")

    def __init__(self, text: str, warnings: tuple[str, ...]) -> None:
        self.text = text
        self.warnings = warnings


def edit(
    text: str,
    changes: "Iterable[Change]",
    path: str,
    parameters: "Mapping[str, Parameter]" = PARAMETERS,
) -> Edited:
    """Make the changes one after the other.

    Args:
        text: The content of the file, "" when there is none yet.
        changes: What to do, in this order.
        path: The file, for messages.
        parameters: The settings that this run knows.

    Raises:
        ConfigurationLoadError: The file is not understood, so that it cannot be changed.
        CondaKeyError: The setting is unknown, is not there, or cannot be changed this way.
        CondaValueError: The value makes no sense for the setting.
        MultipleKeysError: The file has the setting under two of its names.
        CustomValidationError: The value is not among those that the setting can have.
    """
    warnings: list[str] = []
    before = _check(path, text)
    for change in changes:
        _check_encodable(change)
        editor = _Editor(text, change, path, parameters)
        text = editor.apply()
        warnings += editor.warnings
        after = _said(text)
        # Whatever YAML can look like, no file is ever written that says anything else than wished.
        if (
            after is None
            or not editor.is_made(text)
            or editor.beside(before) != editor.beside(after)
        ):
            raise _harm(path, f"`{change.key}`")
        before = after
    return Edited(text, tuple(warnings))


def merge(text: str, addition: str, path: str) -> str:
    """Put the settings of another text in the place of those of the same names, or at the end.

    Args:
        text: The content of the file, "" when there is none yet.
        addition: A map of settings in YAML, which has been found usable.
        path: The file, for messages.

    Raises:
        ConfigurationLoadError: The file is not understood, so that it cannot be changed.
        CondaValueError: It is written in a way that nothing can be added to.
    """
    wanted = {**_by_setting(_check(path, text)), **_by_setting(_said(addition))}
    given = YamlText(addition)
    for key in given.top_keys:
        yaml = YamlText(text)
        name = _setting(key)
        same = [each for each in yaml.top_keys if _setting(each) == name]
        text = yaml.with_entry_text(same[0] if same else key, given.entry_text(key))
    if _by_setting(_said(text)) != wanted:
        raise _harm(path, "some of these settings")
    return text


def _setting(key: str) -> str:
    """Return the name of the setting that a key stands for, or the key if there is none."""
    return canonical_name(key) or key


def _by_setting(values: "dict[str, object] | None") -> "dict[str, object]":
    return {_setting(key): value for key, value in (values or {}).items()}


def _said(text: str) -> "dict[str, object] | None":
    """Return what a text says; None if it is no configuration."""
    result = parse_condarc("", text)
    if isinstance(result, FileProblem):
        return None
    return {key: node.plain() for key, node in result.entries.items()}


def _harm(path: str, what: str) -> CondaValueError:
    return CondaValueError(
        f"`{path}` has {what} in a form that cannot be changed without harm.",
        hint="Edit the file.",
    )


def _check(path: str, text: str) -> "dict[str, object]":
    """Make sure that a file is a configuration, and return what it says."""
    result = parse_condarc(path, text)
    if isinstance(result, FileProblem):
        raise ConfigurationLoadError(
            f"The configuration file `{path}`{result.place} cannot be changed: {result.reason}.",
            hint="Repair the file with an editor, and try again.",
            path=path,
        )
    return {key: node.plain() for key, node in result.entries.items()}


def _check_encodable(change: Change) -> None:
    """Refuse bytes of the command line that are no text, which no YAML file can hold."""
    try:
        (change.key + change.value).encode()
    except UnicodeEncodeError as error:
        raise CondaValueError(
            f"The value {change.value!r} for `{change.key!r}` is not valid Unicode."
        ) from error


class _Editor:
    """Makes one change."""

    def __init__(
        self, text: str, change: Change, file: str, parameters: "Mapping[str, Parameter]"
    ) -> None:
        self._yaml = YamlText(text)
        self._parameters = parameters
        self._change = change
        self._file = file
        written, _, self._sub_key = change.key.partition(".")
        self._name = canonical_name(written)
        self._written = written
        self._is_made: Callable[[YamlText], bool] = lambda _: False
        self.warnings: list[str] = []

    def apply(self) -> str:
        verb = self._change.verb
        if verb == "set":
            return self._set()
        if verb == "remove":
            return self._remove_item()
        if verb == "remove_key":
            return self._remove_key()
        return self._add()

    def is_made(self, text: str) -> bool:
        """Tell whether the change can be seen in what has come out."""
        return self._is_made(YamlText(text))

    def beside(self, values: "dict[str, object]") -> "dict[str, object]":
        """Return what a file says about everything else."""
        name = self._name or self._written
        return {
            key: value
            for key, value in values.items()
            if key != self._change.key and _setting(key) != name
        }

    def _set(self) -> str:
        key = self._change.key
        if self._name is None:
            raise CondaKeyError(key, "unknown parameter", hint=_hint(self._written))
        kind = self._kind(self._name)
        if not isinstance(kind, (Scalar, Anything)):
            raise CondaKeyError(key, "invalid parameter", hint=_set_hint(kind, key))
        value = _coerced(kind, self._change)
        path = self._path()
        self._is_made = lambda after: after.scalar(path) == value
        return self._yaml.with_value(path, value)

    def _add(self) -> str:
        key, value = self._change.key, self._change.value
        kind = None if self._name is None else self._kind(self._name)
        if kind is None:
            raise CondaValueError(
                f"Key '{key}' is not a known sequence parameter.", hint=_hint(self._written)
            )
        if not isinstance(kind, ListOf) or not isinstance(kind.element, Scalar):
            raise CondaValueError(
                f"Key '{key}' is not a list that `conda config` can add to.",
                hint=f"Use `conda config --set {key} VALUE`."
                if isinstance(kind, Scalar)
                else "Edit the file.",
            )
        path = self._path()
        items = self._items(path)
        if value in items:
            end = "bottom" if self._change.verb == "append" else "top"
            shown = redact_urls(value)
            self.warnings.append(f"'{shown}' already in '{key}' list, moving to the {end}")
            if set(items) == {value}:
                self._is_made = lambda after: after.items(path) == items
                return self._yaml.text
            self._yaml = YamlText(self._yaml.without_item(path, value))
        first = self._change.verb == "prepend"
        rest = [item for item in items if item != value]
        wanted = [value, *rest] if first else [*rest, value]
        self._is_made = lambda after: after.items(path) == wanted
        return self._yaml.with_item(path, value, first=first)

    def _remove_item(self) -> str:
        path = self._path_in_file()
        items = self._items(path)
        if self._change.value not in items:
            raise CondaKeyError(
                self._change.key, f"value {self._change.value!r} not present in config"
            )
        wanted = [item for item in items if item != self._change.value]
        self._is_made = lambda after: after.items(path) == wanted
        return self._yaml.without_item(path, self._change.value)

    def _remove_key(self) -> str:
        path = self._path_in_file()
        self._is_made = lambda after: not after.has(path)
        return self._yaml.without_key(path)

    def _kind(self, name: str) -> "Scalar | ListOf | MapOf | Anything":
        """Return the kind of what is changed: a setting, or one key of a map."""
        kind = self._parameters[name].kind
        if not self._sub_key:
            return kind
        if not isinstance(kind, MapOf):
            raise CondaKeyError(
                self._change.key, "invalid parameter", hint=f"`{name}` is not a map."
            )
        return kind.kind_of(self._sub_key)

    def _path(self) -> tuple[str, ...]:
        """Return the keys that lead to the value; other spellings of the setting are renamed."""
        name = self._name or self._written
        spellings = [key for key in self._yaml.top_keys if _setting(key) == name]
        if len(spellings) > 1:
            lines = {key: self._yaml.line_of(key) for key in spellings}
            raise MultipleKeysError(Origin(name, self._file), lines)
        if spellings and spellings[0] != name:
            self._yaml = YamlText(self._yaml.with_renamed_key(spellings[0], name))
        return (name, self._sub_key) if self._sub_key else (name,)

    def _path_in_file(self) -> tuple[str, ...]:
        """Return the keys that lead to what the file has, as it spells them."""
        sub = (self._sub_key,) if self._sub_key else ()
        spellings = [
            key
            for key in self._yaml.top_keys
            if self._name is not None and canonical_name(key) == self._name
        ]
        paths = [(self._change.key,), *((key, *sub) for key in (self._written, *spellings))]
        for path in paths:
            if self._yaml.has(path):
                return path
        raise CondaKeyError(self._change.key, "undefined in config")

    def _items(self, path: tuple[str, ...]) -> list[str]:
        """Return the items of a list as texts; nothing when there is no list yet."""
        items = self._yaml.items(path)
        if items is None:
            raise CondaValueError(
                f"`{self._change.key}` is no list in the file.",
                hint=f"Remove it with `conda config --remove-key {self._change.key}`.",
            )
        return items


def _coerced(kind: "Scalar | Anything", change: Change) -> object:
    origin = Origin(change.key, "--set parameter")
    if isinstance(kind, Anything):
        kind = Scalar("int", "float", "str") if _is_number(change.value) else _BOOL_OR_TEXT
    try:
        return kind.coerce(Node(change.value), origin).value
    except CustomValidationError as error:
        if kind.choices:
            raise
        raise CondaValueError(error.message) from error


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _hint(key: str) -> str | None:
    close = close_names(key)
    return f"Did you mean {' or '.join(f'`{name}`' for name in close)}?" if close else None


def _set_hint(kind: "ListOf | MapOf", key: str) -> str:
    if isinstance(kind, ListOf):
        return f"It is a list: use `conda config --append {key} VALUE`."
    return f"It is a map: use `conda config --set {key}.KEY VALUE`."


_BOOL_OR_TEXT = Scalar("bool", "str")
