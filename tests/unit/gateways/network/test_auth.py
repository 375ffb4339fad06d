import pytest

from conda_clone.gateways.network.auth import basic_auth, without_secret_headers


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://host/chan", ("https://host/chan", None)),
        ("https://user:pw@host/chan", ("https://host/chan", ("user", "pw"))),
        ("https://user@host", ("https://host", ("user", ""))),
        ("https://u:p@ss@host:8/t/tk/c", ("https://host:8/t/tk/c", ("u", "p@ss"))),
        ("https://host/a@b", ("https://host/a@b", None)),
    ],
)
def test_credentials_are_split_off_the_host(
    url: str, expected: tuple[str, tuple[str, str] | None]
) -> None:
    assert basic_auth(url) == expected


def test_escaped_and_foreign_letters_become_the_bytes_of_utf_8() -> None:
    _, auth = basic_auth("https://us%3Aer:p%C3%A4ss@host/")
    assert auth == ("us:er", "päss".encode().decode("latin-1"))


def test_headers_with_secrets_are_not_shown() -> None:
    headers = {
        "Authorization": "Basic xyz",
        "cookie": "session=1",
        "Location": "https://user:pw@host/t/tk-1/chan",
        "User-Agent": "conda",
    }
    assert without_secret_headers(headers) == {
        "Location": "https://host/chan",
        "User-Agent": "conda",
    }
