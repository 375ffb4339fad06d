"""The one table of settings. Data only: names, kinds, defaults and descriptions.

Everything that knows settings by name reads this table: coercion and merging, the names of
environment variables, `conda config`, and the reference page. A new setting is one row here, and a
field in the slice of `settings` that needs it.
"""

# ruff: noqa: FBT003 - the default of a setting is data

import os
import sys

from conda_clone.config.schema import Anything, ListOf, MapOf, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["GROUPS", "PARAMETERS", "Parameter", "canonical_name", "close_names"]


class Parameter:
    """One row of the table of settings.

    Attributes:
        name: What it is called in files; `CONDA_<NAME>` in the environment.
        kind: How values are understood and merged.
        default: The value when no source gives one.
        description: One sentence for people.
        aliases: Other names, accepted everywhere.
        group: Which part of the tool it is about.
        expands: Whether variables and `~` in it are expanded.
        is_hidden: Whether `conda config --describe` leaves it out unless it is named: it has no
            effect any more, or is usually an option of the command line.
        is_idle: Whether it is accepted and shown, but nothing reads it so far.
        is_own: Whether conda does not know it; `conda config --show` leaves it out unless given.
    """

    __slots__ = (
        "aliases",
        "default",
        "description",
        "expands",
        "group",
        "is_hidden",
        "is_idle",
        "is_own",
        "kind",
        "name",
    )

    def __init__(
        self,
        name: str,
        kind: "Scalar | ListOf | MapOf",
        default: object,
        description: str,
        *,
        aliases: tuple[str, ...] = (),
        expands: bool = False,
    ) -> None:
        self.name = name
        self.kind = kind
        self.default = default
        self.description = description
        self.aliases = aliases
        self.expands = expands
        self.group = ""
        self.is_hidden = name in _HIDDEN
        self.is_idle = name in _IDLE
        self.is_own = name in _OWN


_OWN = frozenset(
    {
        "allow_insecure_credentials",
        "disabled_plugins",
        "durability",
        "exclude_newer",
        "exclude_newer_package",
        "lock_timeout",
        "mirrored_channels",
        "solver_strategy",
        "warn_unknown_settings",
    }
)
_IDLE = frozenset(
    {
        "environment_specifier",
        "force",
        "prefix_data_interoperability",
        "preview",
        "verify_threads",
    }
)
_HIDDEN = frozenset(
    {
        "add_pip_as_python_dependency",
        "allow_conda_downgrades",
        "allow_cycles",
        "clobber",
        "debug",
        "default_python",
        "deps_modifier",
        "dev",
        "download_only",
        "dry_run",
        "enable_private_envs",
        "error_upload_url",
        "force",
        "force_32bit",
        "force_remove",
        "ignore_pinned",
        "plugins",
        "protect_frozen_envs",
        "register_envs",
        "restore_free_channel",
        "root_prefix",
        "sat_solver",
        "solver_ignore_timestamps",
        "subdir",
        "subdirs",
        "target_prefix_override",
        "trace",
        "update_modifier",
        "use_index_cache",
        "use_local",
    }
)

_BOOL = Scalar("bool")
_MAYBE_BOOL = Scalar("bool", nullable=True)
_INT = Scalar("int")
_FLOAT = Scalar("float")
_TEXT = Scalar("str")
_MAYBE_TEXT = Scalar("str", nullable=True)
_TEXTS = ListOf(_TEXT)
_PATHS = ListOf(_TEXT, os.pathsep)
_SPECS = ListOf(_TEXT, "&")  # a comma may be part of a spec
_TEXT_MAP = MapOf(_TEXT)
_OPEN_MAP = MapOf(Anything())
_THREADS = "0 lets the tool decide."


def _choice(*choices: str, enum: str = "str") -> Scalar:
    return Scalar("str", choices=choices, enum=enum)


