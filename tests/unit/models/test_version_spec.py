import pytest

from conda_clone.models.errors import InvalidVersionSpec
from conda_clone.models.version import VersionOrder
from conda_clone.models.version_spec import BuildNumberMatch, VersionSpec


@pytest.mark.parametrize(
    ("spec", "matching", "others"),
    [
        ("1.2", ["1.2", "1.2.0"], ["1.2+loc", "1.2.1", "1.2a"]),
        ("==1.2", ["1.2", "1.2.0"], ["1.20"]),
        ("=1.2", ["1.2", "1.2.5", "1.2a1", "1.2post1", "1.2_", "1.2+loc"], ["1.20", "1.3"]),
        ("1.2.*", ["1.2", "1.2.5"], ["1.20"]),
        ("1.2*", ["1.2", "1.2.5"], ["1.20"]),
        ("==1.2.*", ["1.2.5"], ["1.3"]),
        ("2.0.*", ["2", "2.0.1"], ["2.1"]),
        ("!=1.2.*", ["1.20", "1.1"], ["1.2", "1.2.5"]),
        ("!=1.2*", ["1.20"], ["1.2.5"]),
        ("!=1.2", ["1.2.1"], ["1.2", "1.2.0"]),
        ("~=1.2.3", ["1.2.3", "1.2.9"], ["1.2.2", "1.3"]),
        (">=1.2.*", ["1.2", "2"], ["1.1"]),
        ("<1.2.*", ["1.1"], ["1.2"]),
        (">1.2.*", ["1.2.3"], ["1.2"]),
        ("<=1.2", ["1.2", "1.1"], ["1.2.1"]),
        (">1", ["1.0.1"], ["1.0"]),
        ("<2", ["2.0a0", "1.9"], ["2"]),
        ("1.*.3", ["1.2.3", "1.2.2.3"], ["1.2.4", "11.2.3"]),
        ("!=1.*.3", ["1.2.4"], ["1.2.3"]),
        ("^1\\.[23]$", ["1.2", "1.3"], ["1.4", "1.2.3"]),
        ("*", ["1", "not a version at all"], []),
        ("=1", ["1.2"], ["1!1.2"]),
        ("=1!1", ["1!1.2"], ["1.2"]),
        (">=1,<2|>=3,<4", ["1.5", "3.5"], ["2.5", "4"]),
        ("(1|2),!=2", ["1"], ["2"]),
        (">=1,<3,!=2", ["1", "2.1"], ["2", "3"]),
        ("((1|2)|(3))", ["1", "2", "3"], ["4"]),
        ("=*", ["1"], []),
        ("!=*", [], ["1"]),
        ("*,!=1", ["2"], ["1"]),
    ],
)
def test_versions_that_match(spec: str, matching: list[str], others: list[str]) -> None:
    constraint = VersionSpec(spec)
    assert [version for version in matching if not constraint.match(version)] == []
    assert [version for version in others if constraint.match(version)] == []


@pytest.mark.parametrize(
    "spec",
    [
        *["", " ", ">", "=>1", "<>1", "~1", "=!1", "1.2=", "1,,2", "||1", "(1", "1)", "1|", "|"],
        *[",1", "()", "= 1.0", "1, 2", "~=1.*", "~=1", "^1", "1$", "^[$", "==", "1..2"],
        *["(" * 51 + "1" + ")" * 51, "1( 2)", "1,^2", " ,1"],
    ],
)
def test_what_is_no_constraint_is_refused(spec: str) -> None:
    with pytest.raises(InvalidVersionSpec):
        VersionSpec(spec)


def test_messages_name_the_whole_constraint_and_the_reason() -> None:
    with pytest.raises(InvalidVersionSpec) as caught:
        VersionSpec(">=1,~=2")
    assert caught.value.message == (
        "Invalid version `>=1,~=2`: `~=` needs a version of at least two components."
    )


@pytest.mark.parametrize(
    ("spec", "canonical"),
    [
        (" 1.2 ", "1.2"),
        ("==1.2", "==1.2"),
        ("1.2*", "1.2.*"),
        ("=1.2*", "=1.2.*"),
        ("==1.2.*", "1.2.*"),
        ("!=1.2*", "!=1.2.*"),
        ("(1|2)", "1|2"),
        ("(1|2),3*", "(1|2),3.*"),
        ("(1,2)|3", "1,2|3"),
        ("((1|2)),3", "(1|2),3"),
        ("(=1.2)", "=1.2"),
        ("(^1$)", "^1$"),
        ("(^1$),2|(3,(^4$))", "(^1$),2|3,(^4$)"),
        ("1.*.3", "1.*.3"),
        (">1*", ">1*"),
    ],
)
def test_the_canonical_text_means_the_same(spec: str, canonical: str) -> None:
    assert str(VersionSpec(spec)) == canonical
    assert VersionSpec(canonical) == VersionSpec(spec)
    assert hash(VersionSpec(canonical)) == hash(VersionSpec(spec))


@pytest.mark.parametrize(
    ("spec", "version"),
    [("1.2", "1.2"), ("==1.2", "1.2"), ("(1.2)", "1.2"), ("=1.2", None), ("1|2", None)],
)
def test_exact_version(spec: str, version: str | None) -> None:
    assert VersionSpec(spec).exact_version == version
    assert VersionSpec(spec).is_exact is (version is not None)


def test_a_version_that_is_none_is_an_error() -> None:
    with pytest.raises(InvalidVersionSpec):
        VersionSpec(">1").match("not a version")


def test_parsed_versions_match_too() -> None:
    assert VersionSpec.parse(">1").match(VersionOrder("2"))
    assert VersionSpec.parse(">1") is VersionSpec.parse(">1")
    assert repr(VersionSpec(">1")) == "VersionSpec('>1')"
    assert VersionSpec(">1") != ">1"


@pytest.mark.parametrize(
    ("text", "matching", "others"),
    [
        (3, [3], [2, 4]),
        ("3", [3], [2]),
        ("=3", [3], [2]),
        ("==3", [3], [2]),
        ("!=3", [2], [3]),
        (">3", [4], [3]),
        (">= 3", [3, 4], [2]),
        ("<3", [2], [3]),
        ("<=3", [3], [4]),
        ("*", [0, 99], []),
    ],
)
def test_build_numbers(text: str | int, matching: list[int], others: list[int]) -> None:
    constraint = BuildNumberMatch(text)
    assert all(constraint.match(number) for number in matching)
    assert not any(constraint.match(number) for number in others)


@pytest.mark.parametrize("text", ["", "a", ">", "3.1", "-1", "3 4"])
def test_what_is_no_build_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidVersionSpec):
        BuildNumberMatch(text)


def test_build_number_values() -> None:
    assert BuildNumberMatch(" 3 ") == BuildNumberMatch(3)
    assert BuildNumberMatch(3) != 3
    assert {BuildNumberMatch(">3"), BuildNumberMatch(">3")} == {BuildNumberMatch(">3")}
    assert BuildNumberMatch("3").is_exact
    assert not BuildNumberMatch(">3").is_exact
    assert str(BuildNumberMatch(">3")) == ">3"
    assert repr(BuildNumberMatch(3)) == "BuildNumberMatch('3')"
