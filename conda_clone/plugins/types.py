"""What hooks yield: one class per hook, with the names and fields that plugin authors know.

Names of items are lower-cased and stripped, so that `--solver Rattler` and `rattler` are the same.
The fields are conda's public interface (spec/plugins.md, section 2).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conda_clone.plugins.errors import PluginError
from conda_clone.plugins.interfaces import (
    NULL,
    Action,
    ChannelNameMixin,
    CondaPlugin,
    EnvironmentFormat,
    EnvironmentSpecBase,
    Null,
    ProgressBarBase,
    ReporterRendererBase,
    SpinnerBase,
    lowered,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from types import TracebackType

    from conda_clone.models.match_spec.spec import MatchSpec
    from conda_clone.models.records import PackageRecord, PrefixRecord

__all__ = [
    "NULL",
    "Action",
    "ChannelNameMixin",
    "CondaAuthHandler",
    "CondaEnvironmentExporter",
    "CondaEnvironmentSpecifier",
    "CondaErrorHint",
    "CondaExceptionEvent",
    "CondaExceptionObserver",
    "CondaHealthCheck",
    "CondaPackageExtractor",
    "CondaPlugin",
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
]


@dataclass(repr=False, eq=False)
class CondaSolver(CondaPlugin):
    """A way to choose packages.

    Attributes:
        backend: Class that is made with what `conda.core.solve.Solver` is made with.
    """

    backend: type[Any]


@dataclass(repr=False, eq=False)
class CondaSubcommand(CondaPlugin):
    """Another word after `conda`.

    Attributes:
        action: Gets the parsed arguments, or the raw words where there is no `configure_parser`;
            returns the exit status, None for 0.
        summary: One line for `conda --help`.
        configure_parser: Declares the options, or None.
        aliases: Other words for the same.
    """

    action: "Callable[[Namespace | tuple[str, ...]], int | None]"
    summary: str
    configure_parser: "Callable[[ArgumentParser], None] | None" = None
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.aliases = lowered(self.aliases)


@dataclass(repr=False, eq=False)
class CondaVirtualPackage(CondaPlugin):
    """A fact about the machine, as a package.

    Attributes:
        name: Without the two underscores.
        version: Text, function that gives it, None for "0", NULL when there is no such package.
        build: The same for the build string.
        override_entity: What `CONDA_OVERRIDE_<NAME>` replaces: "version", "build", or None.
        empty_override: What an empty override means: None for "0", NULL for no package.
        version_validation: Gets the version, returns the one to take, None for "0".
    """

    version: "str | Callable[[], str | Null | None] | Null | None"
    build: "str | Callable[[], str | Null | None] | Null | None" = None
    override_entity: str | None = None
    empty_override: "Null | None" = None
    version_validation: Callable[[str], str | None] | None = None


@dataclass(repr=False, eq=False)
class CondaPreCommand(CondaPlugin):
    """Something to do before a command.

    Attributes:
        action: Gets the name of the command.
        run_for: Names of the commands; that of `conda env create` is `env_create`.
    """

    action: Callable[[str], object]
    run_for: set[str]


@dataclass(repr=False, eq=False)
class CondaPostCommand(CondaPreCommand):
    """Something to do after a command that succeeded."""


@dataclass(repr=False, eq=False)
class CondaAuthHandler(CondaPlugin):
    """A way to authenticate, which `channel_settings` names as `auth`.

    Attributes:
        handler: Class derived from `requests.auth.AuthBase`, made with the name of the channel.
    """

    handler: type[Any]


@dataclass(repr=False, eq=False)
class CondaHealthCheck(CondaPlugin):
    """A question that `conda doctor` asks of an environment.

    Attributes:
        action: Gets the prefix and whether to say more; prints what it finds.
        fixer: Gets prefix, arguments and a function that asks; repairs; returns an exit status.
        summary: What is looked at, in a few words.
        fix: What the repair does, in a few words.
    """

    action: Callable[[str, bool], object]
    fixer: "Callable[[str, Namespace, Callable[[str], None]], int] | None" = None
    summary: str | None = None
    fix: str | None = None


@dataclass(repr=False, eq=False)
class CondaPreSolve(CondaPlugin):
    """Something to do before packages are chosen.

    Attributes:
        action: Gets the specs to add and those to remove.
    """

    action: "Callable[[frozenset[MatchSpec], frozenset[MatchSpec]], object]"


@dataclass(repr=False, eq=False)
class CondaPostSolve(CondaPlugin):
    """Something to do after packages were chosen.

    Attributes:
        action: Gets the name of the index file, and the records that leave and come.
    """

    action: "Callable[[str, tuple[PackageRecord, ...], tuple[PackageRecord, ...]], object]"


@dataclass(repr=False, eq=False)
class CondaSetting(CondaPlugin):
    """A setting below `plugins.`.

    Attributes:
        description: One sentence for `conda config --describe`.
        parameter: A loader of `conda.common.configuration`: `PrimitiveParameter` and so on.
        aliases: Other names, without `plugins.`.
    """

    description: str
    parameter: Any
    aliases: tuple[str, ...] = ()


@dataclass(repr=False, eq=False)
class CondaReporterBackend(CondaPlugin):
    """A way to show what a command does.

    Attributes:
        description: One sentence about it.
        renderer: Class with the methods of `ReporterRendererBase`, made without arguments.
    """

    description: str
    renderer: "type[ReporterRendererBase]"


@dataclass(repr=False, eq=False)
class CondaRequestHeader(CondaPlugin):
    """A header that requests are sent with.

    Attributes:
        value: What it says.
    """

    value: str

    def __post_init__(self) -> None:
        """Check the name, whose case is kept: it is sent as it is."""
        texts: tuple[object, object] = (self.name, self.value)
        if not all(isinstance(text, str) for text in texts):
            raise PluginError(f"A plugin gives a header that is no text: {self.name!r}.")
        self.name = self.name.strip()


@dataclass(repr=False, eq=False)
class CondaPreTransactionAction(CondaPlugin):
    """Something to do first in a transaction.

    Attributes:
        action: Class derived from `conda.core.path_actions.Action`, made once per transaction.
    """

    action: type[Action]


@dataclass(repr=False, eq=False)
class CondaPostTransactionAction(CondaPlugin):
    """Something to do last in a transaction.

    Attributes:
        action: Class derived from `conda.core.path_actions.Action`, made once per transaction.
    """

    action: type[Action]


@dataclass(repr=False, eq=False)
class CondaPrefixDataLoader(CondaPlugin):
    """A way to find more packages in an environment.

    Attributes:
        loader: Gets the prefix and the records so far, which it may extend; returns its own.
    """

    loader: "Callable[[Any, dict[str, PrefixRecord]], dict[str, PrefixRecord]]"


@dataclass(repr=False, eq=False)
class CondaEnvironmentSpecifier(CondaPlugin):
    """A format of files that describe environments, to be read.

    Attributes:
        environment_spec: Class derived from `EnvironmentSpecBase`, made with the path of a file;
            `env` is what that describes. With `available_platforms` it has `env_for(platform)`.
        default_filenames: Patterns of names of files that stand for it.
        aliases: Other names.
        description: One sentence about it.
        environment_format: Whether a file says what is wanted, or exactly what is installed.
    """

    environment_spec: type[Any]
    default_filenames: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    description: str | None = None
    environment_format: EnvironmentFormat = EnvironmentFormat.environment

    def __post_init__(self) -> None:
        super().__post_init__()
        self.aliases = lowered(self.aliases)


@dataclass(repr=False, eq=False)
class CondaEnvironmentExporter(CondaPlugin):
    """A format of files that describe environments, to be written.

    Attributes:
        aliases: Other names.
        default_filenames: Names of files that stand for it.
        export: Gets an environment, returns the text of the file.
        multiplatform_export: Gets environments for several platforms; instead of `export`.
        description: One sentence about it.
        environment_format: Whether a file says what is wanted, or exactly what is installed.

    Raises:
        PluginError: There is not exactly one of `export` and `multiplatform_export`.
    """

    aliases: tuple[str, ...] = ()
    default_filenames: tuple[str, ...] = ()
    export: Callable[[Any], str] | None = None
    multiplatform_export: Callable[[Iterable[Any]], str] | None = None
    description: str | None = None
    environment_format: EnvironmentFormat = EnvironmentFormat.environment

    def __post_init__(self) -> None:
        super().__post_init__()
        self.aliases = lowered(self.aliases)
        if (self.export is None) == (self.multiplatform_export is None):
            raise PluginError(
                f"The exporter `{self.name}` must have one of `export` and `multiplatform_export`."
            )


@dataclass(repr=False, eq=False)
class CondaPackageExtractor(CondaPlugin):
    """A format of package archives.

    Attributes:
        extensions: Ends of file names, with the dot.
        extract: Gets the archive and the folder.
    """

    extensions: Sequence[str]
    extract: Callable[[Any, Any], object]

    def __post_init__(self) -> None:
        super().__post_init__()
        self.extensions = list(lowered(self.extensions))


@dataclass(frozen=True)
class CondaExceptionEvent:
    """What an observer of errors gets to know."""

    exc_type: type[BaseException]
    exc_value: BaseException
    exc_traceback: "TracebackType | None"
    argv: tuple[str, ...]
    conda_version: str
    return_code: int
    active_prefix: str | None = None
    target_prefix: str | None = None
    channels: tuple[str, ...] = ()
    subdir: str | None = None
    offline: bool = False
    dry_run: bool = False
    quiet: bool = False
    json: bool = False


@dataclass(repr=False, eq=False)
class CondaExceptionObserver(CondaPlugin):
    """Somebody who wants to know of errors.

    Attributes:
        hook: Gets the event; what it returns does not matter.
        watch_for: Names of the exceptions; empty for all.
    """

    hook: Callable[[CondaExceptionEvent], object]
    watch_for: set[str] = field(default_factory=set)


@dataclass
class CondaErrorHint:
    """One more sentence for an error that is shown.

    Attributes:
        text: What to do next.
        hint_code: A stable name for programs, or None.
    """

    text: str
    hint_code: str | None = None
