"""The table of `conda.*` names that plugins may import, and what each stands for.

Pure data. A home is `module:name` below `conda_clone`; one that begins with a dot belongs to the
standard library or to a dependency.
docs/reference/plugins.md explains the table; a test holds it to what resolves.
"""

__all__ = ["MODULES"]

_TYPES = "plugins.types"
_CONTEXT = "plugins.equivalents.context"
_SOLVE = "plugins.equivalents.solve"
_CONSTANTS = "plugins.equivalents.constants"
_OPTIONS = "plugins.equivalents.options"
_CONFIGURATION = "plugins.equivalents.configuration"
_MODELS = "plugins.equivalents.models"
_HELPERS = "plugins.equivalents.functions"
_CHANNELS = "plugins.equivalents.channels"
_COMMANDS = "plugins.equivalents.commands"
_LINK = "plugins.equivalents.link"


def _all(home: str, *names: str) -> dict[str, str]:
    return {name: f"{home}:{name}" for name in names}


_ITEMS = _all(
    _TYPES,
    "ChannelNameMixin",
    "CondaAuthHandler",
    "CondaEnvironmentExporter",
    "CondaEnvironmentSpecifier",
    "CondaErrorHint",
    "CondaExceptionEvent",
    "CondaExceptionObserver",
    "CondaHealthCheck",
    "CondaPackageExtractor",
    "CondaPostCommand",
    "CondaPostSolve",
    "CondaPostTransactionAction",
    "CondaPreCommand",
    "CondaPreSolve",
    "CondaPreTransactionAction",
    "CondaPrefixDataLoader",
    "CondaReporterBackend",
    "CondaRequestHeader",
    "CondaSetting",
    "CondaSolver",
    "CondaSubcommand",
    "CondaVirtualPackage",
    "EnvironmentFormat",
    "EnvironmentSpecBase",
    "ProgressBarBase",
    "ReporterRendererBase",
    "SpinnerBase",
)

_HOOKIMPL = {"hookimpl": "plugins.hookspec:hookimpl"}

_EXCEPTIONS = {
    **_all(
        "errors",
        "ArgumentError",
        "CondaExitZero",
        "CondaSystemExit",
        "CondaValueError",
        "CondaVerificationError",
        "DryRunExit",
        "OfflineError",
    ),
    "CondaError": "errors:CondaError",
    "CondaMultiError": "errors:CondaMultiError",
    "PluginError": "plugins.errors:PluginError",
    **_all("models.errors", "ChannelError", "InvalidMatchSpec", "InvalidVersionSpec"),
    **_all("config.errors", "CondaKeyError", "ConfigurationLoadError"),
    **_all(
        "core.prefix.errors",
        "CondaHistoryError",
        "CorruptedEnvironmentError",
        "DirectoryNotACondaEnvironmentError",
        "EnvironmentIsFrozenError",
        "EnvironmentLocationNotFound",
        "EnvironmentNameNotFound",
        "EnvironmentNotWritableError",
        "NoWritableEnvsDirError",
        "PackageNotInstalledError",
    ),
    **_all(
        "core.planning.errors",
        "CondaIndexError",
        "CondaUpdatePackageError",
        "DisallowedPackageError",
        "PackagesNotFoundInChannelsError",
        "PackagesNotFoundInPrefixError",
        "RemoveError",
        "SpecsConfigurationConflictError",
    ),
    "PackagesNotFoundError": "core.planning.errors:PackagesNotFoundInChannelsError",
    "ResolvePackageNotFound": "core.planning.errors:PackagesNotFoundInChannelsError",
    "LibMambaUnsatisfiableError": "plugins.equivalents.exceptions:UnsatisfiableError",
    "UnsatisfiableError": "plugins.equivalents.exceptions:UnsatisfiableError",
    **_all(
        "core.channels.errors",
        "ChannelDenied",
        "ChannelNotAllowed",
        "CondaUpgradeError",
        "NoChannelsConfiguredError",
        "UnavailableInvalidChannel",
    ),
    **_all(
        "core.env_formats.errors",
        "AmbiguousEnvironmentSpecPlugin",
        "EnvironmentExporterNotDetected",
        "EnvironmentFileNotFound",
        "SpecNotFound",
    ),
    **_all(
        "gateways.network.errors",
        "ChecksumMismatchError",
        "CondaHTTPError",
        "CondaSSLError",
        "PathNotFoundError",
        "ProxyError",
    ),
    **_all("gateways.disk.errors", "EncodingError", "LockError", "ParseError"),
    **_all("core.packages.errors", "NoWritablePkgsDirError"),
    **_all(
        "core.transaction.errors",
        "ClobberError",
        "KnownPackageClobberError",
        "LinkError",
        "PaddingError",
        "SafetyError",
        "SharedLinkPathClobberError",
        "UnknownPackageClobberError",
    ),
    "OperationNotAllowed": "operations.target:OperationNotAllowed",
    "NoSpaceLeftError": "errors:NoSpaceLeftError",
    "NotWritableError": "errors:NotWritableError",
    **_all(
        "plugins.equivalents.exceptions",
        "AuthenticationError",
        "CommandNotFoundError",
        "CondaOSError",
        "EnvironmentFileInvalid",
        "EnvironmentFileTypeMismatchError",
        "PlatformMismatchError",
        "TooManyArgumentsError",
    ),
}

