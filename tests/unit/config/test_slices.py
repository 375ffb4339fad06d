import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from conda_clone.config.configuration import Configuration
from conda_clone.config.errors import CustomValidationError
from conda_clone.config.settings import (
    ChannelPriority,
    ChannelSettings,
    LinkSettings,
    NetworkSettings,
    OutputSettings,
    PathConflict,
    SafetyChecks,
    SolveSettings,
)
from conda_clone.errors import ArgumentError
from conda_clone.models.channel import ChannelConfig
from conda_clone.models.subdir import native_subdir


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def load(
    home: Path, arguments: Mapping[str, object] | None = None, /, **environ: str
) -> Configuration:
    environ.setdefault("CONDA_ROOT_PREFIX", str(home / "root"))
    return Configuration.load(environ=environ, home=str(home), arguments=arguments)


def test_defaults_of_the_table_are_those_of_the_slices(home: Path) -> None:
    configuration = load(home)
    subdir = native_subdir()
    assert configuration.channel_settings() == ChannelSettings(
        config=ChannelConfig(subdir=subdir),
        subdirs=(subdir, "noarch"),
        spare_repodata_fn="current_repodata.json",
    )
    assert configuration.solve_settings() == SolveSettings()
    assert configuration.link_settings() == LinkSettings()
    assert configuration.output_settings() == OutputSettings()
    network = configuration.network_settings()
    tokens = (str(home / ".local/share/binstar"), str(home / ".continuum/anaconda-client/tokens"))
    assert network == NetworkSettings(user_agent=network.user_agent, token_dirs=tokens)
    assert network.user_agent.startswith("conda/")


def test_environments_and_packages_lie_below_the_root_prefix(home: Path) -> None:
    paths = load(home).path_settings()
    assert paths.root_prefix == str(home / "root")
    assert paths.envs_dirs == (str(home / "root/envs"), str(home / ".conda/envs"))
    assert paths.pkgs_dirs == (str(home / "root/pkgs"), str(home / ".conda/pkgs"))
    assert paths.home == str(home)
    assert paths.environments_txt == str(home / ".conda/environments.txt")
    assert paths.register_envs


def test_own_folders_of_environments_come_first_and_own_caches_instead(home: Path) -> None:
    paths = load(
        home, CONDA_ENVS_DIRS=f"~/mine{os.pathsep}{home}/root/envs", CONDA_PKGS_DIRS="/p,/q"
    ).path_settings()
    assert paths.envs_dirs == (
        str(home / "mine"),
        str(home / "root/envs"),
        str(home / ".conda/envs"),
    )
    assert paths.pkgs_dirs == ("/p", "/q")


