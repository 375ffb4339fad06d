"""A prepared change as people read it, and as the `actions` of the JSON document."""

from collections.abc import Iterable, Mapping, Sequence

from conda_clone.cli.output.change_reasons import reasons
from conda_clone.cli.output.record_documents import full_record, short_record
from conda_clone.cli.output.tables import format_columns, human_size
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.models.records import PackageRecord, PrefixRecord
from conda_clone.models.version import VersionOrder

__all__ = ["actions_document", "change_text"]

_NAME_WIDTH = 18
_VERSION_WIDTH = 38
_NEW = "NEW packages will be INSTALLED"
_REMOVED = "packages will be REMOVED"
_UPDATED = "packages will be UPDATED"
_SUPERSEDED = "packages will be SUPERSEDED by a higher-priority channel"
_DOWNGRADED = "packages will be DOWNGRADED"
_REVISED = "packages will be REVISED"
_TITLES = (_NEW, _REMOVED, _UPDATED, _SUPERSEDED, _DOWNGRADED, _REVISED)


def actions_document(change: PrefixChange, to_fetch: Sequence[PackageRecord]) -> dict[str, object]:
    """Return the value of `actions`: full records to fetch, short ones to link and unlink."""
    wanted = frozenset(to_fetch)
    document: dict[str, object] = {
        # What is fetched together comes in no order: programs see a set, as conda gives them one.
        "FETCH": [full_record(record) for record in set(change.link) if record in wanted],
        "PREFIX": change.prefix,
    }
    if change.unlink:
        document["UNLINK"] = [short_record(record) for record in change.unlink]
    if change.link:
        document["LINK"] = [short_record(record) for record in change.link]
    return document


def change_text(
    change: PrefixChange, to_fetch: Sequence[PackageRecord], *, width: int | None = None
) -> str:
    """Return the listing that is shown before a person is asked.

    Args:
        change: What changes.
        to_fetch: What is to be downloaded.
        width: Columns of the terminal. There, tables are made to fit and say why each package
            changes; programs that read text get the rows that they know.
    """
    parts = ["", "## Package Plan ##", "", f"  environment location: {change.prefix}", ""]
    for title, specs in (
        ("removed specs", change.history.remove_specs),
        ("added / updated specs", change.history.update_specs),
    ):
        if specs:
            parts += [f"  {title}:", *(f"    - {spec}" for spec in sorted(specs)), ""]
    parts.append("")
    if to_fetch:
        table = _download_table(to_fetch) if width is None else _fitting_table(to_fetch, width)
        parts += [*table, ""]
    groups = _groups(change) if width is None else _explained_groups(change, width)
    for title, rows in groups.items():
        if rows:
            parts += [f"The following {title}:", "", *rows, ""]
    return "\n".join([*parts, ""])


def _fitting_table(records: Sequence[PackageRecord], width: int) -> list[str]:
    rows = [
        (f"  {r.name}", r.version, r.build, human_size(r.size or 0), r.channel.name)
        for r in _by_name(records)
    ]
    total = human_size(sum(record.size or 0 for record in records))
    count = f"{len(records)} packages" if len(records) > 1 else "1 package"
    return [
        "The following packages will be downloaded:",
        "",
        *format_columns(rows, right=(3,), width=width),
        "",
        f"  {count}, {total}",
    ]


def _explained_groups(change: PrefixChange, width: int) -> Mapping[str, list[str]]:
    """Return the rows of each kind of change, with the reason of each where there is room."""
    old = {record.name: record for record in change.unlink}
    new = {record.name: record for record in change.link}
    why = reasons(change)
    rows: dict[str, list[tuple[str, ...]]] = {title: [] for title in _TITLES}
    for record in _by_name({**old, **new}.values()):
        name, before, after = record.name, old.get(record.name), new.get(record.name)
        if before is None or after is None:
            title = _NEW if before is None else _REMOVED
            version = f"{record.version}-{record.build}"
            rows[title].append((f"  {name}", version, why[name], record.channel.name))
        else:
            version = f"{before.version}-{before.build} --> {after.version}-{after.build}"
            channel = after.channel.name
            if before.channel.canonical_name != after.channel.canonical_name:
                channel = f"{before.channel.name} --> {channel}"
            rows[_kind(before, after)].append((f"  {name}", version, why[name], channel))
    return {title: format_columns(found, width=width) for title, found in rows.items()}


def _download_table(records: Sequence[PackageRecord]) -> list[str]:
    rows = [
        f"    {f'{r.name}-{r.version}':<27}|{r.build:>17} {human_size(r.size or 0):>14}"
        f"  {r.channel.canonical_name}"
        for r in sorted(records, key=lambda record: record.name)
    ]
    total = sum(record.size or 0 for record in records)
    return [
        "The following packages will be downloaded:",
        "",
        "    package                    |            build",
        "    ---------------------------|-----------------",
        *rows,
        "    " + "-" * 60,
        f"{'Total:':>49}{human_size(total):>15}",
    ]


def _groups(change: PrefixChange) -> Mapping[str, list[str]]:
    """Return the rows of each kind of change, kinds in the order in which they are shown."""
    old = {record.name: record for record in change.unlink}
    new = {record.name: record for record in change.link}
    groups: dict[str, list[str]] = {
        _NEW: [
            f"  {r.name:<{_NAME_WIDTH}} {_place(r)} "
            for r in _by_name(new.values())
            if r.name not in old
        ],
        _REMOVED: [f"  {r.dist_name}" for r in _by_name(old.values()) if r.name not in new],
        _UPDATED: [],
        _SUPERSEDED: [],
        _DOWNGRADED: [],
        _REVISED: [],
    }
    for record in _by_name(new.values()):
        if record.name in old:
            groups[_kind(old[record.name], record)].append(_move(old[record.name], record))
    return groups


def _by_name(records: Iterable[PackageRecord]) -> list[PackageRecord]:
    return sorted(records, key=lambda record: record.name)


def _place(record: PackageRecord) -> str:
    return f"{record.channel.name}/{record.subdir}::{record.dist_name}"


def _kind(old: PrefixRecord, new: PackageRecord) -> str:
    before, after = VersionOrder(old.version), VersionOrder(new.version)
    if old.channel.canonical_name != new.channel.canonical_name and after <= before:
        return _SUPERSEDED
    if (after, new.build_number) > (before, old.build_number):
        return _UPDATED
    if (after, new.build_number) < (before, old.build_number):
        return _DOWNGRADED
    return _REVISED


def _move(old: PrefixRecord, new: PackageRecord) -> str:
    before, after = f"{old.version}-{old.build}", f"{new.version}-{new.build}"
    if old.channel.canonical_name != new.channel.canonical_name:
        before, after = _place(old), _place(new)
    return f"  {new.name:<{_NAME_WIDTH}} {before:>{_VERSION_WIDTH}} --> {after} "
