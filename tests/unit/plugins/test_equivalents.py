"""The names of conda that plugins import do what plugins rely on."""

import argparse
import os
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from conda_clone import plugins
from conda_clone.config.configuration import Configuration
from conda_clone.config.errors import CustomValidationError, Origin
from conda_clone.config.schema import ListOf, MapOf, Node
from conda_clone.core.prefix.errors import EnvironmentNameNotFound
from conda_clone.core.prefix.prefix_data import PrefixData as OurPrefixData
from conda_clone.errors import CondaSystemExit, CondaValueError, DryRunExit
from conda_clone.models.channel import ChannelConfig
from conda_clone.models.match_spec.spec import MatchSpec as OurMatchSpec
from conda_clone.models.records import PrefixRecord as OurPrefixRecord
from conda_clone.plugins import hookspec, interfaces, types
from conda_clone.plugins.equivalents import functions, reporters, tokens
from conda_clone.plugins.equivalents import models as equivalent_models
from conda_clone.plugins.equivalents.activate import activator_map
from conda_clone.plugins.equivalents.auth import CondaSession, get_session
from conda_clone.plugins.equivalents.configuration import (
    MapParameter,
    PrimitiveParameter,
    SequenceParameter,
)
from conda_clone.plugins.equivalents.context import (
    bind,
    context,
    determine_target_prefix,
    locate_prefix_by_name,
    reset_context,
)
from conda_clone.plugins.equivalents.environment import Environment, EnvironmentConfig
from conda_clone.plugins.equivalents.exceptions import EnvironmentFileInvalid, UnsatisfiableError
from conda_clone.plugins.equivalents.json_text import dumps as json_dumps
from conda_clone.plugins.equivalents.json_text import loads as json_loads
from conda_clone.plugins.equivalents.options import (
    LazyChoicesAction,
    add_output_and_prompt_options,
    add_parser_channels,
    add_parser_frozen_env,
    add_parser_help,
    add_parser_networking,
    add_parser_platform,
    add_parser_prefix,
    add_parser_show_channel_urls,
    add_parser_solver,
)
from conda_clone.plugins.equivalents.yaml_text import dump as yaml_dump
from conda_clone.plugins.equivalents.yaml_text import dumps as yaml_dumps
from conda_clone.plugins.equivalents.yaml_text import load as yaml_load
from conda_clone.plugins.equivalents.yaml_text import loads as yaml_loads
from conda_clone.plugins.errors import PluginError
from tests.support.records import record

