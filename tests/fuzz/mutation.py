"""Texts and JSON values that are nearly right: real ones, changed where a grammar would break.

Everything comes from the given `random.Random`, so that a seed gives the same inputs everywhere.
"""

import random
from collections.abc import Callable, Sequence

__all__ = ["Grammar", "mutate_bytes", "mutate_json", "mutate_text"]

# What text of any kind stumbles over: other digits and cases, invisible and unpaired characters.
ODD = (
    "\0", "\n", "\r\n", "\t", " ", "  ", "\u2028", "\u00a0", "\ufeff", "\ud800", "\U0001f40d", "²",
    "٣", "ß", "İ", "ﬀ", "%00", "%2F", "%", "\\", "'", '"', "`", "#", "{}", "$", "😀" * 3,
)  # fmt: skip
LONGEST = 10_000
MOST_CHANGES = 4
ONE_IN = 200  # inputs that are blown up to `LONGEST` characters


class Grammar:
    """Where inputs of one kind start from, and what their parts look like.

    Attributes:
        seeds: Real texts.
        tokens: Parts that mean something in these texts.
    """

    def __init__(self, seeds: Sequence[str], tokens: Sequence[str]) -> None:
        self.seeds = seeds
        self.tokens = tokens

    def text(self, rng: random.Random) -> str:
        """Return a changed seed."""
        return mutate_text(rng.choice(self.seeds), self, rng)


def mutate_text(text: str, grammar: Grammar, rng: random.Random) -> str:
    """Return a text with a few changes; rarely, one of `LONGEST` characters."""
    for _ in range(rng.randint(1, MOST_CHANGES)):
        text = rng.choice(_CHANGES)(text, grammar, rng)
    if rng.randrange(ONE_IN) == 0:
        text = _blown_up(text, grammar, rng)
    return text


def _blown_up(text: str, grammar: Grammar, rng: random.Random) -> str:
    start, end = _slice(text, rng)
    part = text[start:end] or rng.choice(grammar.tokens)
    repeated = part * (LONGEST // len(part))
    return (text[:start] + repeated + text[end:])[:LONGEST]


def _slice(text: str, rng: random.Random) -> tuple[int, int]:
    start = rng.randint(0, len(text))
    return start, min(len(text), start + rng.randint(0, 6))


def _insert_token(text: str, grammar: Grammar, rng: random.Random) -> str:
    place = rng.randint(0, len(text))
    return text[:place] + rng.choice(grammar.tokens) + text[place:]


def _replace_by_token(text: str, grammar: Grammar, rng: random.Random) -> str:
    start, end = _slice(text, rng)
    return text[:start] + rng.choice(grammar.tokens) + text[end:]


def _insert_odd(text: str, grammar: Grammar, rng: random.Random) -> str:
    del grammar
    place = rng.randint(0, len(text))
    return text[:place] + rng.choice(ODD) + text[place:]


def _delete(text: str, grammar: Grammar, rng: random.Random) -> str:
    del grammar
    start, end = _slice(text, rng)
    return text[:start] + text[end:]


def _repeat(text: str, grammar: Grammar, rng: random.Random) -> str:
    del grammar
    start, end = _slice(text, rng)
    return text[:end] + text[start:end] * rng.randint(1, 4) + text[end:]


def _splice(text: str, grammar: Grammar, rng: random.Random) -> str:
    other = rng.choice(grammar.seeds)
    return text[: rng.randint(0, len(text))] + other[rng.randint(0, len(other)) :]


def _change_case(text: str, grammar: Grammar, rng: random.Random) -> str:
    del grammar
    start, end = _slice(text, rng)
    return text[:start] + text[start:end].swapcase() + text[end:]


def _surround(text: str, grammar: Grammar, rng: random.Random) -> str:
    del grammar
    start, end = _slice(text, rng)
    left, right = rng.choice(("()", "[]", "''", '""', "{}", "^$", "  ", "<>"))
    return text[:start] + left + text[start:end] + right + text[end:]


Change = Callable[[str, Grammar, random.Random], str]
_CHANGES: tuple[Change, ...] = (
    _insert_token,
    _insert_token,
    _replace_by_token,
    _replace_by_token,
    _insert_odd,
    _delete,
    _delete,
    _repeat,
    _splice,
    _splice,
    _change_case,
    _surround,
)


def mutate_bytes(data: bytes, rng: random.Random) -> bytes:
    """Return data with a few bytes changed, cut or doubled."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, MOST_CHANGES)):
        place = rng.randint(0, len(changed))
        match rng.randrange(4):
            case 0:
                changed[place : place + 1] = bytes([rng.randrange(256)])
            case 1:
                del changed[place : place + rng.randint(1, 8)]
            case 2:
                changed[place:place] = changed[place : place + rng.randint(1, 8)]
            case _:
                changed[place:place] = rng.choice((b"null", b"{", b"]", b'"', b"1e999", b"-", b","))
    return bytes(changed)


def mutate_json(value: object, grammar: Grammar, rng: random.Random) -> object:
    """Return a JSON value of which some parts, at any depth, became others."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        match rng.randrange(8):
            case 0:
                return {name: item for name, item in value.items() if name != key}
            case 1:
                return {**value, rng.choice(grammar.tokens): _other_value(grammar, rng)}
            case 2:
                return {**value, key: _other_value(grammar, rng)}
            case _:
                return {**value, key: mutate_json(value[key], grammar, rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        changed = mutate_json(value[place], grammar, rng)
        return [*value[:place], changed, *value[place + rng.randrange(2) :]]
    if isinstance(value, str) and rng.random() < 0.8:
        return mutate_text(value, grammar, rng)
    return _other_value(grammar, rng)


def _other_value(grammar: Grammar, rng: random.Random) -> object:
    """Return a value that has little to do with what was there."""
    match rng.randrange(6):
        case 0:
            return rng.choice(_NUMBERS)
        case 1:
            return rng.choice((None, True, False, "", *ODD))
        case 2:
            return [_other_value(grammar, rng) for _ in range(rng.randrange(3))]
        case 3:
            return {rng.choice(grammar.tokens): _other_value(grammar, rng)}
        case _:
            return grammar.text(rng)


_NUMBERS = (
    0, -1, 1, 2**31, 2**63, 2**64, 10**400, 253402300799, 253402300800, 0.5, -0.0, 1e308,
    float("inf"), float("nan"),
)  # fmt: skip
