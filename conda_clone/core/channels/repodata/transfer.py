"""`Transfer`: one file of a platform folder, asked for in the best form that the server has of it.

What comes is decoded and understood before anybody keeps it: an answer that is something else
never costs an old copy. Nothing is written here.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from conda_clone.core.channels.repodata.cache import CacheState
from conda_clone.core.channels.repodata.formats import BodyError, Variant, variants
from conda_clone.core.channels.repodata.place import Place, may_have_another_form, measured
from conda_clone.gateways.disk.errors import ParseError
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.network.transport import Request, Response, Transport
from conda_clone.models.url import redact
from conda_clone.models.values import replace

if TYPE_CHECKING:
    from conda_clone.models.events import Reporter

__all__ = ["Newest", "Transfer"]

_T = TypeVar("_T")
_NOT_MODIFIED = 304
_ATTEMPTS = 3  # at a body whose connection breaks off


class Newest(Generic[_T]):
    """What the server has now.

    Attributes:
        body: The file, decoded; None when the server has nothing newer.
        content: What the body was understood as.
        state: What is known of it; size and time of a body are for whoever keeps it.
    """

    __slots__ = ("body", "content", "state")

    def __init__(self, state: CacheState, body: bytes | None, content: _T | None) -> None:
        self.state = state
        self.body = body
        self.content = content


class Transfer:
    """Asks for files of one place.

    Args:
        place: Which.
        transport: How to ask.
        reporter: Who wants to know about downloads.
        now: The clock, in nanoseconds since 1970.
    """

    def __init__(
        self, place: Place, transport: Transport, reporter: "Reporter", now: Callable[[], int]
    ) -> None:
        self._place = place
        self._transport = transport
        self._reporter = reporter
        self._now = now

    def newest(
        self,
        fn: str,
        state: CacheState,
        understand: Callable[[bytes], _T],
        *,
        use_zst: bool,
        has_body: bool,
    ) -> Newest[_T]:
        """Ask for a file, on the condition that it is not the one that is cached.

        Args:
            fn: Its name.
            state: What is known of the cached one.
            understand: Reads the decoded body; `ParseError` says that it is something else.
            use_zst: Whether the compressed form counts.
            has_body: Whether there is a cached one.

        Raises:
            CondaHTTPError: The server has no such file (404), refuses, or cannot be reached.
            ParseError: What it has is something else.
        """
        plain_url = f"{self._place.url}/{fn}"
        for variant in variants(use_zst=use_zst and not state.lacks_zst(self._now())):
            headers = {**variant.headers, **(state.validators() if has_body else {})}
            try:
                return self._receive(variant, fn, headers, state, understand)
            except CondaHTTPError as error:
                if variant.suffix and may_have_another_form(error):
                    state = replace(state, no_zst_ns=self._now())
                    continue
                raise error.at(plain_url) from None
            except (BodyError, ParseError) as error:
                if variant.suffix:
                    continue
                if isinstance(error, BodyError):
                    raise ParseError(redact(plain_url), str(error)) from error
                raise
        raise AssertionError("the last form is always tried to the end")

    def _receive(
        self,
        variant: Variant,
        fn: str,
        headers: dict[str, str],
        state: CacheState,
        understand: Callable[[bytes], _T],
    ) -> Newest[_T]:
        request = Request(f"{self._place.url}/{fn}{variant.suffix}", headers)
        if variant.suffix:
            state = replace(state, no_zst_ns=0)
        for attempts_left in range(_ATTEMPTS - 1, -1, -1):
            with self._transport.open(request) as response:
                if response.status == _NOT_MODIFIED and headers.keys() & {
                    "If-None-Match",
                    "If-Modified-Since",
                }:
                    return Newest(replace(state, refresh_ns=self._now()), None, None)
                response.raise_for_status()
                try:
                    body = self._decoded(response, variant)
                except CondaHTTPError:
                    if not attempts_left:
                        raise
                else:
                    new_state = self._state_of(response, fn, state)
                    return Newest(new_state, body, understand(body))
        raise AssertionError("the last attempt returns or raises")

    def _decoded(self, response: Response, variant: Variant) -> bytes:
        length = response.headers.get("content-length", "")
        sent = int(length) if length.isdecimal() else None
        return measured(
            response, self._place, self._reporter, lambda chunks: variant.decode(chunks, sent)
        )

    def _state_of(self, response: Response, fn: str, state: CacheState) -> CacheState:
        return replace(
            state,
            url=f"{self._place.url}/{fn}",
            etag=response.headers.get("etag", ""),
            mod=response.headers.get("last-modified", ""),
            cache_control=response.headers.get("cache-control", ""),
            refresh_ns=self._now(),
            nominal="",
            jlap={},
        )
