"""`Source`: everything that one file, the environment variables or the command line say."""

from conda_clone.config.errors import MultipleKeysError, Origin
from conda_clone.config.parameters import canonical_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from conda_clone.config.schema import Node

__all__ = ["COMMAND_LINE", "ENVIRONMENT", "Source"]

ENVIRONMENT = "envvars"
COMMAND_LINE = "cmd_line"


class Source:
    """Raw values by name of setting, as one place gives them.

    Attributes:
        name: Path of the file, `envvars` or `cmd_line`.
        entries: Key as it was written -> raw value, in the order of the source.
    """

    __slots__ = ("_keys", "entries", "name")

    def __init__(self, name: str, entries: "Mapping[str, Node]") -> None:
        self.name = name
        self.entries = entries
        keys: dict[str, list[str]] = {}
        for key in entries:
            keys.setdefault(canonical_name(key) or key, []).append(key)
        self._keys = keys

    @property
    def names(self) -> list[str]:
        """Names of the settings that are given, unknown ones as they were written."""
        return list(self._keys)

    @property
    def has_unknown_entries(self) -> bool:
        """Whether some key is no setting."""
        return any(canonical_name(key) is None for key in self.entries)

    def unknown_entries(self) -> "list[tuple[str, Node]]":
        """Return the keys that are no settings, with their values."""
        return [(key, node) for key, node in self.entries.items() if canonical_name(key) is None]

    def get(self, name: str) -> "Node | None":
        """Return what the source says about a setting, under whichever of its names.

        Raises:
            MultipleKeysError: It is given under several names.
        """
        keys = self._keys.get(name)
        if keys is None:
            return None
        if len(keys) > 1:
            lines = {key: self.entries[key].line for key in keys}
            raise MultipleKeysError(Origin(name, self.name, lines[keys[0]]), lines)
        return self.entries[keys[0]]
