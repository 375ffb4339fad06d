"""`decode_json`: the value of a JSON document, no laxer than the standard.

Files of packages and environments are small beside indexes: `json` reads 3.6 MB in 10 milliseconds,
msgspec in 4, but needs 22 milliseconds to be loaded, and `json` 2.
"""

import json

from conda_clone.models.later_pattern import pattern

__all__ = ["decode_json"]

_HALF_OF_A_PAIR = pattern(r"\\u[dD][89a-fA-F]")


def decode_json(data: bytes) -> object:
    """Return the value of a document in UTF-8.

    Raises:
        ValueError: It is not JSON; or a number or text in it is none that can be written again.
    """
    text = data.decode("utf-8")
    try:
        value: object = _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if "\\u" in text and _HALF_OF_A_PAIR.search(text):
        # Which of them are halves without the other shows when all is written again.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _refuse(word: str) -> object:
    raise ValueError(f"`{word}` is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text} is too large")
    return number


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse)
