"""Plugins are found as installers leave them, and nothing of them is imported for that."""

from pathlib import Path

from conda_clone.plugins.discovery import InstalledPlugin, find_plugins


def distribution(site: Path, folder: str, entry_points: str | None) -> None:
    path = site / folder
    path.mkdir(parents=True)
    (path / "METADATA").write_text("Name: x\n")
    if entry_points is not None:
        (path / "entry_points.txt").write_text(entry_points)


def found(*sites: Path) -> list[tuple[str, str, str]]:
    return [(each.name, each.value, each.provider) for each in find_plugins(map(str, sites))]


def test_only_the_group_conda_counts(tmp_path: Path) -> None:
    distribution(
        tmp_path,
        "two_faced-1.0.dist-info",
        "[console_scripts]\nconda = no.plugin\n\n[conda]\n# ours\nfirst = pkg.mod\n"
        "second = pkg.mod : Class [extra]\n\n[other]\nthird = pkg\n",
    )
    distribution(tmp_path, "quiet-2.dist-info", None)
    distribution(tmp_path, "script-3.dist-info", "[console_scripts]\nx = y:z\n")
    assert found(tmp_path) == [
        ("first", "pkg.mod", "two_faced 1.0"),
        ("second", "pkg.mod:Class", "two_faced 1.0"),
    ]


def test_older_layouts_count_too(tmp_path: Path) -> None:
    distribution(tmp_path, "old-1.0-py3.11.egg-info", "[conda]\nold = old\n")
    distribution(tmp_path, "developed.egg-info", "[conda]\ndeveloped = developed\n")
    assert found(tmp_path) == [("developed", "developed", "developed"), ("old", "old", "old 1.0")]


def test_the_first_folder_with_a_distribution_wins(tmp_path: Path) -> None:
    distribution(tmp_path / "first", "my_plugin-2.0.dist-info", "[conda]\na = new\n")
    distribution(tmp_path / "second", "my-plugin-1.0.dist-info", "[conda]\na = old\n")
    assert found(tmp_path / "first", tmp_path / "second") == [("a", "new", "my_plugin 2.0")]


def test_folders_that_are_not_there_hold_nothing(tmp_path: Path) -> None:
    assert found(tmp_path / "nowhere") == []


def test_what_is_found_can_be_read() -> None:
    plugin = InstalledPlugin("a", "b", "c", "1")
    assert repr(plugin) == "InstalledPlugin('a', 'b', 'c 1')"
