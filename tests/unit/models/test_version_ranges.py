"""Constraints held against all versions of a name at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.models.errors import InvalidVersionSpec
from conda_clone.models.version_ranges import SortedVersions
from conda_clone.models.version_spec import VersionSpec
from tests.support.versions import CONSTRAINTS, VERSIONS

TEXTS = ["1.10", "2.0a1", "1.9", "1.0", "1", "1!0.1", "2.0", "1.9+1"]


def selected(constraint: str, texts: list[str]) -> list[str]:
    versions = SortedVersions.numbered(texts)
    mask = VersionSpec(constraint).select(versions)
    return [text for place, text in enumerate(versions.texts) if mask >> place & 1]


def test_versions_are_sorted_and_equal_ones_by_text() -> None:
    versions = SortedVersions.numbered(TEXTS)
    assert versions.texts == ("1", "1.0", "1.9", "1.9+1", "1.10", "2.0a1", "2.0", "1!0.1")
    assert versions.everything == 0b11111111
    assert len(versions) == 8


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("1", ["1", "1.0"]),
        ("!=1", ["1.9", "1.9+1", "1.10", "2.0a1", "2.0", "1!0.1"]),
        ("<1.9", ["1", "1.0"]),
        ("<=1.9", ["1", "1.0", "1.9"]),
        (">2.0a1", ["2.0", "1!0.1"]),
        (">=2.0a1", ["2.0a1", "2.0", "1!0.1"]),
        ("1.9.*", ["1.9", "1.9+1"]),
        ("=1", ["1", "1.0", "1.9", "1.9+1", "1.10"]),
        ("!=1.*", ["2.0a1", "2.0", "1!0.1"]),
        ("2.0.*", ["2.0a1", "2.0"]),
        ("~=1.9", ["1.9", "1.9+1", "1.10"]),
        (">=1.9,<2,!=1.10", ["1.9", "1.9+1", "2.0a1"]),
        ("<1.9|>=2", ["1", "1.0", "2.0", "1!0.1"]),
        ("(1|2),!=1", ["2.0"]),
        (">2,<1", []),
        ("<2|>=1", ["1", "1.0", "1.9", "1.9+1", "1.10", "2.0a1", "2.0", "1!0.1"]),
        ("<1.9|=1.9|>1.9", ["1", "1.0", "1.9", "1.9+1", "1.10", "2.0a1", "2.0", "1!0.1"]),
        ("^1\\..*$", ["1.0", "1.9", "1.9+1", "1.10"]),
        ("*0", ["1.0", "1.10", "2.0"]),
        ("!=*0", ["1", "1.9", "1.9+1", "2.0a1", "1!0.1"]),
        ("*0,<2", ["1.0", "1.10"]),
        ("*0|>2", ["1.0", "1.10", "2.0", "1!0.1"]),
        ("*", ["1", "1.0", "1.9", "1.9+1", "1.10", "2.0a1", "2.0", "1!0.1"]),
    ],
)
def test_versions_that_a_constraint_selects(constraint: str, expected: list[str]) -> None:
    assert selected(constraint, TEXTS) == expected


def test_answers_are_in_bits_of_the_caller() -> None:
    versions = SortedVersions({"1.10": 0b0011, "1.9": 0b1000, "2": 0b0100})
    assert VersionSpec("<2").select(versions) == 0b1011
    assert VersionSpec("1.1*|2").select(versions) == 0b0100
    assert VersionSpec("1.*0").select(versions) == 0b0011


def test_nothing_is_selected_from_nothing() -> None:
    assert VersionSpec("*").select(SortedVersions({})) == 0
    assert len(SortedVersions({})) == 0


def test_what_is_no_version_cannot_be_sorted() -> None:
    with pytest.raises(InvalidVersionSpec):
        SortedVersions.numbered(["1", "1..2"])


# spec/formats.md, section 3: `,` is "and", `|` is "or"; what is said of one version holds for many.
@given(CONSTRAINTS, st.lists(VERSIONS, max_size=8))
def test_selecting_is_matching_one_by_one(constraint: str, texts: list[str]) -> None:
    spec = VersionSpec(constraint)
    assert set(selected(constraint, texts)) == {text for text in texts if spec.match(text)}
