"""Several threads decompress what one would, and refuse what one would."""

import bz2
import errno
import io
import random
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.gateways.archives import bz2_blocks
from conda_clone.gateways.archives.bz2_blocks import parallel_bz2_chunks
from conda_clone.gateways.archives.decompress import bz2_chunks
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import Limits

NOISE = random.Random(1).randbytes(350_000)
TEXT = b"".join(b"line %d of a text\n" % number for number in range(40_000))
TWO_BLOCKS = bz2.compress(TEXT[:180_000], 1)


def outcome(chunks: Callable[[], Iterator[bytes]]) -> bytes | str:
    """Return what comes out, or why it is refused."""
    try:
        return b"".join(chunks())
    except MalformedError as error:
        return str(error)


def by_threads(data: bytes, limits: Limits | None = None) -> bytes | str:
    stream = io.BytesIO(data)
    return outcome(lambda: parallel_bz2_chunks(stream, limits or Limits(), threads=3))


def by_one(data: bytes, limits: Limits | None = None) -> bytes | str:
    return outcome(lambda: bz2_chunks([data], limits or Limits()))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be decompressed block after block."""
    monkeypatch.delattr(bz2_blocks, "bz2_chunks")


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("level", [1, 3, 9])
@pytest.mark.parametrize("content", [b"x", NOISE, TEXT, TEXT + NOISE + TEXT], ids=len)
def test_every_block_comes_out_in_its_place(content: bytes, level: int) -> None:
    assert by_threads(bz2.compress(content, level)) == content


@pytest.mark.usefixtures("alone")
def test_blocks_start_at_any_bit() -> None:
    seen = set()
    for first in range(24):
        content = NOISE[first : first + 101_000]
        data = bz2.compress(content, 1)
        seen |= {mark % 8 for mark in bz2_blocks._marks(data, 0)}
        assert by_threads(data) == content
    assert seen == set(range(8))


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("at_a_time", [11, 4096, 100_001])
def test_marks_may_lie_across_what_is_read_at_a_time(
    at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bz2_blocks, "_READ", at_a_time)
    content = NOISE[:250_000] if at_a_time > 11 else TEXT[:120_000]
    assert by_threads(bz2.compress(content, 1)) == content


@pytest.mark.usefixtures("alone")
def test_a_block_of_equal_bytes_comes_in_parts() -> None:
    data = bz2.compress(bytes(60 << 20))
    chunks = list(parallel_bz2_chunks(io.BytesIO(data), Limits(), threads=2))
    assert sum(map(len, chunks)) == 60 << 20
    assert max(map(len, chunks)) == 4 << 20
    assert not any(map(any, chunks))


@pytest.mark.parametrize("first", [TEXT, b"one block"], ids=len)
def test_several_streams_are_taken_one_after_the_other(first: bytes) -> None:
    data = bz2.compress(first, 1) + bz2.compress(NOISE, 1)
    assert by_threads(data) == first + NOISE


def test_a_mark_that_is_none_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = bz2_blocks._marks

    def more(data: bytes, known: int) -> list[int]:
        found = real(data, known)
        return sorted([*found, found[2] + 12_345])

    monkeypatch.setattr(bz2_blocks, "_marks", more)
    assert by_threads(bz2.compress(NOISE, 1)) == NOISE


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: b"BZh9", id="header"),
        pytest.param(lambda _: bz2.compress(b""), id="nothing in it"),
        pytest.param(lambda data: data[:-1], id="cut"),
        pytest.param(lambda data: data[: len(data) // 2], id="half"),
        pytest.param(lambda data: data + b"more", id="more"),
        pytest.param(lambda data: data[:3] + b"0" + data[4:], id="level"),
        pytest.param(lambda data: data[:-3] + bytes([data[-3] ^ 1]) + data[-2:], id="checksum"),
        pytest.param(lambda data: data[:4] + b"noise" + data[4:], id="late"),
        pytest.param(lambda _: b"\x31\x41\x59\x26\x53\x59" * 9, id="only marks"),
        pytest.param(lambda data: data[:40] + bytes(3 << 20) + data[40:], id="large block"),
        # The last block states an end and goes on.
        pytest.param(lambda data: data[:-10] + data[-10:] * 2, id="two ends"),
    ],
)
def test_what_is_damaged_is_told_as_it_is_elsewhere(damage: Callable[[bytes], bytes]) -> None:
    data = damage(bz2.compress(NOISE, 1))
    assert by_threads(data) == by_one(data)


@given(st.integers(0, 1 << 30), st.integers(1, 255))
def test_any_changed_byte_is_told_as_it_is_elsewhere(position: int, change: int) -> None:
    data = bytearray(TWO_BLOCKS)
    data[position % len(data)] ^= change
    assert by_threads(bytes(data)) == by_one(bytes(data))


def test_a_bomb_is_stopped() -> None:  # A45
    data = bz2.compress(bytes(20 << 20))
    limits = Limits(ratio=100, ratio_after=1 << 20)
    assert by_threads(data, limits) == "it decompresses to far more than a package holds"


class Broken(io.BytesIO):
    """A file on a disk that fails."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 10_000:
            raise OSError(errno.EIO, "broken")
        return super().read(min(size or 0, 20_000))


def test_errors_of_the_disk_are_not_those_of_the_archive() -> None:
    with pytest.raises(OSError, match="broken") as caught:
        list(parallel_bz2_chunks(Broken(bz2.compress(NOISE, 1)), Limits(), threads=2))
    assert caught.value.errno == errno.EIO


def test_who_stops_early_stops_the_threads() -> None:
    before = set(threading.enumerate())
    chunks = parallel_bz2_chunks(io.BytesIO(bz2.compress(NOISE, 1)), Limits(), threads=2)
    next(chunks)
    del chunks
    assert set(threading.enumerate()) <= before
