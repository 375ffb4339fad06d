"""`delete_at_once`: take away a whole environment where nobody has to see or to say anything.

Scripts do that (`conda env remove -y -n ci`), and for them nothing is planned, and half of what
other changes need is not loaded.
"""

import os

from conda_clone.cli.output.change_report import change_text
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.operations.plugin_seams import has_part_in_transactions
from conda_clone.operations.target import delete_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.operations.session import Session

__all__ = ["delete_at_once"]

_SCRIPT_FOLDERS = ("bin", "Scripts")
_FAREWELLS = ("-pre-unlink.sh", "-pre-unlink.bat")


def delete_at_once(session: "Session", prefix: str) -> bool:
    """Delete an environment with all that is in it, and list its packages; tell whether it is gone.

    Nothing happens where somebody takes part: a person at a terminal or a program, who are told
    more; plugins; packages with scripts that run before they go. Nor without packages.

    Raises:
        CorruptedEnvironmentError: A record cannot be read: nothing is deleted.
        NotWritableError: A part of it cannot be deleted.
    """
    console, plugins = session.console, session.plugins
    if console.width is not None or console.json or _has_farewells(prefix):
        return False
    if plugins is not None and has_part_in_transactions(plugins):
        return False
    installed = PrefixData(prefix, session.channels.config, with_files=False).records()
    if not installed:
        return False
    change = PrefixChange(prefix=prefix, unlink=tuple(installed.values()))
    console.print(change_text(change, ()))
    delete_environment(session, prefix)
    return True


def _has_farewells(prefix: str) -> bool:
    for folder in _SCRIPT_FOLDERS:
        try:
            names = os.listdir(os.path.join(prefix, folder))
        except OSError:  # not on this system, or nothing is in it
            continue
        if any(name.endswith(_FAREWELLS) for name in names):
            return True
    return False
