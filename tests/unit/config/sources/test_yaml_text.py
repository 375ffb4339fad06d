import pytest

from conda_clone.config.sources.yaml_text import YamlText, scalar_text

TEXT = YamlText("channels: [a, 1]\nproxy_servers:\n  http: x\nquiet:\n")


def test_keys_and_items_are_found() -> None:
    assert TEXT.top_keys == ["channels", "proxy_servers", "quiet"]
    assert TEXT.has(("proxy_servers", "http"))
    assert not TEXT.has(("proxy_servers", "https"))
    assert not TEXT.has(("quiet", "x"))
    assert TEXT.items(("channels",)) == ["a", "1"]
    assert TEXT.items(("quiet",)) == []
    assert TEXT.items(("nothing",)) == []
    assert TEXT.items(("proxy_servers",)) is None


def test_items_that_are_no_scalars_have_no_text() -> None:
    assert YamlText("a: [{b: c}, d]\n").items(("a",)) == ["", "d"]


def test_an_empty_document_has_no_keys() -> None:
    assert YamlText("# nothing\n").top_keys == []


def test_what_is_not_there_cannot_be_taken_away() -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        TEXT.without_key(("no", "such"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        (1, "1"),
        (1.5, "1.5"),
        ("plain text", "plain text"),
        ("true", "'true'"),
        ("1.10", "'1.10'"),
        ("", "''"),
        (" x", "' x'"),
        ("it's: #1", "'it''s: #1'"),
        ("2001-99-99", "'2001-99-99'"),
        ("a\tb\x07", '"a\\tb\\u0007"'),
    ],
)
def test_scalars_are_quoted_only_if_they_must_be(value: object, text: str) -> None:
    assert scalar_text(value) == text
