"""Chunks of compressed bytes -> chunks of decompressed bytes, within limits.

Both functions accept several frames one after the other, as parallel compressors write them, and
refuse a stream that ends within a frame.
"""

from collections.abc import Callable, Iterable, Iterator

from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import Limits

__all__ = ["BLOCK", "CHUNK", "bz2_chunks", "check_ratio", "zstd_chunks", "zstd_module"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Protocol

    class _Decompressor(Protocol):
        @property
        def eof(self) -> bool: ...
        @property
        def needs_input(self) -> bool: ...
        @property
        def unused_data(self) -> bytes: ...
        def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


# What one step decompresses to, where nothing else is said. Four times as much costs a tenth more
# time: memory for it is had from the system, and given back, each time.
CHUNK = 1 << 16
# What is read from a file in one step.
BLOCK = 1 << 17
# Each frame costs a copy of the block that it starts in.
_MAX_FRAMES = 1 << 16


def zstd_chunks(
    compressed: Iterable[bytes], limits: Limits, *, step: int = CHUNK
) -> Iterator[bytes]:
    """Decompress a zstd stream into chunks of at most `step` bytes.

    Raises:
        MalformedError: It is damaged, cut short, or asks for too much.
    """
    zstd = zstd_module()
    options = {zstd.DecompressionParameter.window_log_max: limits.window_log}
    try:
        yield from _frames(compressed, lambda: zstd.ZstdDecompressor(options=options), limits, step)
    except zstd.ZstdError as error:
        raise MalformedError(f"its zstd data is damaged ({error})") from error


def bz2_chunks(
    compressed: Iterable[bytes], limits: Limits, *, step: int = CHUNK
) -> Iterator[bytes]:
    """Decompress a bzip2 stream into chunks of at most `step` bytes.

    Raises:
        MalformedError: It is damaged, cut short, or asks for too much.
    """
    from bz2 import BZ2Decompressor  # 2 ms

    try:
        yield from _frames(compressed, BZ2Decompressor, limits, step)
    except OSError as error:
        if error.errno is not None:  # the disk, not the data
            raise
        raise MalformedError("its bzip2 data is damaged") from error


def check_ratio(produced: int, consumed: int, limits: Limits) -> None:
    """Raise MalformedError if so many bytes come of so few that it must be an attack."""
    if produced > limits.ratio_after and produced > limits.ratio * consumed:
        raise MalformedError("it decompresses to far more than a package holds")


def zstd_module() -> "ModuleType":
    """Return the module that knows zstd: the standard library's, or that of the same interface."""
    import sys

    if sys.version_info >= (3, 14):
        from compression import zstd  # 4 ms
    else:
        from backports import zstd  # 4 ms
    return zstd


def _frames(
    compressed: Iterable[bytes], start: "Callable[[], _Decompressor]", limits: Limits, step: int
) -> Iterator[bytes]:
    consumed = produced = frames = 0
    decompressor = start()
    fresh = True  # nothing of the current frame was seen yet
    for block in compressed:
        consumed += len(block)
        data = block
        while data or not decompressor.needs_input:
            chunk = decompressor.decompress(data, step)
            fresh = False
            produced += len(chunk)
            check_ratio(produced, consumed, limits)
            if chunk:
                yield chunk
            data = b""
            if decompressor.eof:
                data = decompressor.unused_data
                decompressor = start()
                fresh = True
                frames += 1
                if frames > _MAX_FRAMES:
                    raise MalformedError("it consists of too many compressed frames")
                if not data:
                    break
    if not fresh or not frames:
        raise MalformedError("it is truncated")
