import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.core.channels.repodata import formats
from conda_clone.core.channels.repodata.formats import BodyError, Variant, variants
from conda_clone.testing.archives import compress_zstd

PLAIN = Variant("")
ZST = Variant(".zst")


def test_the_compressed_file_is_asked_for_first() -> None:
    assert variants(use_zst=True) == (ZST, PLAIN)
    assert variants(use_zst=False) == (PLAIN,)


def test_only_the_plain_file_may_be_compressed_on_the_way() -> None:
    assert ZST.headers == {"Accept-Encoding": "identity"}
    assert PLAIN.headers == {}


@given(st.binary(), st.integers(1, 50))
def test_both_forms_have_the_same_body(body: bytes, size: int) -> None:
    def pieces(data: bytes) -> list[bytes]:
        return [data[start : start + size] for start in range(0, len(data), size)]

    assert PLAIN.decode(pieces(body)) == body
    assert ZST.decode(pieces(compress_zstd(body))) == body


@pytest.mark.parametrize("damaged", [b"x", compress_zstd(b"content" * 50)[:-3]])
def test_damaged_data_is_no_body(damaged: bytes) -> None:
    with pytest.raises(BodyError):
        ZST.decode([damaged])


def test_nobody_may_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "_MAX_BODY", 100)
    assert PLAIN.decode([b"x" * 60, b"y" * 40]) == b"x" * 60 + b"y" * 40
    with pytest.raises(BodyError, match="larger than 100 bytes"):
        PLAIN.decode([b"x" * 60, b"y" * 41])
