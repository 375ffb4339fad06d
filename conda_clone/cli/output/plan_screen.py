"""A prepared change as a person at a terminal sees it: one list, why, and how much it is.

Programs that read text get `change_report.change_text`, whose rows they know.
"""

from collections.abc import Iterable, Sequence

from conda_clone.cli.output.change_reasons import reasons
from conda_clone.cli.output.change_report import KINDS, NEW, REMOVED, heading, kind_of_move
from conda_clone.cli.output.spec_text import as_typed
from conda_clone.cli.output.tables import format_columns, human_size, longest
from conda_clone.cli.output.terminal import wrapped
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.models.records import PackageRecord, PrefixRecord
from conda_clone.operations.plan_sizes import PlanSizes

__all__ = ["plan_screen", "summary"]

_SIZE = 2  # the column of what is to be downloaded, or was taken on disk
_REASON = 3
_FURTHER = " and "  # after who needs a package first
_CACHED = "cached"
_UNSTATED = "unknown"


def plan_screen(
    change: PrefixChange, to_fetch: Sequence[PackageRecord], sizes: PlanSizes, *, width: int
) -> str:
    """Return what is shown before a person is asked.

    Args:
        change: What changes.
        to_fetch: What is to be downloaded.
        sizes: How much all of it is.
        width: Columns of the terminal; tables are made to fit.
    """
    parts = [as_typed(line) for line in heading(change)]
    table = _Table(change, to_fetch, sizes)
    for kind in KINDS:
        if rows := table.rows(kind, width):
            parts += [wrapped(f"The following {kind}:", width), "", *rows, ""]
    totals = [wrapped(line, width) for line in _totals(sizes, table.channels)]
    return "\n".join([*parts, *totals, *([""] if totals else [])])


def summary(change: PrefixChange) -> str:
    """Return what a change has done, such as "2 packages installed, 1 changed, 1 removed"."""
    old, new = ({record.name for record in records} for records in (change.unlink, change.link))
    kinds = (("installed", new - old), ("changed", new & old), ("removed", old - new))
    counts = [(len(names), done) for done, names in kinds if names]
    if not counts:
        return "Done"
    (first, done), *others = counts
    return ", ".join([f"{_packages(first)} {done}", *(f"{count} {what}" for count, what in others)])


class _Table:
    """The rows of each kind of change.

    Attributes:
        channels: Those that packages are of.
    """

    def __init__(
        self, change: PrefixChange, to_fetch: Sequence[PackageRecord], sizes: PlanSizes
    ) -> None:
        self._old = {record.name: record for record in change.unlink}
        self._new = {record.name: record for record in change.link}
        self._wanted = frozenset(to_fetch)
        self._freed = sizes.freed
        self._why = reasons(change)
        records = [*self._old.values(), *self._new.values()]
        self.channels = tuple(dict.fromkeys(record.channel.name for record in records))
        self._by_kind: dict[str, list[str]] = {}
        for name in sorted({**self._old, **self._new}):
            self._by_kind.setdefault(self._kind(name), []).append(name)

    def rows(self, kind: str, width: int) -> list[str]:
        """Return the lines of one kind: name, version, size, reason, channel.

        What makes lines too long is left out: channels, who else needs a package, builds, reasons.
        """
        rows = [self._cells(name) for name in self._by_kind.get(kind, ())]
        short = [self._cells(name, with_builds=False) for name in self._by_kind.get(kind, ())]
        forms = (
            [row[: _REASON + 1] for row in rows] if len(self.channels) == 1 else rows,
            [row[: _REASON + 1] for row in rows],
            [_with_short_reason(row) for row in rows],
            [_with_short_reason(row) for row in short],
            [row[:_REASON] for row in rows],
        )
        fitting = next((form for form in forms if longest(form) <= width), None)
        return format_columns(fitting or short, right=(_SIZE,), width=width)

    def _kind(self, name: str) -> str:
        old, new = self._old.get(name), self._new.get(name)
        if new is None:
            return REMOVED
        return NEW if old is None else kind_of_move(old, new)

    def _cells(self, name: str, *, with_builds: bool = True) -> tuple[str, ...]:
        old, new = self._old.get(name), self._new.get(name)
        records = [record for record in (old, new) if record is not None]
        channels = dict.fromkeys(record.channel.name for record in records)
        return (
            f"  {name}",
            " --> ".join(_versions(records, with_builds=with_builds)),
            human_size(self._freed.get(name, 0)) if new is None else self._archive(new),
            self._why[name],
            " --> ".join(channels),
        )

    def _archive(self, record: PackageRecord) -> str:
        if record not in self._wanted:
            return _CACHED
        return _UNSTATED if record.size is None else human_size(record.size)


def _with_short_reason(row: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cells up to the reason, and that without who else needs the package."""
    return (*row[:_REASON], row[_REASON].partition(_FURTHER)[0])


def _versions(records: Iterable[PackageRecord | PrefixRecord], *, with_builds: bool) -> list[str]:
    """Return what tells the records of one name apart; the build where nothing else does."""
    texts = [record.version for record in records]
    if with_builds or len(set(texts)) < len(texts):
        return [f"{record.version}-{record.build}" for record in records]
    return texts


def _totals(sizes: PlanSizes, channels: Sequence[str]) -> list[str]:
    """Return a line for each size that is known."""
    lines = []
    if sizes.downloads or sizes.unstated:
        where = f" from {', '.join(channels)}"
        lines.append(f"  to download:  {_download(sizes, where)}")
    if sizes.known:
        later = f"; of {sizes.unknown} more it is known after the download" if sizes.unknown else ""
        lines.append(
            f"  on disk:      {human_size(sizes.installed)} in {_packages(sizes.known)}{later}"
        )
    if sizes.freed:
        freed = human_size(sum(sizes.freed.values()))
        lines.append(f"  to remove:    {freed} in {_packages(len(sizes.freed))}")
    return lines


def _download(sizes: PlanSizes, where: str) -> str:
    if not sizes.downloads:
        return f"{_packages(sizes.unstated)}{where}, whose size no index states"
    text = f"{human_size(sizes.download)} in {_packages(sizes.downloads)}{where}"
    if sizes.unstated:
        text += f", and {sizes.unstated} more whose size no index states"
    if sizes.free is not None and sizes.free < sizes.download:
        text += f"; only {human_size(sizes.free)} are free"
    return text


def _packages(count: int) -> str:
    return "1 package" if count == 1 else f"{count} packages"
