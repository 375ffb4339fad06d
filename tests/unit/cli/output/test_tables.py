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


def test_a_table_that_is_too_wide_loses_what_matters_least() -> None:
    rows = [("name", "1.0", "https://channels.test/main", "why"), ("other", "2", "local", "")]
    wide = format_columns(rows, minimum=(10,), width=60)
    assert wide[0] == "name        1.0  https://channels.test/main  why"
    assert format_columns(rows, minimum=(10,), width=30) == [
        "name   1.0  main   why",
        "other  2    local",
    ]
    assert format_columns(rows, width=18) == ["name   1.0  main", "other  2    local"]
    assert format_columns(rows, width=1) == ["name   1.0", "other  2"]
