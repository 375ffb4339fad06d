"""What is done for a transaction while packages are still being fetched."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from conda_clone.models.records import PackageRecord
from conda_clone.operations.session import Session

if TYPE_CHECKING:
    from conda_clone.core.transaction.compiling_ahead import CompilingAhead

__all__ = ["compiling_ahead"]


def compiling_ahead(
    session: Session, records: Sequence[PackageRecord], is_busy: Callable[[], bool]
) -> "CompilingAhead | None":
    """Return what compiles modules of these packages as they come; None where nothing could.

    It waits while others keep all cores busy with what has to be done before anything is linked.
    It goes on until the session is closed; the next transaction takes what it has made.
    """
    if session.ahead is not None:
        return None  # they have been fetched before
    if os.name == "nt" or not any(record.name == "python" for record in records):
        return None  # the libraries that an interpreter needs lie in other packages on Windows
    from conda_clone.core.transaction.compiling_ahead import CompilingAhead  # with the transaction

    ahead = CompilingAhead(session.environment, session.channels.config.subdir, is_busy)
    session.held.callback(ahead.close)
    session.ahead = ahead
    return ahead
