"""Notices: what a channel wants to tell those who use it (`<channel>/notices.json`).

A channel without notices is the usual case. What a server sends is not trusted: entries that are no
notices are left out, and only printable text comes through.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from conda_clone.core.channels.errors import InvalidNoticesError
from conda_clone.gateways.network.transport import Request, Transport
from conda_clone.models.channel import Channel
from conda_clone.models.values import value

__all__ = ["ChannelNotice", "Level", "fetch_notices", "parse_notices"]

_FILENAME = "notices.json"
_LARGEST = 1 << 20  # bytes; a notice is a sentence or two
_NOTHING_THERE = (403, 404, 410)


class Level(StrEnum):
    """How much a notice matters."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@value(kw_only=True)
class ChannelNotice:
    """One message of a channel.

    Attributes:
        id: What the channel calls it.
        channel: The channel's name, without secrets.
        message: The text.
        level: How much it matters.
        created_at: When it was written, as the channel says; None when it does not.
        expires_at: When it stops to matter; None when it does not.
        interval: Seconds after which it should be shown again, or None.
    """

    id: str
    channel: str
    message: str
    level: Level = Level.INFO
    created_at: str | None = None
    expires_at: str | None = None
    interval: int | None = None

    def is_over(self, now: datetime) -> bool:
        """Tell whether it has expired; a date that is none never comes."""
        if self.expires_at is None:
            return False
        try:
            end = datetime.fromisoformat(self.expires_at)
        except ValueError:
            return False
        return (end if end.tzinfo else end.replace(tzinfo=now.tzinfo)) <= now


def fetch_notices(channel: Channel, transport: Transport) -> list[ChannelNotice]:
    """Return the notices of a channel; none when it has no such file.

    Raises:
        CondaHTTPError: The server does not answer, or refuses.
        InvalidNoticesError: Its answer holds no notices.
    """
    request = Request(channel.subdir_url(_FILENAME, with_credentials=True))
    with transport.open(request) as response:
        if response.status in _NOTHING_THERE:
            return []
        response.raise_for_status()
        body = b""
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > _LARGEST:
                raise InvalidNoticesError(response.url, "it is too large")
    return parse_notices(body, channel.canonical_name, source=response.url)


def parse_notices(body: bytes, channel: str, *, source: str) -> list[ChannelNotice]:
    """Return the notices that a file holds.

    Args:
        body: Its bytes.
        channel: Name of the channel.
        source: Where it comes from, for messages; without secrets.

    Raises:
        InvalidNoticesError: It is no file of notices.
    """
    import json  # 3 ms

    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidNoticesError(source, "it is not JSON") from error
    entries = document.get("notices") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise InvalidNoticesError(source, "it has no list `notices`")
    return list(_notices(entries, channel))


def _notices(entries: Iterable[object], channel: str) -> Iterator[ChannelNotice]:
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        message = _text(entry.get("message"))
        if not message:
            continue
        level, interval = entry.get("level"), entry.get("interval")
        yield ChannelNotice(
            id=_text(entry.get("id")),
            channel=channel,
            message=message,
            level=Level(level) if level in list(Level) else Level.INFO,
            created_at=_text(entry.get("created_at")) or None,
            expires_at=_text(entry.get("expires_at") or entry.get("expired_at")) or None,
            interval=interval if isinstance(interval, int) else None,
        )


def _text(value: object) -> str:
    """Return text that a terminal can show as it is: no control characters but line ends."""
    if not isinstance(value, str):
        return ""
    return "".join(each for each in value if each == "\n" or each.isprintable()).strip()
