"""`RunExports`: what packages ask of those that are built with them (CEP 12).

A channel may say it in `run_exports.json`, beside the index of each platform folder. The file is
fetched when somebody first asks, and cached as an index is. It never stops anybody: without it, or
with one that makes no sense, nothing is known.
"""

import os
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from conda_clone.core.channels.repodata.cache import CacheEntry, CacheState, is_fresh
from conda_clone.core.channels.repodata.place import Place, keep, may_have_another_form
from conda_clone.core.channels.repodata.transfer import Transfer
from conda_clone.gateways.disk.errors import ParseError
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.whole_msgspec import msgspec
from conda_clone.models.events import Caution
from conda_clone.models.values import replace

if TYPE_CHECKING:
    from conda_clone.config.settings import ChannelSettings
    from conda_clone.gateways.network.transport import Transport
    from conda_clone.models.events import Reporter

__all__ = ["KINDS", "RunExports", "exports_of"]

KINDS = ("weak", "strong", "noarch", "weak_constrains", "strong_constrains")

_FN = "run_exports.json"
_MEMORY = 7 * 24 * 3600 * 10**9  # ns for which the lack of the file is remembered

_Exports = dict[str, list[str]]


class _Document(msgspec.Struct):
    packages: dict[str, msgspec.Raw] | None = None
    packages_conda: dict[str, msgspec.Raw] | None = msgspec.field(
        name="packages.conda", default=None
    )


class _Entry(msgspec.Struct):
    run_exports: object = None


_DOCUMENT = msgspec.json.Decoder(_Document)
_ENTRY = msgspec.json.Decoder(_Entry)


def exports_of(value: object) -> _Exports:
    """Return what is exported, by kind, as far as it can be understood; empty lists are left out.

    Args:
        value: What stands below `run_exports`; a list, or a single text, is weak.
    """
    if not isinstance(value, Mapping):
        value = {"weak": value}
    exports = {kind: _texts(value.get(kind)) for kind in KINDS}
    return {kind: texts for kind, texts in exports.items() if texts}


class RunExports:
    """The file of one place."""

    def __init__(
        self,
        place: Place,
        settings: "ChannelSettings",
        transport: "Transport",
        cache_dir: str,
        reporter: "Reporter",
        *,
        now: Callable[[], int] = time.time_ns,
    ) -> None:
        self._place = place
        self._settings = settings
        self._transport = transport
        self._reporter = reporter
        self._now = now
        self._entry = CacheEntry(cache_dir, place.url, _FN)
        self._is_local = place.url.startswith("file://")  # what is on this machine is not cached

    def of(self, fn: str) -> _Exports:
        """Return what the package with that file name exports, by kind; {} if nobody knows."""
        section = self._document.packages
        if fn.endswith(".conda"):
            section = self._document.packages_conda
        try:
            entry = _ENTRY.decode((section or {}).get(fn, b"{}"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}
        return exports_of(entry.run_exports)

    @cached_property
    def _document(self) -> _Document:
        entry, settings = self._entry, self._settings
        state = entry.state()
        has_body = entry.holds_body(state)
        must_do = settings.offline or settings.use_index_cache
        if must_do or is_fresh(state, settings.local_repodata_ttl, self._now()):
            known = self._read() if has_body else None
            if known is not None:
                return known
        if (settings.offline and not self._is_local) or self._is_missing(state):
            return _Document()
        try:
            return self._newest(state, has_body=has_body)
        except CondaHTTPError as error:
            if may_have_another_form(error):
                self._save(CacheState(url=f"{self._place.url}/{_FN}", refresh_ns=self._now()))
                return _Document()
            reason = error.message
        except ParseError as error:
            reason = error.message
        self._reporter.report(Caution(f"What packages export is not known. {reason}"))
        return _Document()

    def _is_missing(self, state: CacheState) -> bool:
        """Tell whether the server had no such file when it was asked in the last week."""
        age = self._now() - state.refresh_ns
        return bool(state.url) and state.size < 0 and 0 <= age < _MEMORY

    def _newest(self, state: CacheState, *, has_body: bool) -> _Document:
        transfer = Transfer(self._place, self._transport, self._reporter, self._now)
        newest = transfer.newest(
            _FN, state, self._decode, use_zst=self._settings.repodata_use_zst, has_body=has_body
        )
        if newest.body is None or newest.content is None:
            self._save(newest.state)
            return self._read() or self._newest(newest.state, has_body=False)
        self._store(newest.body, newest.state)
        return newest.content

    def _store(self, body: bytes, state: CacheState) -> None:
        if not self._is_local and keep(
            lambda: self._entry.save_body(body), self._place, self._reporter
        ):
            facts = os.stat(self._entry.body_path)
            self._save(replace(state, size=len(body), mtime_ns=facts.st_mtime_ns))

    def _save(self, state: CacheState) -> None:
        if not self._is_local:
            keep(lambda: self._entry.save_state(state), self._place, self._reporter)

    def _read(self) -> _Document | None:
        try:
            return self._decode(read_bytes(self._entry.body_path))
        except (OSError, ParseError):
            return None

    def _decode(self, body: bytes) -> _Document:
        try:
            return _DOCUMENT.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            where = f"{self._place.label}/{_FN}"
            raise ParseError(where, f"it does not say what packages export ({error})") from error


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
