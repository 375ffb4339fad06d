"""The sort key of a version: bytes that compare, in C, as CEP 33 compares versions.

A version is an epoch, components (cut at `.` and `_`) and a local part after `+`. A component is a
row of runs: number, letters, number, letters, ... A missing component is `0`, a missing run is the
number 0. What follows a number in the key, lowest first:

    01        the letters `dev`
    2a - 7a   other letters, as they are; a 00 behind them
    7c - 81   the component ends; after k components that are 0 comes one below 0: 7c + k
    82        the component ends, and so do the components
    83 - 87   the component ends; after k components that are 0 comes one above 0: 88 - k
    88 - fb   the component ends, and this is the number that the next one begins with
    fe        the letters `post`

A component that is 0 is counted, not written, so that 1 and 1.0.0 are one version; the more of them
stand before one below 0, the nearer is it to 0, and the same from above. fc begins an epoch other
than 0. ff is in no key: it ends the range of the keys that begin alike.
"""

import re

from conda_clone.models.errors import InvalidVersionSpec

__all__ = ["LONGEST", "prefix_range", "version_key"]

# In characters. Python reads numbers of up to 4300 digits, and no version is nearly as long.
LONGEST = 1000

_VALID = re.compile(r"[0-9a-z_.!+*-]*").fullmatch
_PLAIN_COMPONENT = re.compile(r"[0-9a-z*]+").fullmatch
_RUNS = re.compile(r"[0-9]+|[^0-9]+").findall

_DEV = b"\x01"
_AFTER_LETTERS = b"\x00"
_BELOW_ZERO = 0x7C
_END = b"\x82"
_ABOVE_ZERO = 0x88
_EPOCH = b"\xfc"
_POST = b"\xfe"
_LAST = b"\xff"

# A component that is 0, as it is written before one above 0.
_ZERO = b"\x87"
# This many zeros in a row and more are written with their number.
_MANY_ZEROS = 5

# The first byte of a number: the number itself, or how many bytes follow.
_NUMBERS = 0x88
_LARGE_NUMBERS = 106
_VERY_LONG_NUMBERS = 10

# Components that are remembered with their codes; hostile texts must not fill the memory.
_MOST_REMEMBERED = 1 << 14


def version_key(text: str) -> bytes:
    """Return the sort key of a version, a text without white space around it.

    Raises:
        InvalidVersionSpec: The text is not a version.
    """
    try:
        # Nearly all versions: lower case, nothing between components but dots.
        codes = [_CODES[piece] for piece in text.split(".")]
    except KeyError:
        codes = []
    if not codes:
        epoch, public, local = _parts(text)
        return epoch + _sequence(_codes(public)) + _END + _sequence(_codes(local)) + _END
    if _ZERO in codes:
        return _sequence(codes) + _END + _END
    return b"".join(codes) + _END + _END


def prefix_range(text: str) -> tuple[bytes, bytes]:
    """Return the keys between which lie those of all versions that begin with this one.

    The first key is in the range, the second is not. Components have to be equal, the last one as
    far as it is written: 1.2a1 and 1.2.3 begin with 1.2, 1.20 does not; 1.2alpha begins with 1.2a.
    A local part needs the whole public part before it.

    Raises:
        InvalidVersionSpec: The text is not a version.
    """
    start, pieces, local = _parts(text)
    if local:
        start += _sequence(_codes(pieces)) + _END
        pieces = local
    codes = _codes(pieces)
    if codes[-1] != _ZERO:
        if not pieces[-1][-1].isdigit():
            # More letters may follow, or any number.
            codes[-1] = codes[-1].removesuffix(_number(0)).removesuffix(_AFTER_LETTERS)
        start += _sequence(codes)
        return start, start + _LAST
    zeros = -1
    while codes and codes[-1] == _ZERO:
        codes.pop()
        zeros += 1
    # From what is below 0 in the place of the last component to what begins with 0 and is above.
    start += _sequence(codes)
    lowest, highest = bytes([_BELOW_ZERO]), _number(0) + _LAST
    return start + _after_zeros(lowest, zeros), start + _after_zeros(highest, zeros)


