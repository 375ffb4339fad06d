"""Plugins: what their authors import, and the machinery that finds, loads and guards them.

Authors need `hookimpl` and the types that hooks yield; each is loaded when it is asked for.

- `hookspec`: the hooks with their arguments; `types`: what they yield
- `discovery`: which plugins are installed, without importing any; `memory`: which hooks each has
- `manager`: `Plugins`, which loads plugins, asks them, and switches off those that fail
- `builtin`: what this program brings itself, as a table of names
- `registration`, `conflicts`: make plugins known; names that two of them have in common
- `interfaces`: what plugins derive their classes from; `adapters`: items as plain arguments
- `solving`, `transactions`, `requests_extras`, `environment_files`, `virtual_packages`: what they
  do at one kind of work each
- `import_hook`, `equivalents`: the `conda.*` names that published plugins import; `in_processes`:
  the same in processes that plugins start
- `errors`: what can go wrong with plugins
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.plugins.hookspec import hookimpl
    from conda_clone.plugins.types import (
        CondaAuthHandler,
        CondaEnvironmentExporter,
        CondaEnvironmentSpecifier,
        CondaErrorHint,
        CondaExceptionEvent,
        CondaExceptionObserver,
        CondaHealthCheck,
        CondaPackageExtractor,
        CondaPostCommand,
        CondaPostSolve,
        CondaPostTransactionAction,
        CondaPreCommand,
        CondaPrefixDataLoader,
        CondaPreSolve,
        CondaPreTransactionAction,
        CondaReporterBackend,
        CondaRequestHeader,
        CondaSetting,
        CondaSolver,
        CondaSubcommand,
        CondaVirtualPackage,
    )

__all__ = [
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
    "hookimpl",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    from importlib import import_module  # each name pays only for itself

    home = "hookspec" if name == "hookimpl" else "types"
    return getattr(import_module(f"conda_clone.plugins.{home}"), name)


def __dir__() -> list[str]:
    return __all__
