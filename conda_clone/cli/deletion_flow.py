"""`delete_at_once`: take away a whole environment where nobody has to see or to say anything.

Scripts do that (`conda env remove -y -n ci`). For them nothing is planned, no record is read, and
most of what other changes need is not loaded.
"""

import os

from conda_clone.cli.output.change_report import deletion_text
from conda_clone.core.prefix.prefix_data import dist_names
from conda_clone.core.transaction.deletion import FAREWELLS
from conda_clone.operations.plugin_seams import has_part_in_transactions
from conda_clone.operations.target import delete_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.operations.session import Session

__all__ = ["delete_at_once"]

_SCRIPT_FOLDERS = ("bin", "Scripts")


def delete_at_once(session: "Session", prefix: str) -> bool:
    """Delete an environment with all that is in it, and list its packages; tell whether it is gone.

    Nothing happens where somebody takes part: a person at a terminal or a program, who are told
    more; plugins; packages with scripts that run before they go. Nor without packages.

    Raises:
        NotWritableError: A part of it cannot be deleted.
    """
    console, plugins = session.console, session.plugins
    if console.width is not None or console.json or _has_farewells(prefix):
        return False
    if plugins is not None and has_part_in_transactions(plugins):
        return False
    # No record is read: their names say what the list shows, and a broken one keeps nobody.
    dists = dist_names(prefix)
    if not dists:
        return False
    console.print(deletion_text(prefix, dists))
    delete_environment(session, prefix)
    return True


def _has_farewells(prefix: str) -> bool:
    for folder in _SCRIPT_FOLDERS:
        try:
            names = os.listdir(os.path.join(prefix, folder))
        except OSError:  # not on this system, or nothing is in it
            continue
        if any(name.endswith(FAREWELLS) for name in names):
            return True
    return False