def _parts(text: str) -> tuple[bytes, list[str], list[str]]:
    """Return the code of the epoch and the components of the public and of the local part."""
    lowered = text.lower()
    if not _VALID(lowered):
        raise InvalidVersionSpec(
            text, "only letters, digits and `_ . ! + * -` may occur in a version"
        )
    if "-" in lowered:
        if "_" in lowered:
            raise InvalidVersionSpec(text, "`-` and `_` must not both occur")
        lowered = lowered.replace("-", "_")
    epoch, mark, rest = lowered.rpartition("!")
    if mark and "!" in epoch:
        raise InvalidVersionSpec(text, "there is more than one epoch (`!`)")
    if mark and not epoch.isdigit():
        raise InvalidVersionSpec(text, "its epoch, before `!`, is not a number")
    public, plus, local = rest.partition("+")
    if "+" in local:
        raise InvalidVersionSpec(text, "there is more than one local part (`+`)")
    if not public:
        raise InvalidVersionSpec(text, "it is empty, or nothing but an epoch or a local part")
    number = int(epoch or 0)
    return (
        _EPOCH + _number(number) if number else b"",
        _components(public, text),
        _components(local, text) if plus else [],
    )


def _components(part: str, text: str) -> list[str]:
    """Split at dots and underscores; an underscore at the end belongs to the last component."""
    body = part.removesuffix("_")
    pieces = body.replace("_", ".").split(".")
    if "" in pieces:
        raise InvalidVersionSpec(text, "one of its components is empty")
    if body != part:
        pieces[-1] += "_"
    return pieces


def _codes(pieces: list[str]) -> list[bytes]:
    return [_CODES[piece] if piece[-1] != "_" else _code(piece) for piece in pieces]


def _sequence(codes: list[bytes]) -> bytes:
    """Join the codes of components; zeros go into the code of the component behind them."""
    joined = []
    zeros = 0
    for code in codes:
        if code == _ZERO:
            zeros += 1
        else:
            joined.append(_after_zeros(code, zeros) if zeros else code)
            zeros = 0
    return b"".join(joined)


def _after_zeros(code: bytes, zeros: int) -> bytes:
    """Return the code of a component that stands behind some that are 0."""
    if not zeros:
        return code
    more = _number(zeros - _MANY_ZEROS) if zeros >= _MANY_ZEROS else b""
    step = min(zeros, _MANY_ZEROS)
    if code[0] == _BELOW_ZERO:
        return bytes([_BELOW_ZERO + step]) + more + code[1:]
    return bytes([_ABOVE_ZERO - step, *(0xFF - byte for byte in more)]) + code


def _code(component: str) -> bytes:
    """Return the code of one component that no zeros stand before."""
    runs = _RUNS(component)
    number = int(runs.pop(0)) if runs[0][0].isdigit() else 0
    if not number and not runs:
        return _ZERO
    below = not number and runs[0] != "post"
    code = bytes([_BELOW_ZERO]) if below else _number(number)
    for run in runs:
        if run[0].isdigit():
            code += _number(int(run))
        elif run == "dev":
            code += _DEV
        elif run == "post":
            code += _POST
        else:
            code += run.encode("ascii") + _AFTER_LETTERS
    # Letters stand between two numbers; the last one may be missing.
    return code + _number(0) if runs and not runs[-1].isdigit() else code


def _number(number: int) -> bytes:
    """Return bytes that compare as numbers do; none is the beginning of another one's."""
    if number < _LARGE_NUMBERS:
        return bytes([_NUMBERS + number])
    length = (number.bit_length() + 7) // 8
    body = number.to_bytes(length, "big")
    first = _NUMBERS + _LARGE_NUMBERS - 1
    if length < _VERY_LONG_NUMBERS:
        return bytes([first + length]) + body
    return bytes([first + _VERY_LONG_NUMBERS]) + length.to_bytes(2, "big") + body


class _Codes(dict[str, bytes]):
    """The codes of components, made when first asked for; a KeyError for what is not plain."""

    def __missing__(self, piece: str) -> bytes:
        if not _PLAIN_COMPONENT(piece):
            raise KeyError(piece)
        code = _code(piece)
        if len(self) < _MOST_REMEMBERED:
            self[piece] = code
        return code


_CODES = _Codes()
