from pathlib import Path

import pytest

from conda_clone.config.configuration import Configuration
from conda_clone.config.describe import effective_values, values_by_source
from conda_clone.config.errors import InvalidTypeError
from conda_clone.config.parameters import PARAMETERS
from conda_clone.errors import CondaMultiError


def load(home: Path, text: str = "", **environ: str) -> Configuration:
    if text:
        (home / ".condarc").write_text(text, encoding="utf-8")
    return Configuration.load(environ=environ, home=str(home), arguments={"json": True})


def test_all_settings_are_shown_by_name(tmp_path: Path) -> None:
    shown = effective_values(load(tmp_path), PARAMETERS)
    assert list(shown) == sorted(PARAMETERS)


def test_derived_settings_are_shown_as_they_take_effect(tmp_path: Path) -> None:
    threads = ("default", "fetch", "repodata", "verify", "execute")
    names = ["root_prefix", "envs_dirs", "pkgs_dirs", "subdir", "subdirs", "channels", "verbosity"]
    names += [f"{name}_threads" for name in threads]
    root = tmp_path / ".local/share/conda-clone"
    assert effective_values(load(tmp_path, CONDA_SUBDIR="osx-64", CONDA_DEBUG="1"), names) == {
        "channels": (),
        "default_threads": None,
        "envs_dirs": (f"{root}/envs", f"{tmp_path}/.conda/envs"),
        "execute_threads": 1,
        "fetch_threads": 16,
        "pkgs_dirs": (f"{root}/pkgs", f"{tmp_path}/.conda/pkgs"),
        "repodata_threads": None,
        "root_prefix": str(root),
        "subdir": "osx-64",
        "subdirs": ("osx-64", "noarch"),
        "verbosity": 3,
        "verify_threads": 1,
    }


def test_a_wrong_value_elsewhere_does_not_hide_what_was_asked_for(tmp_path: Path) -> None:
    configuration = load(tmp_path, "custom_channels: x\nchannels: [a]\n")
    assert effective_values(configuration, ["channels"]) == {"channels": ("a",)}
    with pytest.raises(InvalidTypeError):
        effective_values(configuration, ["channels", "custom_channels"])


def test_tokens_and_passwords_are_masked(tmp_path: Path) -> None:
    configuration = load(
        tmp_path,
        "channel_alias: https://u:p@host/t/tk-123/chan\n"
        "channels: [https://host/t/tk-123]\ncustom_channels: {x: https://host/t/tk-123/y}\n",
    )
    assert effective_values(configuration, ["channel_alias"]) == {
        "channel_alias": "https://u:<PASSWORD>@host/t/<TOKEN>/chan"
    }
    assert "tk-123" not in str(values_by_source(configuration))


def test_sources_say_what_they_hold(tmp_path: Path) -> None:
    configuration = load(
        tmp_path,
        "yes: on\nchannels: [$X]\nunknown: {a: [1]}\nquiet:\n",
        CONDA_CHANNELS="a,b",
    )
    assert values_by_source(configuration) == {
        str(tmp_path / ".condarc"): {
            "always_yes": True,
            "channels": ("$X",),
            "unknown": {"a": (1,)},
            "quiet": None,
        },
        "envvars": {"channels": ("a", "b")},
        "cmd_line": {"json": True},
    }


def test_all_wrong_values_of_all_sources_are_named(tmp_path: Path) -> None:
    configuration = load(tmp_path, "channels: a\nquiet: maybe\n")
    with pytest.raises(CondaMultiError) as caught:
        values_by_source(configuration)
    assert len(caught.value.errors) == 2
