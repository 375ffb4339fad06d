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
    **_all("config.errors", "CondaKeyError"),
    **_all(
        "core.prefix.errors",
        "CorruptedEnvironmentError",
        "DirectoryNotACondaEnvironmentError",
        "EnvironmentIsFrozenError",
        "EnvironmentLocationNotFound",
        "EnvironmentNameNotFound",
        "EnvironmentNotWritableError",
        "NoWritableEnvsDirError",
    ),
    **_all(
        "core.planning.errors",
        "PackagesNotFoundInChannelsError",
        "PackagesNotFoundInPrefixError",
        "SpecsConfigurationConflictError",
    ),
    "PackagesNotFoundError": "core.planning.errors:PackagesNotFoundInChannelsError",
    "ResolvePackageNotFound": "core.planning.errors:PackagesNotFoundInChannelsError",
    "LibMambaUnsatisfiableError": "plugins.equivalents.solve:SolverError",
    "UnsatisfiableError": "core.solver.errors:UnsatisfiableError",
    **_all(
        "core.channels.errors", "ChannelDenied", "ChannelNotAllowed", "UnavailableInvalidChannel"
    ),
    **_all(
        "core.env_formats.errors",
        "EnvironmentExporterNotDetected",
        "EnvironmentFileNotFound",
        "SpecNotFound",
    ),
    **_all(
        "gateways.network.errors",
        "ChecksumMismatchError",
        "CondaHTTPError",
        "CondaSSLError",
        "ProxyError",
    ),
    **_all("gateways.disk.errors", "ParseError"),
    "NoSpaceLeftError": "errors:NoSpaceLeftError",
    "NotWritableError": "errors:NotWritableError",
    "LinkError": "core.transaction.errors:LinkError",
    **_all(
        "plugins.equivalents.exceptions",
        "EnvironmentFileInvalid",
        "EnvironmentFileTypeMismatchError",
    ),
}

MODULES: dict[str, dict[str, str]] = {
    "conda": {
        "CondaError": "errors:CondaError",
        "CondaMultiError": "errors:CondaMultiError",
        "__version__": f"{_CONSTANTS}:CONDA_VERSION",
        "CONDA_PACKAGE_ROOT": f"{_CONSTANTS}:CONDA_PACKAGE_ROOT",
    },
    "conda.plugins": {**_ITEMS, **_HOOKIMPL, "types": ".conda.plugins.types"},
    "conda.plugins.types": {
        **_ITEMS,
        "ChannelAuthBase": "plugins.equivalents.auth:ChannelAuthBase",
    },
    "conda.plugins.hookspec": {**_HOOKIMPL, "CondaSpecs": "plugins.hookspec:CondaSpecs"},
    "conda.exceptions": _EXCEPTIONS,
    "conda.base": {},
    "conda.base.context": _all(_CONTEXT, "context", "determine_target_prefix", "reset_context"),
    "conda.base.constants": _all(
        _CONSTANTS,
        "APP_NAME",
        "COMPATIBLE_SHELLS",
        "ChannelPriority",
        "DepsModifier",
        "KNOWN_SUBDIRS",
        "PREFIX_NAME_DISALLOWED_CHARS",
        "REPODATA_FN",
        "UNKNOWN_CHANNEL",
        "UpdateModifier",
    ),
    "conda.common": {},
    "conda.common.io": _all(
        _HELPERS, "DummyExecutor", "ThreadLimitedThreadPoolExecutor", "dashlist", "time_recorder"
    ),
    "conda.common.path": _all(_HELPERS, "paths_equal"),
    "conda.common.compat": _all(_HELPERS, "on_win"),
    "conda.common.serialize": {"json": "plugins.equivalents.functions"},
    "conda.common.serialize.json": _all(_HELPERS, "dumps"),
    "conda.common.url": {
        **_all(_HELPERS, "remove_auth", "split_anaconda_token"),
        "path_to_url": "models.url:path_to_url",
    },
    "conda.common.constants": {"NULL": f"{_TYPES}:NULL"},
    "conda.common.configuration": _all(
        _CONFIGURATION, "MapParameter", "PrimitiveParameter", "SequenceParameter"
    ),
    "conda.models": {},
    "conda.models.match_spec": {"MatchSpec": f"{_MODELS}:MatchSpec"},
    "conda.models.version": _all("models.version", "VersionOrder")
    | _all("models.version_spec", "BuildNumberMatch", "VersionSpec"),
    "conda.models.records": _all(f"{_MODELS}", "PackageRecord", "PrefixRecord"),
    "conda.models.channel": {"Channel": f"{_MODELS}:Channel"},
    "conda.models.environment": _all(
        "plugins.equivalents.environment", "Environment", "EnvironmentConfig"
    ),
    "conda.core": {},
    "conda.core.solve": {"Solver": f"{_SOLVE}:Solver"},
    "conda.core.package_cache_data": {"PackageCacheData": f"{_MODELS}:PackageCacheData"},
    "conda.core.prefix_data": {"PrefixData": f"{_MODELS}:PrefixData"},
    "conda.core.path_actions": {"Action": f"{_TYPES}:Action"},
    "conda.reporters": _all("plugins.equivalents.reporters", "confirm_yn", "get_spinner", "render"),
    "conda.cli": {},
    "conda.cli.helpers": _all(
        _OPTIONS,
        "add_output_and_prompt_options",
        "add_parser_channels",
        "add_parser_help",
        "add_parser_json",
        "add_parser_networking",
        "add_parser_prefix",
        "add_parser_prompt",
        "add_parser_verbose",
    ),
}
"""Module -> name -> home."""
