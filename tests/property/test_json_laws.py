"""What is read as JSON is what msgspec, which is known to be strict, reads."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.models.json_bytes import decode_json

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text()
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS | NUMBERS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
SIGNS = '{}[]:,"\\ \n'
WORDS = ("1", "-", "0", ".", "e9", "999", "true", "null", "NaN", '"a"', '"b": ')
LETTERS = ("é", "\x00", "\x7f", "\ufeff", "\\u00e4", "\\ud83d", "\\ude00")
PIECES = st.sampled_from([*SIGNS, *WORDS, *LETTERS])


@given(VALUES, st.booleans())
def test_what_is_written_is_read_again(value: object, is_ascii: bool) -> None:
    assert decode_json(json.dumps(value, ensure_ascii=is_ascii).encode()) == value


@given(st.lists(PIECES, max_size=12).map("".join).map(str.encode) | st.binary(max_size=12))
def test_nothing_else_is_taken_for_json(data: bytes) -> None:
    try:
        expected: object = ("value", msgspec.json.decode(data))
    except (msgspec.DecodeError, UnicodeDecodeError):
        expected = "refused"
    try:
        found: object = ("value", decode_json(data))
    except ValueError:
        found = "refused"
    assert found == expected
