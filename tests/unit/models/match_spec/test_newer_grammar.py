"""The grammar of CEP 43 (when), 44 (extras) and 45 (flags)."""

import subprocess
import sys

import pytest

from conda_clone.models.errors import InvalidMatchSpec, SpecsCannotBeMerged
from conda_clone.models.match_spec.merge import merge_pair
from conda_clone.models.match_spec.spec import MatchSpec
from tests.support.records import record


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('numpy>=2[when="python>=3.10"]', "numpy[version='>=2',when='python>=3.10']"),
        ("tool[extras=[gui, 'web']]", "tool[extras=[gui,web]]"),
        ('tool[extras="gui"]', "tool[extras=[gui]]"),
        ("tool[extras=gui]", "tool[extras=[gui]]"),
        ("torch[flags=['cuda', \"blas:*\"]]", "torch[flags=[cuda,blas:*]]"),
        (
            "x[when='python[version=\"<3\"] and (__unix or __win)']",
            "x[when='python[version=\"<3\"] and (__unix or __win)']",
        ),
    ],
)
def test_the_canonical_text_parses_back(text: str, canonical: str) -> None:
    spec = MatchSpec(text)
    assert str(spec) == canonical
    assert MatchSpec(canonical) == spec
    assert str(MatchSpec(canonical)) == canonical


def test_a_condition_is_a_choice_of_cases() -> None:
    condition = MatchSpec("x[when='a>=1 and (b or c)']").condition
    assert condition is not None
    assert condition.choices == (("a>=1", "b"), ("a>=1", "c"))
    assert condition.refusals == (("a>=1",), ("b", "c"))
    assert condition.holds({"a>=1", "c"}.__contains__)
    assert not condition.holds({"a>=1"}.__contains__)


def test_conditions_and_groups_do_not_say_which_package_is_meant() -> None:
    """ "A condition ... will match a context comprised of (potentially) other records" (CEP 43)."""
    assert MatchSpec("x[when=y,extras=[z]]").match(record("x"))


def test_every_flag_must_be_there() -> None:
    """ "A package is excluded ... if it does not contain every flag listed" (CEP 45)."""
    spec = MatchSpec("x[flags=[cuda,'blas:*']]")
    assert spec.match(record("x", extra={"flags": ["blas:mkl", "cuda", "release"]}))
    assert not spec.match(record("x", extra={"flags": ["blas:mkl"]}))
    assert not spec.match(record("x"))


def test_names_of_groups_are_compared_as_they_are_written() -> None:
    with pytest.raises(InvalidMatchSpec):
        MatchSpec("x[extras=[GUI]]")


def test_merging_joins_groups_and_flags_but_no_conditions() -> None:
    first, second = MatchSpec("x[extras=[a],flags=[f]]"), MatchSpec("x[extras=[b],flags=[g]]")
    assert str(merge_pair(first, second)) == "x[flags=[f,g],extras=[a,b]]"
    with pytest.raises(SpecsCannotBeMerged, match="when"):
        merge_pair(MatchSpec("x[when=a]"), MatchSpec("x[when=b]"))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 600 + "a" + ")" * 600,
        " and ".join(f"(a{n} or b{n})" for n in range(20)),
        "a and",
    ],
)
def test_conditions_that_no_package_has_are_refused(text: str) -> None:
    with pytest.raises(InvalidMatchSpec):
        MatchSpec("x", when=text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x[when='a b']", "not a condition of specs"),
        ("x[when='a[when=b]']", "has no condition itself"),
        ("x[when='a*']", "names one package"),
        ("x[version=[1]]", "does not take a list"),
    ],
)
def test_what_is_wrong_is_said(text: str, reason: str) -> None:
    with pytest.raises(InvalidMatchSpec, match=reason):
        MatchSpec(text)


def test_the_library_for_conditions_is_loaded_for_conditions_only() -> None:
    code = (
        "import sys; from conda_clone.models.match_spec.spec import MatchSpec;"
        "MatchSpec('a>=1[extras=[b]]'); assert 'boolean' not in sys.modules;"
        "MatchSpec('a[when=b]'); assert 'boolean' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
