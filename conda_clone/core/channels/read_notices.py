"""`ReadNotices`: which notices of channels somebody has read, and when they were last looked for.

What cannot be read or written there costs no more than a notice that is shown twice.
"""

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from conda_clone.errors import CondaError
from conda_clone.gateways.disk.read import read_json
from conda_clone.gateways.disk.write import write_atomically

if TYPE_CHECKING:
    from conda_clone.core.channels.notices import ChannelNotice

__all__ = ["ReadNotices"]

_PAUSE = timedelta(hours=24)  # between two looks by commands that are about something else
_LOOKED = "looked"


class ReadNotices:
    """What was read, in a file of the user's cache.

    Args:
        folder: Of the file; need not exist or be writable.
        now: The time.
    """

    def __init__(self, folder: str, now: datetime) -> None:
        self._path = os.path.join(folder, "read.json")
        self._now = now if now.tzinfo else now.astimezone()

    def is_time(self) -> bool:
        """Tell whether the last look is a day ago; counts as a look then."""
        last = _time(self._read().get(_LOOKED))
        if last is not None and timedelta() <= self._now - last < _PAUSE:
            return False
        self._remember([_LOOKED])
        return True

    def unread(self, notices: "Iterable[ChannelNotice]") -> "list[ChannelNotice]":
        """Return those that were not read yet, or whose interval has passed since."""
        seen = self._read()
        return [notice for notice in notices if self._is_due(notice, _time(seen.get(_key(notice))))]

    def mark(self, notices: "Iterable[ChannelNotice]") -> None:
        """Remember that these were read."""
        self._remember([_key(notice) for notice in notices])

    def _is_due(self, notice: "ChannelNotice", last: datetime | None) -> bool:
        if last is None:
            return True
        interval = notice.interval or 0
        return 0 < interval <= (self._now - last).total_seconds()

    def _read(self) -> dict[str, object]:
        try:
            data = read_json(self._path)
        except (OSError, CondaError):
            return {}
        return data if isinstance(data, dict) else {}

    def _remember(self, keys: Sequence[str]) -> None:
        import json  # 3 ms

        if not keys:
            return
        data = {**self._read(), **dict.fromkeys(keys, self._now.isoformat())}
        try:
            write_atomically(self._path, json.dumps(data), sync=False)
        except (OSError, CondaError):
            return


def _key(notice: "ChannelNotice") -> str:
    text = f"{notice.channel}\n{notice.id or notice.message}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _time(text: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(text if isinstance(text, str) else "")
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
