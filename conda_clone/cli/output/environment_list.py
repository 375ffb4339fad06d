"""The list of environments as text."""

from collections.abc import Mapping, Sequence

from conda_clone.cli.output.tables import format_columns, human_size
from conda_clone.operations.environments import KnownEnvironment

__all__ = ["environment_lines"]

NO_SIZES: Mapping[str, int] = {}
_WIDTHS = (20, 1)


def environment_lines(
    environments: Sequence[KnownEnvironment], *, sizes: Mapping[str, int] = NO_SIZES
) -> list[str]:
    """Return one line per environment: name, marks, its size where it is among `sizes`, path."""
    rows: list[tuple[str, ...]] = [(each.name, _marks(each), each.prefix) for each in environments]
    if sizes:
        rows = [
            (name, marks, human_size(sizes.get(prefix, 0)), prefix) for name, marks, prefix in rows
        ]
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
