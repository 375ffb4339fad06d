"""Frozen slices of the configuration, one per layer that needs settings.

A function takes the slice it needs and never the whole configuration. Every field has the default
of spec/settings.md, so that tests build a slice directly; `Configuration` fills them for real runs.
"""

from collections.abc import Mapping
from enum import StrEnum

from conda_clone.models.channel import ChannelConfig
from conda_clone.models.values import field, value

__all__ = [
    "FETCH_THREADS",
    "ChannelPriority",
    "ChannelSettings",
    "Durability",
    "LinkSettings",
    "NetworkSettings",
    "OutputSettings",
    "PathConflict",
    "PathSettings",
    "SafetyChecks",
    "SolveSettings",
    "Strategy",
]

# What the setting `fetch_threads` means by 0: with the 5 of conda, one waits for latency above all.
FETCH_THREADS = 16


class ChannelPriority(StrEnum):
    """How strongly the order of channels binds the solver."""

    STRICT = "strict"
    FLEXIBLE = "flexible"
    DISABLED = "disabled"


class Strategy(StrEnum):
    """Which of the versions that fit are chosen."""

    HIGHEST = "highest"
    LOWEST = "lowest"
    LOWEST_DIRECT = "lowest-direct"


class PathConflict(StrEnum):
    """What to do when two packages, or a package and a user, own one path."""

    CLOBBER = "clobber"
    WARN = "warn"
    PREVENT = "prevent"


class SafetyChecks(StrEnum):
    """What to do when a cached package does not look as its metadata says."""

    DISABLED = "disabled"
    WARN = "warn"
    ENABLED = "enabled"


class Durability(StrEnum):
    """How much of a change must have reached the disk before it counts as made."""

    SAFE = "safe"
    NONE = "none"
    PARANOID = "paranoid"


@value(kw_only=True)
class PathSettings:
    """Where things lie; all paths are absolute."""

    root_prefix: str
    envs_dirs: tuple[str, ...]
    pkgs_dirs: tuple[str, ...]
    home: str
    environments_txt: str
    register_envs: bool = True


@value(kw_only=True)
class ChannelSettings:
    """Which channels are read, and how their indexes are kept.

    Attributes:
        repodata_fns: Names of index files, each tried by who needs a solution.
        spare_repodata_fn: The index file that stands in where a server withholds all of these.
    """

    config: ChannelConfig = field(default_factory=ChannelConfig)
    channels: tuple[str, ...] = ("conda-forge",)
    subdirs: tuple[str, ...] = ("linux-64", "noarch")
    repodata_fns: tuple[str, ...] = ("repodata.json",)
    spare_repodata_fn: str = ""
    repodata_use_shards: bool = True
    repodata_use_zst: bool = True
    local_repodata_ttl: int = 1
    use_index_cache: bool = False
    use_only_tar_bz2: bool = False
    allow_non_channel_urls: bool = False
    add_pip_as_python_dependency: bool = True
    allowlist_channels: tuple[str, ...] = ()
    denylist_channels: tuple[str, ...] = ()
    repodata_threads: int = 0
    offline: bool = False


@value(kw_only=True)
class NetworkSettings:
    """How connections are made; times in seconds.

    Attributes:
        verify_local: Whether archives of channels on this machine, too, must be what their index
            says; otherwise a caution is enough. What comes over a network is always checked.
    """

    offline: bool = False
    proxy_servers: Mapping[str, str] = field(default_factory=dict)
    ssl_verify: bool | str = True
    allow_insecure_credentials: bool = False
    client_ssl_cert: str | None = None
    client_ssl_cert_key: str | None = None
    connect_timeout: float = 9.15
    read_timeout: float = 60.0
    max_retries: int = 3
    backoff_factor: float = 1.0
    user_agent: str = "conda"
    token_dirs: tuple[str, ...] = ()
    mirrors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fetch_threads: int = FETCH_THREADS
    verify_local: bool = False


@value(kw_only=True)
class SolveSettings:
    """Standing wishes about solutions."""

    channel_priority: ChannelPriority = ChannelPriority.FLEXIBLE
    aggressive_update_packages: tuple[str, ...] = ("ca-certificates", "certifi", "openssl")
    create_default_packages: tuple[str, ...] = ()
    disallowed_packages: tuple[str, ...] = ()
    pinned_packages: tuple[str, ...] = ()
    track_features: tuple[str, ...] = ()
    auto_update_conda: bool = True
    override_virtual_packages: Mapping[str, str] = field(default_factory=dict)
    exclude_newer: str | None = None
    exclude_newer_package: Mapping[str, str] = field(default_factory=dict)
    solver_strategy: Strategy = Strategy.HIGHEST


@value(kw_only=True)
class LinkSettings:
    """How files get into an environment."""

    allow_softlinks: bool = False
    always_copy: bool = False
    always_softlink: bool = False
    path_conflict: PathConflict = PathConflict.CLOBBER
    safety_checks: SafetyChecks = SafetyChecks.WARN
    extra_safety_checks: bool = False
    rollback_enabled: bool = True
    durability: Durability = Durability.SAFE
    shortcuts: bool = True
    shortcuts_only: tuple[str, ...] = ()
    separate_format_cache: bool = False
    execute_threads: int = 1
    non_admin_enabled: bool = True
    protect_frozen_envs: bool = True


@value(kw_only=True)
class OutputSettings:
    """How a command talks."""

    json: bool = False
    quiet: bool = False
    verbosity: int = 0
    always_yes: bool = False
    dry_run: bool = False
    download_only: bool = False
    show_channel_urls: bool | None = None
    list_fields: tuple[str, ...] = ("name", "version", "build", "channel_name")
    warn_unknown_settings: bool = True
