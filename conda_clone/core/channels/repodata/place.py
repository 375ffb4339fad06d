"""`Place`: one platform folder of one channel; what its index is opened as, and how it is kept."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeGuard

from conda_clone.errors import NoSpaceLeftError, NotWritableError
from conda_clone.models.events import (
    Caution,
    Notice,
    TransferAdvanced,
    TransferFinished,
    TransferStarted,
)
from conda_clone.models.values import value

if TYPE_CHECKING:
    from conda_clone.gateways.network.errors import CondaHTTPError
    from conda_clone.gateways.network.transport import Response
    from conda_clone.models.events import Reporter

__all__ = [
    "GrowingIndex",
    "OpenIndex",
    "Place",
    "ShardsUnusableError",
    "is_growing",
    "keep",
    "may_have_another_form",
    "measured",
    "tell_age",
]

_TOO_MANY_REQUESTS = 429
_DAY = 24 * 3600 * 10**9  # ns
_CLIENT_ERRORS = range(400, 500)


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

    def stamp_of(self, name: str) -> bytes | None:
        """Return what changes with the entries of a name; None where they cannot be had now."""

    def earlier(self, name: str) -> tuple[set[str], bool] | None:
        """Return what is known of a name from when it was last fetched; None for nothing.

        Names that its packages depended on, and whether its entries are others now.
        """

    def remember(self) -> None:
        """Keep in mind what has been fetched, for `earlier`."""


def is_growing(index: OpenIndex | None) -> TypeGuard[GrowingIndex]:
    """Tell whether an index fetches names when they are asked for.

    `isinstance` compares all attributes with those of the protocol, which took a fifth of the CPU
    time of a solve from shards.
    """
    return hasattr(index, "bring")


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


def measured(
    response: "Response",
    place: Place,
    reporter: "Reporter",
    consume: Callable[[Iterator[bytes]], bytes],
) -> bytes:
    """Return what `consume` makes of the body of an answer, and tell the reporter about it.

    Raises:
        CondaHTTPError: The connection broke off.
    """

    def chunks() -> Iterator[bytes]:
        for chunk in response.iter_bytes():
            reporter.report(TransferAdvanced(place.label, len(chunk)))
            yield chunk

    reporter.report(TransferStarted(place.label, response.content_length))
    ok = False
    try:
        body = consume(chunks())
        ok = True
    finally:
        reporter.report(TransferFinished(place.label, ok=ok))
    return body


def tell_age(place: Place, reporter: "Reporter", *, refresh_ns: int, now_ns: int) -> bool:
    """Say how old an index is that is used without asking, if it is days old; tell whether it is.

    Args:
        place: Where it is from.
        reporter: Who hears it.
        refresh_ns: When the server last said that it is the newest; 0 when nobody knows.
        now_ns: The time now.
    """
    days = (now_ns - refresh_ns) // _DAY
    is_old = bool(refresh_ns) and days > 0
    if is_old:
        text = f"The index of {place.label} is {days} days old, as last fetched."
        reporter.report(Notice(text))
    return is_old


def may_have_another_form(error: "CondaHTTPError") -> bool:
    """Tell whether a server that refuses one form of an index may still have another."""
    return error.status in _CLIENT_ERRORS and error.status != _TOO_MANY_REQUESTS
