"""The order of candidates: each criterion alone, then their precedence."""

import pytest

from conda_clone.core.solver.preferences import order_candidates
from conda_clone.models.records import PackageRecord
from tests.support.records import record


def names(*records: PackageRecord, **options: object) -> list[str]:
    ordering = order_candidates(
        records,
        lambda each: int(each.extra.get("rank", 0)),  # type: ignore[call-overload] # test data
        **options,  # type: ignore[arg-type] # each test gives what it is about
    )
    return [each.fn for each in ordering.records]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"extra": {"rank": 0}, "version": "1"}, {"extra": {"rank": 1}, "version": "2"}),
        ({"version": "1"}, {"version": "2", "track_features": ("slow",)}),
        ({"version": "1.10"}, {"version": "1.9", "build_number": 5}),
        ({"build_number": 2, "noarch": "generic"}, {"build_number": 1}),
        ({"timestamp": 1}, {"noarch": "generic", "timestamp": 2}),
        ({"build": "b", "timestamp": 2}, {"build": "a", "timestamp": 1}),
        ({"build": "a"}, {"build": "b"}),
    ],
    ids=["channel", "features", "version", "build number", "platform", "time", "build string"],
)
def test_each_criterion_comes_before_the_next(
    better: dict[str, object], worse: dict[str, object]
) -> None:
    first = record("p", fn="better", **better)  # type: ignore[arg-type] # parametrised
    second = record("p", fn="worse", **worse)  # type: ignore[arg-type] # parametrised

    assert names(first, second) == names(second, first) == ["better", "worse"]


def test_without_priority_the_version_comes_before_the_channel() -> None:
    near = record("p", "1", fn="near", extra={"rank": 0})
    far = record("p", "2", fn="far", extra={"rank": 1})
    same = record("p", "2", fn="same", extra={"rank": 2})

    assert names(near, same, far, version_before_channel=True) == ["far", "same", "near"]


def test_wanted_features_are_preferred_and_not_held_against_who_tracks_them() -> None:
    plain = record("p", "3", fn="plain")
    tracker = record("p", "2", fn="tracker", track_features=("fast",))
    user = record("p", "1", fn="user", features=("fast",))
    wanted = frozenset({"fast"})

    assert names(plain, tracker, user) == ["plain", "user", "tracker"]
    assert names(plain, tracker, user, wanted_features=wanted) == ["user", "plain", "tracker"]


def test_a_record_whose_version_is_none_is_no_candidate() -> None:
    assert names(record("p", "1", fn="good"), record("p", "1..2", fn="bad")) == ["good"]


def test_classes_hold_what_is_equally_good_so_far() -> None:
    records = [
        record("p", "2", "x", build_number=1),
        record("p", "2.0", "y", build_number=1),
        record("p", "2", "z"),
        record("p", "1", "x"),
    ]
    ordering = order_candidates(records, lambda _: 0)

    assert ordering.version_class == [0b0111, 0b0111, 0b0111, 0b1000]
    assert ordering.build_class == [0b0011, 0b0011, 0b0100, 0b1000]
    assert ordering.versions == (("2", 0b0101), ("2.0", 0b0010), ("1", 0b1000))
