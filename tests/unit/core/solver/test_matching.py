"""Specs become masks over the candidates of a name, best first."""

import pytest

from conda_clone.core.solver.matching import matching_mask, name_fits, target_name
from conda_clone.core.solver.pool import Row
from conda_clone.core.solver.preferences import order_candidates
from conda_clone.models.match_spec.spec import MatchSpec
from tests.support.records import record

ROW = Row(
    "p",
    order_candidates(
        [
            record("p", "2.0", "py312_1", build_number=1),
            record("p", "2.0", "py311_0"),
            record("p", "1.5", "py312_0", md5="a" * 32),
        ],
        lambda _: 0,
    ),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p", 0b111),
        ("p >=2", 0b011),
        ("p 1.*", 0b100),
        ("p * py312*", 0b101),
        ("p 2.0 py311_0", 0b010),
        ("p >=3 py311_0", 0),
        ("p[build_number='>=1']", 0b001),
        (f"p[md5={'a' * 32}]", 0b100),
        ("https://channels.test/main::p", 0b111),
        ("other::p", 0),
        ("q", 0),
        ("*", 0b111),
        ("p*[version='<2']", 0b100),
        ("q*", 0),
    ],
)
def test_a_spec_matches_these_candidates(text: str, expected: int) -> None:
    assert matching_mask(ROW, MatchSpec(text)) == expected


def test_versions_may_share_a_build_string() -> None:
    records = [record("p", version, "py_0") for version in ("3", "2", "1")]
    row = Row("p", order_candidates(records, lambda _: 0))

    assert matching_mask(row, MatchSpec("p <3 py_*")) == 0b110


def test_a_pattern_is_about_no_name_without_packages() -> None:
    empty = Row("p", order_candidates([], lambda _: 0))

    assert not name_fits(empty, MatchSpec("p*"))
    assert name_fits(empty, MatchSpec("p"))
    assert name_fits(empty, MatchSpec("*"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python >=3", "python"),
        ("python", "python"),
        ("_libgcc_mutex 0.1 main", "_libgcc_mutex"),
        ("Python>=3", "python"),
        ("conda-forge::python", "python"),
        ("python[version='>=3']", "python"),
        ("python [broken", None),
        ("a/b [broken", None),
    ],
)
def test_the_name_of_a_dependency(text: str, expected: str | None) -> None:
    assert target_name(text) == ("python" if text == "python [broken" else expected)
