"""Laws of prefix replacement (spec/reliability.md, T1)."""

from hypothesis import given
from hypothesis import strategies as st

from conda_clone.core.transaction.relocate import relocate

PLACEHOLDER = "/opt/anaconda1anaconda2anaconda3_" + "placehold_" * 22
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0\n\r"), min_size=1, max_size=60)
PREFIXES = st.builds("/{}".format, NAMES).filter(
    lambda prefix: len(prefix.encode()) <= len(PLACEHOLDER) and PLACEHOLDER not in prefix
)
# Pieces that have no placeholder in them, also not in part.
PIECES = st.binary(max_size=40).filter(lambda piece: b"/opt" not in piece)
CONTENTS = st.lists(PIECES, min_size=1, max_size=6)


def packaged(pieces: list[bytes]) -> bytes:
    return PLACEHOLDER.encode().join(pieces)


@given(CONTENTS, PREFIXES)
def test_binaries_keep_their_length_and_lose_every_placeholder(
    pieces: list[bytes], prefix: str
) -> None:
    data = packaged(pieces)
    found = relocate(bytearray(data), PLACEHOLDER, prefix, mode="binary", subdir="linux-64")
    assert len(found) == len(data)
    assert PLACEHOLDER.encode() not in found
    assert found.count(prefix.encode()) >= len(pieces) - 1


@given(CONTENTS, PREFIXES)
def test_bytes_before_the_first_and_after_the_last_string_stay_in_place(
    pieces: list[bytes], prefix: str
) -> None:
    data = packaged(pieces)
    found = relocate(bytearray(data), PLACEHOLDER, prefix, mode="binary", subdir="linux-64")
    first = data.find(PLACEHOLDER.encode())
    assert found[: max(first, 0)] == data[: max(first, 0)]
    last_nul = pieces[-1].find(b"\0")
    if last_nul >= 0 and len(pieces) > 1:
        tail = pieces[-1][last_nul:]
        assert found.endswith(tail)


@given(CONTENTS, PREFIXES)
def test_texts_are_what_plain_replacement_makes_of_them(pieces: list[bytes], prefix: str) -> None:
    data = b"text " + packaged(pieces)
    found = relocate(bytearray(data), PLACEHOLDER, prefix, mode="text", subdir="linux-64")
    assert found == data.replace(PLACEHOLDER.encode(), prefix.encode())


@given(CONTENTS)
def test_relocating_to_the_placeholder_changes_nothing(pieces: list[bytes]) -> None:
    data = packaged(pieces)
    for mode in ("text", "binary"):
        assert relocate(
            bytearray(b"." + data), PLACEHOLDER, PLACEHOLDER, mode=mode, subdir="osx-64"
        ) == (b"." + data)
