"""The list of environments as text."""

from collections.abc import Sequence

from conda_clone.cli.output.tables import format_columns
from conda_clone.operations.environments import KnownEnvironment

__all__ = ["environment_lines"]

_WIDTHS = (20, 1)


def environment_lines(environments: Sequence[KnownEnvironment]) -> list[str]:
    """Return one line per environment: name, marks, path."""
    rows = [(each.name, _marks(each), each.prefix) for each in environments]
    return [
        "",
        "# conda environments:",
        "#",
        "# * -> active",
        "# + -> frozen",
        *format_columns(rows, minimum=_WIDTHS),
        "",
    ]


def _marks(environment: KnownEnvironment) -> str:
    return ("*" if environment.active else "") + ("+" if environment.frozen else "")
