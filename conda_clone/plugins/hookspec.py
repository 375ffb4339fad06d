"""`CondaSpecs`: the hooks with their arguments, one method each.

A plugin has functions of these names, decorated with `hookimpl`, which yield items of the type that
stands in the annotation. docs/reference/hooks has a page with a complete example of each, made
from these descriptions and those of the types.
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
        """Ways to choose packages, for `--solver` and the setting `solver`.

        Asked when a solver is named that is not built in. `backend` derives from
        `conda.core.solve.Solver` and overrides `solve_final_state`; what changes, in which order,
        and what the history says follows from that. Its failure ends the command, because the user
        has chosen it. `libmamba` and `rattler` mean ours until a plugin has these names.

        Since conda 22.11.
        """
        return ()

    @_hookspec
    def conda_subcommands(self) -> Iterable[types.CondaSubcommand]:
        """Words after `conda`.

        Asked for words that are no command of ours, and for `--help`. Without `configure_parser`
        the action gets the words as they are. What it returns is the exit status, None being 0.

        Since conda 22.11.
        """
        return ()

    @_hookspec
    def conda_virtual_packages(self) -> Iterable[types.CondaVirtualPackage]:
        """Facts about the machine, as packages.

        Asked when packages are chosen, and by `conda info`. `CONDA_OVERRIDE_<NAME>` replaces what
        `override_entity` names.

        Since conda 22.11.
        """
        return ()

    @_hookspec
    def conda_pre_commands(self) -> Iterable[types.CondaPreCommand]:
        """What is done before a command; a `CondaError` keeps the command from running.

        Called with the name of the command: that of `conda env create` is `env_create`.

        Since conda 23.7.
        """
        return ()

    @_hookspec
    def conda_post_commands(self) -> Iterable[types.CondaPostCommand]:
        """What is done after a command that succeeded.

        Called with the name of the command, as before it.

        Since conda 23.7.
        """
        return ()

    @_hookspec
    def conda_auth_handlers(self) -> Iterable[types.CondaAuthHandler]:
        """Ways to authenticate, for the key `auth` of `channel_settings`.

        Asked at the first request to a channel whose settings name one. The handler is made with
        the name of the channel, and called with every request to that.

        Since conda 23.9.
        """
        return ()

    @_hookspec
    def conda_health_checks(self) -> Iterable[types.CondaHealthCheck]:
        """Questions that `conda doctor` asks.

        A check prints what it finds; the cross that `conda.base.constants.X_MARK` is means that
        something is wrong. `conda doctor --fix` calls the fixer.

        Since conda 23.5.
        """
        return ()

    @_hookspec
    def conda_pre_solves(self) -> Iterable[types.CondaPreSolve]:
        """What is done before packages are chosen.

        Called with the specs to add and those to remove, as frozen sets. A `CondaError` ends the
        command.

        Since conda 24.1.
        """
        return ()

    @_hookspec
    def conda_post_solves(self) -> Iterable[types.CondaPostSolve]:
        """What is done after packages were chosen.

        Called with the name of the index file, and the records that leave and come. A `CondaError`
        refuses the solution.

        Since conda 24.1.
        """
        return ()

    @_hookspec
    def conda_settings(self) -> Iterable[types.CondaSetting]:
        """Settings below `plugins.`.

        Asked when settings are read. Values are `context.plugins.NAME`; the variable of a setting
        is `CONDA_PLUGINS_<NAME>`.

        Since conda 24.3.
        """
        return ()

    @_hookspec
    def conda_reporter_backends(self) -> Iterable[types.CondaReporterBackend]:
        """Ways to show what a command does, for `--console` and the setting `console`.

        Asked when a console is named that is not built in. Where a method fails, our own text takes
        its place; JSON is never replaced.

        Since conda 24.11.
        """
        return ()

    @_hookspec
    def conda_session_headers(self, host: str) -> Iterable[types.CondaRequestHeader]:
        """Headers for all requests to a host; asked once per host.

        Headers that carry credentials, or steer a connection, cannot be set.

        Since conda 24.11.
        """
        return ()

    @_hookspec
    def conda_request_headers(self, host: str, path: str) -> Iterable[types.CondaRequestHeader]:
        """Headers for one address; asked once per host and path.

        Headers that carry credentials, or steer a connection, cannot be set.

        Since conda 24.11.
        """
        return ()

    @_hookspec
    def conda_pre_transaction_actions(self) -> Iterable[types.CondaPreTransactionAction]:
        """What is done first in a transaction.

        `verify` of all actions comes before any `execute`, and returns an exception to stop the
        change. When anything fails afterwards, `reverse` undoes what was begun.

        Since conda 25.5.
        """
        return ()

    @_hookspec
    def conda_post_transaction_actions(self) -> Iterable[types.CondaPostTransactionAction]:
        """What is done last in a transaction.

        `execute` is called when all files are in place and the change does not count yet: its
        failure undoes the change, and what was begun is reversed.

        Since conda 25.5.
        """
        return ()

    @_hookspec
    def conda_prefix_data_loaders(self) -> Iterable[types.CondaPrefixDataLoader]:
        """Ways to find more packages in an environment.

        Asked by `conda list` and others that show packages of pip beside those of conda.

        Since conda 25.5.
        """
        return ()

    @_hookspec
    def conda_environment_specifiers(self) -> Iterable[types.CondaEnvironmentSpecifier]:
        """Formats of environment files, to be read.

        The name that `--format` gives counts; without it the name of the file, then what
        `can_handle` says. A file at an address, or on standard input, is a temporary file here.

        Since conda 25.5.
        """
        return ()

    @_hookspec
    def conda_environment_exporters(self) -> Iterable[types.CondaEnvironmentExporter]:
        """Formats of environment files, to be written.

        For `conda export`; the name that `--format` gives counts, else the name of the file. There
        is either `export`, for one environment, or `multiplatform_export`, for several.

        Since conda 25.7.
        """
        return ()

    @_hookspec
    def conda_package_extractors(self) -> Iterable[types.CondaPackageExtractor]:
        """Formats of package archives.

        An archive is extracted by who has its extension, and may be named in explicit lists.

        Since conda 26.1.
        """
        return ()

    @_hookspec
    def conda_exception_observers(self) -> Iterable[types.CondaExceptionObserver]:
        """Who wants to know of errors, before they are shown.

        What observers return or raise changes nothing.

        Since conda 26.5.
        """
        return ()

    @_hookspec
    def conda_error_hints(self, error: Exception) -> Iterable[types.CondaErrorHint]:
        """More sentences for an error that is shown.

        What it raises changes nothing.

        Since conda 26.7.
        """
        return ()


HOOKS = tuple(name for name in vars(CondaSpecs) if name.startswith("conda_"))


def item_type(hook: str) -> type[object]:
    """Return the type of the items of a hook, which its annotation says."""
    (wanted,) = get_args(getattr(CondaSpecs, hook).__annotations__["return"])
    found: type[object] = wanted
    return found
