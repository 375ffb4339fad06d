"""Final records against installed ones: the `PrefixChange`, in link order; pure."""

from collections.abc import Collection, Mapping, Sequence

from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.models.records import PackageRecord, PrefixRecord

__all__ = ["difference"]


def difference(
    prefix: str,
    installed: Mapping[str, PrefixRecord],
    final: Sequence[PackageRecord],
    history: HistoryUpdate,
    *,
    wishes: Mapping[str, MatchSpec] | None = None,
    relink: Collection[str] = (),
) -> PrefixChange:
    """Return what turns `installed` into `final`.

    Args:
        prefix: The environment.
        installed: Name to installed record.
        final: What shall be installed, in any order.
        history: What the history will say about specs.
        wishes: Name to the spec that asked for it, recorded with each linked package.
        relink: Names to link anew even if they stay the same.
    """
    ordered = PrefixGraph(final).sorted()
    relinked = set(relink) | _moved_by_python(installed, ordered)
    link = tuple(r for r in ordered if r.name in relinked or not _same(installed, r))
    staying = {record.name for record in ordered} - {record.name for record in link}
    leaving = [record for name, record in installed.items() if name not in staying]
    unlink = tuple(reversed(PrefixGraph(leaving).sorted()))
    requested = tuple(
        (record.name, (str(wishes[record.name]),))
        for record in link
        if wishes and record.name in wishes
    )
    return PrefixChange(
        prefix=prefix,
        unlink=tuple(installed[record.name] for record in unlink),
        link=link,
        history=history,
        requested_specs=requested,
    )


def _same(installed: Mapping[str, PrefixRecord], record: PackageRecord) -> bool:
    present = installed.get(record.name)
    return present is not None and present == record


def _moved_by_python(
    installed: Mapping[str, PrefixRecord], final: Sequence[PackageRecord]
) -> set[str]:
    """Return noarch Python packages, when Python's minor version changes: their files move."""
    old = installed.get("python")
    new = next((record for record in final if record.name == "python"), None)
    if old is None or new is None or _minor(old) == _minor(new):
        return set()
    return {record.name for record in final if record.noarch == "python"}


def _minor(record: PackageRecord) -> list[str]:
    return record.version.split(".")[:2]
