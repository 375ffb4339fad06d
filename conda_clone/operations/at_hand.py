"""`solve_offline`: solve with packages that need no network, and say what else would be needed."""

from typing import TYPE_CHECKING

from conda_clone.core.planning.errors import PackagesNotFoundInChannelsError
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.errors import CondaError, OfflineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conda_clone.core.channels.index import Index
    from conda_clone.core.packages.cache_dirs import CacheDirs
    from conda_clone.core.planning.solver import ChannelIndex
    from conda_clone.models.records import PackageRecord
    from conda_clone.operations.prepared_change import PreparedChange

__all__ = ["AtHand", "solve_offline"]


class AtHand:
    """The packages of an index that need no network: cached, or in a channel of this machine."""

    def __init__(self, index: "Index", caches: "CacheDirs") -> None:
        self._index = index
        self._caches = caches
        self.channel_order = index.channel_order
        self.urls = index.urls

    def records(self, name: str) -> "Sequence[PackageRecord]":
        """Return those packages of that name."""
        return [record for record in self._index.records(name) if self._has(record)]

    def _has(self, record: "PackageRecord") -> bool:
        return (
            record.url.startswith("file://")
            or self._caches.find(record) is not None
            or self._caches.find_archive(record) is not None
        )


def solve_offline(
    solve: "Callable[[ChannelIndex], PreparedChange]",
    index: "Index",
    caches: "CacheDirs",
    *,
    dry_run: bool,
) -> "PreparedChange":
    """Solve with what is at hand; a dry run may show what would have to be downloaded.

    Raises:
        OfflineError: There is a solution, but not without downloads.
        CondaError: There is none at all; it is told of what is at hand.
    """
    try:
        return solve(AtHand(index, caches))
    except (UnsatisfiableError, PackagesNotFoundInChannelsError) as error:
        try:
            prepared = solve(index)
        except CondaError:
            raise error from None
    if dry_run:
        return prepared
    names = "\n".join(f"  - {record.dist_name}" for record in prepared.to_fetch)
    raise OfflineError(
        f"This command runs offline, and no cache holds these packages:\n\n{names}\n",
        hint="Run it without `--offline`, or set `offline` to false.",
    )
