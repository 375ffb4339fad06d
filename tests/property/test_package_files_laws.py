"""A list of files is read as a whole where nothing is odd: as if each were read alone."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conda_clone.models.errors import InvalidPackageMetadata
from conda_clone.models.package_files import PackagedPath, read_contents

PARTS = st.sampled_from(
    ["a", "b c", ".x", "é", "conda-meta", "Conda-Meta.d", "..", ".", "", "c:", "\\"]
)
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
ODD: st.SearchStrategy[Any] = st.sampled_from([None, 1, True, "", "text", [], "/placeholder"])
ITEMS = st.fixed_dictionaries(
    {"_path": PATHS | ODD},
    optional={
        "path_type": st.sampled_from(["hardlink", "softlink", "directory"]) | ODD,
        "sha256": st.just("aa") | ODD,
        "size_in_bytes": st.integers(0, 9) | ODD,
        "prefix_placeholder": ODD,
        "file_mode": st.sampled_from(["text", "binary"]) | ODD,
        "no_link": ODD,
    },
)


def found(items: list[dict[str, Any]]) -> dict[str, tuple[object, ...]] | str:
    """Return what is read of each file, or that the list is refused."""
    contents = {
        "info/index.json": b"{}",
        "info/paths.json": json.dumps({"paths": items, "paths_version": 1}).encode(),
    }
    try:
        paths = read_contents(contents.get).paths
    except InvalidPackageMetadata:
        return "refused"
    return {path.path: facts(path) for path in paths}


def facts(path: PackagedPath) -> tuple[object, ...]:
    return tuple(getattr(path, name) for name in PackagedPath.__slots__)


@given(st.lists(ITEMS, max_size=4))
def test_files_are_read_together_as_alone(items: list[dict[str, Any]]) -> None:
    alone = [found([item]) for item in items]
    expected: dict[str, tuple[object, ...]] | str = {}
    for each in alone:
        if isinstance(each, str) or isinstance(expected, str):
            expected = "refused"
        else:
            expected |= each
    assert found(items) == expected
