"""A prepared change as text that programs parse, and as the `actions` of the JSON document."""

from collections.abc import Iterable, Mapping, Sequence

from conda_clone.cli.output.record_documents import full_record, short_record
from conda_clone.cli.output.tables import human_size
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.models.records import PackageRecord, PrefixRecord
from conda_clone.models.version import VersionOrder

__all__ = [
    "KINDS",
    "NEW",
    "REMOVED",
    "actions_document",
    "change_text",
    "deletion_text",
    "heading",
    "kind_of_move",
]

_NAME_WIDTH = 18
_VERSION_WIDTH = 38
NEW = "NEW packages will be INSTALLED"
REMOVED = "packages will be REMOVED"
_UPDATED = "packages will be UPDATED"
_SUPERSEDED = "packages will be SUPERSEDED by a higher-priority channel"
_DOWNGRADED = "packages will be DOWNGRADED"
_REVISED = "packages will be REVISED"
KINDS = (NEW, REMOVED, _UPDATED, _SUPERSEDED, _DOWNGRADED, _REVISED)


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


def change_text(change: PrefixChange, to_fetch: Sequence[PackageRecord]) -> str:
    """Return the listing of what changes, and of what is to be downloaded for it."""
    parts = heading(change)
    if to_fetch:
        parts += [*_download_table(to_fetch), ""]
    for title, rows in _groups(change).items():
        if rows:
            parts += _section(title, rows)
    return "\n".join([*parts, ""])


def deletion_text(prefix: str, dists: Sequence[str]) -> str:
    """Return the same where all packages of an environment go.

    Args:
        prefix: The environment.
        dists: Name, version and build of each package.
    """
    rows = [f"  {dist}" for dist in dists]
    return "\n".join([*heading(PrefixChange(prefix=prefix)), *_section(REMOVED, rows), ""])


def heading(change: PrefixChange) -> list[str]:
    """Return the lines that say where, and for which wishes."""
    parts = ["", "## Package Plan ##", "", f"  environment location: {change.prefix}", ""]
    for title, specs in (
        ("removed specs", change.history.remove_specs),
        ("added / updated specs", change.history.update_specs),
    ):
        if specs:
            parts += [f"  {title}:", *(f"    - {spec}" for spec in sorted(specs)), ""]
    return [*parts, ""]


def _section(title: str, rows: Sequence[str]) -> list[str]:
    return [f"The following {title}:", "", *rows, ""]


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
        NEW: [
            f"  {r.name:<{_NAME_WIDTH}} {_place(r)} "
            for r in _by_name(new.values())
            if r.name not in old
        ],
        REMOVED: [f"  {r.dist_name}" for r in _by_name(old.values()) if r.name not in new],
        _UPDATED: [],
        _SUPERSEDED: [],
        _DOWNGRADED: [],
        _REVISED: [],
    }
    for record in _by_name(new.values()):
        if record.name in old:
            groups[kind_of_move(old[record.name], record)].append(_move(old[record.name], record))
    return groups


def _by_name(records: Iterable[PackageRecord]) -> list[PackageRecord]:
    return sorted(records, key=lambda record: record.name)


def _place(record: PackageRecord) -> str:
    return f"{record.channel.name}/{record.subdir}::{record.dist_name}"


def kind_of_move(old: PrefixRecord, new: PackageRecord) -> str:
    """Return which of `KINDS` it is that a package takes the place of another of its name."""
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
