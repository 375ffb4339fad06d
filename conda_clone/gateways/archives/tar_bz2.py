"""Reading of `.tar.bz2` packages: one tar archive compressed with bzip2."""

from collections.abc import Iterator

from conda_clone.gateways.archives.decompress import BLOCK, CHUNK, bz2_chunks
from conda_clone.gateways.archives.limits import Limits

__all__ = ["tar_bz2_stream"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


def tar_bz2_stream(
    stream: "BinaryIO", limits: Limits, *, step: int = CHUNK, threads: int = 1
) -> Iterator[bytes]:
    """Return the tar stream of a `.tar.bz2` file.

    Args:
        stream: The file.
        limits: What is too much.
        step: What one step decompresses to, unless there are threads.
        threads: How many may decompress it.

    Raises:
        MalformedError: While iterating, when the data is damaged or truncated.
    """
    if threads > 1:
        from conda_clone.gateways.archives.bz2_blocks import parallel_bz2_chunks  # 1 ms

        return parallel_bz2_chunks(stream, limits, threads=threads)
    return bz2_chunks(iter(lambda: stream.read(BLOCK), b""), limits, step=step)
