"""`PreparedChange`: what is known of a change before it is made, and the packages it waits for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conda_clone.core.planning.request import EnvironmentRequest
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.models.events import TransfersAnnounced, stage
from conda_clone.models.records import PackageCacheRecord, PackageRecord
from conda_clone.models.values import replace, value
from conda_clone.operations.ahead import compiling_ahead
from conda_clone.operations.locks import keep_caches
from conda_clone.operations.session import Session

if TYPE_CHECKING:
    from conda_clone.core.packages.fetch_extract import ProgressiveFetchExtract
    from conda_clone.core.solver.held_back import HeldBack

__all__ = ["PreparedChange", "fetch", "prepared_change"]


@value(kw_only=True)
class PreparedChange:
    """A change that is known but not yet made.

    Attributes:
        request: What was asked.
        change: What will change.
        to_fetch: Packages that no cache holds yet, in link order.
        held_back: What is not at its newest, and why; None where nobody asked.
        is_best: False when the time limit passed before a better one could be ruled out.
        is_deletion: The folder is deleted next, without another question, so that nothing needs to
            be taken out of it file by file.
    """

    request: EnvironmentRequest
    change: PrefixChange
    to_fetch: tuple[PackageRecord, ...] = ()
    held_back: "tuple[HeldBack, ...] | None" = None
    is_best: bool = True
    is_deletion: bool = False


def prepared_change(
    session: Session, request: EnvironmentRequest, change: PrefixChange
) -> PreparedChange:
    """Return a change together with what must be downloaded for it."""
    to_fetch = _fetcher(session, change.link, as_stated=False).to_fetch if change.link else ()
    return PreparedChange(request=request, change=change, to_fetch=to_fetch)


def fetch(
    session: Session,
    records: Sequence[PackageRecord],
    *,
    as_stated: bool = True,
    compiles: bool = False,
) -> tuple[PackageCacheRecord, ...]:
    """Bring packages into a cache, extracted; in the order in which they were given.

    Nobody can clean the caches from then on until the command ends.

    Archives must be what the records say; if they need not be `as_stated`, settings decide about
    those on this machine, whose index may be older than what lies there.

    Modules are compiled meanwhile if it is certain that the packages will be linked (`compiles`),
    for that runs what is in them.

    Raises:
        CondaError: A download or an extraction failed; nothing half-done stays behind.
    """
    keep_caches(session)
    with stage(session.console, "Downloading and Extracting Packages"):
        fetcher = _fetcher(session, records, as_stated=as_stated)
        sizes = {record.dist_name: record.size for record in fetcher.to_fetch}
        session.console.report(TransfersAnnounced(sizes))
        ahead = compiling_ahead(session, records, fetcher.is_busy) if compiles else None
        return fetcher.execute(None if ahead is None else ahead.add)


def _fetcher(
    session: Session, records: Sequence[PackageRecord], *, as_stated: bool = True
) -> "ProgressiveFetchExtract":
    from conda_clone.core.packages.fetch_extract import ProgressiveFetchExtract  # 4 ms

    network = replace(session.network, verify_local=True) if as_stated else session.network
    return ProgressiveFetchExtract(
        records, session.caches, session.transport, network, session.console
    )
