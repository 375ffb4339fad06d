"""The option --solver, whose choices are our names and those that plugins add."""

import argparse
import os

from conda_clone.errors import CondaError
from conda_clone.plugins.builtin import builtin_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["SolverAction"]

_HOOK = "conda_solvers"


class SolverAction(argparse.Action):
    """Keeps the name of a solver that exists; plugins are asked for names that are not ours."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - the interface of argparse
        namespace: argparse.Namespace,
        values: "Any",
        option_string: str | None = None,  # noqa: ARG002 - as above
    ) -> None:
        """Take the name.

        Raises:
            argparse.ArgumentError: There is no such solver.
        """
        names = [row.name for row in builtin_items(_HOOK)]
        if values not in names:
            names += _names_of_plugins(namespace)
        if values.lower().strip() not in names:
            choices = ", ".join(map(repr, sorted(set(names))))
            raise argparse.ArgumentError(
                self, f"invalid choice: {values!r} (choose from {choices})"
            )
        setattr(namespace, self.dest, values)


def _names_of_plugins(namespace: argparse.Namespace) -> list[str]:
    if vars(namespace).get("no_plugins") or os.environ.get("CONDA_NO_PLUGINS"):
        return []
    from conda_clone.cli.plugin_hooks import warn
    from conda_clone.plugins.manager import Plugins

    try:
        return [item.name for item in Plugins(warn).items(_HOOK)]
    except CondaError:  # told when the solver is made
        return []