_PARSER_OPTIONS = _all(
    _OPTIONS,
    "LazyChoicesAction",
    "add_output_and_prompt_options",
    "add_parser_channels",
    "add_parser_frozen_env",
    "add_parser_help",
    "add_parser_json",
    "add_parser_networking",
    "add_parser_platform",
    "add_parser_prefix",
    "add_parser_prefix_to_group",
    "add_parser_prompt",
    "add_parser_show_channel_urls",
    "add_parser_solver",
    "add_parser_verbose",
)

MODULES: dict[str, dict[str, str]] = {
    "conda": {
        "CondaError": "errors:CondaError",
        "CondaMultiError": "errors:CondaMultiError",
        "__version__": f"{_CONSTANTS}:CONDA_VERSION",
        "CONDA_PACKAGE_ROOT": f"{_CONSTANTS}:CONDA_PACKAGE_ROOT",
    },
    "conda.activate": _all(
        "plugins.equivalents.activate",
        "CmdExeActivator",
        "CshActivator",
        "FishActivator",
        "PosixActivator",
        "PowerShellActivator",
        "XonshActivator",
        "_Activator",
        "activator_map",
    ),
    "conda.api": {
        "PackageCacheData": f"{_MODELS}:PackageCacheData",
        "PrefixData": f"{_MODELS}:PrefixData",
        "Solver": f"{_SOLVE}:Solver",
        "SubdirData": f"{_CHANNELS}:SubdirData",
    },
    "conda.auxlib": {"NULL": f"{_TYPES}:NULL", "_Null": "plugins.interfaces:Null"},
    "conda.auxlib.ish": _all(_HELPERS, "dals"),
    "conda.history": {"History": "core.prefix.history:History"},
    "conda.models.dist": {"Dist": f"{_MODELS}:Dist"},
    "conda.models.prefix_graph": {"PrefixGraph": "models.prefix_graph:PrefixGraph"},
    "conda.plugins": {**_ITEMS, **_HOOKIMPL, "types": ".conda.plugins.types"},
    "conda.plugins.types": {
        **_ITEMS,
        "ChannelAuthBase": "plugins.equivalents.auth:ChannelAuthBase",
        "CondaPlugin": f"{_TYPES}:CondaPlugin",
        "ConfirmCallback": ".collections.abc:Callable",
    },
    "conda.plugins.manager": _all("plugins.equivalents.answers", "get_plugin_manager"),
    "conda.plugins.hookspec": {**_HOOKIMPL, "CondaSpecs": "plugins.hookspec:CondaSpecs"},
    "conda.exceptions": _EXCEPTIONS,
    "conda.base": {},
    "conda.base.context": _all(
        _CONTEXT,
        "Context",
        "context",
        "determine_target_prefix",
        "env_name",
        "fresh_context",
        "locate_prefix_by_name",
        "reset_context",
    ),
    "conda.base.constants": {"on_win": f"{_HELPERS}:on_win"}
    | _all(
        _CONSTANTS,
        "APP_NAME",
        "COMPATIBLE_SHELLS",
        "DEFAULT_CONSOLE_REPORTER_BACKEND",
        "DEFAULT_JSON_REPORTER_BACKEND",
        "ChannelPriority",
        "DepsModifier",
        "KNOWN_SUBDIRS",
        "OK_MARK",
        "PLATFORM_DIRECTORIES",
        "PREFIX_MAGIC_FILE",
        "PREFIX_PINNED_FILE",
        "PREFIX_STATE_FILE",
        "PREFIX_NAME_DISALLOWED_CHARS",
        "REPODATA_FN",
        "RESERVED_ENV_VARS",
        "UNKNOWN_CHANNEL",
        "UpdateModifier",
        "X_MARK",
    ),
    "conda.common": {},
    "conda.common.io": _all(
        _HELPERS,
        "DummyExecutor",
        "ThreadLimitedThreadPoolExecutor",
        "captured",
        "dashlist",
        "time_recorder",
    ),
    "conda.common.path": {
        "PathType": ".os:PathLike",
        "PathsType": ".collections.abc:Iterable",
        "is_package_file": "models.url:is_package_file",
        "path_to_url": "models.url:path_to_url",
        "url_to_path": "models.url:url_to_path",
    }
    | _all(
        _HELPERS,
        "BIN_DIRECTORY",
        "expand",
        "get_python_short_path",
        "paths_equal",
        "strip_pkg_extension",
    ),
    "conda.common.path.windows": _all(_HELPERS, "win_path_to_unix"),
    "conda.deprecations": _all(_COMMANDS, "deprecated"),
    "conda.exception_handler": _all(_COMMANDS, "conda_exception_handler"),
    "conda.exports": {
        "Channel": f"{_MODELS}:Channel",
        "MatchSpec": f"{_MODELS}:MatchSpec",
        "PackageRecord": f"{_MODELS}:PackageRecord",
        "VersionOrder": "models.version:VersionOrder",
    },
    "conda.misc": _all(_LINK, "get_package_records_from_explicit", "install_explicit_packages"),
    "conda.common.compat": _all(_HELPERS, "on_win"),
    "conda.common.serialize.json": _all("plugins.equivalents.json_text", "dumps", "loads"),
    "conda.common.serialize.yaml": _all(
        "plugins.equivalents.yaml_text", "dump", "dumps", "load", "loads"
    ),
    "conda.common.serialize": {},
    "conda.common.url": {
        **_all(_HELPERS, "remove_auth", "split_anaconda_token"),
        "is_url": "models.url:has_scheme",
        "join_url": "models.url:join",
        "mask_anaconda_token": "models.url:redact",
        "path_to_url": "models.url:path_to_url",
        "url_to_path": "models.url:url_to_path",
    },
    "conda.common.constants": {"NULL": f"{_TYPES}:NULL"},
    "conda.common.configuration": _all(
        _CONFIGURATION, "MapParameter", "PrimitiveParameter", "SequenceParameter"
    ),
    "conda.models": {},
    "conda.models.match_spec": {"MatchSpec": f"{_MODELS}:MatchSpec"},
    "conda.models.version": _all("models.version", "VersionOrder")
    | _all("models.version_spec", "BuildNumberMatch", "VersionSpec"),
    "conda.models.records": _all(
        f"{_MODELS}", "PackageCacheRecord", "PackageRecord", "PrefixRecord"
    ),
    "conda.models.channel": {
        "Channel": f"{_MODELS}:Channel",
        **_all(_CHANNELS, "all_channel_urls", "prioritize_channels"),
    },
    "conda.models.enums": {"LinkType": "plugins.equivalents.aliases:LinkType"},
    "conda.models.environment": _all(
        "plugins.equivalents.environment", "Environment", "EnvironmentConfig"
    ),
    "conda.core": {},
    "conda.core.solve": {
        "Solver": f"{_SOLVE}:Solver",
        "get_pinned_specs": f"{_HELPERS}:get_pinned_specs",
    },
    "conda.core.index": _all(_CHANNELS, "Index", "get_index"),
    "conda.core.link": _all(_LINK, "PrefixSetup", "UnlinkLinkTransaction"),
    "conda.core.subdir_data": _all(_CHANNELS, "SubdirData"),
    "conda.core.package_cache_data": _all(_MODELS, "PackageCacheData", "ProgressiveFetchExtract"),
    "conda.core.prefix_data": _all(_MODELS, "PrefixData", "delete_prefix_from_linked_data"),
    "conda.core.path_actions": {"Action": f"{_TYPES}:Action"},
    "conda.reporters": _all("plugins.equivalents.reporters", "confirm_yn", "get_spinner", "render"),
    "conda.cli": {"main": ".conda.cli.main"},
    "conda.cli.common": {
        **_all(
            _COMMANDS, "is_active_prefix", "print_activate", "stdout_json", "stdout_json_success"
        ),
        "confirm_yn": "plugins.equivalents.reporters:confirm_yn",
    },
    "conda.cli.install": {
        "confirm_yn": "plugins.equivalents.reporters:confirm_yn",
        "reinstall_packages": f"{_COMMANDS}:reinstall_packages",
    },
    "conda.cli.main": _all("cli.subshell", "main_subshell"),
    "conda.cli.python_api": _all(_COMMANDS, "Commands", "run_command"),
    "conda.cli.main_run": {"execute": f"{_COMMANDS}:execute_run"},
    "conda.cli.conda_argparse": _PARSER_OPTIONS,
    "conda.cli.helpers": _PARSER_OPTIONS,
    "conda.gateways": {},
    "conda.gateways.anaconda_client": _all(
        "plugins.equivalents.tokens",
        "read_binstar_tokens",
        "remove_binstar_token",
        "set_binstar_token",
    ),
    "conda.gateways.disk": {},
    "conda.gateways.disk.delete": _all(_HELPERS, "rm_rf"),
    "conda.gateways.disk.test": {"is_conda_environment": "core.prefix.locate:is_environment"},
    "conda.gateways.disk.lock": _all("plugins.equivalents.commands", "LOCK_BYTE", "lock"),
    "conda.gateways.subprocess": _all(_COMMANDS, "Response", "subprocess_call"),
    "conda.utils": {
        **_all(_HELPERS, "quote_for_shell"),
        **_all(_COMMANDS, "wrap_subprocess_call"),
    },
    "conda.core.envs_manager": {
        "PrefixData": f"{_MODELS}:PrefixData",
        **_all(_HELPERS, "list_all_known_prefixes", "register_env", "unregister_env"),
    },
    "conda.gateways.connection": {},
    "conda.gateways.connection.download": _all(_HELPERS, "download"),
    "conda.gateways.logging": {},
    "conda.gateways.repodata": _all(_CHANNELS, "RepodataFetch"),
    "conda.gateways.connection.session": _all(
        "plugins.equivalents.auth", "CondaSession", "get_session"
    ),
}
"""Module -> name -> home."""
