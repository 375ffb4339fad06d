"""Build each slice of `settings` from a configuration; the only place where values are derived."""

import os

from conda_clone.config.activation import envs_dirs, folders_for_data
from conda_clone.config.errors import CustomValidationError, Origin
from conda_clone.config.settings import (
    FETCH_THREADS,
    ChannelPriority,
    ChannelSettings,
    Durability,
    LinkSettings,
    NetworkSettings,
    OutputSettings,
    PathConflict,
    PathSettings,
    SafetyChecks,
    SolveSettings,
    Strategy,
)
from conda_clone.config.user_agent import user_agent
from conda_clone.config.user_folders import token_dirs
from conda_clone.errors import ArgumentError, CondaError
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.subdir import native_subdir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from conda_clone.config.configuration import Configuration

__all__ = [
    "channel_settings",
    "channels",
    "given_channels",
    "link_settings",
    "network_settings",
    "output_settings",
    "path_settings",
    "solve_settings",
    "subdirs",
]

_CHANNELS_WITHOUT_SETTING = ("conda-forge",)
_DEBUG = 3
_TRACE = 4
_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def path_settings(configuration: "Configuration") -> PathSettings:
    """Return where things lie."""
    given = _required(configuration, ("envs_dirs", "pkgs_dirs", "register_envs"))
    pkgs_dirs = [os.path.abspath(path) for path in given["pkgs_dirs"]] or [
        os.path.join(folder, "pkgs") for folder in folders_for_data(configuration)
    ]
    return PathSettings(
        root_prefix=configuration.root_prefix,
        envs_dirs=envs_dirs(configuration),
        pkgs_dirs=tuple(dict.fromkeys(pkgs_dirs)),
        home=configuration.home,
        environments_txt=os.path.join(configuration.home, ".conda", "environments.txt"),
        register_envs=given["register_envs"],
    )


_CHANNEL_NAMES = (
    "add_pip_as_python_dependency",
    "allow_non_channel_urls",
    "allowlist_channels",
    "channel_alias",
    "channels",
    "croot",
    "bld_path",
    "custom_channels",
    "custom_multichannels",
    "default_channels",
    "default_threads",
    "denylist_channels",
    "local_repodata_ttl",
    "migrated_channel_aliases",
    "migrated_custom_channels",
    "offline",
    "repodata_fns",
    "repodata_threads",
    "repodata_use_shards",
    "repodata_use_zst",
    "subdir",
    "subdirs",
    "use_index_cache",
    "use_local",
    "use_only_tar_bz2",
)


def channel_settings(configuration: "Configuration") -> ChannelSettings:
    """Return which channels are read, and how."""
    given = _required(configuration, _CHANNEL_NAMES)
    last = "repodata.json"
    # The small index of newest builds saves nothing where solving is fast: only who asks gets it
    # first; for others it is the spare one.
    fns = [fn for fn in given["repodata_fns"] if fn != last]
    spare = ""
    if not configuration.is_given("repodata_fns"):
        spare, fns = fns[0], []
    return ChannelSettings(
        config=ChannelConfig(
            channel_alias=given["channel_alias"],
            default_channels=given["default_channels"],
            custom_channels=given["custom_channels"],
            custom_multichannels=given["custom_multichannels"],
            migrated_channel_aliases=given["migrated_channel_aliases"],
            migrated_custom_channels=given["migrated_custom_channels"],
            local_roots=_local_roots(configuration, given["croot"], given["bld_path"]),
            subdir=given["subdir"] or native_subdir(),
        ),
        channels=channels(configuration),
        subdirs=subdirs(configuration),
        repodata_fns=(*fns, last),
        spare_repodata_fn=spare,
        repodata_use_shards=given["repodata_use_shards"],
        repodata_use_zst=given["repodata_use_zst"],
        local_repodata_ttl=int(given["local_repodata_ttl"]),
        use_index_cache=given["use_index_cache"],
        use_only_tar_bz2=bool(given["use_only_tar_bz2"]),
        allow_non_channel_urls=given["allow_non_channel_urls"],
        add_pip_as_python_dependency=given["add_pip_as_python_dependency"],
        allowlist_channels=given["allowlist_channels"],
        denylist_channels=given["denylist_channels"],
        repodata_threads=given["repodata_threads"] or given["default_threads"],
        offline=given["offline"],
    )


