import os
from pathlib import Path

import pytest

from conda_clone.models.url import (
    Secret,
    has_scheme,
    is_package_file,
    join,
    package_stem,
    path_to_url,
    redact,
    split_secrets,
    url_to_path,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://u:p@h/c", "https://h/c"),
        ("https://u:p@ss@h/c", "https://h/c"),
        ("http://h/t/tk-1/c and https://x/t/tk-2/d", "http://h/c and https://x/d"),
        ("GET 'https://u:p@h/t/tk-1' failed", "GET 'https://h' failed"),
        ("https://h/t/tk-1", "https://h"),
        ("https://h/t/<TOKEN>/c", "https://h/c"),
        ("mail me@host.org about https://h/c", "mail me@host.org about https://h/c"),
        ("https://h/path@v1/c", "https://h/path@v1/c"),
        ("/opt/t/", "/opt/t/"),
        ("https://h/t/linux-64/x", "https://h/t/linux-64/x"),
        ("https://h/t/linux-64x/c", "https://h/c"),
        ("https://t/tk-1/c", "https://t/tk-1/c"),
        ("/t/tk-https://t/u:pw@h/c", "//c"),
        ("", ""),
    ],
)
def test_secrets_are_removed_anywhere_in_a_text(text: str, expected: str) -> None:
    assert redact(text) == expected


def test_a_secret_shows_itself_only_on_request() -> None:
    secret = Secret("tk-123")
    assert "tk-123" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "tk-123"
    assert secret == Secret("tk-123")
    assert secret != Secret("other")
    assert secret != "tk-123"
    assert len({secret, Secret("tk-123")}) == 1


def test_a_url_is_split_into_its_parts() -> None:
    parts = split_secrets("HTTPS://u:p@h.org:8080/t/tk-1/a/b/")
    assert parts.url == "https://h.org:8080/a/b"
    assert (parts.scheme, parts.host, parts.path) == ("https", "h.org:8080", "/a/b")
    assert parts.token == Secret("tk-1")
    assert parts.auth == Secret("u:p")


def test_a_url_without_secrets_has_none() -> None:
    parts = split_secrets("file:///srv/t/x")
    assert parts.url == "file:///srv/t/x"
    assert parts.token is None
    assert parts.auth is None
    assert split_secrets("https://h").url == "https://h"


def test_joining_puts_one_slash_between_parts() -> None:
    assert join("https://h/", "/a/", "", "b") == "https://h/a/b"
    assert join() == ""


@pytest.mark.parametrize(("text", "expected"), [("https://h", True), ("C:/x", False), ("a", False)])
def test_schemes(text: str, expected: bool) -> None:
    assert has_scheme(text) is expected


@pytest.mark.parametrize("path", ["/srv/chan", "/srv/my chan", "/srv/ü%20#?", "/a+b/~c"])
def test_paths_survive_the_way_to_a_url_and_back(path: str) -> None:
    assert url_to_path(path_to_url(path)) == path


def test_paths_are_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert path_to_url("./chan") == f"file://{tmp_path}/chan"
    assert path_to_url("~/chan") == f"file://{os.environ['HOME']}/chan"
    assert path_to_url("https://h/c") == "https://h/c"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///srv/my%20chan", "/srv/my chan"),
        ("file://localhost/srv", "/srv"),
        ("file://server/share", "//server/share"),
        ("https://h/c", "https://h/c"),
    ],
)
def test_addresses_of_files(url: str, path: str) -> None:
    assert url_to_path(url) == path


def test_paths_of_windows_are_understood_everywhere() -> None:
    assert path_to_url("C:\\a b\\c") == "file:///C:/a%20b/c"
    assert path_to_url("\\\\nas\\chan") == "file://nas/chan"
    assert url_to_path(path_to_url("C:\\a b"), windows=True) == "C:/a b"


def test_names_that_are_no_utf_8_survive() -> None:
    path = os.fsdecode(b"/srv/\xff")
    assert path_to_url(path) == "file:///srv/%FF"
    assert url_to_path("file:///srv/%FF") == path
    assert path_to_url("~\ud800/x").endswith("/~%ED%A0%80/x")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///C:/a%20b", "C:/a b"),
        ("file:///c|/x", "c:/x"),
        ("file://server/share", "//server/share"),
    ],
)
def test_addresses_of_files_on_windows(url: str, path: str) -> None:
    assert url_to_path(url, windows=True) == path


@pytest.mark.parametrize(
    ("fn", "expected"),
    [
        ("scikit-learn-1.2-py39_0.conda", ("scikit-learn", "1.2", "py39_0")),
        ("foo-1-0.tar.bz2", ("foo", "1", "0")),
        ("foo-1-0", ("foo", "1", "0")),
        ("foo-1.conda", None),
        ("-1-0.conda", None),
        ("foo--0.conda", None),
    ],
)
def test_names_of_archives(fn: str, expected: tuple[str, str, str] | None) -> None:
    assert package_stem(fn) == expected


def test_ends_of_archives() -> None:
    assert is_package_file("foo-1-0.conda")
    assert is_package_file("foo-1-0.tar.bz2")
    assert not is_package_file("foo-1-0.zip")
