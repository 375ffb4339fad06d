"""Patched indexes equal fetched ones, whatever changed; patches do what the library says."""

import json
from typing import Any

import jsonpatch
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.core.channels.repodata.formats import BodyError
from conda_clone.core.channels.repodata.jlap import nominal_digest, read_history
from conda_clone.core.channels.repodata.json_patch import apply_patches
from conda_clone.core.channels.repodata.names_index import BytesSource, NamesIndex, encode
from conda_clone.core.channels.repodata.parse import parse
from tests.support.jlap import jlap_bytes

# Names with what pointers, JSON and UTF-8 write in other ways.
KEYS = st.sampled_from(
    ["a", "b", "a/b", "a~b", "~1", "", "0", "1", "-", 'q"', "\\", "\u00e9", "\n"]
)
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(0, 1) | KEYS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)

POINTERS = st.lists(KEYS, min_size=1, max_size=3).map(
    lambda keys: "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)
)
OPERATIONS = st.lists(
    st.fixed_dictionaries(
        {
            "op": st.sampled_from(["add", "remove", "replace", "move"]),
            "path": POINTERS,
            "from": POINTERS,
            "value": VALUES,
        }
    ),
    max_size=4,
)

FILES = [
    f"{name}-{version}-0{ending}"
    for name in "abc"
    for version in "12"
    for ending in (".conda", ".tar.bz2")
]
ENTRIES = st.fixed_dictionaries(
    {"depends": st.lists(st.sampled_from("xyz")), "size": st.integers(0, 9)}
)


@st.composite
def indexes(draw: st.DrawFn) -> bytes:
    """Return the body of an index."""
    sections: dict[str, dict[str, Any]] = {"packages": {}, "packages.conda": {}}
    for fn in draw(st.lists(st.sampled_from(FILES), unique=True)):
        name, version, _ = fn.split("-")
        entry = {"name": name, "version": version, "build": "0", **draw(ENTRIES)}
        sections["packages.conda" if fn.endswith(".conda") else "packages"][fn] = entry
    removed = draw(st.lists(st.sampled_from(FILES), max_size=3, unique=True))
    index = {"info": {"subdir": "noarch"}, **sections, "removed": removed}
    return json.dumps(index, indent=draw(st.sampled_from([None, 1]))).encode()


def entries(body: bytes) -> dict[str, object]:
    """Return all that an index offers, by name."""
    layout = parse(body, source="s", subdir_url="http://h/c/noarch", subdir="noarch")
    table = BytesSource(encode(layout, size=len(body), mtime_ns=0))
    index = NamesIndex(table, BytesSource(body), size=len(body), mtime_ns=0)
    return {name: index.entries(name) for name in index.names()}


@given(DOCUMENTS, DOCUMENTS)
def test_a_patch_leads_to_the_other_document(before: Any, after: Any) -> None:
    patch = json.dumps(jsonpatch.make_patch(before, after).patch).encode()
    assert json.loads(apply_patches(json.dumps(before).encode(), [patch])) == after


@given(DOCUMENTS, OPERATIONS)
def test_what_a_patch_does_is_what_the_library_does(document: Any, operations: Any) -> None:
    try:
        patched = apply_patches(json.dumps(document).encode(), [json.dumps(operations).encode()])
    except BodyError:
        return  # refusing costs a download, and nothing else
    assert json.loads(patched) == jsonpatch.apply_patch(document, operations)


@given(st.lists(indexes(), min_size=1, max_size=5), st.data())
def test_a_patched_index_is_the_fetched_one(bodies: list[bytes], data: st.DataObject) -> None:
    ours = data.draw(st.integers(0, len(bodies) - 1))
    changes = read_history(jlap_bytes(bodies)).since(nominal_digest(bodies[ours]))
    patched = apply_patches(bodies[ours], [change.patch for change in changes])
    assert json.loads(patched) == json.loads(bodies[-1])
    assert entries(patched) == entries(bodies[-1])


@given(st.lists(indexes(), min_size=2, max_size=5, unique=True), st.data())
def test_two_updates_are_one(bodies: list[bytes], data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(bodies) - 1))
    first = read_history(jlap_bytes(bodies[:number]))
    whole = jlap_bytes(bodies)
    second = read_history(whole[first.position.offset :], first.position)
    assert [*first.changes, *second.changes] == list(read_history(whole).changes)
    assert second.position == read_history(whole).position
