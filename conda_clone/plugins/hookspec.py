"""`CondaSpecs`: the hooks with their arguments, one method each.

A plugin has functions of these names, decorated with `hookimpl`, which yield items of the type that
stands in the annotation. docs/reference/plugins.md has a complete example of each.
"""

from collections.abc import Iterable
from typing import get_args

import pluggy

from conda_clone.plugins import types

__all__ = ["HOOKS", "PROJECT", "CondaSpecs", "hookimpl", "item_type"]

PROJECT = "conda"
"""pluggy's name of the project, and the entry-point group."""

_hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook that it is named after."""


class CondaSpecs:
    """Every hook there is."""

    # ruff: noqa: ARG002 - the arguments are what implementations get

    @_hookspec
    def conda_solvers(self) -> Iterable[types.CondaSolver]:
        """Ways to choose packages, for `--solver` and the setting `solver`."""
        return ()

    @_hookspec
    def conda_subcommands(self) -> Iterable[types.CondaSubcommand]:
        """Words after `conda`."""
        return ()

    @_hookspec
    def conda_virtual_packages(self) -> Iterable[types.CondaVirtualPackage]:
        """Facts about the machine."""
        return ()

    @_hookspec
    def conda_pre_commands(self) -> Iterable[types.CondaPreCommand]:
        """What is done before a command; a `CondaError` keeps the command from running."""
        return ()

    @_hookspec
    def conda_post_commands(self) -> Iterable[types.CondaPostCommand]:
        """What is done after a command that succeeded."""
        return ()

    @_hookspec
    def conda_auth_handlers(self) -> Iterable[types.CondaAuthHandler]:
        """Ways to authenticate, for the key `auth` of `channel_settings`."""
        return ()

    @_hookspec
    def conda_health_checks(self) -> Iterable[types.CondaHealthCheck]:
        """Questions that `conda doctor` asks."""
        return ()

    @_hookspec
    def conda_pre_solves(self) -> Iterable[types.CondaPreSolve]:
        """What is done before packages are chosen."""
        return ()

    @_hookspec
    def conda_post_solves(self) -> Iterable[types.CondaPostSolve]:
        """What is done after packages were chosen."""
        return ()

    @_hookspec
    def conda_settings(self) -> Iterable[types.CondaSetting]:
        """Settings below `plugins.`."""
        return ()

    @_hookspec
    def conda_reporter_backends(self) -> Iterable[types.CondaReporterBackend]:
        """Ways to show what a command does, for `--console` and the setting `console`."""
        return ()

    @_hookspec
    def conda_session_headers(self, host: str) -> Iterable[types.CondaRequestHeader]:
        """Headers for all requests to a host; asked once per host."""
        return ()

    @_hookspec
    def conda_request_headers(self, host: str, path: str) -> Iterable[types.CondaRequestHeader]:
        """Headers for one address; asked once per host and path."""
        return ()

    @_hookspec
    def conda_pre_transaction_actions(self) -> Iterable[types.CondaPreTransactionAction]:
        """What is done first in a transaction."""
        return ()

    @_hookspec
    def conda_post_transaction_actions(self) -> Iterable[types.CondaPostTransactionAction]:
        """What is done last in a transaction."""
        return ()

    @_hookspec
    def conda_prefix_data_loaders(self) -> Iterable[types.CondaPrefixDataLoader]:
        """Ways to find more packages in an environment."""
        return ()

    @_hookspec
    def conda_environment_specifiers(self) -> Iterable[types.CondaEnvironmentSpecifier]:
        """Formats of environment files, to be read."""
        return ()

    @_hookspec
    def conda_environment_exporters(self) -> Iterable[types.CondaEnvironmentExporter]:
        """Formats of environment files, to be written."""
        return ()

    @_hookspec
    def conda_package_extractors(self) -> Iterable[types.CondaPackageExtractor]:
        """Formats of package archives."""
        return ()

    @_hookspec
    def conda_exception_observers(self) -> Iterable[types.CondaExceptionObserver]:
        """Who wants to know of errors, before they are shown."""
        return ()

    @_hookspec
    def conda_error_hints(self, error: Exception) -> Iterable[types.CondaErrorHint]:
        """More sentences for an error that is shown."""
        return ()


HOOKS = tuple(name for name in vars(CondaSpecs) if name.startswith("conda_"))


def item_type(hook: str) -> type[object]:
    """Return the type of the items of a hook, which its annotation says."""
    (wanted,) = get_args(getattr(CondaSpecs, hook).__annotations__["return"])
    found: type[object] = wanted
    return found
