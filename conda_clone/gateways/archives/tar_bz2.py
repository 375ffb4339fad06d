"""Reading of `.tar.bz2` packages: one tar archive compressed with bzip2."""

from collections.abc import Iterator

from conda_clone.gateways.archives.decompress import BLOCK, CHUNK, bz2_chunks
from conda_clone.gateways.archives.limits import Limits

__all__ = ["tar_bz2_stream"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


def tar_bz2_stream(stream: "BinaryIO", limits: Limits, *, step: int = CHUNK) -> Iterator[bytes]:
    """Return the tar stream of a `.tar.bz2` file.

    Raises:
        MalformedError: While iterating, when the data is damaged or truncated.
    """
    return bz2_chunks(iter(lambda: stream.read(BLOCK), b""), limits, step=step)
