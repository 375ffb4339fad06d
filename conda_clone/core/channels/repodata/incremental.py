"""`IncrementalUpdater`: a cached index brought up to date by what has changed since (JLAP).

Beside `repodata.json`, a server may have `repodata.jlap`. What was read of it is remembered in the
state of the cached index, so that the next update asks only for what was added: most often a few
hundred bytes, or the answer that nothing was.

Whatever does not fit, digests, patches, the cached copy, ends in the whole index; so does a list
of changes that is not clearly shorter than that. A body is never replaced here.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from conda_clone.core.channels.repodata.cache import CacheEntry, CacheState
from conda_clone.core.channels.repodata.formats import BodyError
from conda_clone.core.channels.repodata.jlap import (
    DIGEST_SIZE,
    START,
    History,
    Position,
    nominal_digest,
    read_history,
)
from conda_clone.core.channels.repodata.json_patch import apply_patches
from conda_clone.core.channels.repodata.place import Place, may_have_another_form, measured
from conda_clone.gateways.disk.random_access import RandomAccessFile
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.network.transport import Request, Response, Transport
from conda_clone.models.values import replace, value

if TYPE_CHECKING:
    from conda_clone.models.events import Reporter

__all__ = ["IncrementalUpdater", "Update"]

_WEB = ("http://", "https://")
_PARTIAL_CONTENT = 206
_NOT_MODIFIED = 304
_RANGE_NOT_SATISFIABLE = 416
# An index that is sent compressed is a seventh or an eighth of the body.
_SHARE = 10
_FREE = 16 << 10  # bytes that cost no more time than the request for them


@value(kw_only=True)
class Update:
    """What came of an update.

    Attributes:
        is_newest: Whether the cached index, or the new body, is the newest; otherwise the whole
            index has to be fetched.
        state: What is known now; of the new body, if there is one.
        body: The new body.
    """

    is_newest: bool
    state: CacheState
    body: bytes | None = None


class _NotOfferedError(BodyError):
    """The server has no list of changes, or none that is worth its bytes."""


class IncrementalUpdater:
    """Updates the indexes of one place."""

    def __init__(
        self, place: Place, transport: Transport, reporter: "Reporter", now: Callable[[], int]
    ) -> None:
        self._place = place
        self._transport = transport
        self._reporter = reporter
        self._now = now

    def update(self, entry: CacheEntry, fn: str, state: CacheState) -> Update:
        """Bring the cached body up to date.

        Args:
            entry: Where it is.
            fn: Name of the index.
            state: Of the body, which is there.

        Raises:
            CondaHTTPError: The server cannot be reached.
        """
        now = self._now()
        if not self._place.url.startswith(_WEB) or state.lacks_jlap(now):
            return Update(is_newest=False, state=state)
        known = _position(state)
        try:
            if known != START:
                try:
                    return self._update(entry, fn, state, known)
                except _NotOfferedError:
                    raise
                except BodyError:
                    pass  # servers drop old changes, and write the file anew
            return self._update(entry, fn, state, START)
        except _NotOfferedError:
            return Update(is_newest=False, state=replace(state, no_jlap_ns=now))
        except BodyError:
            return Update(is_newest=False, state=state)

    def _update(self, entry: CacheEntry, fn: str, state: CacheState, position: Position) -> Update:
        url = f"{self._place.url}/{fn.removesuffix('.json')}.jlap"
        headers = {} if position == START else _continuing(state, position)
        with self._transport.open(Request(url, headers)) as response:
            if headers and response.status == _NOT_MODIFIED:
                return Update(is_newest=True, state=replace(state, refresh_ns=self._now()))
            history = self._read(response, state, position)
        file = RandomAccessFile(entry.body_path)
        if (file.size, file.mtime_ns) != (state.size, state.mtime_ns):
            raise BodyError("the cached index has been replaced meanwhile")
        body = file.read(0, file.size)
        changes = history.since(state.nominal or nominal_digest(body))
        patched = apply_patches(body, [change.patch for change in changes]) if changes else None
        new_state = replace(
            state,
            refresh_ns=self._now(),
            cache_control=response.headers.get("cache-control", ""),
            nominal=history.latest,
            jlap=_remembered(history, response.headers.get("etag", "")),
        )
        if patched is not None:
            # They are of the whole index as it was; the next request for it has no condition.
            new_state = replace(new_state, etag="", mod="")
        return Update(is_newest=True, state=new_state, body=patched)

    def _read(self, response: Response, state: CacheState, position: Position) -> History:
        """Return what an answer says, if it is the list of changes and worth reading."""
        try:
            response.raise_for_status()
        except CondaHTTPError as error:
            is_lacking = may_have_another_form(error) and error.status != _RANGE_NOT_SATISFIABLE
            raise (_NotOfferedError if is_lacking else BodyError)(error.message) from error
        continues = response.status == _PARTIAL_CONTENT and response.headers.get(
            "content-range", ""
        ).startswith(f"bytes {position.offset}-")
        content = self._content(response, max(_FREE, state.size // _SHARE))
        try:
            return read_history(content, position if continues else START)
        except BodyError as error:
            raise (BodyError if continues else _NotOfferedError)(str(error)) from error

    def _content(self, response: Response, most: int) -> bytes:
        """Return the body of an answer, unless it is longer than is worth while."""
        announced = response.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            raise _NotOfferedError(f"it is longer than {most} bytes")

        def consume(chunks: Iterator[bytes]) -> bytes:
            content = bytearray()
            for chunk in chunks:
                content += chunk
                if len(content) > most * _SHARE:  # compressed, it was shorter
                    raise _NotOfferedError(f"it is longer than {most * _SHARE} bytes")
            return bytes(content)

        try:
            return measured(response, self._place, self._reporter, consume)
        except CondaHTTPError as error:
            raise BodyError(error.message) from error


def _continuing(state: CacheState, position: Position) -> dict[str, str]:
    """Return the headers that ask for what follows a position, if anything does."""
    headers = {"Range": f"bytes={position.offset}-", "Accept-Encoding": "identity"}
    known = state.jlap.get("headers")
    etag = known.get("etag") if isinstance(known, dict) else None
    return headers | {"If-None-Match": etag} if isinstance(etag, str) and etag else headers


def _position(state: CacheState) -> Position:
    """Return where the last update ended; the start, if nobody knows."""
    offset, text = state.jlap.get("pos"), state.jlap.get("iv")
    try:
        digest = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        digest = b""
    if state.nominal and isinstance(offset, int) and offset > 0 and len(digest) == DIGEST_SIZE:
        return Position(offset, digest)
    return START


def _remembered(history: History, etag: str) -> dict[str, object]:
    """Return what other programs that read such files keep, too."""
    return {
        "headers": {"etag": etag},
        "iv": history.position.digest.hex(),
        "pos": history.position.offset,
        "footer": {"latest": history.latest},
    }
