import pytest

from conda_clone.models.errors import SpecsCannotBeMerged
from conda_clone.models.match_spec.merge import merge, merge_pair
from conda_clone.models.match_spec.spec import MatchSpec


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        ("foo", "foo>=1", "foo[version='>=1']"),
        ("foo>=1", "foo", "foo[version='>=1']"),
        ("foo>=1", "foo<2", "foo[version='>=1,<2']"),
        ("foo>=1,<3", "foo<3", "foo[version='>=1,<3']"),
        ("foo 1|2", "foo !=2", "foo[version='(1|2),!=2']"),
        ("foo !=2", "foo 1|2", "foo[version='!=2,(1|2)']"),
        ("foo=1.2", "foo==1.2.3", "foo==1.2.3"),
        ("foo==1.2.3", "foo=1.2", "foo==1.2.3"),
        ("foo 1|2", "foo (1|2)", "foo[version='1|2']"),
        ("foo * b*", "foo>=1", "foo[version='>=1',build=b*]"),
        ("foo * b1", "foo * b*", "foo[build=b1]"),
        ("foo * b*", "foo * b1", "foo[build=b1]"),
        ("a::foo", "foo=1", "a::foo=1"),
        ("foo[track_features=a]", "foo[track_features='b a']", "foo[track_features='a b']"),
        ("foo *", "foo", "foo"),
        ("foo[md5=a]", "foo[md5='*']", "foo[md5=a]"),
    ],
)
def test_specs_that_go_together(one: str, other: str, merged: str) -> None:
    assert str(merge_pair(MatchSpec(one), MatchSpec(other))) == merged


def test_globs_of_builds_must_both_match() -> None:
    both = merge_pair(MatchSpec("foo * a*"), MatchSpec("foo * *b")).build
    assert both is not None
    assert both.match("axxb")
    assert not both.match("axx")
    assert not both.match("xxb")


def test_choices_stay_together() -> None:
    both = merge_pair(MatchSpec("foo[version='>=1.1']"), MatchSpec("foo[version='<2|3']"))
    assert both.version is not None
    assert [v for v in ("1", "1.5", "2", "3") if both.version.match(v)] == ["1.5", "3"]


@pytest.mark.parametrize(
    ("one", "other", "field"),
    [
        ("foo", "bar", "name"),
        ("a::foo", "b::foo", "channel"),
        ("foo==1", "foo==2", "version"),
        ("foo==1", "foo>=2", "version"),
        ("foo ^1.*$", "foo >=1", "version"),
        ("foo * a", "foo * b", "build"),
        ("foo * a", "foo * b*", "build"),
        ("foo[build_number=1]", "foo[build_number=2]", "build_number"),
        ("foo[md5=a]", "foo[md5=b]", "md5"),
    ],
)
def test_specs_that_exclude_each_other(one: str, other: str, field: str) -> None:
    with pytest.raises(SpecsCannotBeMerged) as caught:
        merge_pair(MatchSpec(one), MatchSpec(other))
    assert caught.value.field == field
    assert (caught.value.first, caught.value.second) == (
        str(MatchSpec(one)),
        str(MatchSpec(other)),
    )


def test_each_name_gets_one_spec_in_the_order_of_first_mention() -> None:
    specs = [MatchSpec(text) for text in ("b", "a>=1", "b=2", "a<2", "c*", "c*")]
    assert [str(spec) for spec in merge(specs)] == ["b=2", "a[version='>=1,<2']", "c*", "c*"]