_MAIN = "https://repo.anaconda.com/pkgs/"
_DEFAULTS = ("main", "r", "msys2") if sys.platform == "win32" else ("main", "r")
_PRIORITY = Scalar(
    "str",
    choices=("strict", "flexible", "disabled"),
    enum="ChannelPriority",
    words={True: "flexible", False: "disabled"},
)
_UPDATES = ("update_specs", "specs_satisfied_skip_solve", "freeze_installed", "update_deps")

_P = Parameter

# fmt: off
GROUPS: "Mapping[str, tuple[Parameter, ...]]" = {
    "Channels and indexes": (
        _P("channels", _TEXTS, (),
           "Channels to search, the preferred one first; conda-forge when none is given.",
           aliases=("channel",), expands=True),
        _P("channel_alias", _TEXT, "https://conda.anaconda.org",
           "URL that names of channels are appended to.", expands=True),
        _P("channel_settings", ListOf(_OPEN_MAP), (),
           "Settings for single channels: maps with the key `channel` and, say, `auth`."),
        _P("default_channels", _TEXTS, tuple([_MAIN + name for name in _DEFAULTS]),
           "Channels that the name `defaults` stands for.", expands=True),
        _P("override_channels_enabled", _BOOL, True,
           "Whether --override-channels may be used."),
        _P("allowlist_channels", _TEXTS, (), "If not empty, the only channels that may be used.",
           aliases=("whitelist_channels",), expands=True),
        _P("denylist_channels", _TEXTS, (), "Channels that may never be used.", expands=True),
        _P("custom_channels", _TEXT_MAP, {"pkgs/pro": "https://repo.anaconda.com"},
           "Locations of single channels: the name is appended to the location.", expands=True),
        _P("custom_multichannels", MapOf(_TEXTS), {},
           "Names that stand for several channels.", expands=True),
        _P("mirrored_channels", MapOf(_TEXTS), {},
           "Addresses that are asked, one after the other, in place of a channel's own.",
           expands=True),
        _P("migrated_channel_aliases", _TEXTS, (),
           "Former channel aliases; records of installed packages may still name them."),
        _P("migrated_custom_channels", _TEXT_MAP, {},
           "Former locations of custom channels.", expands=True),
        _P("add_anaconda_token", _BOOL, True,
           "Whether the token that anaconda-client has stored is sent to its server.",
           aliases=("add_binstar_token",)),
        _P("allow_non_channel_urls", _BOOL, False,
           "Whether a URL that is no channel gives a warning rather than an error."),
        _P("repodata_fns", _TEXTS, ("current_repodata.json", "repodata.json"),
           "Names of index files, tried in this order, repodata.json last; only it by default."),
        _P("use_only_tar_bz2", _MAYBE_BOOL, None, "Whether packages in .conda files are ignored."),
        _P("repodata_use_zst", _BOOL, True, "Whether compressed indexes are asked for first."),
        _P("repodata_use_shards", _BOOL, True,
           "Whether sharded indexes are used where a channel has them."),
        _P("repodata_threads", _INT, 0, f"How many indexes are fetched at a time; {_THREADS}"),
        _P("fetch_threads", _INT, 0, "How many packages are fetched at a time; 0 means 16."),
        _P("local_repodata_ttl", Scalar("bool", "int"), 1,
           "Seconds that a cached index is trusted; 1 as long as the server says, 0 never."),
        _P("no_lock", _BOOL, False, "Whether caches are used without locks."),
        _P("lock_timeout", _FLOAT, 300.0,
           "Seconds to wait for others who use what is needed; 0 not to wait."),
        _P("experimental", _TEXTS, (), "Retired names of trial features; they have no effect."),
        _P("preview", _TEXTS, (), "Names of features to try before they are the default."),
        _P("signing_metadata_url_base", _MAYBE_TEXT, None, "Retired; it has no effect."),
        _P("restore_free_channel", _BOOL, False, "Retired; it has no effect."),
    ),
    "Places": (
        _P("root_prefix", _TEXT, "", "The base environment, which holds envs/ and pkgs/.",
           aliases=("root_dir",), expands=True),
        _P("envs_dirs", _PATHS, (), "Folders of environments, before the standard ones.",
           aliases=("envs_path",), expands=True),
        _P("pkgs_dirs", _TEXTS, (), "Package caches, instead of the standard ones.", expands=True),
        _P("subdir", _TEXT, "", "Platform to choose packages for; by default that of the machine."),
        _P("subdirs", _TEXTS, (), "Folders of a channel to read; by default subdir and noarch."),
        _P("croot", _TEXT, "", "Folder that conda-build works in."),
        _P("bld_path", _TEXT, "", "Folder that conda-build puts packages into."),
        _P("conda_build", _OPEN_MAP, {}, "Settings of conda-build.", aliases=("conda-build",)),
        _P("anaconda_upload", _MAYBE_BOOL, None, "Whether conda-build uploads what it has built.",
           aliases=("binstar_upload",)),
        _P("register_envs", _BOOL, True,
           "Whether new environments are written to ~/.conda/environments.txt."),
        _P("force_32bit", _BOOL, False, "Retired; it has no effect."),
        _P("enable_private_envs", _BOOL, False, "Retired; it has no effect."),
        _P("target_prefix_override", _TEXT, "", "Environment to work on, for other programs."),
    ),
    "Network": (
        _P("offline", _BOOL, False, "Whether the network is not used at all."),
        _P("proxy_servers", MapOf(_MAYBE_TEXT), {},
           "Proxy URLs by scheme, by scheme://host, or for `all`.", expands=True),
        _P("ssl_verify", Scalar("str", "bool"), True,
           "Whether certificates are verified, a file of authorities, or `truststore`.",
           aliases=("verify_ssl",), expands=True),
        _P("allow_insecure_credentials", _BOOL, False,
           "Whether passwords and tokens are sent where nothing encrypts them (http, ftp)."),
        _P("client_ssl_cert", _MAYBE_TEXT, None, "File of the client certificate.",
           aliases=("client_cert",), expands=True),
        _P("client_ssl_cert_key", _MAYBE_TEXT, None, "File of the client certificate's key.",
           aliases=("client_cert_key",), expands=True),
        _P("remote_connect_timeout_secs", _FLOAT, 9.15, "Seconds to wait for a connection."),
        _P("remote_read_timeout_secs", _FLOAT, 60.0, "Seconds to wait for bytes of an answer."),
        _P("remote_max_retries", _INT, 3, "How often a request that failed is repeated."),
        _P("remote_backoff_factor", _INT, 1, "Seconds before repeating, doubled each time."),
    ),
    "Solver": (
        _P("solver", _TEXT, "libmamba", "Name of the solver.", aliases=("experimental_solver",)),
        _P("channel_priority", _PRIORITY, "flexible",
           "Whether the order of channels counts more than versions."),
        _P("aggressive_update_packages", _TEXTS, ("ca-certificates", "certifi", "openssl"),
           "Installed packages that each change of an environment may update."),
        _P("auto_update_conda", _BOOL, True, "Whether updates of base keep the tool itself fresh.",
           aliases=("self_update",)),
        _P("create_default_packages", _TEXTS, (), "Specs that each new environment gets too."),
        _P("disallowed_packages", _SPECS, (), "Specs of packages that are never installed.",
           aliases=("disallow",)),
        _P("pinned_packages", _SPECS, (), "Specs that each environment must keep to."),
        _P("force_reinstall", _BOOL, False, "Whether named packages are installed once more."),
        _P("track_features", _TEXTS, (), "Features that each environment asks for."),
        _P("prefix_data_interoperability", _BOOL, False,
           "Whether packages that pip has installed count in the solution.",
           aliases=("pip_interop_enabled",)),
        _P("override_virtual_packages", _TEXT_MAP, {}, "Versions of virtual packages to assume.",
           aliases=("virtual_packages",)),
        _P("exclude_newer", _MAYBE_TEXT, None,
           "Packages published after this date, or within this age such as `7d`, are left out."),
        _P("exclude_newer_package", _TEXT_MAP, {},
           "Such limits for single packages; `no` lifts the general one."),
        _P("solver_strategy", _choice("highest", "lowest", "lowest-direct"), "highest",
           "Whether the newest or the oldest fitting versions are chosen."),
        _P("unsatisfiable_hints", _BOOL, True, "Retired; conflicts are always explained."),
        _P("unsatisfiable_hints_check_depth", _INT, 2, "Retired; it has no effect."),
        _P("default_python", _MAYBE_TEXT, f"{sys.version_info[0]}.{sys.version_info[1]}",
           "Version of Python that conda-build takes by default."),
        _P("add_pip_as_python_dependency", _BOOL, True, "Whether python depends on pip."),
        _P("solver_ignore_timestamps", _BOOL, False, "Retired; it has no effect."),
        _P("allow_cycles", _BOOL, True, "Retired; cycles of dependencies are always allowed."),
        _P("allow_conda_downgrades", _BOOL, False, "Retired; it has no effect."),
        _P("sat_solver", _choice("pycosat", "pycryptosat", "pysat"), "pycosat", "Retired."),
        _P("deps_modifier", _choice("not_set", "no_deps", "only_deps"), "not_set",
           "Whether only named packages, or only their dependencies, are changed."),
        _P("update_modifier", _choice(*_UPDATES, "update_all"), "update_specs",
           "How far packages that are not named may move."),
        _P("ignore_pinned", _BOOL, False, "Whether pins are left out of account."),
        _P("force", _BOOL, False, "Whether an action goes on in spite of what speaks against it."),
        _P("force_remove", _BOOL, False, "Whether packages are removed without their dependents."),
        _P("use_index_cache", _BOOL, False, "Whether cached indexes are trusted even if old."),
        _P("use_local", _BOOL, False, "Whether packages built on this machine are searched first."),
        _P("download_only", _BOOL, False, "Whether packages are fetched, but not installed."),
    ),
    "Linking": (
        _P("allow_softlinks", _BOOL, False,
           "Whether files are linked softly where hard links are impossible."),
        _P("always_copy", _BOOL, False, "Whether files are copied rather than linked.",
           aliases=("copy",)),
        _P("always_softlink", _BOOL, False, "Whether files are always linked softly.",
           aliases=("softlink",)),
        _P("path_conflict", _choice("clobber", "warn", "prevent", enum="PathConflict"),
           "clobber",
           "What to do when two packages have the same file."),
        _P("clobber", _BOOL, False, "Whether files of other packages are replaced without a word."),
        _P("safety_checks", _choice("disabled", "warn", "enabled", enum="SafetyChecks"),
           "warn",
           "What to do when the files of a cached package, or archives in channels of this machine,"
           " are not as they should be."),
        _P("extra_safety_checks", _BOOL, False, "Whether the digest of every file is verified."),
        _P("rollback_enabled", _BOOL, True, "Whether a change that fails is undone."),
        _P("durability", _choice("safe", "none", "paranoid"), "safe",
           "How much of a change must have reached the disk before it counts as made."),
        _P("shortcuts", _BOOL, True, "Whether packages may add menu entries."),
        _P("shortcuts_only", _TEXTS, (), "If not empty, the packages that may add menu entries.",
           expands=True),
        _P("non_admin_enabled", _BOOL, True, "Whether others than administrators may do changes."),
        _P("separate_format_cache", _BOOL, False,
           "Whether the two file formats of a package are cached side by side."),
        _P("protect_frozen_envs", _BOOL, True, "Whether environments marked as frozen are kept."),
        _P("default_threads", _INT, 0, f"How many threads are used by default; {_THREADS}"),
        _P("verify_threads", _INT, 0, f"How many threads verify packages; {_THREADS}"),
        _P("execute_threads", _INT, 0, f"How many threads link packages; {_THREADS}"),
    ),
    "Output and flow": (
        _P("always_yes", _MAYBE_BOOL, None, "Whether all questions are answered with yes.",
           aliases=("yes",)),
        _P("auto_activate", _BOOL, True, "Whether new shells activate an environment.",
           aliases=("auto_activate_base",)),
        _P("default_activation_env", _TEXT, "base", "The environment that new shells activate."),
        _P("auto_stack", _INT, 0, "Depth of nested activations up to which --stack is implied."),
        _P("changeps1", _BOOL, True, "Whether activation changes the prompt."),
        _P("env_prompt", _TEXT, "({default_env}) ", "What activation puts before the prompt."),
        _P("json", _BOOL, False, "Whether the output is one JSON document."),
        _P("quiet", _BOOL, False, "Whether progress and hints are left out."),
        _P("dry_run", _BOOL, False, "Whether changes are only shown."),
        _P("console", _TEXT, "classic", "Name of the way that progress is shown."),
        _P("verbosity", _INT, 0, "How much is said, from 0 to 4.", aliases=("verbose",)),
        _P("debug", _BOOL, False, "The same as verbosity 3."),
        _P("trace", _BOOL, False, "The same as verbosity 4."),
        _P("dev", _BOOL, False, "Retired; it has no effect."),
        _P("notify_outdated_conda", _BOOL, True, "Retired; it has no effect."),
        _P("number_channel_notices", _INT, 5, "How many notices of a channel are shown."),
        _P("report_errors", _MAYBE_BOOL, None, "Retired; errors are never sent anywhere."),
        _P("error_upload_url", _TEXT, "", "Retired; errors are never sent anywhere."),
        _P("show_channel_urls", _MAYBE_BOOL, None, "Whether packages are listed with channels."),
        _P("list_fields", _TEXTS, ("name", "version", "build", "channel_name"),
           "The columns of `conda list`."),
        _P("export_platforms", _TEXTS, (), "Further platforms that `conda export` solves for.",
           aliases=("extra_platforms",)),
        _P("envvars_force_uppercase", _BOOL, True,
           "Whether names of an environment's variables are written in capitals."),
        _P("environment_specifier", _MAYBE_TEXT, None, "The format of environment files.",
           aliases=("env_spec",)),
        _P("no_plugins", _BOOL, False, "Whether plugins are left out."),
        _P("disabled_plugins", _TEXTS, (),
           "Plugins that are left out, by the names that `conda plugins list` shows."),
        _P("plugins", _OPEN_MAP, {}, "Settings of plugins, by name."),
        _P("warn_unknown_settings", _BOOL, True,
           "Whether settings that nothing knows give a warning."),
    ),
}
# fmt: on

PARAMETERS: "Mapping[str, Parameter]" = {
    parameter.name: parameter for group in GROUPS.values() for parameter in group
}
for _group, _members in GROUPS.items():
    for _member in _members:
        _member.group = _group

_CANONICAL = {
    alias: parameter.name for parameter in PARAMETERS.values() for alias in parameter.aliases
}


def canonical_name(key: str) -> str | None:
    """Return the name of the setting that a name or alias stands for, or None.

    >>> canonical_name("verify_ssl"), canonical_name("colour")
    ('ssl_verify', None)
    """
    return key if key in PARAMETERS else _CANONICAL.get(key)


def close_names(key: str, others: "Iterable[str]" = ()) -> list[str]:
    """Return names of settings, or others, that somebody who wrote `key` may have meant."""
    from conda_clone.models.near_names import near_names  # only on errors

    near = near_names(key, [*PARAMETERS, *_CANONICAL, *others])
    return list(dict.fromkeys(_CANONICAL.get(name, name) for name in near))
