"""Which credentials go with which URL, and with none that only looks like it."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.credentials import Credentials

Store = Callable[..., Credentials]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return what makes credentials out of files with tokens: name of the file to content."""

    def make(**files: str) -> Credentials:
        for name, content in files.items():
            (tmp_path / name).write_text(content)
        return Credentials(NetworkSettings(token_dirs=(str(tmp_path / "none"), str(tmp_path))))

    return make


ANACONDA = {"https%3A%2F%2Fapi.anaconda.org.token": "tk-1\n"}
PORT = {"https%3A%2F%2Fhost%3A8443%2Fapi.token": "tk-2"}


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (
            "https://conda.anaconda.org/team/noarch/x",
            "https://conda.anaconda.org/t/tk-1/team/noarch/x",
        ),
        ("https://host:8443/conda/team/x", "https://host:8443/conda/t/tk-2/team/x"),
    ],
)
def test_stored_tokens_open_the_channels_of_their_server(
    store: Store, url: str, asked: str
) -> None:
    assert store(**ANACONDA, **PORT).for_request(url) == (asked, None)


@pytest.mark.parametrize(
    "url",
    [
        "http://conda.anaconda.org/team/x",
        "https://conda.anaconda.org.evil.test/team/x",
        "https://conda.anaconda.org:444/team/x",
        "https://conda.anaconda.orgx/team/x",
        "https://evil.test/conda.anaconda.org/x",
        "https://host/conda/team/x",
        "https://host:8443/conda-x/team/x",
        "https://host:64430/conda/team/x",
        "https://conda.anaconda.org/t/tk-own/team/x",
    ],
)
def test_they_go_nowhere_else(store: Store, url: str) -> None:
    assert store(**ANACONDA, **PORT).for_request(url) == (url, None)


def test_a_name_before_an_at_sign_is_no_host(store: Store) -> None:
    url, auth = store(**ANACONDA).for_request("https://conda.anaconda.org@evil.test/x")
    assert url == "https://evil.test/x"
    assert auth == ("conda.anaconda.org", "")


@pytest.mark.parametrize(
    "files",
    [
        {"no-address.token": "tk"},
        {"ftp%3A%2F%2Fhost.token": "tk"},
        {"https%3A%2F%2Fapi.anaconda.org.txt": "tk"},
        {"https%3A%2F%2Fapi.anaconda.org.token": "  "},
        {"https%3A%2F%2Fapi.anaconda.org.token": "a/b"},
        {"https%3A%2F%2Fu%40api.anaconda.org.token": "tk"},
        {"https%3A%2F%2F[api.token": "tk"},
    ],
)
def test_files_that_are_no_tokens_do_not_count(store: Store, files: dict[str, str]) -> None:
    url = "https://conda.anaconda.org/x"
    assert store(**files).for_request(url) == (url, None)


def test_a_token_that_cannot_be_read_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "https%3A%2F%2Fapi.anaconda.org.token").mkdir()
    credentials = Credentials(NetworkSettings(token_dirs=(str(tmp_path),)))
    assert credentials.for_request("https://conda.anaconda.org/x")[0].endswith("org/x")


class FakeKeyring(ModuleType):
    """What the package `keyring` offers, with one entry."""

    class Entry:
        username = "user"
        password = "pässword"

    def __init__(self, service: str, *, locked: bool = False) -> None:
        super().__init__("keyring")
        self.errors = ModuleType("keyring.errors")
        self.errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
        self.asked: list[tuple[str, str | None]] = []
        self._service = service
        self._locked = locked

    def get_credential(self, service: str, user: str | None) -> "FakeKeyring.Entry | None":
        self.asked.append((service, user))
        if self._locked:
            raise self.errors.KeyringError
        return FakeKeyring.Entry() if service == self._service else None


def install(monkeypatch: pytest.MonkeyPatch, keyring: FakeKeyring) -> FakeKeyring:
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", keyring.errors)
    return keyring


def test_the_keyring_is_asked_by_origin_and_by_host_once(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = install(monkeypatch, FakeKeyring("host"))
    credentials = Credentials(NetworkSettings())
    for _ in range(2):
        found = credentials.from_keyring("https://host/x")
        assert found == ("user", "pässword".encode().decode("latin-1"))
    assert keyring.asked == [("https://host:443", None), ("host", None)]


def test_a_user_without_password_gets_it_from_the_keyring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keyring = install(monkeypatch, FakeKeyring("https://host:443"))
    credentials = Credentials(NetworkSettings())
    url, auth = credentials.for_request("https://user@host/x")
    assert (url, auth and auth[0]) == ("https://host/x", "user")
    assert keyring.asked == [("https://host:443", "user")]
    assert credentials.for_request("https://user@other/x")[1] == ("user", "")


def test_a_locked_keyring_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakeKeyring("host", locked=True))
    assert Credentials(NetworkSettings()).from_keyring("https://host/x") is None


def test_without_a_keyring_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert Credentials(NetworkSettings()).from_keyring("https://host/x") is None
