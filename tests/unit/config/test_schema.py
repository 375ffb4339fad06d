import sys
from datetime import date

import pytest

from conda_clone.config.errors import (
    CustomValidationError,
    InvalidElementTypeError,
    InvalidTypeError,
    Origin,
)
from conda_clone.config.expansion import expand
from conda_clone.config.schema import Anything, ListOf, MapOf, Node, Scalar, to_bool
from conda_clone.errors import CondaMultiError

HERE = Origin("thing", "/etc/conda/.condarc", 3)
BOOL = Scalar("bool")
TEXTS = ListOf(Scalar("str"))
PRIORITY = Scalar("str", choices=("strict", "disabled"), words={True: "strict", False: "disabled"})


def coerced(kind: Scalar | ListOf | MapOf | Anything, value: object) -> object:
    return kind.coerce(Node.of(value), HERE).plain()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("YES", True),
        ("y", True),
        ("On", True),
        ("2", True),
        ("0.5", True),
        ("false", False),
        ("No", False),
        ("n", False),
        ("off", False),
        ("none", False),
        ("0", False),
        ("", False),
    ],
)
def test_words_and_numbers_are_booleans(text: str, value: bool) -> None:
    assert to_bool(text) is value


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (BOOL, "yes", True),
        (BOOL, False, False),
        (BOOL, 2, True),
        (BOOL, 0.0, False),
        (Scalar("int"), "17", 17),
        (Scalar("int"), 17, 17),
        (Scalar("int"), True, 1),
        (Scalar("float"), "1.5", 1.5),
        (Scalar("float"), 2, 2.0),
        (Scalar("str"), 3, "3"),
        (Scalar("str"), 3.5, "3.5"),
        (Scalar("str"), "no", "no"),
        (Scalar("bool", "str"), "no", False),
        (Scalar("bool", "str"), "/etc/ca.pem", "/etc/ca.pem"),
        (Scalar("bool", "int"), "1", 1),
        (Scalar("bool", "int"), "false", False),
        (Scalar("str", nullable=True), "None", None),
        (Scalar("bool", nullable=True), None, None),
        (PRIORITY, "strict", "strict"),
        (PRIORITY, True, "strict"),
        (PRIORITY, "no", "disabled"),
        (TEXTS, ["a", 1], ("a", "1")),
        (MapOf(TEXTS), {"m": ["a"]}, {"m": ("a",)}),
        (MapOf(Anything()), {"x": [1, {"y": None}]}, {"x": (1, {"y": None})}),
    ],
)
def test_values_are_understood(kind: Scalar | ListOf | MapOf, raw: object, value: object) -> None:
    result = coerced(kind, raw)
    assert result == value
    assert type(result) is type(value)


def test_dates_in_yaml_are_texts_for_a_text_setting() -> None:
    assert coerced(Scalar("str"), date(2021, 1, 2)) == "2021-01-02"


@pytest.mark.parametrize(
    ("kind", "raw", "wrong", "valid", "said"),
    [
        (TEXTS, "abc", "str", "tuple", "a text; expected is a list"),
        (TEXTS, 5, "int", "tuple", "a whole number; expected is a list"),
        (MapOf(TEXTS), ["a"], "tuple", "frozendict", "a list; expected is a map of names"),
        (BOOL, ["a"], "tuple", "bool", "a list; expected is a boolean"),
        (
            Scalar("str", nullable=True),
            {"a": 1},
            "frozendict",
            ["str", "NoneType"],
            "a map; expected is a text or null",
        ),
        (Scalar("str"), True, "bool", "str", "a boolean; expected is a text"),
        (Scalar("int"), 1.5, "float", "int", "a number; expected is a whole number"),
        (Scalar("int"), None, "NoneType", "int", "a null; expected is a whole number"),
    ],
)
def test_values_of_another_kind_are_refused(
    kind: Scalar | ListOf | MapOf, raw: object, wrong: str, valid: object, said: str
) -> None:
    with pytest.raises(InvalidTypeError) as caught:
        coerced(kind, raw)
    assert caught.value.details["wrong_type"] == wrong
    assert caught.value.details["valid_types"] == valid
    assert said in str(caught.value)
    assert "`thing` in /etc/conda/.condarc, line 3" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (BOOL, "maybe", "a boolean"),
        (Scalar("bool", "int"), "soon", "a boolean or a whole number"),
        (Scalar("int"), "", "a whole number"),
        (Scalar("float"), "x", "a number"),
        (PRIORITY, "0", "one of strict, disabled"),
        (PRIORITY, "", "one of strict, disabled"),
        (PRIORITY, 7, "one of strict, disabled"),
        (Scalar("str", choices=("a",)), True, "one of a"),
    ],
)
def test_texts_without_meaning_are_refused(kind: Scalar, raw: object, expected: str) -> None:
    with pytest.raises(CustomValidationError, match=f"expected is {expected}"):
        coerced(kind, raw)


