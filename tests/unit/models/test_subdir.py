import pytest

from conda_clone.models.subdir import KNOWN_SUBDIRS, is_subdir, native_subdir


@pytest.mark.parametrize(
    ("system", "machine", "subdir"),
    [
        ("linux", "x86_64", "linux-64"),
        ("linux", "i686", "linux-32"),
        ("linux", "aarch64", "linux-aarch64"),
        ("linux", "arm64", "linux-aarch64"),
        ("linux", "ppc64le", "linux-ppc64le"),
        ("darwin", "x86_64", "osx-64"),
        ("darwin", "arm64", "osx-arm64"),
        ("darwin", "aarch64", "osx-arm64"),
        ("win32", "AMD64", "win-64"),
        ("win32", "ARM64", "win-arm64"),
        ("freebsd14", "amd64", "freebsd-64"),
        ("linux", "loongarch64", "linux-loongarch64"),
    ],
)
def test_the_subdir_of_a_machine(system: str, machine: str, subdir: str) -> None:
    assert native_subdir(system, machine) == subdir


def test_this_machine_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    found = native_subdir()
    assert "-" in found
    monkeypatch.delattr("os.uname")  # as on Windows
    assert native_subdir().partition("-")[0] == found.partition("-")[0]


def test_names_of_subdirs() -> None:
    assert is_subdir("noarch")
    assert is_subdir("linux-64")
    assert not is_subdir("linux")
    assert "noarch" in KNOWN_SUBDIRS
