"""Back to a revision of the history: which packages it held, and the change that restores it; pure.

A revision is a list of packages, so nothing is solved. What the user had asked for by then is
restored as well: otherwise the next solve would undo what was just done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conda_clone.core.planning.diff import difference
from conda_clone.core.planning.errors import CondaIndexError
from conda_clone.core.planning.request import EnvironmentRequest
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.prefix.history import History, dist_name_of
from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord

__all__ = ["PastPackage", "change_to_revision", "packages_of_revision"]


@dataclass(frozen=True, slots=True)
class PastPackage:
    """One package of a revision, as the history names it.

    Attributes:
        location: `CHANNEL/SUBDIR` as a URL or a name; "" in the histories of old programs.
        name: Its name.
        version: Its version.
        build: Its build string.
    """

    location: str
    name: str
    version: str
    build: str

    @property
    def spec(self) -> MatchSpec:
        """The spec that only this version and build match, in whichever channel."""
        return MatchSpec(name=self.name, version=f"=={self.version}", build=self.build)

    @property
    def channel(self) -> str:
        """The channel alone."""
        return self.location.rpartition("/")[0]

    def is_at(self, record: PackageRecord) -> bool:
        """Tell whether a record comes from the place that the history names."""
        places = (record.channel.base_url or "", record.channel.canonical_name)
        return self.location in {f"{place}/{record.subdir}" for place in places}

    def best_of(self, records: Iterable[PackageRecord]) -> PackageRecord | None:
        """Return the record that this is: rather one of the same channel than another's."""
        spec = self.spec
        fitting = [record for record in records if spec.match(record)]
        return next(filter(self.is_at, fitting), fitting[0] if fitting else None)


def packages_of_revision(history: History, number: int) -> tuple[PastPackage, ...]:
    """Return what an environment held after revision `number`.

    Raises:
        CondaIndexError: There is no such revision.
    """
    count = len(history.revisions())
    if not 0 <= number < count:
        raise CondaIndexError(
            f"no such revision: {number}",
            hint=f"There are revisions 0 to {count - 1}; `conda list --revisions` shows them."
            if count
            else "The environment has no history.",
        )
    return tuple(
        PastPackage(dist.rpartition("::")[0], *dist_name_of(dist))
        for dist in history.state_at(number)
    )


def change_to_revision(
    request: EnvironmentRequest,
    state: EnvironmentState,
    wishes: Mapping[str, MatchSpec],
    packages: Iterable[PackageRecord],
) -> PrefixChange:
    """Return the change to the packages and to the wishes of a revision.

    Args:
        request: Who asks.
        state: The environment as it is.
        wishes: What had been asked for by then, by name.
        packages: What was installed then.
    """
    now = state.requested
    history = HistoryUpdate(
        command=request.command,
        update_specs=tuple(
            str(spec) for name, spec in sorted(wishes.items()) if now.get(name) != spec
        ),
        remove_specs=tuple(sorted(now.keys() - wishes.keys())),
    )
    return difference(request.prefix, state.installed, tuple(packages), history, wishes=wishes)