def channels(configuration: "Configuration") -> tuple[str, ...]:
    """Return the channels to search, the preferred one first; conda-forge if nothing says which.

    Raises:
        ArgumentError: The configured channels were to be left out, which is not allowed here.
    """
    given = given_channels(configuration)
    return given if given or configuration.is_given("channels") else _CHANNELS_WITHOUT_SETTING


def given_channels(configuration: "Configuration") -> tuple[str, ...]:
    """Return the channels that settings and options name, the preferred one first.

    Raises:
        ArgumentError: The configured channels were to be left out, which is not allowed here.
    """
    given = configuration.values(("channels", "override_channels_enabled", "use_local"))
    if configuration.overrides_channels and not given["override_channels_enabled"]:
        source = configuration.source_of("override_channels_enabled")
        raise ArgumentError(
            "--override-channels may not be used here.",
            hint=f"The setting `override_channels_enabled` in {source} says so.",
        )
    first = ("local",) if given["use_local"] else ()
    return tuple(dict.fromkeys((*first, *given["channels"])))


def subdirs(configuration: "Configuration") -> tuple[str, ...]:
    """Return the folders of a channel to read."""
    given = configuration.values(("subdir", "subdirs"))
    if given["subdirs"]:
        return tuple(given["subdirs"])
    return tuple(dict.fromkeys((given["subdir"] or native_subdir(), "noarch")))


_NETWORK_NAMES = (
    "add_anaconda_token",
    "allow_insecure_credentials",
    "client_ssl_cert",
    "client_ssl_cert_key",
    "default_threads",
    "fetch_threads",
    "mirrored_channels",
    "offline",
    "proxy_servers",
    "remote_backoff_factor",
    "remote_connect_timeout_secs",
    "remote_max_retries",
    "remote_read_timeout_secs",
    "safety_checks",
    "ssl_verify",
)


def network_settings(configuration: "Configuration") -> NetworkSettings:
    """Return how connections are made.

    Raises:
        CustomValidationError: There is a key for a client certificate, but no certificate.
    """
    given = _required(configuration, _NETWORK_NAMES)
    if given["client_ssl_cert_key"] and not given["client_ssl_cert"]:
        raise CustomValidationError(
            Origin("client_ssl_cert_key", configuration.source_of("client_ssl_cert_key")),
            given["client_ssl_cert_key"],
            "the setting `client_ssl_cert` beside it",
        )
    return NetworkSettings(
        offline=given["offline"],
        proxy_servers={key: url for key, url in given["proxy_servers"].items() if url},
        ssl_verify=_ssl_verify(configuration, verify=given["ssl_verify"]),
        allow_insecure_credentials=given["allow_insecure_credentials"],
        client_ssl_cert=given["client_ssl_cert"],
        client_ssl_cert_key=given["client_ssl_cert_key"],
        connect_timeout=given["remote_connect_timeout_secs"],
        read_timeout=given["remote_read_timeout_secs"],
        max_retries=given["remote_max_retries"],
        backoff_factor=float(given["remote_backoff_factor"]),
        user_agent=user_agent(),
        mirrors=_mirrors(configuration, given["mirrored_channels"]),
        token_dirs=token_dirs(configuration.home, configuration.environ)
        if given["add_anaconda_token"]
        else (),
        fetch_threads=given["fetch_threads"] or given["default_threads"] or FETCH_THREADS,
        verify_local=given["safety_checks"] == SafetyChecks.ENABLED,
    )


def _mirrors(
    configuration: "Configuration", given: "Mapping[str, tuple[str, ...]]"
) -> dict[str, tuple[str, ...]]:
    """Return the places that are asked for a channel, by its address without secrets."""
    if not given:
        return {}
    config = channel_settings(configuration).config
    by_address = {}
    for name, places in given.items():
        for member in Channel.from_text(name, config).members:
            if member.base_url is not None:
                by_address[member.base_url] = places
    return by_address


