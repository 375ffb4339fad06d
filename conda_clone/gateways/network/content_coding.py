"""`Decoder`: undoes what a server does to a body on its own account (RFC 9110, section 8.4.1).

Only gzip and deflate are ever asked for. What comes out is bounded for each piece, however much was
packed into it.
"""

import zlib
from collections.abc import Iterator

__all__ = ["Decoder", "decoder_for"]

_MOST = 1 << 20  # bytes that come out at once
_GZIP = 16 + zlib.MAX_WBITS
_UNKNOWN_FRAME = -zlib.MAX_WBITS  # deflate as some servers send it, without what the name promises


def decoder_for(coding: str) -> "Decoder | None":
    """Return what undoes a `Content-Encoding`; None where there is nothing to undo, or no way."""
    kind = coding.strip().lower()
    if kind in {"gzip", "x-gzip"}:
        return Decoder(is_gzip=True)
    return Decoder(is_gzip=False) if kind == "deflate" else None


class Decoder:
    """Decodes one body, piece by piece.

    >>> decoder = Decoder(is_gzip=False)
    >>> b"".join(decoder.decoded(zlib.compress(b"text"))), decoder.is_whole
    (b'text', True)
    """

    __slots__ = ("_has_begun", "_is_gzip", "_stream")

    def __init__(self, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._has_begun = False
        self._stream = zlib.decompressobj(_GZIP if is_gzip else zlib.MAX_WBITS)

    @property
    def is_whole(self) -> bool:
        """Whether what came so far is all of it; nothing at all is."""
        return not self._has_begun or self._stream.eof

    def decoded(self, piece: bytes) -> Iterator[bytes]:
        """Yield what a piece of the body stands for.

        Raises:
            OSError: It is not what was announced.
        """
        if not self._has_begun and not self._is_gzip and piece[0] & 0x0F != zlib.DEFLATED:
            self._stream = zlib.decompressobj(_UNKNOWN_FRAME)
        self._has_begun = True
        is_full = False
        while piece or is_full:
            if self._stream.eof:  # another member follows (RFC 1952, section 2.2), or padding
                if not (self._is_gzip and piece.startswith(b"\x1f")):
                    return
                self._stream = zlib.decompressobj(_GZIP)
            try:
                text = self._stream.decompress(piece, _MOST)
            except zlib.error as error:
                raise OSError("the body is not encoded as its header says") from error
            if text:
                yield text
            piece = self._stream.unconsumed_tail or self._stream.unused_data
            is_full = len(text) == _MOST  # then more may come out of what it has taken in
