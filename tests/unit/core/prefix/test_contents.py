"""Files of no package, sizes, and what lies in an environment without being a part of it."""

from pathlib import Path

import pytest

from conda_clone.core.prefix.contents import environment_size, size_of_files, untracked_files


@pytest.fixture
def base(tmp_path: Path) -> str:
    """Return a base environment with another one and a package cache inside."""
    for path in (
        "bin/owned",
        "bin/mine",
        "share/deep/er/mine.txt",
        "conda-meta/history",
        ".condarc",
        "lib/__pycache__/m.pyc",
        "envs/other/conda-meta/history",
        "envs/other/bin/theirs",
        "pkgs/urls.txt",
        "pkgs/a-1.0-0/bin/a",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"12345")
    (tmp_path / "link").symlink_to("bin")
    (tmp_path / "nowhere").symlink_to("gone")
    return str(tmp_path)


def test_files_of_no_package_are_found_and_other_places_left_alone(base: str) -> None:
    assert untracked_files(base, {"bin/owned"}) == (
        *("bin/mine", "link", "nowhere", "share/deep/er/mine.txt"),
    )


def test_sizes_count_what_is_there(base: str) -> None:
    assert size_of_files(base, ["bin/owned", "bin/gone", "nowhere"]) == 5 + len("gone")
    assert environment_size(base) == 6 * 5 + len("bin") + len("gone")
