import pytest

from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.member_paths import member_path


def path_of(name: str, *, windows: bool = False) -> str:
    return member_path(name, windows=windows, max_depth=10)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a", "a"),
        ("./a", "a"),
        ("a/", "a"),
        ("a//b/./c", "a/b/c"),
        ("", ""),
        ("./", ""),
        ("..a/b..", "..a/b.."),
        ("system\\x2dunit", "system\\x2dunit"),
        ("C:x", "C:x"),
        ("ü" * 127, "ü" * 127),
    ],
)
def test_names_are_normalised(name: str, path: str) -> None:
    assert path_of(name) == path


@pytest.mark.parametrize(
    "name",
    [
        *("/", "/a", "..", "a/..", "../a", "a/b/../../../c", "ü" * 128, "a/" * 10 + "b"),
        *("C:\\a", "\\\\server\\a", "a\\..\\..\\b", "lib/..\\a"),  # A5
    ],
)
def test_names_that_lead_away_or_fit_nowhere_are_refused(name: str) -> None:
    with pytest.raises(MalformedError):
        path_of(name)


@pytest.mark.parametrize(
    "name",
    [
        "a\\b",
        "C:x",
        "a:stream",
        "a.",
        "a ",
        "nul",
        "Com1.txt",
        "aux .h",
        "a?",
        "a\tb",
        "a|b",
    ],
)  # A5, A28
def test_names_that_mean_something_else_on_windows_are_refused_there(name: str) -> None:
    with pytest.raises(MalformedError, match="Windows"):
        path_of(f"lib/{name}", windows=True)
    assert path_of(f"lib/{name}") == f"lib/{name}"


@pytest.mark.parametrize("name", ["lib/a.txt", "console", "a b/.hidden", "nul1"])
def test_plain_names_are_fine_on_windows(name: str) -> None:
    assert path_of(name, windows=True) == name
