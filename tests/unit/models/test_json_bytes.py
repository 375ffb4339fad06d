import pytest

from conda_clone.models.json_bytes import decode_json


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b' {"a": [1, -2.5, 1e3, null, true]} ', {"a": [1, -2.5, 1000.0, None, True]}),
        ('"ü"'.encode(), "ü"),
        (b'"\\u00fc \\ud83d\\ude00"', "ü \N{GRINNING FACE}"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_what_is_json_is_read(data: bytes, value: object) -> None:
    assert decode_json(data) == value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{} {}",
        b'{"a": 1,}',
        b"'a'",
        b"NaN",
        b"[-Infinity]",
        b"1e999",
        b"[-1e999]",
        b'"\xff"',
        b'\xef\xbb\xbf"a"',
        '"a"'.encode("utf-16"),
        b'"a\nb"',
        b'{"a": "\\ud800"}',
        b'"\\ude00\\ud83d"',
        b"[" * 100_000,
        b"1" * 5000,
    ],
)
def test_what_is_not_json_or_cannot_be_written_again_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - callers quote whatever the reason is
        decode_json(data)
