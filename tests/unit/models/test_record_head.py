import json

import pytest

from conda_clone.models.record_head import decode_head

RECORD = {
    "build": "0",
    "depends": ['"files": [', "b"],
    "files": ["bin/a", "lib/]"],
    "link": {"files": [1], "paths_data": {"x": 1}},
    "name": "a",
    "paths_data": {"paths": [{"_path": "bin/a"}, {"_path": "}\n"}], "paths_version": 1},
    "version": "1",
}
HEAD = {key: value for key, value in RECORD.items() if key not in {"files", "paths_data"}}


@pytest.mark.parametrize("indent", [1, 2, 4])
def test_a_record_with_a_member_in_each_line_is_read_without_its_files(indent: int) -> None:
    text = json.dumps(RECORD, indent=indent, sort_keys=True)
    assert decode_head(text.encode()) == {**HEAD, "files": [], "paths_data": {}}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORD),
        json.dumps(RECORD, indent="\t"),
        json.dumps(HEAD, indent=2),
        json.dumps({**RECORD, "files": []}, indent=2),
        json.dumps({"link": RECORD["link"], **RECORD}, indent=0),
        json.dumps(dict(reversed(RECORD.items())), indent=2),
        # Nested members with the indent of the first one.
        '{\n  "name": "a", "link": {\n  "files": [\n  1], "paths_data": {\n  "a": [\n  ]}}\n}',
        "[]",
        "1",
    ],
)
def test_any_other_layout_is_read_as_a_whole(text: str) -> None:
    assert decode_head(text.encode()) == json.loads(text)


@pytest.mark.parametrize("text", ["", "{", '{\n  "files": [\n', '{\n  "name": }\n}'])
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - as `decode_json`
        decode_head(text.encode())
