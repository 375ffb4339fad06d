"""Settings that plugins declare: they live below the key `plugins`, each with a kind of its own.

A run that knows plugins has a table with another row for `plugins`; the table itself never changes.
Keys that no plugin has declared are kept as they are.
"""

from conda_clone.config.errors import MultipleKeysError, Origin, combine
from conda_clone.config.parameters import PARAMETERS, Parameter
from conda_clone.config.schema import Anything, MapOf
from conda_clone.errors import CondaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from conda_clone.config.schema import ListOf, Node, Scalar

__all__ = ["PLUGINS", "PluginSettings", "table_with"]

PLUGINS = "plugins"


def table_with(kind: "PluginSettings") -> "dict[str, Parameter]":
    """Return our settings, and below `plugins` those that the kind knows."""
    defaults = {name: row.default for name, row in kind.rows.items()}
    ours = PARAMETERS[PLUGINS]
    return {**PARAMETERS, PLUGINS: Parameter(PLUGINS, kind, defaults, ours.description)}


class PluginSettings(MapOf):
    """The kind of the setting `plugins`.

    Attributes:
        rows: What is declared, by name without `plugins.`; the rows have it in their names.

    Raises:
        CondaError: Two declared rows have a name in common, or a name that no key can be.
    """

    __slots__ = ("_canonical", "rows")

    def __init__(self, declared: "Iterable[Parameter]") -> None:
        super().__init__(Anything())
        self.rows: dict[str, Parameter] = {}
        self._canonical: dict[str, str] = {}
        for row in declared:
            for name in (row.name, *row.aliases):
                if name in self._canonical or not name.isidentifier():
                    raise CondaError(
                        f"A plugin declares the setting `{name}`, which is taken or no name.",
                        hint="Run the command with --no-plugins, or remove the plugin.",
                    )
                self._canonical[name] = row.name
            full = Parameter(
                f"{PLUGINS}.{row.name}",
                row.kind,
                row.default,
                row.description,
                aliases=tuple([f"{PLUGINS}.{alias}" for alias in row.aliases]),
            )
            full.group = "Plugins"
            self.rows[row.name] = full

    def canonical_name(self, key: str) -> str | None:
        """Return the name that a name or alias without `plugins.` stands for, or None."""
        return self._canonical.get(key)

    def kind_of(self, key: str) -> "Scalar | ListOf | MapOf | Anything":
        """Return the kind of what one key has."""
        name = self.canonical_name(key)
        return self.element if name is None else self.rows[name].kind

    def coerce(self, node: "Node", origin: Origin) -> "Node":
        """Return the node with coerced values, each under the name that its plugin prefers.

        Raises:
            InvalidTypeError: The value is no map, or what it has for a setting is of another kind.
            MultipleKeysError: One setting is given under two of its names.
            CustomValidationError: A value makes no sense.
            CondaMultiError: Several of these are so.
        """
        if not isinstance(node.value, dict):
            return super().coerce(node, origin)
        spellings: dict[str, list[str]] = {}
        for key in node.value:
            spellings.setdefault(self.canonical_name(key) or key, []).append(key)
        coerced: dict[str, Node] = {}
        errors: list[CondaError] = []
        for name, keys in spellings.items():
            item = node.value[keys[0]]
            here = Origin(f"{PLUGINS}.{name}", origin.source, item.line, is_merged=origin.is_merged)
            try:
                if len(keys) > 1:
                    lines = {f"{PLUGINS}.{key}": node.value[key].line for key in keys}
                    raise MultipleKeysError(here, lines)
                coerced[name] = self.kind_of(name).coerce(item, here)
            except CondaError as error:
                errors.append(error)
        if errors:
            raise combine(errors)
        return node.with_value(coerced)
