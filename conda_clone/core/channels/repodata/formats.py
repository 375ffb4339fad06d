"""The files in which a server may offer an index, and how their bytes are decoded."""

from collections.abc import Iterable

from conda_clone.gateways.archives.decompress import zstd_chunks
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import DEFAULT_LIMITS
from conda_clone.models.values import replace, value

__all__ = ["BodyError", "Variant", "variants"]

# Ten times the largest index of 2026. Whoever sends more wants to fill our memory.
_MAX_BODY = 2 << 30
# An index becomes a tenth when it is compressed, a thirtieth if all its packages are alike; what is
# sent for the largest real one, sent by somebody who means harm, then stays below 1 GiB.
_MAX_RATIO = 60
_RATIO_AFTER = 64 << 20  # bytes
_LIMITS = replace(DEFAULT_LIMITS, ratio=_MAX_RATIO, ratio_after=_RATIO_AFTER)


class BodyError(ValueError):
    """What came is not the index in that form; the text says why."""


@value()
class Variant:
    """One file of a platform folder that holds the index.

    Attributes:
        suffix: What its name has behind the name of the index: "" or ".zst".
    """

    suffix: str

    @property
    def headers(self) -> dict[str, str]:
        """Headers that ask for it in the best way; a compressed file needs no compression."""
        return {"Accept-Encoding": "identity"} if self.suffix else {}

    def decode(self, chunks: Iterable[bytes], sent: int | None = None) -> bytes:
        """Return the JSON text in the body of an answer.

        Args:
            chunks: The body.
            sent: Bytes that the server sends for it, if it says so; fewer than the body has, when
                the server compresses on its own account.

        Raises:
            BodyError: The bytes are not in that form, are cut short or too many.
        """
        if not self.suffix:
            return _joined(chunks, sent)
        try:
            return _joined(zstd_chunks(chunks, _LIMITS))
        except MalformedError as error:
            raise BodyError(str(error)) from error


def variants(*, use_zst: bool) -> tuple[Variant, ...]:
    """Return the forms to ask for, best first; the last one is what every channel has."""
    return (Variant(".zst"), Variant("")) if use_zst else (Variant(""),)


def _joined(chunks: Iterable[bytes], sent: int | None = None) -> bytes:
    most = _MAX_BODY if sent is None else min(_MAX_BODY, max(_RATIO_AFTER, sent * _MAX_RATIO))
    parts = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise BodyError(f"it is larger than {most} bytes")
        parts.append(chunk)
    return b"".join(parts)
