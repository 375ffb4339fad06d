import pytest

from conda_clone.core.transaction.paths import (
    PythonTarget,
    python_target,
    scripts_folder,
    target_path,
    unsafe_reason,
)
from tests.support.records import record


def test_python_on_unix_decides_about_site_packages_and_cache_tag() -> None:
    assert python_target(record("python", "3.12.1", "h1_0_cpython")) == PythonTarget(
        version="3.12",
        site_packages="lib/python3.12/site-packages",
        executable="bin/python3.12",
        cache_tag="cpython-312",
    )


def test_the_path_of_the_python_record_wins() -> None:
    python = python_target(
        record("python", "3.13.0", python_site_packages_path="lib/python3.13t/site-packages")
    )
    assert python.site_packages == "lib/python3.13t/site-packages"


def test_python_on_windows_has_no_version_in_its_paths() -> None:
    python = python_target(record("python", "3.11.4", subdir="win-64"))
    assert (python.site_packages, python.executable) == ("Lib/site-packages", "python.exe")
    assert python.compiled_path("Lib/site-packages/a.py") == (
        "Lib/site-packages/__pycache__/a.cpython-311.pyc"
    )


def test_python_2_compiles_beside_the_source() -> None:
    python = python_target(record("python", "2.7.18"))
    assert python.compiled_path("lib/a.py") == "lib/a.pyc"


def test_pypy_has_a_tag_of_its_own() -> None:
    python = python_target(record("python", "3.9.18", "0_73_pypy"))
    assert python.compiled_path("a/b.py") == "a/__pycache__/b.pypy39.pyc"


@pytest.mark.parametrize(
    ("packaged", "target"),
    [
        ("site-packages/a/b.py", "lib/python3.12/site-packages/a/b.py"),
        ("python-scripts/tool", "bin/tool"),
        ("share/data", "share/data"),
        ("lib/site-packages/x", "lib/site-packages/x"),
    ],
)
def test_noarch_python_files_are_mapped(packaged: str, target: str) -> None:
    python = python_target(record("python", "3.12.1"))
    assert target_path(packaged, python, scripts_folder("linux-64")) == target


def test_scripts_have_their_own_folder_on_windows() -> None:
    assert (scripts_folder("win-64"), scripts_folder("osx-64")) == ("Scripts", "bin")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a\0b",
        "/etc/passwd",
        "\\share",
        "C:/x",
        "C:x",
        "../x",
        "a/../../x",
        "a\\..\\..\\x",
        ".",
        "./.",
        "conda-meta",
        "conda-meta/history",
        "CONDA-META/a-1-0.json",
        "./conda-meta//history",
        "conda-meta/.txn/x",
    ],
)
def test_paths_that_nobody_may_touch(path: str) -> None:
    assert unsafe_reason(path) is not None


@pytest.mark.parametrize("path", ["lib/z.so", "a b/é", "..x/y", "conda-meta/pinned", "x/history"])
def test_paths_that_packages_may_own(path: str) -> None:
    assert unsafe_reason(path) is None
