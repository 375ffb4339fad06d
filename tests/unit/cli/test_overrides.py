import argparse
from collections.abc import Iterator

import pytest

from conda_clone.cli import options
from conda_clone.cli.overrides import configuration_overrides, is_override
from conda_clone.cli.parser import command_parser
from conda_clone.cli.registry import COMMANDS, Command
from conda_clone.errors import ArgumentError


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    options.add_package_specs(parser)
    options.add_target_options(parser)
    options.add_channel_options(parser)
    options.add_solver_options(parser)
    options.add_update_options(parser)
    options.add_link_options(parser)
    options.add_network_options(parser)
    options.add_outx_options(parser)
    options.add_prompt_options(parser)
    options.add_output_options(parser)
    options.add_platform_option(parser)
    options.add_frozen_option(parser)
    return parser.parse_args(words)


def test_what_was_not_given_overrides_nothing() -> None:
    assert configuration_overrides(parse()) == {}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--json"], {"json": True}),
        (["-v", "-vv"], {"verbosity": 3}),
        (["--debug"], {"verbosity": 3}),
        (["--trace", "-v"], {"verbosity": 4}),
        (["-q"], {"quiet": True}),
        (["-d"], {"dry_run": True}),
        (["-y"], {"always_yes": True}),
        (["-c", "a", "--use-local", "--channel", "b"], {"channels": ["a", "local", "b"]}),
        (["-O", "-c", "a"], {"channels": ["a"], "override_channels": True}),
        (["--repodata-fn", "x.json"], {"repodata_fns": ["x.json"]}),
        (["--no-lock"], {"no_lock": True}),
        (["--no-repodata-use-zst"], {"repodata_use_zst": False}),
        (["--repodata-use-shards"], {"repodata_use_shards": True}),
        (["--strict-channel-priority"], {"channel_priority": "strict"}),
        (["--channel-priority"], {"channel_priority": "flexible"}),
        (["--no-channel-priority"], {"channel_priority": "disabled"}),
        (["--no-deps"], {"deps_modifier": "no_deps"}),
        (["--only-deps"], {"deps_modifier": "only_deps"}),
        (["--solver", "classic"], {"solver": "classic"}),
        (["--freeze-installed"], {"update_modifier": "freeze_installed"}),
        (["--no-update-deps"], {"update_modifier": "freeze_installed"}),
        (["-S"], {"update_modifier": "specs_satisfied_skip_solve"}),
        (["--all"], {"update_modifier": "update_all"}),
        (["--copy"], {"always_copy": True}),
        (["--no-shortcuts"], {"shortcuts": False}),
        (["--shortcuts-only", "a"], {"shortcuts_only": ["a"]}),
        (["--clobber"], {"clobber": True}),
        (["-C"], {"use_index_cache": True}),
        (["-k"], {"ssl_verify": False}),
        (["--offline"], {"offline": True}),
        (["--show-channel-urls"], {"show_channel_urls": True}),
        (["--no-show-channel-urls"], {"show_channel_urls": False}),
        (["--platform", "osx-arm64"], {"subdir": "osx-arm64"}),
        (["--experimental", "jlap"], {"experimental": ["jlap"]}),
        (["--console", "classic"], {"console": "classic"}),
        (["-n", "a", "--no-pin", "--override-frozen", "x"], {}),
        (["--download-only"], {"download_only": True}),
    ],
)
def test_a_given_option_overrides_its_setting(
    words: list[str], expected: dict[str, object]
) -> None:
    assert configuration_overrides(parse(*words)) == expected


def actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # argparse shows its options in no other way
        if isinstance(action, argparse._SubParsersAction):
            for nested in action.choices.values():
                yield from actions(nested)
        yield action


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_options_that_are_not_given_leave_settings_alone(command: Command) -> None:
    _, parser = command_parser(command)
    defaults = {action.dest: action.default for action in actions(parser)}
    given = {name for name, default in defaults.items() if default is not None}
    assert {name for name in given if is_override(name)} == set()


def test_overriding_channels_needs_channels() -> None:
    with pytest.raises(ArgumentError):
        configuration_overrides(parse("--override-channels"))


@pytest.mark.parametrize(
    "words",
    [
        ["--no-deps", "--only-deps"],
        ["--all", "--update-deps"],
        ["--platform", "amiga-68k"],
        ["--solver", "mine"],
    ],
)
def test_what_makes_no_sense_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(*words)
    assert caught.value.code == 2
    assert "error: argument" in capsys.readouterr().err
