import pytest

from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.match_spec.matchers import (
    ChannelMatch,
    StringMatch,
    SubsetMatch,
    UrlMatch,
    string_match,
)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("abc", "abc", True),
        ("abc", "ABC", False),
        ("abc", None, False),
        ("a*c", "abbbc", True),
        ("a*c", "abbbcd", False),
        ("a.c*", "abcd", False),
        ("*", None, True),
        ("^a|b$", "b", True),
        ("^a|b$", "ab", False),
        ("^", "^", True),
    ],
)
def test_texts(text: str, value: str | None, expected: bool) -> None:
    assert StringMatch(text).match(value) is expected


def test_texts_without_regard_to_case() -> None:
    assert StringMatch("MIT", ignore_case=True).match("Mit")
    assert StringMatch("MIT*", ignore_case=True).match("mit-0")
    assert not StringMatch("MIT", ignore_case=True).match(None)


def test_only_a_plain_text_is_exact() -> None:
    assert StringMatch("a").is_exact
    assert not StringMatch("a*").is_exact
    assert not StringMatch("^a$").is_exact
    assert repr(StringMatch("a*")) == "StringMatch('a*')"


def test_a_broken_regular_expression_is_named() -> None:
    with pytest.raises(ValueError, match=r"`\^\(\$` is not a regular expression"):
        StringMatch("^($")


def test_matchers_of_builds_are_shared() -> None:
    assert string_match("py*") is string_match("py*")


def test_words() -> None:
    assert SubsetMatch("a, b").match(("c", "b", "a"))
    assert not SubsetMatch("a b").match(("a",))


def test_channels() -> None:
    channel = Channel.from_text("pkgs/main", ChannelConfig())
    for text in ("defaults", "pkgs/main", "https://repo.anaconda.com/pkgs/main", "pkgs/*"):
        assert ChannelMatch(text).match(channel)
    assert not ChannelMatch("pkgs/r").match(channel)
    assert ChannelMatch("defaults").is_exact
    assert not ChannelMatch("pkgs/*").is_exact


def test_addresses() -> None:
    assert UrlMatch("https://h/a").match("https://h/a")
    assert not UrlMatch("https://h/a").match("https://h/b")
