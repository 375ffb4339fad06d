import pytest

from conda_clone.shells.path_list import executable_folders, joined, replaced, split, without


def test_an_empty_entry_stays() -> None:
    assert joined(split("/a::/b:", ":"), ":") == "/a::/b:"


def test_an_empty_path_has_no_entries() -> None:
    assert split("", ":") == []


def test_an_environment_takes_the_place_of_another() -> None:
    assert replaced(["/x", "/old/bin", "/y"], ["/old/bin"], ["/new/bin"]) == [
        "/x",
        "/new/bin",
        "/y",
    ]


def test_what_is_not_there_is_put_in_front() -> None:
    assert replaced(["/x"], ["/old/bin"], ["/new/bin"]) == ["/new/bin", "/x"]


def test_only_the_first_occurrence_goes() -> None:
    assert without(["/e", "/x", "/e"], ["/e"]) == ["/x", "/e"]


@pytest.mark.parametrize(
    ("prefix", "folder"), [("/e", "/e/bin"), ("/e/", "/e/bin"), ("/", "//bin")]
)
def test_folders_on_unix(prefix: str, folder: str) -> None:
    assert executable_folders(prefix, windows=False, separator="/") == [folder]


def test_folders_on_windows() -> None:
    assert executable_folders("C:\\e", windows=True, separator="\\") == [
        "C:\\e",
        "C:\\e\\Library\\mingw-w64\\bin",
        "C:\\e\\Library\\usr\\bin",
        "C:\\e\\Library\\bin",
        "C:\\e\\Scripts",
        "C:\\e\\bin",
    ]
