"""`EnvChange` for sh and its relatives: ash, bash, dash, ksh and zsh."""

from conda_clone.shells.activator import Conventions
from conda_clone.shells.path_list import joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.shells.env_change import EnvChange

__all__ = ["CONVENTIONS", "quoted", "render"]

CONVENTIONS = Conventions(".sh", "PS1")


def quoted(text: str) -> str:
    r"""Return a text as one word that means itself.

    >>> print(quoted("it's $HOME"))
    'it'\''s $HOME'
    """
    return "'" + text.replace("'", "'\\''") + "'"


def render(change: "EnvChange") -> str:
    """Return lines for `eval`."""
    path = []
    if change.path is not None:
        path = [f"export PATH={quoted(joined(change.path, CONVENTIONS.path_separator))}"]
    lines = path if change.path_first else []
    lines = [*lines, *_sourcing(change.deactivate_scripts)]
    # Emptied first: `set -u` of a script that still asks for one does not end the shell then.
    lines += [line for name in change.unset for line in (f"export {name}=''", f"unset {name}")]
    if change.prompt is not None:
        lines.append(f"PS1={quoted(change.prompt)}")
    lines += path if not change.path_first else []
    lines += [f"export {name}={quoted(value)}" for name, value in change.export.items()]
    lines += _sourcing(change.activate_scripts)
    return "".join(line + "\n" for line in lines)


def _sourcing(scripts: tuple[str, ...]) -> list[str]:
    return [f". {quoted(path)}" for path in scripts]