def test_an_installation_that_cannot_be_written_comes_last(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = home / "root/conda-meta/history"
    history.parent.mkdir(parents=True)
    history.touch()
    assert load(home).path_settings().envs_dirs[0] == str(home / "root/envs")
    # A seam rather than permissions: the tests may be run by root, who may write everywhere.
    monkeypatch.setattr(os, "access", lambda path, _: path != str(history))
    paths = load(home).path_settings()
    assert paths.envs_dirs == (str(home / ".conda/envs"), str(home / "root/envs"))
    assert paths.pkgs_dirs == (str(home / ".conda/pkgs"), str(home / "root/pkgs"))


def test_channels_of_the_command_line_come_first(home: Path) -> None:
    configuration = load(home, {"channels": ["a", "b"]}, CONDA_CHANNELS="c,a")
    assert configuration.channel_settings().channels == ("a", "b", "c")


def test_packages_built_here_are_searched_first_when_wished(home: Path) -> None:
    (home / "root/conda-bld").mkdir(parents=True)
    (home / "croot").mkdir()
    settings = load(
        home, CONDA_USE_LOCAL="1", CONDA_CHANNELS="a", CONDA_CROOT=f"{home}/croot"
    ).channel_settings()
    assert settings.channels == ("local", "a")
    assert settings.config.local_roots == (f"{home}/croot", f"{home}/root/conda-bld")


def test_overriding_channels_can_be_forbidden(home: Path) -> None:
    configuration = load(
        home,
        {"channels": ["a"], "override_channels": True},
        CONDA_OVERRIDE_CHANNELS_ENABLED="false",
    )
    with pytest.raises(ArgumentError, match="may not be used here"):
        configuration.channel_settings()


def test_the_platform_decides_which_folders_are_read(home: Path) -> None:
    settings = load(home, {"subdir": "osx-arm64"}).channel_settings()
    assert settings.subdirs == ("osx-arm64", "noarch")
    assert settings.config.subdir == "osx-arm64"
    assert load(home, CONDA_SUBDIR="noarch").channel_settings().subdirs == ("noarch",)
    assert load(home, CONDA_SUBDIRS="a,b").channel_settings().subdirs == ("a", "b")


def test_the_full_index_is_always_the_last_one(home: Path) -> None:
    settings = load(home, CONDA_REPODATA_FNS="repodata.json,current_repodata.json")
    assert settings.channel_settings().repodata_fns == ("current_repodata.json", "repodata.json")
    assert settings.channel_settings().spare_repodata_fn == ""


def test_the_index_of_newest_packages_is_the_spare_one_unless_asked_for(home: Path) -> None:
    settings = load(home).channel_settings()
    assert settings.repodata_fns == ("repodata.json",)
    assert settings.spare_repodata_fn == "current_repodata.json"


@pytest.mark.parametrize(("given", "seconds"), [("true", 1), ("false", 0), ("3600", 3600)])
def test_time_to_live_may_be_a_boolean(home: Path, given: str, seconds: int) -> None:
    settings = load(home, CONDA_LOCAL_REPODATA_TTL=given).channel_settings()
    assert settings.local_repodata_ttl == seconds


def test_threads_have_a_common_default(home: Path) -> None:
    configuration = load(home, CONDA_DEFAULT_THREADS="7", CONDA_FETCH_THREADS="2")
    assert configuration.channel_settings().repodata_threads == 7
    assert configuration.network_settings().fetch_threads == 2
    assert configuration.link_settings().execute_threads == 7


def test_sixteen_packages_are_fetched_at_a_time_unless_something_else_is_said(home: Path) -> None:
    assert load(home).network_settings().fetch_threads == NetworkSettings().fetch_threads == 16
    assert load(home, CONDA_DEFAULT_THREADS="7").network_settings().fetch_threads == 7


def test_bundles_of_other_programs_count_below_our_setting(home: Path) -> None:
    variables = {"CURL_CA_BUNDLE": "/curl.pem"}
    assert load(home, **variables).network_settings().ssl_verify == "/curl.pem"
    variables["REQUESTS_CA_BUNDLE"] = "/requests.pem"
    assert load(home, **variables).network_settings().ssl_verify == "/requests.pem"
    variables["CONDA_SSL_VERIFY"] = "~/own.pem"
    assert load(home, **variables).network_settings().ssl_verify == f"{home}/own.pem"
    variables["CONDA_SSL_VERIFY"] = "no"
    assert load(home, **variables).network_settings().ssl_verify is False


def test_a_key_without_a_certificate_is_refused(home: Path) -> None:
    with pytest.raises(CustomValidationError, match="`client_ssl_cert` beside it"):
        load(home, CONDA_CLIENT_SSL_CERT_KEY="/key").network_settings()
    network = load(home, CONDA_CLIENT_SSL_CERT_KEY="/key", CONDA_CLIENT_CERT="/cert")
    assert network.network_settings().client_ssl_cert == "/cert"


def test_proxies_that_are_null_are_left_out(home: Path) -> None:
    (home / ".condarc").write_text("proxy_servers: {http: http://p:1, https: null}\n", "utf-8")
    assert load(home).network_settings().proxy_servers == {"http": "http://p:1"}


def test_wishes_about_solutions(home: Path) -> None:
    settings = load(
        home,
        {"channel_priority": "strict"},
        CONDA_PINNED_PACKAGES="python 3.11.*&numpy >=1,<2",
        CONDA_DISALLOW="bad",
    ).solve_settings()
    assert settings.channel_priority is ChannelPriority.STRICT
    assert settings.pinned_packages == ("python 3.11.*", "numpy >=1,<2")
    assert settings.disallowed_packages == ("bad",)
    disabled = load(home, CONDA_CHANNEL_PRIORITY="false").solve_settings()
    assert disabled.channel_priority is ChannelPriority.DISABLED


def test_how_files_are_linked(home: Path) -> None:
    variables = {"CONDA_PATH_CONFLICT": "prevent", "CONDA_SAFETY_CHECKS": "enabled"}
    settings = load(home, **variables).link_settings()
    assert settings.path_conflict is PathConflict.PREVENT
    assert settings.safety_checks is SafetyChecks.ENABLED
    clobbering = load(home, {"clobber": True}, **variables).link_settings()
    assert clobbering.path_conflict is PathConflict.CLOBBER


def test_copying_and_linking_everything_contradict_each_other(home: Path) -> None:
    with pytest.raises(CustomValidationError, match="because `always_copy` is true"):
        load(home, {"always_copy": True}, CONDA_SOFTLINK="1").link_settings()


@pytest.mark.parametrize(
    ("variables", "verbosity"),
    [
        ({}, 0),
        ({"CONDA_VERBOSE": "2"}, 2),
        ({"CONDA_DEBUG": "1"}, 3),
        ({"CONDA_TRACE": "yes", "CONDA_DEBUG": "yes"}, 4),
    ],
)
def test_debug_and_trace_are_levels_of_verbosity(
    home: Path, variables: dict[str, str], verbosity: int
) -> None:
    assert load(home, **variables).output_settings().verbosity == verbosity


def test_answers_and_output(home: Path) -> None:
    settings = load(home, {"json": True, "always_yes": True, "dry_run": True}).output_settings()
    assert settings == OutputSettings(json=True, always_yes=True, dry_run=True)
