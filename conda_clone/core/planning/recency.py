"""Packages as a past day knew them: `exclude_newer` leaves out what was published later; pure.

A limit is a date (`2026-03-01`, the whole day counts, in UTC so that every machine agrees), a point
in time (`2026-03-01T12:00:00Z`), or an age (`7d`, `2 weeks`), which is counted back from now.
What says no time of publication stays: old channels have whole indexes without any.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from conda_clone.config.settings import SolveSettings
from conda_clone.core.planning.errors import PackagesNotFoundInChannelsError
from conda_clone.core.planning.solver import ChannelIndex
from conda_clone.core.solver.advice import Advice
from conda_clone.errors import CondaValueError
from conda_clone.models.json_values import milliseconds
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord

__all__ = ["PublishedBefore", "publication_limit"]

_AGE = re.compile(r"(\d{1,6})\s*(h|hours?|d|days?|w|weeks?)")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_NO_LIMIT = {"", "no", "none", "false"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def publication_limit(text: str, now: datetime) -> int:
    """Return the last moment of publication that a limit allows, in milliseconds since 1970.

    Args:
        text: A date, a point in time or an age.
        now: The present, with a time zone.

    Raises:
        CondaValueError: The text is none of these.
    """
    text = text.strip()
    age = _AGE.fullmatch(text.lower())
    try:
        if age:
            limit = now - int(age.group(1)) * _UNITS[age.group(2)[0]]
        else:
            limit = datetime.fromisoformat(text)
            if _DATE.fullmatch(text):
                limit += timedelta(days=1, milliseconds=-1)
            if limit.tzinfo is None:
                limit = limit.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise CondaValueError(
            f"`{text}` is neither a date nor an age.",
            hint="Write exclude_newer as 2026-03-01, 2026-03-01T12:00:00Z, or as 7d, 2 weeks, 12h.",
        ) from error
    return int(limit.timestamp() * 1000)


class PublishedBefore:
    """The candidates of an index without those that were published too late.

    Attributes:
        channel_order, urls: Those of the index.
        left_out: Names of which something was left out.
    """

    def __init__(self, index: ChannelIndex, settings: SolveSettings, now: datetime) -> None:
        """Take limits from settings, and ages as counted back from `now`.

        Raises:
            CondaValueError: A limit is neither a date nor an age.
        """
        self._index = index
        self.channel_order = index.channel_order
        self.urls = index.urls
        self.left_out: set[str] = set()
        self._limit = _limit_or_none(settings.exclude_newer or "", now)
        self._limits = {
            name: _limit_or_none(text, now) for name, text in settings.exclude_newer_package.items()
        }

    def records(self, name: str) -> Sequence[PackageRecord]:
        """Return the candidates of a name that were there in time."""
        records = self._index.records(name)
        limit = self._limits.get(name, self._limit)
        if limit is None:
            return records
        early = [record for record in records if _published(record) <= limit]
        if len(early) < len(records):
            self.left_out.add(name)
        return early

    def explained(self, error: PackagesNotFoundInChannelsError) -> PackagesNotFoundInChannelsError:
        """Return the error with the reason, where packages were only left out."""
        late = sorted(self.left_out & {MatchSpec(text).name for text in error.packages})
        if not late:
            return error
        names = ", ".join(f"`{name}`" for name in late)
        text = (
            f"allow a later date: `exclude_newer` leaves out packages of {names}; the setting"
            " `exclude_newer_package` lifts the limit of one package"
        )
        return PackagesNotFoundInChannelsError(
            error.packages,
            self.urls,
            conflict=error.conflict,
            told=[Advice("exclude_newer", text)],
        )


def _limit_or_none(text: str, now: datetime) -> int | None:
    return None if text.strip().lower() in _NO_LIMIT else publication_limit(text, now)


def _published(record: PackageRecord) -> int:
    """Return when the channel listed a record where it says so, else when it was built."""
    indexed = record.extra.get("indexed_timestamp")
    return milliseconds(indexed) if indexed else record.timestamp
