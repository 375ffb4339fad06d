import bz2
from collections.abc import Iterator

import pytest

from conda_clone.gateways.archives import decompress
from conda_clone.gateways.archives.decompress import CHUNK, bz2_chunks, zstd_chunks
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import Limits
from tests.support.tar_bytes import zstd_frame


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_frames_are_joined_whatever_the_blocks(size: int) -> None:
    for compress, chunks in ((bz2.compress, bz2_chunks), (zstd_frame, zstd_chunks)):
        data = compress(b"one ") + compress(b"") + compress(b"two")
        assert b"".join(chunks(blocks(data, size), Limits())) == b"one two"


def test_chunks_are_bounded() -> None:
    data = zstd_frame(bytes(5 * CHUNK + 1))
    assert [len(chunk) for chunk in zstd_chunks([data], Limits())] == [CHUNK] * 5 + [1]


@pytest.mark.parametrize("cut", [0, 4, -1])
def test_a_stream_that_ends_within_a_frame_is_refused(cut: int) -> None:
    for compress, chunks in ((bz2.compress, bz2_chunks), (zstd_frame, zstd_chunks)):
        with pytest.raises(MalformedError, match="truncated"):
            list(chunks([compress(b"content")[:cut]], Limits()))


def test_garbage_after_a_frame_is_refused() -> None:
    with pytest.raises(MalformedError, match="bzip2 data is damaged"):
        list(bz2_chunks([bz2.compress(b"1") + b"garbage"], Limits()))
    with pytest.raises(MalformedError, match="zstd data is damaged"):
        list(zstd_chunks([zstd_frame(b"1") + b"garbage"], Limits()))


def test_frames_without_content_do_not_go_on_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompress, "_MAX_FRAMES", 100)  # A46
    with pytest.raises(MalformedError, match="too many compressed frames"):
        list(zstd_chunks([b"\x50\x2a\x4d\x18\0\0\0\0" * 101], Limits()))


def test_errors_of_the_disk_stay_what_they_are() -> None:
    def failing() -> Iterator[bytes]:
        raise OSError(5, "Input/output error")
        yield b""

    with pytest.raises(OSError, match="Input/output"):
        list(bz2_chunks(failing(), Limits()))
