"""N9: ten files of a few bytes that become far more than an index.

`python -m tests.support.network_bombs MEGABYTES` fetches each, and prints for each the seconds of
CPU time that it took and the MiB that the process has needed so far; other content is an error.
"""

import gzip
import resource
import sys
import time
import zlib
from collections.abc import Iterator

from conda_clone.testing.archives import compress_zstd
from tests.support.network_cases import Wrong, held
from tests.support.raw_server import Reply, http

_PIECE = 1 << 26  # bytes


def bombs(megabytes: int) -> Iterator[tuple[str, Wrong]]:
    """Yield which form is answered wrongly, and how.

    Args:
        megabytes: What one of them becomes.
    """
    pieces = megabytes * 2**20 // _PIECE
    zeros = compress_zstd(bytes(_PIECE)) * pieces
    packed = gzip.compress(b" " * _PIECE, 9) * pieces
    deflated = zlib.compress(b" " * _PIECE, 9)
    # A frame that asks for a window of 2 GiB.
    window = b"\x28\xb5\x2f\xfd\x00\xa8" + b"\x01\x00\x00"

    def sent(body: bytes, *headers: str) -> Wrong:
        return lambda *_: Reply(http(body, *headers))

    yield "zst", sent(zeros)
    yield "shards", sent(zeros)
    yield "json", sent(packed, "Content-Encoding: gzip")
    yield "json", sent(deflated, "Content-Encoding: deflate")
    yield "json", sent(zeros, "Content-Encoding: zstd")
    yield "json", sent(zeros, "Content-Encoding: br")
    yield "package", sent(packed, "Content-Encoding: gzip")
    nested = ", ".join(["gzip"] * 1000)
    yield "json", lambda body, *_: Reply(http(body, f"Content-Encoding: {nested}"))
    yield "zst", sent(window)
    yield "shards", sent(window)


def main(megabytes: int) -> None:
    """Fetch them, one after the other."""
    for form, wrong in bombs(megabytes):
        begun = time.process_time()
        held(form, wrong)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        sys.stdout.write(f"{time.process_time() - begun:.1f} {peak}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
