"""What hooks yield, as the plain arguments that each layer takes."""

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

from conda_clone.config.parameters import Parameter

if TYPE_CHECKING:
    from conda_clone.plugins.manager import Plugins
    from conda_clone.plugins.types import CondaSetting

__all__ = ["declared_settings"]


def declared_settings(plugins: "Plugins") -> Iterator[Parameter]:
    """Yield the settings that plugins declare, as rows of the table of settings."""
    for each in plugins.contributions("conda_settings"):
        row = plugins.guarded(each.plugin, "conda_settings", _row, each.item)
        if row is not None:
            yield row


def _row(item: "CondaSetting") -> Parameter:
    default = item.parameter.default
    return Parameter(
        item.name,
        item.parameter.kind(),
        # As it would be written in a file.
        default.value if isinstance(default, Enum) else default,
        item.description,
        aliases=tuple(item.aliases),
    )
