"""Bodies that a server has packed on its own account."""

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from conda_clone.gateways.network.content_coding import decoder_for


def decoded(coding: str, packed: bytes, size: int) -> bytes:
    decoder = decoder_for(coding)
    assert decoder is not None
    pieces = (packed[start : start + size] for start in range(0, len(packed), size))
    text = b"".join(part for piece in pieces for part in decoder.decoded(piece))
    assert decoder.is_whole
    return text


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=3), st.integers(1, 200))
def test_members_follow_each_other(members: list[bytes], size: int) -> None:
    packed = b"".join(gzip.compress(member, mtime=0) for member in members)
    assert decoded("gzip", packed, size) == b"".join(members)


def test_padding_is_no_member() -> None:
    assert decoded("gzip", gzip.compress(b"text") + bytes(100), 7) == b"text"
    assert decoded("deflate", zlib.compress(b"text") + b"more", 99) == b"text"


def test_little_becomes_much_piece_by_piece() -> None:
    for window, coding in ((31, "gzip"), (15, "deflate"), (-15, "deflate")):
        packer = zlib.compressobj(wbits=window)
        packed = packer.compress(bytes(5 << 20)) + packer.flush()
        decoder = decoder_for(coding)
        assert decoder is not None
        sizes = [len(piece) for piece in decoder.decoded(packed)]
        assert sizes == [1 << 20] * 5
        assert decoder.is_whole


def test_a_body_without_bytes_is_whole() -> None:
    assert decoded("gzip", b"", 1) == b""


def test_what_is_not_packed_needs_no_decoder() -> None:
    assert decoder_for("") is None
    assert decoder_for("identity") is None
    assert decoder_for("br") is None