def solve_settings(configuration: "Configuration") -> SolveSettings:
    """Return the standing wishes about solutions."""
    given = _required(
        configuration,
        (
            "aggressive_update_packages",
            "auto_update_conda",
            "channel_priority",
            "create_default_packages",
            "disallowed_packages",
            "exclude_newer",
            "exclude_newer_package",
            "override_virtual_packages",
            "pinned_packages",
            "solver_strategy",
            "track_features",
        ),
    )
    return SolveSettings(
        **{
            **given,
            "channel_priority": ChannelPriority(given["channel_priority"]),
            "solver_strategy": Strategy(given["solver_strategy"]),
        }
    )


def link_settings(configuration: "Configuration") -> LinkSettings:
    """Return how files get into an environment.

    Raises:
        CustomValidationError: Files are always to be copied, and always to be linked softly.
    """
    given = _required(
        configuration,
        (
            "allow_softlinks",
            "always_copy",
            "always_softlink",
            "clobber",
            "default_threads",
            "durability",
            "execute_threads",
            "extra_safety_checks",
            "non_admin_enabled",
            "path_conflict",
            "protect_frozen_envs",
            "rollback_enabled",
            "safety_checks",
            "separate_format_cache",
            "shortcuts",
            "shortcuts_only",
        ),
    )
    if given["always_copy"] and given["always_softlink"]:
        raise CustomValidationError(
            Origin("always_softlink", configuration.source_of("always_softlink")),
            value=True,
            expected="false, because `always_copy` is true",
        )
    conflict = "clobber" if given["clobber"] else given["path_conflict"]
    return LinkSettings(
        allow_softlinks=given["allow_softlinks"],
        always_copy=given["always_copy"],
        always_softlink=given["always_softlink"],
        path_conflict=PathConflict(conflict),
        safety_checks=SafetyChecks(given["safety_checks"]),
        extra_safety_checks=given["extra_safety_checks"],
        rollback_enabled=given["rollback_enabled"],
        durability=Durability(given["durability"]),
        shortcuts=given["shortcuts"],
        shortcuts_only=given["shortcuts_only"],
        separate_format_cache=given["separate_format_cache"],
        execute_threads=given["execute_threads"] or given["default_threads"] or 1,
        non_admin_enabled=given["non_admin_enabled"],
        protect_frozen_envs=given["protect_frozen_envs"],
    )


def output_settings(configuration: "Configuration") -> OutputSettings:
    """Return how a command talks."""
    given = _required(
        configuration,
        (
            "always_yes",
            "debug",
            "download_only",
            "dry_run",
            "json",
            "list_fields",
            "quiet",
            "show_channel_urls",
            "trace",
            "verbosity",
            "warn_unknown_settings",
        ),
    )
    level = _TRACE if given["trace"] else _DEBUG if given["debug"] else 0
    return OutputSettings(
        json=given["json"],
        quiet=given["quiet"],
        verbosity=max(level, given["verbosity"]),
        always_yes=bool(given["always_yes"]),
        dry_run=given["dry_run"],
        download_only=given["download_only"],
        show_channel_urls=given["show_channel_urls"],
        list_fields=given["list_fields"],
        warn_unknown_settings=given["warn_unknown_settings"],
    )


def _required(configuration: "Configuration", names: "Sequence[str]") -> "dict[str, Any]":
    """Return the values of settings; if one is wrong, report all that are wrong anywhere."""
    try:
        return configuration.values(names)
    except CondaError:
        return configuration.values(configuration.parameters)


def _local_roots(configuration: "Configuration", croot: str, bld_path: str) -> tuple[str, ...]:
    """Return the folders where conda-build may have put packages, those that exist."""
    folders = [
        croot,
        bld_path,
        os.path.join(configuration.root_prefix, "conda-bld"),
        os.path.join(configuration.home, "conda-bld"),
    ]
    paths = dict.fromkeys(os.path.abspath(folder) for folder in folders if folder)
    return tuple([path for path in paths if os.path.isdir(path)])


def _ssl_verify(configuration: "Configuration", *, verify: bool | str) -> bool | str:
    """Return how to verify; the variables of other programs count below our own setting."""
    if verify is True:
        for variable in _BUNDLE_VARIABLES:
            if configuration.environ.get(variable):
                return configuration.environ[variable]
    return verify