models: Any = equivalent_models  # calling its classes makes other ones


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Bind `context` to no settings but those of the test."""
    root = tmp_path / "root"
    monkeypatch.setenv("CONDA_ROOT_PREFIX", str(root))
    monkeypatch.setenv("CONDA_SUBDIR", "linux-64")
    monkeypatch.setenv("CONDA_CHANNELS", "https://example.com/main")
    vars(context).update(_configuration=None, _arguments={})
    yield root
    vars(context).update(_configuration=None, _arguments={})


def bound(**settings: object) -> None:
    home = os.path.expanduser("~")
    bind(Configuration.load(environ=os.environ, home=home, arguments=settings), {})


def installed(prefix: Path) -> OurPrefixRecord:
    data = OurPrefixData(str(prefix), ChannelConfig())
    one = OurPrefixRecord.from_record(record("a", depends=["b"]))
    data.insert(one)
    data.insert(OurPrefixRecord.from_record(record("b")))
    (prefix / "conda-meta" / "history").touch()
    return one


def test_the_context_tells_settings_and_facts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (context.root_prefix, context.conda_prefix) == (str(root), str(root))
    assert (context.subdir, context.platform) == ("linux-64", "linux")
    assert context.subdirs == ("linux-64", "noarch")
    assert context.channels == ("https://example.com/main",)
    assert context.envs_dirs[0] == str(root / "envs")
    assert context.pkgs_dirs[0] == str(root / "pkgs")
    assert not any((context.json, context.quiet, context.dry_run, context.verbose, context.offline))
    assert context.user_agent.startswith("conda")
    assert context.always_yes is None
    assert context.raw_data["envvars"]["subdir"] == "linux-64"
    assert vars(context.plugins) == {}
    assert context._native_subdir
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = context.no_such_thing
    assert context.default_prefix == context.target_prefix == str(root)
    monkeypatch.setenv("CONDA_PREFIX", "/somewhere")
    assert context.active_prefix == context.default_prefix == "/somewhere"


def test_environments_are_found_by_name(root: Path) -> None:
    (root / "envs" / "e").mkdir(parents=True)
    assert locate_prefix_by_name("e") == str(root / "envs" / "e")
    arguments = argparse.Namespace(name="e", prefix=None)
    assert determine_target_prefix(context, arguments) == str(root / "envs" / "e")
    with pytest.raises(EnvironmentNameNotFound):
        locate_prefix_by_name("nowhere")


def test_the_context_can_be_made_anew() -> None:
    assert reset_context(argparse_args=SimpleNamespace(offline=True, stranger=1)) is context
    assert context.offline is True
    assert reset_context().offline is False


def test_specs_come_from_texts_fields_and_records() -> None:
    assert models.MatchSpec("a >=1") == OurMatchSpec("a >=1")
    assert models.MatchSpec(name="a", version="1", build=None) == OurMatchSpec(
        "", name="a", version="1"
    )
    spec = OurMatchSpec("a")
    assert models.MatchSpec(spec) is spec
    assert models.MatchSpec(spec, version="2").get("version") == "2"
    assert models.MatchSpec(record("a", "1.0")).match(record("a", "1.0"))
    assert isinstance(spec, models.MatchSpec)
    assert issubclass(OurMatchSpec, models.MatchSpec)
    assert models.MatchSpec.parse("a") == spec


def test_channels_come_from_names_and_parts() -> None:
    channel = models.Channel("https://example.com/main")
    assert channel.base_url == "https://example.com/main"
    assert models.Channel(channel) is channel
    parts = models.Channel(scheme="https", location="example.com", name="main")
    assert parts.base_url == channel.base_url


def test_records_come_from_fields() -> None:
    fields = {"name": "a", "version": "1", "build": "0", "build_number": 0}
    made = models.PackageRecord(
        **fields, channel="https://example.com/main", subdir="linux-64", depends=["b"]
    )
    assert made.url == "https://example.com/main/linux-64/a-1-0.conda"
    assert made.depends == ("b",)
    url = "https://example.com/main/noarch/a-1-0.tar.bz2"
    by_url = models.PackageRecord({**fields, "url": url, "fn": "a-1-0.tar.bz2", "subdir": "noarch"})
    assert (by_url.url, by_url.channel.base_url) == (url, "https://example.com/main")
    merged = models.PackageRecord.from_objects({"build": "1"}, made, build_number=7)
    assert (merged.name, merged.build, merged.build_number) == ("a", "1", 7)
    assert models.Dist(fields).name == "a"
    assert (
        models.PrefixRecord(
            {**fields, "channel": "https://example.com/main", "subdir": "noarch", "fn": "x"}
        ).requested_specs
        == ()
    )


def test_environments_are_read(tmp_path: Path) -> None:
    prefix = tmp_path / "e"
    installed(prefix)
    data = models.PrefixData(prefix, interoperability=True)
    data.load()
    assert [each.name for each in data.iter_records()] == ["a", "b"]
    assert [each.name for each in data.iter_records_sorted()] == ["b", "a"]
    assert data.prefix_path == prefix
    assert data.is_writable
    assert data.get_python_packages() == []
    again = data.reload()
    assert again.interoperability
    assert len(again.records()) == 2
    assert models.delete_prefix_from_linked_data(str(prefix)) is False


def test_caches_are_read() -> None:
    assert models.PackageCacheData.get_all_extracted_entries() == ()
    assert list(models.PackageCacheData.query_all("a")) == []
    assert list(models.PackageCacheData.query_all(record("a"))) == []
    assert models.PackageCacheData.first_writable().is_writable
    models.ProgressiveFetchExtract(()).execute()


def test_environments_of_files_are_merged() -> None:
    first = Environment(
        platform="linux-64",
        name="one",
        config=EnvironmentConfig(channels=("a", "b")),
        requested_packages=["x"],
        external_packages={"pip": ["p"]},
    )
    second = Environment(
        platform="linux-64", requested_packages=["x", "y"], external_packages={"pip": ["q"]}
    )
    both = Environment.merge(first, second)
    assert both.config is not None
    assert (both.name, both.config.channels) == ("one", ("a", "b"))
    assert (both.requested_packages, both.external_packages) == (["x", "y"], {"pip": ["p", "q"]})
    with pytest.raises(CondaValueError, match="linux-64, osx-64"):
        Environment.merge(first, Environment(platform="osx-64"))
    with pytest.raises(CondaValueError, match="platform"):
        Environment(platform="")
    assert EnvironmentConfig.from_context().channels == ("https://example.com/main",)


@pytest.mark.parametrize(
    ("parameter", "given", "value"),
    [
        (PrimitiveParameter(default=1), "7", 7),
        (PrimitiveParameter(default=None, element_type=(str, type(None))), None, None),
        (PrimitiveParameter(default="x", element_type=str, validation=lambda _: True), "y", "y"),
    ],
)
def test_settings_have_the_types_of_their_parameters(
    parameter: PrimitiveParameter, given: object, value: object
) -> None:
    assert parameter.kind().coerce(Node(given), Origin("x", "here")).value == value


def test_settings_are_held_to_what_their_plugin_wants() -> None:
    refuses = PrimitiveParameter(default=1, validation=lambda _: "too large")
    with pytest.raises(CustomValidationError, match="too large"):
        refuses.kind().coerce(Node(2), Origin("x", "here"))
    one = PrimitiveParameter(default="")
    assert isinstance(SequenceParameter(one).kind(), ListOf)
    assert isinstance(MapParameter(one).kind(), MapOf)


def test_parsers_get_the_options_that_plugins_ask_for() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    for declare in (
        add_parser_help,
        add_parser_prefix,
        add_output_and_prompt_options,
        add_parser_channels,
        add_parser_networking,
        add_parser_platform,
        add_parser_solver,
        add_parser_frozen_env,
        add_parser_show_channel_urls,
    ):
        declare(parser)
    parser.add_argument("--fruit", action=LazyChoicesAction, choices_func=lambda: ("apple",))
    words = "-n e --json -y -c main -k --platform linux-64 --solver x --fruit apple"
    args = parser.parse_args(words.split())
    assert (args.name, args.json, args.always_yes, args.channel) == ("e", True, True, ["main"])
    assert (args.insecure, args.subdir, args.solver, args.fruit) == (True, "linux-64", "x", "apple")
    with pytest.raises(SystemExit):
        parser.parse_args(["--fruit", "pear"])


def test_questions_are_asked_unless_the_answer_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(text: str) -> None:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(readline=lambda: text))

    answer("\n")
    assert reporters.confirm_yn("Sure")
    answer("no\n")
    with pytest.raises(CondaSystemExit):
        reporters.confirm_yn()
    with pytest.raises(DryRunExit):
        reporters.confirm_yn(dry_run=True)
    bound(always_yes=True)
    assert reporters.confirm_yn()
    assert capsys.readouterr().out == "Sure ([y]/n)? Proceed ([y]/n)? "


def test_stages_and_results_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    with reporters.get_spinner("Working"):
        pass
    with pytest.raises(KeyError), reporters.get_spinner("Working", "oops\n"):
        raise KeyError
    reporters.render({"name": 1, "x": 2}, style="detail_view")
    reporters.render("text")
    assert capsys.readouterr().out == (
        "Working: ...working... done\nWorking: ...working... oops\nname : 1\n   x : 2\ntext\n"
    )
    bar = reporters.get_progress_bar("fetching")
    bar.update_to(0.5)
    bar.refresh()
    bar.close()
    assert bar.get_lock()
    bound(quiet=True)
    with reporters.get_spinner("Working"):
        pass
    assert capsys.readouterr().out == ""


def test_small_functions(tmp_path: Path) -> None:
    assert functions.dashlist(["a", 1]) == "\n  - a\n  - 1"
    assert functions.dals("  a\n    b\n") == "a\n  b\n"
    assert functions.dals("  ") == ""
    assert functions.paths_equal("a/../b", "b")
    assert functions.expand("~/x") == os.path.expanduser("~/x")
    assert functions.quote_for_shell("a b", "c") == "'a b' c"
    assert functions.remove_auth("https://u:p@h/t/tk/c") == "https://h/t/tk/c"
    assert functions.split_anaconda_token("https://h/t/tk/c") == ("https://h/c", "tk")
    assert functions.split_anaconda_token("https://h/c") == ("https://h/c", None)
    with functions.captured() as kept:
        print("x")  # noqa: T201 - what is captured
    assert kept.stdout == "x\n"
    with functions.DummyExecutor() as pool:
        assert pool.submit(int, "7").result() == 7
        with pytest.raises(ValueError, match="x"):
            pool.submit(int, "x").result()
    with functions.ThreadLimitedThreadPoolExecutor() as threads:
        assert threads.submit(int, "7").result() == 7
    with functions.time_recorder("x") as recorder:
        assert recorder(len) is len
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "f").touch()
    assert functions.rm_rf(tmp_path / "d")
    assert functions.rm_rf(tmp_path / "f")
    assert list(tmp_path.glob("[df]")) == []
    functions.unregister_env(tmp_path)
    assert functions.get_pinned_specs(str(tmp_path)) == ()


def test_texts_of_formats(tmp_path: Path) -> None:
    with open(tmp_path / "a.yml", "w+", encoding="utf-8") as file:
        yaml_dump({"b": [1]}, file)
        file.seek(0)
        assert yaml_load(file) == {"b": [1]}
    value = {"b": [1, {"c": None}], "a": "x"}
    assert yaml_loads(yaml_dumps(value)) == value
    assert yaml_dumps(value).startswith("b:\n  - 1\n")
    assert json_loads(json_dumps({"p": Path("x")})) == {"p": "x"}


def test_tokens_are_kept_and_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BINSTAR_CONFIG_DIR", str(tmp_path / "tokens"))
    assert tokens.read_binstar_tokens() == {}
    tokens.set_binstar_token("https://api.example.com", "secret")
    assert tokens.read_binstar_tokens() == {"https://api.example.com": "secret"}
    tokens.remove_binstar_token("https://api.example.com")
    assert tokens.read_binstar_tokens() == {}


def test_sessions_have_the_settings_of_the_run() -> None:
    session = get_session("https://example.com")
    assert isinstance(session, CondaSession)
    assert str(session.headers["User-Agent"]).startswith("conda/")
    assert " requests/" in str(session.headers["User-Agent"])
    assert session.verify is True


def test_shells_can_be_told_to_activate(root: Path) -> None:
    prefix = root / "envs" / "e"
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta" / "history").touch()
    activator = activator_map["bash"](["activate", str(prefix)])
    assert f"CONDA_PREFIX='{prefix}'" in activator.execute()
    assert activator._default_env(str(prefix)) == "e"
    assert activator._prompt_modifier(str(prefix), "e") == "(e) "
    assert "conda" in activator.hook()
    bound(changeps1=False)
    assert activator._prompt_modifier(str(prefix), "e") == ""


def test_errors_are_made_from_what_plugins_give_them() -> None:
    assert str(EnvironmentFileInvalid("bad")) == "bad"
    assert str(UnsatisfiableError("no", chains=True)) == "no"


def test_the_bases_do_nothing_of_themselves(tmp_path: Path) -> None:
    action = interfaces.Action({}, str(tmp_path), (), (), (), (), ())
    assert action.verify() is None
    assert action.verified
    for step in (action.execute, action.reverse, action.cleanup):
        step()
    spec = interfaces.EnvironmentSpecBase()
    assert not spec.can_handle()
    with pytest.raises(PluginError):
        _ = spec.env
    with interfaces.SpinnerBase("m") as nothing:
        assert nothing is None
    assert interfaces.ChannelNameMixin("main").channel_name == "main"
    assert (repr(interfaces.NULL), bool(interfaces.NULL)) == ("NULL", False)


@pytest.mark.parametrize("hook", hookspec.HOOKS)
def test_hooks_give_nothing_where_nobody_implements_them(hook: str) -> None:
    arguments = {
        "conda_session_headers": ("h",),
        "conda_request_headers": ("h", "/"),
        "conda_error_hints": (ValueError(),),
    }
    assert getattr(hookspec.CondaSpecs(), hook)(*arguments.get(hook, ())) == ()


def test_items_are_equal_when_their_fields_are() -> None:
    one = types.CondaSolver("Mine ", dict)
    assert repr(one) == "CondaSolver(name='mine', backend=<class 'dict'>)"
    assert one == types.CondaSolver("mine", dict)
    assert one != types.CondaSolver("mine", list)
    assert one != types.CondaPreCommand("mine", print, set())
    assert fields(one)[0].name == "name"
    with pytest.raises(TypeError):
        hash(one)


def test_items_are_checked_when_they_are_made() -> None:
    with pytest.raises(PluginError, match="list of names"):
        types.CondaSubcommand("a", print, "", aliases="b")  # type: ignore[arg-type] # the mistake
    with pytest.raises(PluginError, match="one of `export`"):
        types.CondaEnvironmentExporter("a")
    with pytest.raises(PluginError, match="header"):
        types.CondaRequestHeader("a", 7)  # type: ignore[arg-type] # the mistake


def test_an_environment_is_described_from_its_prefix(tmp_path: Path) -> None:
    prefix = tmp_path / "e"
    installed(prefix)
    whole = Environment.from_prefix(str(prefix), "e", "linux-64", no_builds=True)
    assert [str(spec) for spec in whole.requested_packages] == ["a=1.0", "b=1.0"]
    assert [each.name for each in whole.explicit_packages] == ["b", "a"]
    asked = Environment.from_prefix(str(prefix), "e", "linux-64", from_history=True)
    assert (asked.requested_packages, asked.explicit_packages) == ([], [])


def test_authors_import_from_one_place() -> None:
    assert dir(plugins) == sorted(plugins.__all__, key=dir(plugins).index)
    assert all(getattr(plugins, name) is not None for name in plugins.__all__)
    assert plugins.hookimpl is hookspec.hookimpl
    items = {kind.__name__ for kind in map(hookspec.item_type, hookspec.HOOKS)}
    assert {*items, "CondaExceptionEvent", "hookimpl"} == set(plugins.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        plugins.no_such_name  # noqa: B018 - the access is the test
