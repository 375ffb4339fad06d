"""Files of no package, and what lies in an environment without being a part of it."""

from pathlib import Path

from conda_clone.core.prefix.untracked import untracked_files


def test_files_of_no_package_are_found_and_others_places_left_alone(tmp_path: Path) -> None:
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
        (tmp_path / path).touch()
    (tmp_path / "link").symlink_to("bin")
    (tmp_path / "nowhere").symlink_to("gone")

    assert untracked_files(str(tmp_path), {"bin/owned"}) == (
        *("bin/mine", "link", "nowhere", "share/deep/er/mine.txt"),
    )