def test_a_wrong_item_is_named_with_its_line() -> None:
    node = Node((Node("a", line=7), Node((Node("b"),), line=8)))
    with pytest.raises(InvalidElementTypeError) as caught:
        TEXTS.coerce(node, HERE)
    assert str(caught.value) == (
        "Item 2 of the setting `thing` in /etc/conda/.condarc, line 8 is ['b'], which is a list; "
        "expected is a text."
    )
    assert caught.value.details["index_or_key"] == 1


def test_a_wrong_value_in_a_map_is_named_with_its_key() -> None:
    with pytest.raises(InvalidElementTypeError, match="Key `m` of the setting `thing`"):
        coerced(MapOf(TEXTS), {"m": "a"})


def test_the_highest_scalar_wins() -> None:
    assert BOOL.merge([Node(1), Node(2), Node(3)]).value == 3


def test_the_lowest_final_scalar_wins_over_all() -> None:
    assert BOOL.merge([Node(1), Node(2, final=True), Node(3, final=True)]).value == 2


def listed(*nodes: Node) -> object:
    return TEXTS.merge(nodes).plain()


def test_lists_are_joined_highest_first_without_repetition() -> None:
    assert listed(Node.of(["a", "b"]), Node.of(["c", "a"])) == ("c", "a", "b")


def test_top_and_bottom_items_of_two_sources() -> None:
    lower = Node((Node("a1", place="top"), Node("b1"), Node("c1", place="bottom")))
    higher = Node((Node("a2", place="top"), Node("b2"), Node("c2", place="bottom")))
    assert listed(lower, higher) == ("a1", "a2", "b2", "b1", "c2", "c1")


def test_a_final_list_takes_nothing_from_above() -> None:
    nodes = (Node.of(["a"]), Node((Node("b"),), final=True), Node.of(["c"]))
    assert listed(*nodes) == ("b", "a")


def test_lists_of_maps_are_joined_too() -> None:
    kind = ListOf(MapOf(Anything()))
    nodes = [Node.of([{"channel": "a"}]), Node.of([{"channel": "b"}, {"channel": "a"}])]
    assert kind.merge(nodes).plain() == ({"channel": "b"}, {"channel": "a"})


def test_maps_are_merged_per_key() -> None:
    kind = MapOf(Scalar("str"))
    lower = Node({"http": Node("low"), "https": Node("kept", final=True)})
    higher = Node.of({"http": "high", "https": "dropped", "ftp": "new"})
    assert kind.merge([lower, higher]).plain() == {"http": "high", "https": "kept", "ftp": "new"}


def test_a_final_map_takes_nothing_from_above() -> None:
    kind = MapOf(Scalar("str"))
    lower = Node({"a": Node("1")}, final=True)
    assert kind.merge([lower, Node.of({"a": "2", "b": "3"})]).plain() == {"a": "1"}


def test_lists_in_maps_are_joined() -> None:
    nodes = [Node.of({"m": ["a"]}), Node.of({"m": ["b"]})]
    assert MapOf(TEXTS).merge(nodes).plain() == {"m": ("b", "a")}


def test_anything_is_merged_as_a_whole() -> None:
    assert Anything().merge([Node.of({"a": 1}), Node.of({"b": 2})]).plain() == {"b": 2}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$NAME", "value"),
        ("${NAME}/x$NAME", "value/xvalue"),
        ("$UNKNOWN/${OTHER}", "$UNKNOWN/${OTHER}"),
        ("~", "/home/me"),
        ("~/x", "/home/me/x"),
        ("~user/x", "~user/x"),
        ("a~/x", "a~/x"),
        ("100%", "100%"),
    ],
)
def test_variables_and_home_are_expanded(text: str, expanded: str) -> None:
    environ = {"NAME": "value"}
    assert expand({"k": (text, None)}, environ, "/home/me") == {"k": (expanded, None)}


def test_windows_has_one_more_way_to_write_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert expand("%NAME%/$NAME/%NO%", {"NAME": "value"}, "C:\\") == "value/value/%NO%"


def test_all_items_that_make_no_sense_are_told() -> None:
    with pytest.raises(CondaMultiError) as caught:
        MapOf(TEXTS).coerce(Node.of({"a": [[1], "x", {}], "b": "y"}), HERE)
    assert [str(error).partition(" in ")[0] for error in caught.value.errors] == [
        "Item 1 of the setting `thing`",
        "Item 3 of the setting `thing`",
        "Key `b` of the setting `thing`",
    ]
