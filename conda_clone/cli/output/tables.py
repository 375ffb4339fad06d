"""Columns of text."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["format_columns", "human_size", "longest"]

_GAP = "  "
_KIBI = 1024
_LEAST = 2  # columns that are always shown


def format_columns(
    rows: "Iterable[Sequence[str]]",
    *,
    minimum: "Sequence[int]" = (),
    right: "Sequence[int]" = (),
    width: int | None = None,
) -> list[str]:
    """Return one line per row, columns left-aligned and as wide as their widest cell.

    Args:
        rows: Cells; all rows have as many.
        minimum: Least widths of the first columns.
        right: Indices of columns that are right-aligned instead.
        width: Columns of the terminal. Where lines would be longer, addresses of channels are cut
            to their last part, least widths do not count, and last columns are left out.
    """
    cells = [tuple(row) for row in rows]
    if not cells:
        return []
    lines = _lines(cells, minimum, right)
    if width is None or max(map(len, lines)) <= width:
        return lines
    cells = [tuple(map(_without_host, row)) for row in cells]
    while max(map(len, lines := _lines(cells, (), right))) > width and len(cells[0]) > _LEAST:
        cells = [row[:-1] for row in cells]
    return lines


def longest(rows: "Iterable[Sequence[str]]") -> int:
    """Return how long the longest line of a table is; 0 without rows."""
    return max(map(len, format_columns(rows)), default=0)


def _lines(
    cells: "Sequence[tuple[str, ...]]", minimum: "Sequence[int]", right: "Sequence[int]"
) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for index, least in enumerate(minimum):
        widths[index] = max(widths[index], least)
    return [
        _GAP.join(
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def _without_host(cell: str) -> str:
    return cell.rstrip("/").rpartition("/")[2] if "://" in cell else cell


def human_size(size: int) -> str:
    """Return a number of bytes for people: "831 B", "12 KB", "3.4 MB"."""
    if size < _KIBI:
        return f"{size} B"
    kibibytes = size / _KIBI
    if kibibytes < _KIBI:
        return f"{kibibytes:.0f} KB"
    mebibytes = kibibytes / _KIBI
    if mebibytes < _KIBI:
        return f"{mebibytes:.1f} MB"
    return f"{mebibytes / _KIBI:.2f} GB"
