"""Section B of the feature table, settings: one test per row that conda answers with yes.

Each test shows that the capability is there; how it behaves in detail is said in tests/unit/config
and tests/integration.
"""

from pathlib import Path
from typing import Any

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program
from tests.support.plugins import installed_examples


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def shown(conda: Program, key: str, **options: Any) -> object:
    """Return the effective value of one setting."""
    return conda.succeed("config", "--show", key, "--json", **options).document[key]


@pytest.fixture
def bare(conda: Program) -> Program:
    """Return the program without a channel given by a variable, so that files count."""
    del conda.environment["CONDA_CHANNELS"]
    return conda


def test_row_47_layers_of_system_user_env_variable_and_command_line(
    bare: Program, isolated: Path
) -> None:
    written(bare.root / ".condarc", "channel_alias: https://system\n")
    assert shown(bare, "channel_alias") == "https://system"
    written(isolated / ".condarc", "channel_alias: https://user\n")
    assert shown(bare, "channel_alias") == "https://user"
    active = {"CONDA_PREFIX": str(bare.prefix("e"))}
    written(bare.prefix("e") / ".condarc", "channel_alias: https://env\n")
    assert shown(bare, "channel_alias", env=active) == "https://env"
    variable = {**active, "CONDA_CHANNEL_ALIAS": "https://variable"}
    assert shown(bare, "channel_alias", env=variable) == "https://variable"
    offline = {"CONDA_OFFLINE": "no"}
    assert bare.succeed("info", "--offline", "--json", env=offline).document["offline"] is True


def test_row_48_condarc_d_directories(bare: Program) -> None:
    written(bare.root / "condarc.d/10.yml", "channels: [a]\nalways_yes: true\n")
    written(bare.root / "condarc.d/20.yml", "channels: [b]\n")
    assert shown(bare, "channels") == ["b", "a"]
    assert shown(bare, "always_yes") is True


def test_row_49_xdg_config_path(bare: Program, tmp_path: Path) -> None:
    written(tmp_path / "xdg/conda/.condarc", "always_yes: true\n")
    assert shown(bare, "always_yes", env={"XDG_CONFIG_HOME": str(tmp_path / "xdg")}) is True


def test_row_50_flags_final_top_and_bottom(bare: Program, isolated: Path) -> None:
    written(
        bare.root / ".condarc",
        "channel_alias: https://final #!final\nchannels:\n  - upper #!top\n  - lower #!bottom\n",
    )
    written(isolated / ".condarc", "channel_alias: https://user\nchannels: [mine]\n")
    assert shown(bare, "channel_alias") == "https://final"
    assert shown(bare, "channels") == ["upper", "mine", "lower"]


def test_row_51_a_conda_variable_for_every_key(bare: Program) -> None:
    given = {
        "CONDA_CHANNELS": "a,b",
        "CONDA_REMOTE_MAX_RETRIES": "7",
        "CONDA_OFFLINE": "1",
        "CONDA_PINNED_PACKAGES": "numpy=1&scipy",
    }
    keys = ("channels", "remote_max_retries", "offline", "pinned_packages")
    document = bare.succeed("config", "--show", *keys, "--json", env=given).document
    assert document == {
        "channels": ["a", "b"],
        "remote_max_retries": 7,
        "offline": True,
        "pinned_packages": ["numpy=1", "scipy"],
    }


def test_row_52_per_channel_settings(bare: Program, isolated: Path) -> None:
    written(
        isolated / ".condarc",
        "channel_settings:\n  - channel: https://x.example/*\n    auth: token\n",
    )
    assert shown(bare, "channel_settings") == [{"channel": "https://x.example/*", "auth": "token"}]


@pytest.mark.parametrize(
    ("setting", "error"),
    [
        ("allowlist_channels: [other]", "ChannelNotAllowed"),
        ("denylist_channels: [{}]", "ChannelDenied"),
    ],
)
def test_row_53_allow_and_deny_channels(
    conda: Program, isolated: Path, setting: str, error: str
) -> None:
    written(isolated / ".condarc", setting.format(conda.channel) + "\n")
    assert conda("search", "data", "--json").error == error


def test_row_54_custom_channels_and_multichannels(
    bare: Program, isolated: Path, small_channel: ChannelBuilder
) -> None:
    parent, _, name = small_channel.url.rpartition("/")
    written(
        isolated / ".condarc",
        f"custom_channels:\n  {name}: {parent}\ncustom_multichannels:\n  many: [{name}]\n",
    )
    for channel in (name, "many"):
        found = bare.succeed("search", "data", "-O", "-c", channel, "--json").document
        assert [record["url"] for record in found["data"]] == [
            f"{small_channel.url}/noarch/data-1.0-0.conda"
        ]


def test_row_55_migrated_aliases(bare: Program, isolated: Path) -> None:
    written(
        isolated / ".condarc",
        "channel_alias: https://new.example\n"
        "migrated_channel_aliases: [https://old.example]\nchannels: [https://old.example/mine]\n",
    )
    document = bare.succeed("info", "--json").document
    assert document["channels"] == [
        *("https://new.example/mine/linux-64", "https://new.example/mine/noarch")
    ]


def test_row_57_sources_shown_per_value(bare: Program, isolated: Path) -> None:
    file = written(isolated / ".condarc", "always_yes: true\n")
    sources = bare.succeed(
        "config", "--show-sources", "--json", env={"CONDA_OFFLINE": "true"}
    ).document
    assert sources[str(file)] == {"always_yes": True}
    assert sources["envvars"]["offline"] is True


def test_row_59_plugin_settings(bare: Program, isolated: Path, tmp_path: Path) -> None:
    written(isolated / ".condarc", "plugins:\n  flavour: mint\n")
    with installed_examples(tmp_path / "site", "settings"):
        key = "plugins.flavour"
        described = bare.succeed("config", "--describe", key, "--json").document
        assert [each["name"] for each in described] == [key]
        assert bare.succeed("config", "--get", key).stdout == f"--set {key} mint\n"
        variable = {"CONDA_PLUGINS_FLAVOUR": "lemon"}
        assert "lemon" in bare.succeed("icecream", env=variable).stdout
