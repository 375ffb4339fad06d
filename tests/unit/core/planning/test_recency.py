from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from conda_clone.config.settings import SolveSettings
from conda_clone.core.planning.errors import PackagesNotFoundInChannelsError
from conda_clone.core.planning.recency import PublishedBefore, publication_limit
from conda_clone.errors import CondaValueError
from tests.support.records import FakeIndex, record

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def moment(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type] # parts of a date


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("2026-03-01", moment(2026, 3, 2) - 1),
        (" 2026-03-01 ", moment(2026, 3, 2) - 1),
        ("2026-03-01T06:30:00", moment(2026, 3, 1, 6, 30)),
        ("2026-03-01T06:30:00Z", moment(2026, 3, 1, 6, 30)),
        ("2026-03-01T06:30:00+02:00", moment(2026, 3, 1, 4, 30)),
        ("7d", moment(2026, 3, 3, 12)),
        ("2 weeks", moment(2026, 2, 24, 12)),
        ("1 Day", moment(2026, 3, 9, 12)),
        ("12h", moment(2026, 3, 10, 0)),
    ],
)
def test_a_limit_is_a_day_a_moment_or_an_age(text: str, limit: int) -> None:
    assert publication_limit(text, NOW) == limit


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01", "7", "d", "-3d", "999999w", "3 months"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(CondaValueError, match="neither a date nor an age") as caught:
        publication_limit(text, NOW)
    assert "2026-03-01" in str(caught.value.hint)


def early_versions(
    name: str = "p", *, limit: str | None = None, limits: Mapping[str, str] | None = None
) -> list[str]:
    day = timedelta(days=1)
    index = FakeIndex(
        [
            record(name, "1", timestamp=int((NOW - 30 * day).timestamp() * 1000)),
            record(name, "2", timestamp=int((NOW - 3 * day).timestamp() * 1000)),
            record(name, "3", timestamp=0),
            record(
                name,
                "4",
                timestamp=int((NOW - 30 * day).timestamp() * 1000),
                extra={"indexed_timestamp": int(NOW.timestamp())},
            ),
        ]
    )
    settings = SolveSettings(exclude_newer=limit, exclude_newer_package=limits or {})
    return [each.version for each in PublishedBefore(index, settings, NOW).records(name)]


def test_what_was_listed_after_the_limit_is_left_out() -> None:
    assert early_versions(limit="7d") == ["1", "3"]


def test_a_package_can_have_a_limit_of_its_own() -> None:
    assert early_versions(limits={"p": "1d"}) == ["1", "2", "3"]
    assert early_versions(limit="7d", limits={"p": "1d"}) == ["1", "2", "3"]
    assert early_versions(limit="7d", limits={"p": "no"}) == ["1", "2", "3", "4"]
    assert early_versions(limit="7d", limits={"q": "no"}) == ["1", "3"]


def test_an_error_says_what_the_limit_has_left_out() -> None:
    index = FakeIndex([record("p", "2", timestamp=int(NOW.timestamp() * 1000))])
    early = PublishedBefore(index, SolveSettings(exclude_newer="1d"), NOW)
    assert early.records("p") == []
    error = early.explained(PackagesNotFoundInChannelsError(["p=2", "q"], early.urls))
    assert error.packages == ("p=2", "q")
    assert "`exclude_newer` leaves out packages of `p`" in str(error.hint)
    other = PackagesNotFoundInChannelsError(["q"], early.urls)
    assert early.explained(other) is other
