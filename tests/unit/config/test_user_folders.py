import os

import pytest

from conda_clone.config.user_folders import notices_dir, token_dirs


@pytest.mark.parametrize(
    ("platform", "environ", "first"),
    [
        ("linux", {}, "h/.local/share/binstar"),
        ("linux", {"XDG_DATA_HOME": "d"}, "d/binstar"),
        ("darwin", {}, "h/Library/Application Support/binstar"),
        ("win32", {}, "h/AppData/Local/ContinuumIO/binstar"),
        ("win32", {"LOCALAPPDATA": "l"}, "l/ContinuumIO/binstar"),
    ],
)
def test_each_system_has_its_folder(platform: str, environ: dict[str, str], first: str) -> None:
    folders = [path.replace(os.sep, "/") for path in token_dirs("h", environ, platform)]
    assert folders == [first, "h/.continuum/anaconda-client/tokens"]


def test_a_variable_says_where_they_are() -> None:
    assert token_dirs("h", {"BINSTAR_CONFIG_DIR": "b"}) == (os.path.join("b", "data"), "b")


@pytest.mark.parametrize(
    ("platform", "environ", "folder"),
    [
        ("linux", {}, "h/.cache/conda/notices"),
        ("linux", {"XDG_CACHE_HOME": "c"}, "c/conda/notices"),
        ("darwin", {}, "h/Library/Caches/conda/notices"),
        ("win32", {}, "h/AppData/Local/conda/conda/Cache/notices"),
    ],
)
def test_notices_are_remembered_in_the_cache(
    platform: str, environ: dict[str, str], folder: str
) -> None:
    assert notices_dir("h", environ, platform).replace(os.sep, "/") == folder
