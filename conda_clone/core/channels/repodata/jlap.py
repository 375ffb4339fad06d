"""JLAP: a file that says how an index has changed, one JSON patch per line.

The file (spec/formats.md, section 4), lines separated by newlines:

1. 32 bytes in hexadecimal notation, with which the chain of digests begins;
2. per change `{"from": ..., "to": ..., "patch": [...]}`, oldest first: the BLAKE2b-256 of the index
   before and after it, and a JSON patch (RFC 6902);
3. `{"url": ..., "latest": ...}`: which index it is about, and the digest of its newest state;
4. the last digest of the chain, in hexadecimal notation.

The digest of a line is its BLAKE2b-256 with the digest of the line before as key. New changes take
the place of the last two lines, so that whoever knows where these began, and the digest before
them, need only ask for what follows.
"""

from collections.abc import Sequence
from hashlib import blake2b

from conda_clone.core.channels.repodata.formats import BodyError
from conda_clone.gateways.whole_msgspec import msgspec
from conda_clone.models.values import value

__all__ = [
    "DIGEST_SIZE",
    "START",
    "Change",
    "History",
    "Position",
    "nominal_digest",
    "read_history",
]

DIGEST_SIZE = 32  # bytes


class Change(msgspec.Struct, frozen=True):
    """A step from one state of the index to the next."""

    before: str = msgspec.field(name="from")
    after: str = msgspec.field(name="to")
    patch: msgspec.Raw


class _Footer(msgspec.Struct):
    latest: str


_CHANGE = msgspec.json.Decoder(Change)
_FOOTER = msgspec.json.Decoder(_Footer)


@value()
class Position:
    """A place in the file, from which it can be read on.

    Attributes:
        offset: Of the first byte that is to be read.
        digest: Of the line before; empty at the start of the file, which begins with it.
    """

    offset: int
    digest: bytes


START = Position(0, b"")


@value()
class History:
    """What the file says, from some position on.

    Attributes:
        changes: Oldest first.
        latest: Digest of the newest state of the index.
        position: From where to read on the next time.
    """

    changes: Sequence[Change]
    latest: str
    position: Position

    def since(self, digest: str) -> list[Change]:
        """Return the changes that lead from a state of the index to the newest.

        Raises:
            BodyError: There is no way.
        """
        found = []
        for change in self.changes:
            if digest == change.before and digest != self.latest:
                found.append(change)
                digest = change.after
        if digest != self.latest:
            raise BodyError("it does not lead from the cached index to the newest one")
        return found


def nominal_digest(body: bytes) -> str:
    """Return the digest that stands for an index as the server has it."""
    return blake2b(body, digest_size=DIGEST_SIZE).hexdigest()


def read_history(body: bytes, start: Position = START) -> History:
    """Read the file, or what follows a position in it.

    Raises:
        BodyError: The chain of digests is broken, or a line is not what it has to be.
    """
    lines = body.removesuffix(b"\n").split(b"\n")
    digest, offset = start.digest, start.offset
    if start == START:
        offset = len(lines[0]) + 1
        digest = _from_hexadecimal(lines.pop(0))
    if len(lines) < 2:  # noqa: PLR2004 - the last two lines, which are always there
        raise BodyError("it is cut short")
    for line in lines[:-2]:
        digest = _chained(digest, line)
        offset += len(line) + 1
    if _chained(digest, lines[-2]) != _from_hexadecimal(lines[-1]):
        raise BodyError("its digests do not fit its lines")
    try:
        changes = [_CHANGE.decode(line) for line in lines[:-2]]
        latest = _FOOTER.decode(lines[-2]).latest
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BodyError(f"it is no list of changes ({error})") from error
    return History(changes, latest, Position(offset, digest))


def _chained(key: bytes, line: bytes) -> bytes:
    return blake2b(line, digest_size=DIGEST_SIZE, key=key).digest()


def _from_hexadecimal(line: bytes) -> bytes:
    try:
        digest = bytes.fromhex(line.decode())
    except ValueError as error:
        raise BodyError("a line that has to be a digest is none") from error
    if len(digest) != DIGEST_SIZE:
        raise BodyError("a line that has to be a digest is none")
    return digest
