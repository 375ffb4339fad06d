"""`EnvChange` for xonsh, whose texts are those of Python."""

import os

from conda_clone.shells.activator import Conventions
from conda_clone.shells.path_list import joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.shells.env_change import EnvChange

__all__ = ["CONVENTIONS", "quoted", "render"]

_WINDOWS = os.name == "nt"
# Packages bring scripts for the shells of the platform; xonsh can source both kinds.
_SOURCE = "source-cmd" if _WINDOWS else "source-bash"
CONVENTIONS = Conventions(".bat" if _WINDOWS else ".sh", None)


def quoted(text: str) -> str:
    """Return a text as a literal of Python, and so that `$NAME` in it is not looked up."""
    return ascii(text)


def render(change: "EnvChange") -> str:
    """Return statements for `execx`."""
    path = []
    if change.path is not None:
        path = [f"$PATH = {quoted(joined(change.path, CONVENTIONS.path_separator))}"]
    lines = path if change.path_first else []
    lines = [*lines, *_sourcing(change.deactivate_scripts)]
    lines += [f"${{...}}.pop({quoted(name)}, None)" for name in change.unset]
    lines += path if not change.path_first else []
    lines += [f"${name} = {quoted(value)}" for name, value in change.export.items()]
    lines += _sourcing(change.activate_scripts)
    return "".join(line + "\n" for line in lines)


def _sourcing(scripts: tuple[str, ...]) -> list[str]:
    return [f"{_SOURCE} --suppress-skip-message -n @({quoted(path)})" for path in scripts]
