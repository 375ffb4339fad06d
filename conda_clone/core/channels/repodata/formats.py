"""The files in which a server may offer an index, and how their bytes are decoded."""

from collections.abc import Iterable
from dataclasses import dataclass

from conda_clone.gateways.archives.decompress import zstd_chunks
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import DEFAULT_LIMITS

__all__ = ["BodyError", "Variant", "variants"]

# Ten times the largest index of 2026. Whoever sends more wants to fill our memory.
MAX_BODY = 2 << 30


class BodyError(ValueError):
    """What came is not the index in that form; the text says why."""


@dataclass(frozen=True, slots=True)
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

    def decode(self, chunks: Iterable[bytes]) -> bytes:
        """Return the JSON text in the body of an answer.

        Raises:
            BodyError: The bytes are not in that form, are cut short or too many.
        """
        if not self.suffix:
            return _joined(chunks)
        try:
            return _joined(zstd_chunks(chunks, DEFAULT_LIMITS))
        except MalformedError as error:
            raise BodyError(str(error)) from error


def variants(*, use_zst: bool) -> tuple[Variant, ...]:
    """Return the forms to ask for, best first; the last one is what every channel has."""
    return (Variant(".zst"), Variant("")) if use_zst else (Variant(""),)


def _joined(chunks: Iterable[bytes]) -> bytes:
    parts = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BODY:
            raise BodyError(f"it is larger than {MAX_BODY} bytes")
        parts.append(chunk)
    return b"".join(parts)
