import pytest

from conda_clone.cli.output.tables import format_columns, human_size


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert format_columns([("a", "bbb", "c"), ("aaa", "b", "")]) == ["a    bbb  c", "aaa  b"]


def test_columns_may_have_a_least_width_and_a_side() -> None:
    assert format_columns([("a", "1"), ("b", "22")], minimum=(3, 4), right=(1,)) == [
        "a       1",
        "b      22",
    ]


def test_no_rows_make_no_lines() -> None:
    assert format_columns([]) == []


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KB"),
        (3974, "4 KB"),
        (2_621_440, "2.5 MB"),
        (7_650_000_000, "7.12 GB"),
    ],
)
def test_sizes_for_people(size: int, text: str) -> None:
    assert human_size(size) == text
