"""`Place`: one platform folder of one channel; what opening its index gives, and how it is kept."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from conda_clone.errors import NoSpaceLeftError, NotWritableError
from conda_clone.models.events import Caution
from conda_clone.models.values import value

if TYPE_CHECKING:
    from conda_clone.models.events import Reporter

__all__ = ["GrowingIndex", "OpenIndex", "Place", "ShardsUnusableError", "keep"]


@value(kw_only=True)
class Place:
    """One platform folder of one channel.

    Attributes:
        url: Its address with credentials, without trailing slash.
        subdir: Its name.
        label: What a person calls it.
    """

    url: str
    subdir: str
    label: str


class OpenIndex(Protocol):
    """The names of one platform folder, and their entries on demand."""

    @property
    def base_url(self) -> str:
        """Folder of the archives."""

    def names(self) -> list[str]:
        """Return all names, sorted."""

    def entries(self, name: str) -> dict[str, dict[str, object]]:
        """Return the entries of a name, by file name."""


@runtime_checkable
class GrowingIndex(OpenIndex, Protocol):
    """An index whose names are fetched when they are asked for; `sharded` has one."""

    def has(self, name: str) -> bool:
        """Tell whether the entries of a name are at hand, or known not to exist."""

    def bring(self, name: str) -> None:
        """Fetch the entries of a name; may be called from several threads.

        Raises:
            ShardsUnusableError: They cannot be had.
            CondaHTTPError: The server cannot be reached.
        """


class ShardsUnusableError(Exception):
    """A shard that the table names cannot be had; the whole index may be."""


def keep(save: Callable[[], None], place: Place, reporter: "Reporter") -> bool:
    """Write to the cache; return whether that was possible, and say so if it was not."""
    try:
        save()
    except (NotWritableError, NoSpaceLeftError) as error:
        reporter.report(Caution(f"The index of {place.label} is not kept. {error.message}"))
        return False
    return True
