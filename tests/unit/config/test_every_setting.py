"""Each setting, by file, by variable and by option: it is understood, and it reaches somebody."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import conda_clone
from conda_clone.cli.overrides import configuration_overrides
from conda_clone.cli.parser import parse
from conda_clone.config.activation import activation_settings
from conda_clone.config.configuration import Configuration
from conda_clone.config.parameters import PARAMETERS, Parameter
from conda_clone.config.schema import ListOf, MapOf, Scalar

ALL = pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda row: row.name)

# Settings that are in no slice, and who reads them instead.
ELSEWHERE = {
    "anaconda_upload": "conda-build",
    "bld_path": "where it names a folder: test_configuration",
    "client_ssl_cert_key": "with client_ssl_cert: test_configuration",
    "channel_settings": "operations.session",
    "clobber": "with path_conflict: test_slices",
    "conda_build": "conda-build",
    "console": "cli.opening",
    "croot": "where it names a folder: test_configuration",
    "default_python": "conda-build",
    "deps_modifier": "cli.requests",
    "export_platforms": "cli.commands.export",
    "force_reinstall": "cli.requests",
    "force_remove": "cli.requests",
    "ignore_pinned": "cli.requests",
    "lock_timeout": "operations.locks",
    "no_lock": "operations.session",
    "disabled_plugins": "cli.opening",
    "no_plugins": "cli.opening",
    "override_channels_enabled": "with --override-channels: test_slices",
    "plugins": "what plugins declare: test_plugin_settings",
    "solver": "operations.plugin_seams",
    "target_prefix_override": "other programs",
    "update_modifier": "cli.requests",
    "number_channel_notices": "operations.notices",
}


def sample(parameter: Parameter) -> object:
    """Return a value that the setting does not have by default."""
    kind, default = parameter.kind, parameter.default
    if isinstance(kind, ListOf):
        return ["y1"] if isinstance(kind.element, Scalar) else [{"channel": "y1"}]
    if isinstance(kind, MapOf):
        return {"k": ["v"] if isinstance(kind.element, ListOf) else "v"}
    if kind.choices:
        return next(choice for choice in kind.choices if choice != default)
    if "bool" in kind.accepts:
        return not default
    if "int" in kind.accepts:
        assert isinstance(default, int)
        return default + 3
    if "float" in kind.accepts:
        assert isinstance(default, float)
        return default + 2.5
    return "x1"


def plain(value: object) -> object:
    if isinstance(value, list):
        return tuple(plain(item) for item in value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def told(configuration: Configuration) -> list[object]:
    """Return all that the layers below get to know."""
    slices: list[Any] = [
        configuration.path_settings(),
        configuration.channel_settings(),
        configuration.network_settings(),
        configuration.solve_settings(),
        configuration.link_settings(),
        configuration.output_settings(),
    ]
    activation = activation_settings(configuration)
    return [
        *(getattr(each, field.name) for each in slices for field in fields(each)),
        *(getattr(activation, name) for name in activation.__slots__),
    ]


def is_as_given(value: object, given: object) -> bool:
    """Tell whether a value is what was given; maps keep the entries of their defaults too."""
    if isinstance(value, dict) and isinstance(given, dict):
        return given.items() <= value.items()
    return value == given


@ALL
def test_files_set_it(parameter: Parameter, tmp_path: Path) -> None:
    given = sample(parameter)
    for name in (parameter.name, *parameter.aliases):
        (tmp_path / ".condarc").write_text(json.dumps({name: given}), "utf-8")
        configuration = Configuration.load(environ={}, home=str(tmp_path))
        assert is_as_given(configuration.value(parameter.name), plain(given))
        assert configuration.source_of(parameter.name) == str(tmp_path / ".condarc")


@ALL
def test_variables_set_it(parameter: Parameter, tmp_path: Path) -> None:
    given, kind = sample(parameter), parameter.kind
    if isinstance(kind, MapOf) or (isinstance(kind, ListOf) and isinstance(kind.element, MapOf)):
        return  # maps have no form there
    text = "y1" if isinstance(kind, ListOf) else str(given)
    for name in (parameter.name, *parameter.aliases):
        environ = {f"CONDA_{name.upper()}": text}
        configuration = Configuration.load(environ=environ, home=str(tmp_path))
        assert configuration.value(parameter.name) == plain(given)
        assert configuration.source_of(parameter.name) == "envvars"


@ALL
def test_it_reaches_those_who_act_on_it(parameter: Parameter, tmp_path: Path) -> None:
    before = told(Configuration.load(environ={}, home=str(tmp_path)))
    arguments: dict[str, object] = {parameter.name: sample(parameter)}
    if parameter.name == "client_ssl_cert_key":
        return  # it needs client_ssl_cert beside it
    after = told(Configuration.load(environ={}, home=str(tmp_path), arguments=arguments))
    is_without_effect = parameter.is_idle or parameter.description.startswith("Retired")
    assert (after != before) == (parameter.name not in ELSEWHERE and not is_without_effect)


READ = re.compile(r"""\b(?:value|is_given)\(\s*"(\w+)"\s*\)""")


def test_what_is_said_about_settings_outside_of_slices_is_so() -> None:
    package = Path(conda_clone.__file__).parent
    texts = {
        ".".join(path.relative_to(package).with_suffix("").parts): path.read_text("utf-8")
        for path in package.rglob("*.py")
    }
    read = {name for text in texts.values() for name in READ.findall(text)}
    assert {name for name in read if name in PARAMETERS and PARAMETERS[name].is_idle} == set()
    readers = {name: module for name, module in ELSEWHERE.items() if module in texts}
    assert len(readers) > 10
    assert {name for name, module in readers.items() if f'"{name}"' not in texts[module]} == set()


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("--copy", "always_copy", True),
        ("-y", "always_yes", True),
        ("--strict-channel-priority", "channel_priority", "strict"),
        ("--no-channel-priority", "channel_priority", "disabled"),
        ("-c a -c b", "channels", ["a", "b"]),
        ("--clobber", "clobber", True),
        ("--console json", "console", "json"),
        ("--no-deps", "deps_modifier", "no_deps"),
        ("--only-deps", "deps_modifier", "only_deps"),
        ("--download-only", "download_only", True),
        ("-d", "dry_run", True),
        ("--exclude-newer 7d", "exclude_newer", "7d"),
        ("--experimental lock", "experimental", ["lock"]),
        ("--json", "json", True),
        ("--lock-timeout 2", "lock_timeout", 2.0),
        ("--no-lock", "no_lock", True),
        ("--offline", "offline", True),
        ("-q", "quiet", True),
        ("--repodata-fn r.json", "repodata_fns", ["r.json"]),
        ("--no-repodata-use-zst", "repodata_use_zst", False),
        ("--no-shortcuts", "shortcuts", False),
        ("--shortcuts-only a", "shortcuts_only", ["a"]),
        ("--show-channel-urls", "show_channel_urls", True),
        ("--solver libmamba", "solver", "libmamba"),
        ("--strategy lowest", "solver_strategy", "lowest"),
        ("--insecure", "ssl_verify", False),
        ("--subdir osx-64", "subdir", "osx-64"),
        ("--use-index-cache", "use_index_cache", True),
        ("-vv", "verbosity", 2),
    ],
)
def test_options_set_it_above_everything_else(
    words: str, name: str, value: object, tmp_path: Path
) -> None:
    invocation = parse(["create", *words.split()])
    assert invocation is not None
    arguments = configuration_overrides(invocation.args)
    assert {key: plain(each) for key, each in arguments.items()} == {name: plain(value)}
    configuration = Configuration.load(environ={}, home=str(tmp_path), arguments=arguments)
    assert configuration.value(name) == plain(value)
    assert configuration.source_of(name) == "cmd_line"
