"""JSON patches (RFC 6902): each operation, and what does not fit."""

import json
from typing import Any

import pytest

from conda_clone.core.channels.repodata.formats import BodyError
from conda_clone.core.channels.repodata.json_patch import apply_patches

INDEX: dict[str, Any] = {
    "info": {"subdir": "noarch"},
    "packages": {"a-1-0.tar.bz2": {"name": "a", "depends": ["b", "c"]}},
    "removed": ["x", "y"],
    "a/b~c": 1,
}


def patched(*operations: dict[str, Any], index: Any = None) -> Any:
    body = json.dumps(INDEX if index is None else index).encode()
    return json.loads(apply_patches(body, [json.dumps(operations).encode()]))


def with_changes(**sections: Any) -> dict[str, Any]:
    return {**INDEX, **sections}


ENTRY = {"name": "d", "depends": []}
CASES = [
    ({"op": "add", "path": "/new", "value": 1}, with_changes(new=1)),
    ({"op": "add", "path": "/removed", "value": []}, with_changes(removed=[])),
    ({"op": "add", "path": "/removed/-", "value": "z"}, with_changes(removed=["x", "y", "z"])),
    ({"op": "add", "path": "/removed/2", "value": "z"}, with_changes(removed=["x", "y", "z"])),
    ({"op": "add", "path": "/removed/0", "value": "z"}, with_changes(removed=["z", "x", "y"])),
    (
        {"op": "add", "path": "/packages/d-1-0.conda", "value": ENTRY},
        with_changes(packages={**INDEX["packages"], "d-1-0.conda": ENTRY}),
    ),
    ({"op": "remove", "path": "/packages/a-1-0.tar.bz2"}, with_changes(packages={})),
    ({"op": "remove", "path": "/removed/0"}, with_changes(removed=["y"])),
    (
        {"op": "replace", "path": "/packages/a-1-0.tar.bz2/depends/1", "value": "d"},
        with_changes(packages={"a-1-0.tar.bz2": {"name": "a", "depends": ["b", "d"]}}),
    ),
    ({"op": "replace", "path": "/info/subdir", "value": None}, with_changes(info={"subdir": None})),
    ({"op": "replace", "path": "/a~1b~0c", "value": 2}, {**INDEX, "a/b~c": 2}),
    (
        {"op": "move", "from": "/removed/1", "path": "/removed/0"},
        with_changes(removed=["y", "x"]),
    ),
    (
        {"op": "move", "from": "/packages/a-1-0.tar.bz2", "path": "/info/a"},
        with_changes(
            packages={}, info={"subdir": "noarch", "a": INDEX["packages"]["a-1-0.tar.bz2"]}
        ),
    ),
]


@pytest.mark.parametrize(("operation", "after"), CASES)
def test_operations(operation: dict[str, Any], after: dict[str, Any]) -> None:
    assert patched(operation) == after


def test_later_operations_see_what_earlier_ones_did() -> None:
    assert patched(
        {"op": "add", "path": "/v3", "value": {"conda": {}}},
        {"op": "add", "path": "/v3/conda/d-1-0", "value": ENTRY},
        {"op": "replace", "path": "/v3/conda/d-1-0/name", "value": "e"},
        {"op": "move", "from": "/v3/conda", "path": "/conda"},
        {"op": "remove", "path": "/v3"},
    ) == {**INDEX, "conda": {"d-1-0": {"name": "e", "depends": []}}}


def test_what_is_not_touched_stays_as_it_was_written() -> None:
    body = b'{"info" : {},"packages":{ "a":{"size": 1.50e1,\n"x": "\\u00e9"} }}'
    patch = b'[{"op": "replace", "path": "/info", "value": {"subdir":  "noarch"}}]'
    assert apply_patches(body, [patch]) == (
        b'{"info":{"subdir":  "noarch"},"packages":{ "a":{"size": 1.50e1,\n"x": "\\u00e9"} }}'
    )


def test_patches_apply_one_after_the_other() -> None:
    first = b'[{"op": "add", "path": "/b", "value": {}}]'
    second = b'[{"op": "add", "path": "/b/c", "value": 1}]'
    assert apply_patches(b"{}", [first, second]) == b'{"b":{"c":1}}'
    with pytest.raises(BodyError):
        apply_patches(b"{}", [second, first])


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/nothing"},
        {"op": "replace", "path": "/nothing", "value": 1},
        {"op": "move", "from": "/nothing", "path": "/info"},
        {"op": "move", "path": "/info"},
        {"op": "move", "from": "/info", "path": "/info/subdir"},
        {"op": "add", "path": "/nothing/at/all", "value": 1},
        {"op": "add", "path": "/info/subdir/x", "value": 1},
        {"op": "add", "path": "/removed/3", "value": 1},
        {"op": "add", "path": "/removed/01", "value": 1},
        {"op": "add", "path": "/removed/\u0663", "value": 1},
        {"op": "add", "path": "/removed/-1", "value": 1},
        {"op": "add", "path": f"/removed/{'9' * 5000}", "value": 1},
        {"op": "remove", "path": "/removed/-"},
        {"op": "add", "path": "", "value": {}},
        {"op": "add", "path": "info", "value": {}},
        {"op": "add", "path": "/info"},
        {"op": "test", "path": "/a~1b~0c", "value": 1},
        {"op": "copy", "from": "/info", "path": "/info2"},
        {"op": "explode", "path": "/info"},
        {"path": "/info"},
        {"op": 1, "path": "/info"},
        [],
    ],
)
def test_what_does_not_fit_is_refused(operation: Any) -> None:
    with pytest.raises(BodyError):
        patched(operation)


@pytest.mark.parametrize("body", [b"", b"{", b"1", b"null", b"\xff", b'{"a":' * 100_000])
def test_documents_that_are_none_are_refused(body: bytes) -> None:
    with pytest.raises(BodyError):
        apply_patches(body, [])


def test_a_list_can_be_a_document() -> None:
    assert patched({"op": "add", "path": "/0", "value": 1}, index=[]) == [1]
