from itertools import pairwise

import pytest
from hypothesis import given

from conda_clone.models.errors import InvalidVersionSpec
from conda_clone.models.version import VersionOrder
from tests.support.versions import VERSIONS, compare_by_rule, starts_with_by_rule

# spec/formats.md, section 2; equal versions stand on one line.
ORDER = """
0.4 0.4.0
0.4.1.rc 0.4.1.RC
0.4.1
0.5a1
0.5b3
0.5C1
0.5
0.9.6
0.960923
1.0dev
1.0.dev
1.0.DEV1
1.0_a
1.0+a
1.0+a.1
1.0
1.0+1
1.0.0-1
1.0.1_
1.0.1a
1.0.1b
1.0.1 1.0-1 1.0_1
1.0.1post.a
1.1dev1
1.1_
1.1a1
1.1.0dev1 1.1.dev1
1.1.a1
1.1.0rc1 1.1.rc1
1.1.0 1.1
1.1.0post1 1.1.post1
1.1post1
1996.07.12
1!0.4.1
1!3.1.1.6
2!0.4.1
"""


def test_every_version_is_above_those_before_it() -> None:
    lines = [[VersionOrder(text) for text in line.split()] for line in ORDER.split("\n") if line]
    lines = [line for line in lines if [v.text for v in line] != ["1.0.0-1"]]
    for lower, higher in pairwise(lines):
        for one in lower:
            for other in higher:
                assert one < other, (one, other)
                assert other > one
                assert one != other


@pytest.mark.parametrize("line", [line for line in ORDER.split("\n") if " " in line])
def test_versions_that_only_look_different_are_one(line: str) -> None:
    versions = {VersionOrder(text) for text in line.split()}
    assert len(versions) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty, or nothing but an epoch or a local part"),
        ("  ", "it is empty, or nothing but an epoch or a local part"),
        ("1..2", "one of its components is empty"),
        ("1.", "one of its components is empty"),
        (".1", "one of its components is empty"),
        ("_1", "one of its components is empty"),
        ("_", "one of its components is empty"),
        ("1__2", "one of its components is empty"),
        ("1a..", "one of its components is empty"),
        ("1.0+", "one of its components is empty"),
        ("1!2!3", "there is more than one epoch (`!`)"),
        ("a!2", "its epoch, before `!`, is not a number"),
        ("1!", "it is empty, or nothing but an epoch or a local part"),
        ("1+2+3", "there is more than one local part (`+`)"),
        ("1_2-3", "`-` and `_` must not both occur"),
        ("3.0.0~rc1", "only letters, digits and `_ . ! + * -` may occur in a version"),
        ("1 0", "only letters, digits and `_ . ! + * -` may occur in a version"),
        ("1.²", "only letters, digits and `_ . ! + * -` may occur in a version"),
    ],
)
def test_what_is_no_version_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidVersionSpec) as caught:
        VersionOrder(text)
    assert caught.value.reason == reason
    assert caught.value.message == f"Invalid version `{text.strip()}`: {reason}."


def test_a_huge_number_is_refused_instead_of_crashing() -> None:
    with pytest.raises(InvalidVersionSpec, match="too long"):
        VersionOrder("1" * 5000)


def test_the_text_is_kept_as_written() -> None:
    version = VersionOrder(" 1.0RC1 ")
    assert str(version) == "1.0RC1"
    assert repr(version) == "VersionOrder('1.0RC1')"


def test_parse_gives_the_same_object_again() -> None:
    assert VersionOrder.parse("1.2.3") is VersionOrder.parse("1.2.3")


def test_a_version_is_not_a_text() -> None:
    assert VersionOrder("1") != "1"


@pytest.mark.parametrize(
    ("version", "prefix", "expected"),
    [
        ("1.2", "1.2", True),
        ("1.2.5", "1.2", True),
        ("1.2a1", "1.2", True),
        ("1.2post1", "1.2", True),
        ("1.2_", "1.2", True),
        ("1.2+loc", "1.2", True),
        ("1.20", "1.2", False),
        ("2", "2.0", True),
        ("2.1", "2.0", False),
        ("2", "2.0.1", False),
        ("1.2alpha", "1.2a", True),
        ("1.2b", "1.2a", False),
        ("1.2", "1.2a", False),
        ("1.2a1", "1.2b1", False),
        ("1!1.2", "1", False),
        ("1!1.2", "1!1", True),
        ("1.2+a.1", "1.2+a", True),
        ("1.2.0+a", "1.2+a", True),
        ("1.3+a", "1.2+a", False),
        ("1.2", "1.2+a", False),
        ("1a0.5", "1a.5", True),
        ("1b.5", "1a.5", False),
    ],
)
def test_prefixes_are_compared_by_component(version: str, prefix: str, expected: bool) -> None:
    assert VersionOrder(version).starts_with(VersionOrder(prefix)) is expected


# spec/formats.md, section 2: "Comparison: epoch, then version components pairwise (missing = [0]),
# then local the same way".
@given(VERSIONS, VERSIONS)
def test_keys_order_versions_as_the_standard_compares_them(one: str, other: str) -> None:
    expected = compare_by_rule(one, other)
    first, second = VersionOrder(one), VersionOrder(other)
    assert (first < second, first == second, first > second) == (
        expected < 0,
        expected == 0,
        expected > 0,
    )
    assert (first <= second, first >= second) == (expected <= 0, expected >= 0)


# Section 3: "component-wise prefix: 1.2, 1.2.5, 1.2a1, 1.2post1, 1.2_, 1.2+loc yes; 1.20 no".
@given(VERSIONS, VERSIONS)
def test_prefixes_are_ranges_of_keys(version: str, prefix: str) -> None:
    expected = starts_with_by_rule(version, prefix)
    assert VersionOrder(version).starts_with(VersionOrder(prefix)) is expected
    assert VersionOrder(prefix).starts_with(VersionOrder(prefix))
