"""Why each package of a plan changes, in a few words; read off the plan itself."""

from collections.abc import Collection, Iterable, Mapping

from conda_clone.core.transaction.change import PrefixChange
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord, PrefixRecord

__all__ = ["reasons"]

_ASKED = "asked for"


def reasons(change: PrefixChange) -> dict[str, str]:
    """Return why each package changes, by its name; where nothing can be said, nothing is."""
    old = {record.name: record for record in change.unlink}
    new = {record.name: record for record in change.link}
    added = _names(change.history.update_specs)
    removed = _names(change.history.remove_specs)
    needs = _Needs(new.values(), added)
    told: dict[str, str] = {}
    for name, record in new.items():
        if name in added:
            told[name] = _ASKED
        elif name not in old:
            told[name] = needs.first_of(name)
        else:
            told[name] = needs.what_ends(old[name]) or _fitting(old[name], record, new)
    everything_goes = not new and not removed
    for name in old.keys() - new.keys():
        if everything_goes:
            told[name] = ""
        else:
            told[name] = _ASKED if name in removed else _leaving(old[name], old, new)
    return told


class _Needs:
    """Who among the new packages needs whom."""

    def __init__(self, records: Iterable[PackageRecord], asked: Collection[str]) -> None:
        self._asked = asked
        self._by_name: dict[str, list[tuple[str, str]]] = {}
        for record in records:
            for text in record.depends:
                self._by_name.setdefault(MatchSpec(text).name, []).append((record.name, text))

    def first_of(self, name: str) -> str:
        """Return who needs the package, one that was asked for before others."""
        names = {who for who, _ in self._by_name.get(name, ())}
        found = sorted(names, key=lambda who: (who not in self._asked, who))
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        return f"for {found[0]}{more}" if found else ""

    def what_ends(self, record: PrefixRecord) -> str:
        """Return who cannot do with the package as it is."""
        for who, text in self._by_name.get(record.name, ()):
            if not MatchSpec(text).match(record):
                return f"{who} needs {text}"
        return ""


def _fitting(old: PrefixRecord, new: PackageRecord, others: Mapping[str, PackageRecord]) -> str:
    """Return which of the dependencies of the old package has changed, if one has."""
    for text in old.depends:
        spec = MatchSpec(text)
        other = others.get(spec.name)
        if other is not None and not spec.match(other):
            return f"to fit {other.name} {other.version}"
    return "" if old.channel == new.channel else "another channel has it"


def _leaving(
    record: PrefixRecord, old: Mapping[str, PrefixRecord], new: Mapping[str, PackageRecord]
) -> str:
    """Return why a package goes that nobody has named."""
    for text in record.depends:
        name = MatchSpec(text).name
        if name in old and name not in new:
            return f"needs {name}"
    return "nothing needs it any more"


def _names(specs: Iterable[str]) -> set[str]:
    return {MatchSpec(text).name for text in specs}
