from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conda_clone.core.channels.notices import ChannelNotice
from conda_clone.core.channels.read_notices import ReadNotices

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


def notice(name: str, interval: int | None = None) -> ChannelNotice:
    return ChannelNotice(id=name, channel="main", message=name, interval=interval)


def test_they_are_looked_for_once_a_day(tmp_path: Path) -> None:
    folder = str(tmp_path / "notices")
    hours = [0, 1, 23, 24, 25, 49]
    times = [ReadNotices(folder, NOW + timedelta(hours=hour)).is_time() for hour in hours]
    assert times == [True, False, False, True, False, True]


def test_a_clock_that_went_back_does_not_stop_them(tmp_path: Path) -> None:
    assert ReadNotices(str(tmp_path), NOW + timedelta(days=999)).is_time()
    assert ReadNotices(str(tmp_path), NOW).is_time()


def test_what_was_read_is_not_shown_again(tmp_path: Path) -> None:
    read = ReadNotices(str(tmp_path), NOW)
    read.mark([notice("a")])
    assert read.unread([notice("a"), notice("b")]) == [notice("b")]


def test_an_interval_brings_it_back(tmp_path: Path) -> None:
    ReadNotices(str(tmp_path), NOW).mark([notice("a")])
    later = ReadNotices(str(tmp_path), NOW + timedelta(seconds=60))
    assert later.unread([notice("a", interval=60)]) == [notice("a", interval=60)]
    assert later.unread([notice("a", interval=61)]) == []


@pytest.mark.parametrize("content", ["{", "[]", '{"looked": 7}'])
def test_a_file_of_nonsense_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "read.json").write_text(content)
    assert ReadNotices(str(tmp_path), NOW).is_time()


def test_a_folder_that_cannot_be_written_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    read = ReadNotices(str(tmp_path / "file"), NOW)
    assert read.is_time()
    read.mark([notice("a")])
    assert read.unread([notice("a")]) == [notice("a")]
