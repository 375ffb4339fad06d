"""Health checks of plugins, which print what they find, as rows of our table.

A check of a plugin has found something wrong when it prints the cross that the interface has for
that; the first line is its summary, the others are details.
"""

import io
from argparse import Namespace
from contextlib import redirect_stdout

from conda_clone.errors import CondaError
from conda_clone.operations.health_checks import Finding, HealthCheck
from conda_clone.operations.session import Session
from conda_clone.plugins.manager import Contribution, Plugins

__all__ = ["checks_of_plugins"]

_HOOK = "conda_health_checks"
_GOOD, _BAD = "✅", "❌"


def checks_of_plugins(plugins: Plugins) -> tuple[HealthCheck, ...]:
    """Return the checks of plugins, sorted by name.

    Raises:
        PluginError: A name is taken.
    """
    return tuple(_Check(plugins, each).row() for each in plugins.contributions(_HOOK))


class _Check:
    def __init__(self, plugins: Plugins, contribution: Contribution) -> None:
        self._plugins = plugins
        self._contribution = contribution
        self._item = contribution.item

    def row(self) -> HealthCheck:
        return HealthCheck(
            name=self._item.name,
            summary=self._item.summary or f"A check of {self._contribution.plugin.provider}.",
            check=self._look,
            fix=self._item.fix or ("Repair it." if self._item.fixer else ""),
            fixer=self._repair if self._item.fixer else None,
        )

    def _look(self, session: Session, prefix: str) -> Finding | None:
        printed = io.StringIO()
        with redirect_stdout(printed):
            self._plugins.guarded(
                self._contribution.plugin,
                _HOOK,
                self._item.action,
                prefix,
                session.output.verbosity > 0,
            )
        if self._contribution.plugin.name in self._plugins.failures:
            raise CondaError("It has failed.")
        lines = [line for line in printed.getvalue().splitlines() if line.strip()]
        summary = lines[0] if lines else f"{self._item.name}: nothing was found."
        return Finding(
            ok=not any(_BAD in line for line in lines),
            summary=summary.replace(_GOOD, "").replace(_BAD, "").strip(),
            details={line.strip(): () for line in lines[1:]},
        )

    def _repair(self, session: Session, prefix: str) -> int:
        def confirm(message: str) -> None:
            """Do not ask again: the command has asked."""

        arguments = Namespace(
            prefix=prefix, dry_run=session.output.dry_run, yes=session.output.always_yes
        )
        status = self._plugins.guarded(
            self._contribution.plugin, _HOOK, self._item.fixer, prefix, arguments, confirm
        )
        return status if isinstance(status, int) else 0
