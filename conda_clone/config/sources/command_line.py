"""Options of the command line as the highest source of settings."""

from conda_clone.config.parameters import PARAMETERS
from conda_clone.config.schema import Node
from conda_clone.config.sources.source import COMMAND_LINE, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_arguments"]


def read_arguments(arguments: "Mapping[str, object]") -> Source:
    """Return the source of the options that were really given.

    Args:
        arguments: Name of setting -> value; None stands for an option that was not given, and
            names that are no settings are left out.
    """
    return Source(
        COMMAND_LINE,
        {
            name: Node.of(value)
            for name, value in arguments.items()
            if value is not None and name in PARAMETERS
        },
    )
