"""Values are to their users what frozen dataclasses are."""

import copy
import dataclasses
import pickle

import msgspec
import pytest

from conda_clone.models.values import field, replace, value


@value()
class Point:
    """A place."""

    x: int
    y: int = 0

    @property
    def is_origin(self) -> bool:
        return self == Point(0)


@value(kw_only=True)
class Named:
    """Something with a name."""

    name: str
    words: list[str] = field(default_factory=list)
    memo: dict[str, int] = field(default_factory=dict, init=False)

    def __hash__(self) -> int:
        return hash(self.name)


@value(frozen=False)
class Draft:
    """Something that grows."""

    words: list[str] = field(default_factory=list)


@value()
class Point3(Point):
    """A place in space."""

    z: int = 0


def test_fields_are_given_by_place_or_name() -> None:
    assert (Point(1).x, Point(1).y) == (1, 0)
    assert Point(1, 2) == Point(y=2, x=1)
    assert Point(0).is_origin


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        ((), {}, "Point needs `x`"),
        ((1, 2, 3), {}, "Point takes 2 positional arguments at most"),
        ((1,), {"x": 1}, "Point got `x` twice"),
        ((1,), {"z": 1}, "Point has no `z`"),
    ],
)
def test_what_does_not_fit_is_refused(
    arguments: tuple[int, ...], given: dict[str, int], message: str
) -> None:
    with pytest.raises(TypeError, match=f"^{message}$"):
        Point(*arguments, **given)


def test_names_may_be_demanded() -> None:
    with pytest.raises(TypeError, match="takes 0 positional"):
        Named("a")  # type: ignore[call-arg]  # what is tested


def test_a_value_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Point(1).x = 2  # type: ignore[misc]  # what is tested
    with pytest.raises(dataclasses.FrozenInstanceError):
        del Point(1).x
    assert not hasattr(Point(1), "__dict__")


def test_what_is_not_frozen_changes_and_has_no_hash() -> None:
    draft = Draft()
    draft.words = ["a"]
    assert draft == Draft(["a"])
    with pytest.raises(TypeError, match="unhashable"):
        hash(draft)


def test_values_are_equal_by_class_and_content() -> None:
    assert Point(1) == Point(1, 0)
    assert Point(1) != Point(2)
    assert Point(1) != Point3(1)
    assert len({Point(1), Point(1, 0), Point(2)}) == 2


def test_each_value_has_defaults_of_its_own() -> None:
    first, second = Named(name="a"), Named(name="a")
    first.words.append("x")
    assert second.words == []


def test_what_cannot_be_given_is_no_part_of_the_value() -> None:
    first = Named(name="a")
    first.memo["known"] = 1
    assert first == Named(name="a")
    assert repr(first) == "Named(name='a', words=[])"
    assert replace(first, name="b").memo == {}
    assert hash(first) == hash("a")


def test_a_subclass_has_the_fields_of_its_base_first() -> None:
    assert repr(Point3(1, 2, 3)) == "Point3(x=1, y=2, z=3)"


def test_a_pattern_sees_the_fields() -> None:
    match Point(3, 4):
        case Point(x, y):
            assert (x, y) == (3, 4)


@pytest.mark.parametrize("each", [Point(1, 2), Named(name="a", words=["b"]), Point3(1, 2, 3)])
def test_values_can_be_copied_and_sent(each: object) -> None:
    assert copy.deepcopy(each) == each
    assert pickle.loads(pickle.dumps(each)) == each


def test_the_standard_library_takes_them_for_dataclasses() -> None:
    point = Point(1, 2)
    assert dataclasses.is_dataclass(point)
    assert dataclasses.replace(point, y=3) == replace(point, y=3) == Point(1, 3)
    assert dataclasses.asdict(Named(name="a"))["name"] == "a"
    assert [each.name for each in dataclasses.fields(Point3)] == ["x", "y", "z"]


def test_a_dataclass_can_be_replaced_too() -> None:
    @dataclasses.dataclass(frozen=True)
    class Pair:
        left: int
        right: int

    assert replace(Pair(1, 2), right=3) == Pair(1, 3)


def test_msgspec_reads_and_writes_them() -> None:
    assert msgspec.json.decode(msgspec.json.encode(Point(1, 2)), type=Point) == Point(1, 2)
