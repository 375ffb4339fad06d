"""What is installed in an environment."""

import re

from conda_clone.core.prefix.errors import PackageNotInstalledError
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.errors import CondaValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.core.prefix.history import Revision
    from conda_clone.models.records import PackageRecord, PrefixRecord
    from conda_clone.operations.session import Session

__all__ = ["in_link_order", "installed_packages", "revisions"]


def installed_packages(
    session: "Session", prefix: str, *, pattern: str | None = None, full_name: bool = False
) -> "list[PrefixRecord]":
    """Return the installed records sorted by name, all or those whose name fits.

    Args:
        session: The invocation.
        prefix: The environment.
        pattern: Regular expression to find in names, in any case; or a name.
        full_name: `pattern` is the whole name.

    Raises:
        CondaValueError: `pattern` is no regular expression.
        PackageNotInstalledError: Nothing fits.
    """
    records = PrefixData(prefix, session.channels.config).records()
    if pattern is None:
        return list(records.values())
    if full_name:
        fitting = [record for name, record in records.items() if name == pattern.lower()]
    else:
        try:
            expression = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            raise CondaValueError(
                f"`{pattern}` is not a regular expression: {error}.",
                hint="Use --full-name to look for a name as it is.",
            ) from error
        fitting = [record for name, record in records.items() if expression.search(name)]
    if not fitting:
        raise PackageNotInstalledError(prefix, pattern)
    return fitting


def in_link_order(records: "list[PrefixRecord]") -> "list[PackageRecord]":
    """Return the records with dependencies before what needs them."""
    from conda_clone.models.prefix_graph import PrefixGraph  # only --explicit

    return list(PrefixGraph(records).sorted())


def revisions(prefix: str) -> "tuple[Revision, ...]":
    """Return the history of an environment, oldest first."""
    from conda_clone.core.prefix.history import History  # only --revisions

    return History(prefix).revisions()
