"""Globs and regular expressions: the same answers as the standard library, in one pass."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.models.patterns import glob_matcher, regex_matcher

LETTERS = ("a", "b")
VALUES = ["".join(letters) for length in range(6) for letters in product(LETTERS, repeat=length)]
atoms = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "^", "$", "(?=a)", "(?!ab)", r"\w"])


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("|".join).map("({})".format),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    )


@given(st.recursive(atoms, larger, max_leaves=8))
def test_an_automaton_answers_as_the_standard_library_does(text: str) -> None:
    try:
        matches = regex_matcher(text)
    except ValueError as error:
        assert "look ahead" in str(error)  # noqa: PT017 - any other refusal is a failure
        return
    expected = [value for value in VALUES if re.fullmatch(text, value)]
    assert [value for value in VALUES if matches(value)] == expected


@given(st.text("ab*", max_size=6))
def test_a_glob_matches_what_its_regular_expression_matches(text: str) -> None:
    """`*` stands for any run of characters, the empty one included (CEP 29)."""
    pattern = ".*".join(map(re.escape, text.split("*")))
    expected = [value for value in VALUES if re.fullmatch(pattern, value)]
    assert [value for value in VALUES if glob_matcher(text)(value)] == expected


@pytest.mark.parametrize(
    ("text", "value", "matches"),
    [
        ("^(a*)*b$", "a" * 10_000, False),
        ("^(a|a)*(a|a)*(a|a)*b$", "a" * 2_000, False),
        ("^.*a.*a.*a.*a.*b$", "a" * 5_000, False),
        ("^(?!.*cuda)(?=.*py3).*$", "py311_cpu", True),
        ("^(?!.*cuda)(?=.*py3).*$", "py311_cuda", False),
        ("^(?=py.*$)(?:.*_0)$", "py311_0", True),
        (r"^(\d+\.)+\d+$", "1.2.3", True),
        ("^[[a]&&b]$", "a&&b]", True),
        ("^[]x]$", "]", True),
    ],
)
def test_patterns_that_make_others_go_back(text: str, value: str, matches: bool) -> None:
    assert regex_matcher(text)(value) is matches


def test_a_glob_of_stars_is_one_pass() -> None:
    assert not glob_matcher("a*" * 3_000 + "b")("a" * 9_000)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (r"(a)\1", "cannot refer to groups"),
        ("(?<=a)b", "look back"),
        ("(?:a{1000}){1000}", "too large"),
        ("(?:ab){100000}", "repeats too often"),
        ("(?:(?=a).)*", "look ahead"),
        ("(?=(?=a).)", "look ahead"),
        ("(?s:.)(?=a)", "flags"),
        (r"(?:ab)*\bc", "boundary"),
        ("a" * 1_001, "too long"),
        ("(", "is not a regular expression"),
    ],
)
def test_what_cannot_be_walked_in_one_pass_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        regex_matcher(text)


def test_capitals_can_be_taken_for_small_letters() -> None:
    assert regex_matcher("^(?:ab)*C[D-E]$", ignore_case=True)("abABcd")
    assert not regex_matcher("^(?:ab)*C$")("abc")


def test_what_is_longer_than_any_name_does_not_match_an_expression_that_looks_ahead() -> None:
    assert regex_matcher("^(?=a).*$")("a" * 255)
    assert not regex_matcher("^(?=a).*$")("a" * 256)
